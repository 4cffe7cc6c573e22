// Certificates of members and authorities: read, compared, and told by their fingerprint.

import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { fromPem, hex } from './bytes.js';

const ALTERNATIVE = '2.5.29.17';
const KEY_IDENTIFIER = '2.5.29.14';
const CONSTRAINTS = '2.5.29.19';

function extension(certificate, id) {
  const found = (certificate.extensions || []).filter((e) => e.extnID === id);
  return found.length === 1 ? found[0] : null;
}

/** A certificate as this page uses it. */
export async function certificateOf(der) {
  const parsed = pkijs.Certificate.fromBER(new Uint8Array(der).slice().buffer);
  const names = extension(parsed, ALTERNATIVE);
  const addresses = names?.parsedValue?.altNames
    ? names.parsedValue.altNames.filter((n) => n.type === 1).map((n) => String(n.value).toLowerCase())
    : [];
  return {
    parsed,
    der: new Uint8Array(der),
    fingerprint: hex(await crypto.subtle.digest('SHA-256', der)),
    address: addresses.length === 1 ? addresses[0] : '',
    from: parsed.notBefore.value,
    until: parsed.notAfter.value,
    curve: parsed.subjectPublicKeyInfo.algorithm.algorithmId === '1.2.840.10045.2.1',
  };
}

export const certificateOfPem = (text) => certificateOf(fromPem(text));

/** Whether a certificate was issued by an authority and is none itself. */
export async function isIssuedBy(certificate, authority) {
  const basic = extension(certificate.parsed, CONSTRAINTS);
  if (!basic || basic.parsedValue?.cA || !certificate.parsed.issuer.isEqual(authority.parsed.subject)) return false;
  try {
    return await certificate.parsed.verify(authority.parsed);
  } catch {
    return false;
  }
}

/** Whether a recipient or signer, named in one of the two ways of CMS, is this certificate. */
export function isNamed(certificate, identifier) {
  if (identifier instanceof pkijs.IssuerAndSerialNumber) {
    return identifier.issuer.isEqual(certificate.parsed.issuer)
      && identifier.serialNumber.isEqual(certificate.parsed.serialNumber);
  }
  const own = extension(certificate.parsed, KEY_IDENTIFIER);
  if (!own) return false;
  const octets = asn1js.fromBER(own.extnValue.valueBlock.valueHexView).result;
  const named = identifier.subjectKeyIdentifier || identifier;
  const view = named.valueBlock?.value?.[0]?.valueBlock?.valueHexView || named.valueBlock?.valueHexView;
  return Boolean(view) && hex(octets.valueBlock.valueHexView) === hex(view);
}

/** Ten words for a fingerprint: its first 110 bits, eleven a word. */
export function words(fingerprint, list) {
  const bits = Array.from(fingerprint.slice(0, 28), (d) => parseInt(d, 16).toString(2).padStart(4, '0')).join('');
  return Array.from({ length: 10 }, (_, w) => list[parseInt(bits.slice(w * 11, w * 11 + 11), 2)]).join(' ');
}
