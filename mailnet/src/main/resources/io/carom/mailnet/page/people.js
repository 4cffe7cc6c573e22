// Who is in the network, by which key, and what a signature is worth.

import { certificateOfPem, isIssuedBy } from './certificates.js';
import { known, remember } from './kept.js';
import * as network from './network.js';

/** What was seen of a name before, and whether it is another key now. The first sight is remembered. */
async function sight(name, fingerprint) {
  const before = await known(name);
  if (!before) {
    const entry = { name, fingerprint, since: Date.now(), compared: false };
    await remember(entry);
    return { ...entry, changed: false };
  }
  return { ...before, changed: before.fingerprint !== fingerprint };
}

/** Takes the key that a name has now for the right one. */
export async function accept(member, compared) {
  const entry = { name: member.address, fingerprint: member.certificate.fingerprint, since: Date.now(), compared };
  await remember(entry);
  member.seen = { ...entry, changed: false };
}

/**
 * Everybody who can be written to, by address. A certificate counts only if the authority of its domain made it: this
 * network's is the one that was compared when joining, another's the one that was seen first.
 */
export async function load(domain, authority) {
  const told = await network.directory();
  const authorities = new Map([[domain, { certificate: authority, changed: false }]]);
  for (const [name, text] of Object.entries(told.authorities)) {
    if (name === domain) continue;
    const certificate = await certificateOfPem(text);
    authorities.set(name, { certificate, ...(await sight(`authority:${name}`, certificate.fingerprint)) });
  }
  const members = new Map();
  for (const one of told.members) {
    const address = String(one.address).toLowerCase();
    const certificate = await certificateOfPem(one.certificate);
    const issuer = authorities.get(address.split('@')[1]);
    let wrong = '';
    if (!issuer || !(await isIssuedBy(certificate, issuer.certificate))) wrong = 'Its certificate is not of its network.';
    else if (issuer.changed) wrong = 'The authority of its network is another than before.';
    else if (certificate.address !== address) wrong = 'Its certificate is for another address.';
    else if (certificate.until < new Date()) wrong = 'Its certificate is over.';
    members.set(address, {
      address,
      name: String(one.name || ''),
      certificate,
      wrong,
      seen: wrong ? null : await sight(address, certificate.fingerprint),
    });
  }
  return { members, authorities };
}

/**
 * What the signature over a mail says.
 *
 * @param result of opening it
 * @param from the address that the mail says it is from, where servers read it
 * @returns level (good, doubtful, bad), a sentence, and the signer if there is one
 */
export async function judge(result, from, people) {
  if (result.signature === 'none') {
    return { level: 'doubtful', text: 'Not signed: it may have been written or changed by somebody else.' };
  }
  if (result.signature === 'broken' || result.signers.length !== 1) {
    return { level: 'bad', text: 'Its signature does not hold: it was changed, or is a forgery.' };
  }
  const signer = result.signers[0];
  const issuer = people.authorities.get(signer.address.split('@')[1]);
  if (!issuer || !(await isIssuedBy(signer, issuer.certificate))) {
    return { level: 'bad', text: 'It is signed with a certificate that no network here made.' };
  }
  if (signer.address !== from) {
    return { level: 'bad', text: `It says that it is from ${from}, but ${signer.address} signed it.`, signer };
  }
  const member = people.members.get(signer.address);
  if (!member || member.certificate.fingerprint !== signer.fingerprint) {
    return {
      level: 'doubtful',
      text: `Signed by ${signer.address}, with a key that is not the one of today: renewed since, or taken away.`,
      signer,
    };
  }
  if (member.wrong || member.seen.changed) {
    return { level: 'doubtful', text: `Signed by ${signer.address}, with a key that is new to this browser.`, signer, member };
  }
  return {
    level: 'good',
    text: `Signed by ${member.name || member.address}${member.seen.compared ? ', whose key you compared' : '; you have not compared the key yet'}.`,
    signer,
    member,
  };
}
