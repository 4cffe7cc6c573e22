// Signing in: by the key of this browser, a key file, password and code, or a certificate that the browser shows.

import { certificateOf, certificateOfPem, isIssuedBy } from './certificates.js';
import { doing, el, field, say, show, text } from './dom.js';
import { shown } from './inert.js';
import * as kept from './kept.js';
import * as keys from './keys.js';
import * as network from './network.js';
import * as people from './people.js';
import { state } from './state.js';

async function loadKeys() {
  state.keys = [];
  for (const one of await kept.keys()) {
    state.keys.push({
      ...one,
      certificate: await certificateOf(one.certificate),
      authority: await certificateOf(one.authority),
    });
  }
  state.own = state.keys[0] || null;
}

/** Signs in by the key that this browser has, or asks how else. */
export async function enter() {
  await loadKeys();
  if (!state.own) {
    door('');
    return;
  }
  try {
    await entered(await network.signInByKey({ ...state.own, fingerprint: state.own.certificate.fingerprint }, keys.answer));
  } catch (e) {
    door(e.message);
  }
}

/** Ways to sign in. */
export function door(message) {
  document.body.classList.remove('in');
  const withFile = el('form', { class: 'stack' });
  const file = el('input', { type: 'file', name: 'file', accept: '.p12,.pfx', required: true });
  const phrase = field('Its passphrase', { type: 'password', name: 'passphrase', autocomplete: 'current-password', required: true });
  withFile.append(el('label', {}, 'Key file', file), phrase, el('button', { class: 'primary' }, 'Open the key'));
  withFile.addEventListener('submit', doing(withFile, async () => {
    const content = new Uint8Array(await file.files[0].arrayBuffer());
    const found = await keys.openKeyFile(content, phrase.querySelector('input').value);
    const all = await Promise.all(found.certificates.map(certificateOf));
    const own = all.find((c) => c.address);
    const authority = own && all.find((c) => c !== own && !c.address);
    if (!own || !authority || !(await isIssuedBy(own, authority))) {
      throw new Error('The file has no certificate of a mail network.');
    }
    await kept.keepMember(found, own, authority, own.address.split('@')[1]);
    await enter();
  }));
  const withPassword = el('form', { class: 'stack' });
  const address = field('Address', { type: 'email', name: 'address', autocomplete: 'username', required: true });
  const password = field('Password', { type: 'password', name: 'password', autocomplete: 'current-password', required: true });
  const code = field('Six digits of the moment', { name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9]{6}', required: true });
  withPassword.append(address, password, code, el('button', {}, 'Sign in'));
  const value = (label) => label.querySelector('input').value.trim();
  withPassword.addEventListener('submit', doing(withPassword, async () => {
    await entered(await network.signInByPassword(value(address), value(password), value(code)));
  }));
  const withCertificate = el('form', {}, el('button', {}, 'Use a certificate of this browser'));
  withCertificate.addEventListener('submit', doing(withCertificate, async () => {
    await entered(await network.signInByCertificate());
  }));
  show(el('section', { class: 'card door' },
    el('h1', {}, 'Private mail'),
    message && el('p', { class: 'fault', role: 'alert' }, shown(message)),
    state.own
      ? el('p', {}, 'This browser has the key of ', text('strong', {}, state.own.address), '. ',
        el('button', { onclick: () => enter() }, 'Try again'))
      : el('p', {}, 'Mail that only its readers can read. Members join by an invitation’s link.'),
    el('h2', {}, 'With your key file'), withFile,
    el('details', {}, el('summary', {}, 'With password and code'), withPassword,
      el('p', { class: 'hint' }, 'Reading takes the key as well.')),
    el('details', {}, el('summary', {}, 'With a certificate'), withCertificate)));
}

async function entered(session) {
  state.session = session;
  document.body.classList.add('in');
  document.getElementById('who').textContent = session.address;
  if (state.own && state.own.address === session.address) {
    state.people = await people.load(session.domain, state.own.authority);
    await renewed();
  } else {
    state.people = await people.load(session.domain, await certificateOfPem(await network.authority()));
    state.own = null;
  }
  state.round++;
  window.dispatchEvent(new Event('entered'));
}

/** A new certificate for the same key in the last 60 days of the old one. */
async function renewed() {
  const { certificate, authority, sign, agree, domain } = state.own;
  if (certificate.until - Date.now() > 60 * 86400e3) return;
  try {
    const told = await network.renew(await keys.request(await keys.publicKeyOf(certificate), sign));
    const made = await certificateOfPem(told.certificate);
    if ((await isIssuedBy(made, authority)) && (await keys.fits(sign, made))) {
      await kept.keepMember({ sign, agree }, made, authority, domain);
      await loadKeys();
      await network.signInByKey({ ...state.own, fingerprint: made.fingerprint }, keys.answer);
      state.people = await people.load(domain, authority);
    }
  } catch (e) {
    say(`The certificate could not be renewed: ${e.message}`);
  }
}
