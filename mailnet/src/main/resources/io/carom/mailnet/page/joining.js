// Joining by an invitation: the key is made here.

import { certificateOfPem, isIssuedBy } from './certificates.js';
import { doing, el, field, save, show, text, wordsOf } from './dom.js';
import * as kept from './kept.js';
import * as keys from './keys.js';
import * as network from './network.js';

function passphraseFields() {
  const first = field('Passphrase', { type: 'password', name: 'passphrase', autocomplete: 'new-password', minlength: '12' },
    'At least twelve characters. Nobody can set it back.');
  const again = field('The same again', { type: 'password', name: 'again', autocomplete: 'new-password' });
  return { first, again, value: () => first.querySelector('input').value, repeated: () => again.querySelector('input').value };
}

/** Joins by an invitation whose link is open. */
export async function join(code, fingerprint) {
  const authority = await certificateOfPem(await network.authority());
  if (!/^[0-9a-f]{64}$/.test(fingerprint)) {
    show(el('section', { class: 'card door' }, el('h1', {}, 'The link is not whole'),
      el('p', {}, 'What stands behind # is missing. Open the link as you were given it, to its last letter.')));
    return;
  }
  if (authority.fingerprint !== fingerprint) {
    show(el('section', { class: 'card door' }, el('h1', {}, 'This is not the network of your invitation'),
      el('p', { class: 'fault', role: 'alert' }, 'Somebody stands between you and the network, or the link is old. Nothing was sent.'
        + ' Call whoever invited you.')));
    return;
  }
  const form = el('form', { class: 'stack' });
  const pass = passphraseFields();
  const without = el('input', { type: 'checkbox', name: 'without' });
  without.addEventListener('change', () => {
    pass.first.hidden = without.checked;
    pass.again.hidden = without.checked;
  });
  form.append(
    el('p', {}, 'Your key is made in this browser and stays with you: the network never has it. Its file is the only way to read your mail'
      + ' in another browser, or when this one forgets.'),
    pass.first, pass.again,
    el('label', { class: 'tick' }, without, 'Without a file: the key stays in this browser alone'),
    el('button', { class: 'primary' }, 'Make my key and join'));
  form.addEventListener('submit', doing(form, async () => {
    if (!without.checked) {
      if (pass.value().length < 12) throw new Error('The passphrase has fewer than twelve characters.');
      if (pass.value() !== pass.repeated()) throw new Error('The two passphrases are not the same.');
    }
    const key = await keys.makeKey();
    const told = await network.join(code, await keys.request(key.publicKey, key.sign));
    const certificate = await certificateOfPem(told.certificate);
    if (!(await isIssuedBy(certificate, authority)) || !(await keys.fits(key.sign, certificate))) {
      throw new Error('The network gave a certificate for another key. Do not use it; call whoever invited you.');
    }
    await kept.keepMember(key, certificate, authority, told.domain);
    const file = without.checked ? null : await keys.keyFile(key.pkcs8, certificate, authority, pass.value());
    history.replaceState(null, '', '/page/');
    await joined(told, certificate, file);
  }));
  show(el('section', { class: 'card door' },
    el('h1', {}, 'Join a private mail network'),
    el('p', {}, 'Before you go on, call whoever invited you and compare these ten words. They are the network’s.'),
    el('p', { class: 'words' }, await wordsOf(authority.fingerprint)),
    form));
}

async function joined(told, certificate, file) {
  const next = el('button', { class: 'primary', onclick: () => window.dispatchEvent(new Event('enter')) }, 'Go to my mail');
  show(el('section', { class: 'card door' },
    el('h1', {}, 'You are in'),
    el('p', {}, 'Your address is ', text('strong', {}, certificate.address), '.'),
    file && el('p', {}, el('button', { onclick: () => save(`${certificate.address}.p12`, file) }, 'Save the key file'),
      ' Keep it where you find it again, and not in your mail.'),
    el('h2', {}, 'Your words'),
    el('p', {}, 'Read these to those who write to you: they say that mail reaches your key and no other.'),
    el('p', { class: 'words' }, await wordsOf(certificate.fingerprint)),
    told.totp && el('div', {},
      el('h2', {}, 'Password and codes'),
      el('p', {}, 'For signing in without your key. They are shown this once.'),
      el('dl', { class: 'facts' },
        el('dt', {}, 'Password'), text('dd', { class: 'v' }, told.password),
        el('dt', {}, 'Secret for an authenticator'), text('dd', { class: 'v' }, told.totp))),
    el('p', {}, next)));
}
