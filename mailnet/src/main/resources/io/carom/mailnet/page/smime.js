// S/MIME (RFC 8551) by PKI.js: mail that is signed and then encrypted, and read again. AES-256 in CBC, which every
// program decrypts; towards RSA keys OAEP, towards keys on curves ECDH with SHA-256 (RFC 5753).

import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { ascii, base64, fromBase64, join } from './bytes.js';
import { certificateOf, isNamed } from './certificates.js';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED = '1.2.840.113549.1.7.2';
const ENVELOPED = '1.2.840.113549.1.7.3';
const TYPE = '1.2.840.113549.1.9.3';
const DIGEST = '1.2.840.113549.1.9.4';
const TIME = '1.2.840.113549.1.9.5';
const MAX_DEPTH = 3;
/** More than any mail that a network takes. */
const BOUNDS = { maxContentLength: 128 << 20, maxNodes: 100000 };

function part(kind, der) {
  return join(
    'MIME-Version: 1.0\r\n'
    + `Content-Type: application/pkcs7-mime; smime-type=${kind}; name=smime.p7m\r\n`
    + 'Content-Disposition: attachment; filename=smime.p7m\r\n'
    + 'Content-Transfer-Encoding: base64\r\n\r\n',
    base64(der));
}

function content(type, schema) {
  return new pkijs.ContentInfo({ contentType: type, content: schema }).toSchema().toBER(false);
}

/** A MIME entity, signed: a part of its own. */
export async function signed(entity, own) {
  const digest = await crypto.subtle.digest('SHA-256', entity);
  const attribute = (type, value) => new pkijs.Attribute({ type, values: [value] });
  const data = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: DATA,
      eContent: new asn1js.OctetString({ valueHex: entity.slice().buffer }),
    }),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: own.certificate.parsed.issuer,
          serialNumber: own.certificate.parsed.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            attribute(TYPE, new asn1js.ObjectIdentifier({ value: DATA })),
            attribute(TIME, new asn1js.UTCTime({ valueDate: new Date() })),
            attribute(DIGEST, new asn1js.OctetString({ valueHex: digest })),
          ],
        }),
      }),
    ],
    certificates: [own.certificate.parsed],
  });
  await data.sign(own.sign, 0, 'SHA-256');
  return part('signed-data', content(SIGNED, data.toSchema(true)));
}

/** A part that the holders of these certificates can read. */
export async function encrypted(inner, certificates) {
  const data = new pkijs.EnvelopedData();
  for (const one of certificates) {
    data.addRecipientByCertificate(one.parsed, {
      oaepHashAlgorithm: 'SHA-256',
      kdfAlgorithm: 'SHA-256',
      kekEncryptionLength: 256,
    });
  }
  await data.encrypt({ name: 'AES-CBC', length: 256 }, inner);
  return part('enveloped-data', content(ENVELOPED, data.toSchema()));
}

/** Signed by one, readable by these: fields from MIME-Version on, and the body. */
export async function sealed(entity, own, certificates) {
  return encrypted(await signed(entity, own), certificates);
}

/** The head of a mail or part, its fields unfolded, and its body. */
export function divided(bytes) {
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at);
    const next = end < 0 ? bytes.length : end + 1;
    const length = next - at - (end < 0 ? 0 : 1) - (end > at && bytes[end - 1] === 13 ? 1 : 0);
    if (length === 0) {
      return { fields: fieldsOf(ascii(bytes.subarray(0, at))), body: bytes.subarray(next) };
    }
    at = next;
  }
  return { fields: fieldsOf(ascii(bytes)), body: bytes.subarray(bytes.length) };
}

function fieldsOf(head) {
  const fields = new Map();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

function kindOf(fields) {
  const value = fields.get('content-type') || 'text/plain';
  const type = value.split(';')[0].trim().toLowerCase();
  const boundary = /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(value);
  return { type, boundary: boundary ? (boundary[1] ?? boundary[2]).replace(/\\(.)/g, '$1') : '' };
}

const PKCS7 = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime']);

function decoded(fields, body) {
  const coding = (fields.get('content-transfer-encoding') || '7bit').toLowerCase();
  return coding === 'base64' ? fromBase64(ascii(body)) : body;
}

function cms(der) {
  const parsed = asn1js.fromBER(der.slice().buffer, BOUNDS);
  if (parsed.offset < 0) throw new Error('it is damaged');
  return new pkijs.ContentInfo({ schema: parsed.result });
}

/** Says why a mail cannot be read, in words for its reader. */
export class Unreadable extends Error {}

/**
 * What was inside a mail.
 *
 * @param keys the reader's, each with `certificate` and `agree`
 * @returns entity, the signers whose signatures hold over it, and what is wrong with it
 */
export async function opened(mail, keys) {
  const { fields, body } = divided(mail);
  const { type } = kindOf(fields);
  if (type === 'multipart/encrypted') {
    throw new Unreadable('It is encrypted with OpenPGP. This page reads S/MIME; a mail program with the OpenPGP key reads it.');
  }
  if (!PKCS7.has(type)) throw new Unreadable('It is not encrypted with S/MIME.');
  let data;
  try {
    const info = cms(decoded(fields, body));
    if (info.contentType !== ENVELOPED) throw new Unreadable('It is not encrypted in a way that this page reads.');
    data = new pkijs.EnvelopedData({ schema: info.content });
  } catch (e) {
    throw e instanceof Unreadable ? e : new Unreadable('It is damaged: what is encrypted cannot be taken apart.');
  }
  const inner = await decrypted(data, keys);
  return verified(inner, 0);
}

async function decrypted(data, keys) {
  let mine = false;
  for (const [index, recipient] of data.recipientInfos.entries()) {
    for (const key of keys) {
      const named = recipient.variant === 2
        ? recipient.value.recipientEncryptedKeys.encryptedKeys.some((k) => isNamed(key.certificate, k.rid.value))
        : recipient.variant === 1 && isNamed(key.certificate, recipient.value.rid);
      if (!named) continue;
      mine = true;
      // PKI.js 4.0.0 takes a missing UKM for an empty one, which gives another key; what is false it leaves out.
      if (recipient.variant === 2 && recipient.value.ukm === undefined) recipient.value.ukm = false;
      try {
        return new Uint8Array(await data.decrypt(index, {
          recipientCertificate: key.certificate.parsed,
          recipientPrivateKey: key.agree,
        }));
      } catch {
        // Another of the recipients may be the same person with another key.
      }
    }
  }
  throw new Unreadable(mine
    ? 'It was changed on its way, or encrypted in a way that this page does not read.'
    : 'It is not encrypted to a key that this browser has.');
}

async function verified(entity, depth) {
  const { fields, body } = divided(entity);
  const { type, boundary } = kindOf(fields);
  const plain = { entity, signers: [], signature: 'none' };
  if (depth >= MAX_DEPTH) return plain;
  try {
    if (PKCS7.has(type)) {
      const info = cms(decoded(fields, body));
      if (info.contentType !== SIGNED) return plain;
      const data = new pkijs.SignedData({ schema: info.content });
      const held = await signersOf(data, null);
      const content = new Uint8Array(data.encapContentInfo.eContent.getValue());
      return held ? { entity: content, signers: held, signature: 'holds' } : { entity: content, signers: [], signature: 'broken' };
    }
    if (type === 'multipart/signed' && boundary) {
      const [first, second] = partsOf(body, boundary);
      const signature = divided(second);
      const info = cms(decoded(signature.fields, signature.body));
      if (info.contentType !== SIGNED) return plain;
      const held = await signersOf(new pkijs.SignedData({ schema: info.content }), first);
      return { entity: first, signers: held || [], signature: held ? 'holds' : 'broken' };
    }
  } catch {
    return { ...plain, signature: 'broken' };
  }
  return plain;
}

/** The certificates of all signers, or null if one of the signatures does not hold. */
async function signersOf(data, detached) {
  const all = [];
  if (data.signerInfos.length === 0 || data.signerInfos.length > 8) return null;
  for (const index of data.signerInfos.keys()) {
    const result = await data.verify({
      signer: index,
      checkChain: false,
      extendedMode: true,
      ...(detached ? { data: detached.slice().buffer } : {}),
    });
    if (!result.signatureVerified || !result.signerCertificate) return null;
    all.push(await certificateOf(result.signerCertificate.toSchema(true).toBER(false)));
  }
  return all;
}

/** The two parts of a signed multipart, byte for byte: the line end ahead of a delimiter belongs to it. */
function partsOf(body, boundary) {
  const text = ascii(body);
  const parts = [];
  let from = -1;
  const delimiter = new RegExp(`(^|\\r?\\n)--${boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(--)?[ \\t]*(?=\\r?\\n|$)`, 'g');
  for (let m = delimiter.exec(text); m; m = delimiter.exec(text)) {
    if (from >= 0) parts.push(body.subarray(from, m.index));
    const end = text.indexOf('\n', m.index + m[0].length);
    from = end < 0 ? text.length : end + 1;
    if (m[2] || parts.length > 2) break;
  }
  if (parts.length !== 2) throw new Error('not two parts');
  return parts;
}
