// A member's key: made here, kept in this browser in a form that no script can take out of it, and, if the member
// wants, in a file behind a passphrase (PKCS #12).

import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { bytesOf, hex, pem } from './bytes.js';

const CURVE = 'P-256';
const KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const NAME = '1.2.840.113549.1.9.20';
const LOCAL_ID = '1.2.840.113549.1.9.21';
const ITERATIONS = 600000;

/**
 * A new key. `pkcs8` is the only form that can be taken along: whoever calls puts it into a key file or lets it go.
 * One key does both, as its certificate says: browsers want to be told which a handle is for.
 */
export async function makeKey() {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: CURVE }, true, ['sign', 'verify']);
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
  return { pkcs8, publicKey: pair.publicKey, ...(await handles(pkcs8)) };
}

/** Handles on a key that signs and decrypts but cannot be read. */
export async function handles(pkcs8) {
  const sign = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: CURVE }, false, ['sign']);
  const agree = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDH', namedCurve: CURVE }, false, ['deriveBits']);
  return { sign, agree };
}

/** A certificate request. The network takes nothing of it but the key. */
export async function request(publicKey, sign) {
  const csr = new pkijs.CertificationRequest();
  csr.version = 0;
  csr.subject.typesAndValues.push(new pkijs.AttributeTypeAndValue({
    type: '2.5.4.3',
    value: new asn1js.Utf8String({ value: 'member' }),
  }));
  csr.attributes = [];
  await csr.subjectPublicKeyInfo.importKey(publicKey);
  await csr.sign(sign, 'SHA-256');
  return pem(csr.toSchema().toBER(false), 'CERTIFICATE REQUEST');
}

/** The public key in a certificate, as a handle. */
export function publicKeyOf(certificate) {
  return certificate.parsed.getPublicKey({
    algorithm: { algorithm: { name: 'ECDSA', namedCurve: CURVE }, usages: ['verify'] },
  });
}

/** Whether a key is the one that a certificate is for. */
export async function fits(sign, certificate) {
  const probe = crypto.getRandomValues(new Uint8Array(32));
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  try {
    const signature = await crypto.subtle.sign(algorithm, sign, probe);
    return await crypto.subtle.verify(algorithm, await publicKeyOf(certificate), signature, probe);
  } catch {
    return false;
  }
}

function attributes(id, name) {
  return [
    new pkijs.Attribute({ type: LOCAL_ID, values: [new asn1js.OctetString({ valueHex: id })] }),
    new pkijs.Attribute({ type: NAME, values: [new asn1js.BmpString({ value: name })] }),
  ];
}

/** The key with its certificates in a file that a passphrase opens. */
export async function keyFile(pkcs8, certificate, authority, passphrase) {
  const password = bytesOf(passphrase).slice().buffer;
  const id = bytesOf('1').slice().buffer;
  const encryption = {
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: ITERATIONS,
  };
  const bag = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(pkcs8) });
  await bag.makeInternalValues(encryption);
  const certificateBag = (one, extra) => new pkijs.SafeBag({
    bagId: CERTIFICATE_BAG,
    bagValue: new pkijs.CertBag({ parsedValue: one.parsed }),
    ...extra,
  });
  const pfx = new pkijs.PFX({
    parsedValue: {
      integrityMode: 0,
      authenticatedSafe: new pkijs.AuthenticatedSafe({
        parsedValue: {
          safeContents: [
            {
              privacyMode: 0,
              value: new pkijs.SafeContents({
                safeBags: [new pkijs.SafeBag({ bagId: KEY_BAG, bagValue: bag, bagAttributes: attributes(id, certificate.address) })],
              }),
            },
            {
              privacyMode: 1,
              value: new pkijs.SafeContents({
                safeBags: [
                  certificateBag(certificate, { bagAttributes: attributes(id, certificate.address) }),
                  certificateBag(authority, {}),
                ],
              }),
            },
          ],
        },
      }),
    },
  });
  await pfx.parsedValue.authenticatedSafe.makeInternalValues({ safeContents: [{}, { ...encryption }] });
  await pfx.makeInternalValues({
    password,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: { name: 'SHA-256' },
    hmacHashAlgorithm: 'SHA-256',
  });
  return new Uint8Array(pfx.toSchema().toBER(false));
}

/**
 * Opens a key file.
 *
 * @returns the key and the certificates in it, DER
 */
export async function openKeyFile(bytes, passphrase) {
  const password = bytesOf(passphrase).slice().buffer;
  let pfx;
  try {
    pfx = pkijs.PFX.fromBER(bytes.slice().buffer);
  } catch {
    throw new Error('This is no key file (PKCS #12).');
  }
  try {
    await pfx.parseInternalValues({ checkIntegrity: true, password });
    await pfx.parsedValue.authenticatedSafe.parseInternalValues({
      safeContents: pfx.authSafe && pfx.parsedValue.authenticatedSafe.safeContents.map(() => ({ password })),
    });
  } catch {
    throw new Error('The passphrase is not that of this key file, or the file was changed.');
  }
  let pkcs8 = null;
  const certificates = [];
  for (const part of pfx.parsedValue.authenticatedSafe.parsedValue.safeContents) {
    for (const bag of part.value.safeBags) {
      if (bag.bagId === KEY_BAG) {
        await bag.bagValue.parseInternalValues({ password });
        pkcs8 = bag.bagValue.parsedValue.toSchema().toBER(false);
      } else if (bag.bagId === CERTIFICATE_BAG) {
        const certificate = bag.bagValue.parsedValue || new pkijs.Certificate({ schema: bag.bagValue.certValue });
        certificates.push(new Uint8Array(certificate.toSchema(true).toBER(false)));
      }
    }
  }
  if (!pkcs8 || certificates.length === 0) throw new Error('There is no key with a certificate in this file.');
  try {
    return { pkcs8, certificates, ...(await handles(pkcs8)) };
  } catch {
    throw new Error(
      'The key in this file is of a kind that browsers cannot decrypt mail with (RSA). Ask for a new invitation and'
      + ' make a key on this page, or read with a mail program.');
  }
}

/** The answer to a question that only the holder of the key can give. */
export async function answer(sign, domain, nonce) {
  const said = bytesOf(`carom-mail page sign-in\n${domain}\n${nonce}`);
  return hex(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, sign, said));
}
