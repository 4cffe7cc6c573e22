// Writing: signed, and encrypted to whom it is for and to oneself.

import * as bytes from './bytes.js';
import { frame } from './boxes.js';
import { doing, el, field, say, size } from './dom.js';
import { shown } from './inert.js';
import * as mime from './mime.js';
import * as network from './network.js';
import * as people from './people.js';
import { sealed } from './smime.js';
import { go, state } from './state.js';

/** A new mail, or an answer. */
export function write(draft) {
  if (!state.own) {
    frame('write', el('h1', {}, 'Write'), el('p', { class: 'fault' }, 'This browser has no key of yours. Sign in with your key file to write.'));
    return;
  }
  const form = el('form', { class: 'stack wide' });
  const to = field('To', { name: 'to', list: 'people', autocomplete: 'off', value: (draft.to || []).join(', '), required: true }, 'Addresses, with commas between');
  const subject = field('Subject', { name: 'subject', value: draft.subject || '', maxlength: '500' });
  const area = el('textarea', { name: 'text', rows: '14' });
  area.value = draft.text || '';
  const files = el('input', { type: 'file', name: 'files', multiple: true });
  const names = el('datalist', { id: 'people' });
  for (const one of state.people.members.values()) names.append(el('option', { value: one.address }, shown(one.name)));
  form.append(to, names, subject, el('label', {}, 'Text', area), el('label', {}, 'Files', files),
    el('div', { class: 'buttons' }, el('button', { class: 'primary' }, 'Sign, encrypt and send')));
  let agreed = new Set();
  form.addEventListener('submit', doing(form, async () => {
    const addresses = [...new Set(to.querySelector('input').value.toLowerCase().split(/[\s,;]+/).filter(Boolean))];
    const members = addresses.map((a) => {
      const member = state.people.members.get(a);
      if (!member) throw new Error(`${a} is not in this network or one federated with it.`);
      if (member.wrong) throw new Error(`${a}: ${member.wrong} Nothing was sent.`);
      return member;
    });
    if (!members.length) throw new Error('To whom?');
    const changed = members.filter((m) => m.seen.changed && !agreed.has(m.address));
    if (changed.length) {
      agreed = new Set(changed.map((m) => m.address));
      throw new Error(`The key of ${changed.map((m) => m.address).join(', ')} is another than this browser knows. Call and compare words`
        + ' (under People). Send once more if that is right.');
    }
    const chosen = await Promise.all([...files.files].map(async (f) => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) })));
    const letter = {
      from: state.session.address,
      to: addresses,
      subject: subject.querySelector('input').value,
      text: area.value,
      files: chosen,
      date: new Date(),
      id: `${mime.token()}@${state.session.domain}`,
      answers: draft.answers,
      references: draft.references || [],
    };
    say('Encrypting …');
    const own = { certificate: state.own.certificate, sign: state.own.sign };
    const certificates = new Map([[state.own.certificate.fingerprint, state.own.certificate]]);
    members.forEach((m) => certificates.set(m.certificate.fingerprint, m.certificate));
    const whole = bytes.join(mime.envelope(letter), await sealed(mime.entity(letter), own, [...certificates.values()]));
    if (whole.length > state.session.most) throw new Error(`The mail has ${size(whole.length)}; the network takes ${size(state.session.most)}.`);
    await network.send(addresses, whole);
    await network.keep('Sent', whole).catch(() => say('Sent, but no copy could be kept.'));
    state.draft = null;
    for (const member of changed) await people.accept(member, false);
    say('Sent.');
    go('box', 'Sent');
  }));
  frame('write', el('h1', {}, 'Write'), form);
  (draft.to ? area : to.querySelector('input')).focus();
}
