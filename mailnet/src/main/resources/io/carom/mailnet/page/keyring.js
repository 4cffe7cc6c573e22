// Whose key is whose, and one's own.

import { frame } from './boxes.js';
import { certificateOfPem } from './certificates.js';
import { doing, el, say, text, wordsOf } from './dom.js';
import { shown } from './inert.js';
import * as kept from './kept.js';
import * as network from './network.js';
import * as people from './people.js';
import { leave, state } from './state.js';

/** Everybody, with the words of their keys. */
export async function showPeople() {
  const { turn } = state;
  state.people = await people.load(state.session.domain, state.own ? state.own.authority : await certificateOfPem(await network.authority()));
  const rows = [];
  const others = [...state.people.members.values()].filter((m) => m.address !== state.session.address);
  for (const one of others.sort((a, b) => a.address.localeCompare(b.address))) {
    const tick = el('input', { type: 'checkbox', disabled: Boolean(one.wrong) });
    tick.checked = Boolean(one.seen?.compared && !one.seen.changed);
    tick.addEventListener('change', async () => {
      await people.accept(one, tick.checked);
      say(`${one.address}: ${tick.checked ? 'compared' : 'not compared'}.`);
    });
    rows.push(el('li', { class: 'card' },
      el('div', {}, text('strong', {}, one.name || one.address), ' ', text('span', { class: 'soft' }, one.address)),
      el('p', { class: 'words' }, await wordsOf(one.certificate.fingerprint)),
      one.wrong && el('p', { class: 'fault' }, shown(one.wrong)),
      one.seen?.changed && el('p', { class: 'verdict doubtful' }, 'Another key than this browser knew. Compare the words before you write.'),
      el('label', { class: 'tick' }, tick, 'I compared these words by telephone')));
  }
  if (turn !== state.turn) return;
  frame('people',
    el('h1', {}, 'People'),
    el('p', {}, 'Call, and let the other read his or her words to you. Whoever stands between cannot have the same.'),
    el('ul', { class: 'people' }, ...rows));
}

/** One's own key, and the ways out. */
export async function showKey() {
  const { turn } = state;
  const own = state.own;
  const out = el('form', { class: 'buttons' }, el('button', {}, 'Sign out'));
  out.addEventListener('submit', doing(out, async () => {
    await network.signOut();
    leave('');
  }));
  const away = el('form', { class: 'stack' },
    el('label', { class: 'tick' }, el('input', { type: 'checkbox', required: true }), 'I have my key file, or never want to read that mail again'),
    el('button', { class: 'danger' }, 'Take the key out of this browser'));
  away.addEventListener('submit', doing(away, async () => {
    await kept.forgetKeys();
    await network.signOut();
    state.own = null;
    leave('The key is no longer in this browser.');
  }));
  const authority = own ? own.authority : await certificateOfPem(await network.authority());
  const ownWords = own && await wordsOf(own.certificate.fingerprint);
  const networkWords = await wordsOf(authority.fingerprint);
  if (turn !== state.turn) return;
  frame('key',
    el('h1', {}, 'My key'),
    own && el('div', {},
      el('h2', {}, 'Your words'),
      el('p', { class: 'words' }, ownWords),
      el('dl', { class: 'facts' },
        el('dt', {}, 'Address'), text('dd', {}, own.address),
        el('dt', {}, 'Good until'), text('dd', {}, own.certificate.until.toLocaleDateString()),
        el('dt', {}, 'Fingerprint'), text('dd', { class: 'v' }, own.certificate.fingerprint))),
    el('h2', {}, 'The network’s words'),
    el('p', { class: 'words' }, networkWords),
    out,
    own && el('div', {}, el('h2', {}, 'On a machine that is not yours'), away));
}
