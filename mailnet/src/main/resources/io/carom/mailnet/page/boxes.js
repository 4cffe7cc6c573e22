// Mailboxes and what is in them.

import { el, say, show, doing, text, when } from './dom.js';
import { shown } from './inert.js';
import * as mime from './mime.js';
import * as network from './network.js';
import { opened } from './smime.js';
import { at, leave, state } from './state.js';

const NAMES = { INBOX: 'Inbox' };
const ORDER = ['INBOX', 'Drafts', 'Sent', 'Archive', 'Trash'];
/** Mails up to this size are opened for their subjects. */
const SMALL = 256 << 10;
const main = document.getElementById('main');

/** Mailboxes with those first that everybody has. */
export async function loadBoxes() {
  const place = (b) => (ORDER.includes(b.name) ? ORDER.indexOf(b.name) : ORDER.length);
  state.list = (await network.boxes()).sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** A view beside the list of mailboxes. */
export function frame(active, ...content) {
  const nav = el('nav', { 'aria-label': 'Mailboxes' },
    el('a', { href: at('write'), class: 'button primary', onclick: () => { state.draft = null; } }, 'Write'),
    ...state.list.map((b) => el('a', { href: at('box', b.name), 'aria-current': active === b.name ? 'page' : null },
      text('span', {}, NAMES[b.name] || b.name),
      b.unseen && b.name !== 'Sent' ? el('span', { class: 'count', 'aria-label': `${b.unseen} not read` }, String(b.unseen)) : null)),
    el('hr', {}),
    el('a', { href: at('people'), 'aria-current': active === 'people' ? 'page' : null }, 'People'),
    el('a', { href: at('key'), 'aria-current': active === 'key' ? 'page' : null }, 'My key'));
  show(el('div', { class: 'frame' }, nav, el('div', { class: 'content' }, ...content)));
}

function fromOf(one) {
  const m = /<([^<>]+)>\s*$/.exec(one.from || '');
  return (m ? m[1] : one.from || '').trim().toLowerCase();
}

/** The name of a member, or the address. */
export const nameOf = (address) => state.people?.members.get(address)?.name || address;

function toOf(one) {
  return (one.to || '').split(',').map((a) => nameOf((/<([^<>]+)>/.exec(a)?.[1] || a).trim().toLowerCase())).join(', ');
}

/** What is in a mailbox, the newest first. */
export async function showBox(box) {
  const { turn } = state;
  const [, mails] = await Promise.all([loadBoxes(), network.mails(box)]);
  if (turn !== state.turn) return;
  state.mails = mails;
  state.box = box;
  const rows = el('ul', { class: 'mails' });
  const row = (one) => {
    const key = `${box}/${one.uid}`;
    const subject = el('span', { class: 'subject' }, shown(state.subjects.get(key) ?? (one.subject || '[...]')));
    const seen = one.flags.includes('\\Seen');
    rows.append(el('li', {}, el('a', { href: at('box', box, one.uid), class: seen ? '' : 'unseen', 'data-uid': one.uid },
      text('span', { class: 'from' }, box === 'Sent' ? toOf(one) : nameOf(fromOf(one))),
      subject,
      el('time', { datetime: one.date }, when(one.date)),
      seen ? null : el('span', { class: 'sr' }, 'not read'))));
  };
  state.mails.mails.forEach(row);
  const more = el('form', {}, el('button', {}, 'Older'));
  more.hidden = !state.mails.more;
  more.addEventListener('submit', doing(more, async () => {
    const older = await network.mails(box, state.mails.mails.at(-1).uid);
    state.mails.mails.push(...older.mails);
    more.hidden = !older.more;
    older.mails.forEach(row);
    subjects(box, state.round);
  }));
  frame(box,
    text('h1', {}, NAMES[box] || box),
    state.mails.mails.length ? rows : el('p', { class: 'soft' }, 'Nothing here.'),
    more);
  subjects(box, state.round);
}

/** Subjects stand inside what is encrypted: those of small mails are opened as the list is shown. */
async function subjects(box, round) {
  if (!state.own) return;
  for (const one of state.mails.mails) {
    const key = `${box}/${one.uid}`;
    if (round !== state.round || state.box !== box) return;
    if (state.subjects.has(key) || one.size > SMALL) continue;
    try {
      const result = await opened(await network.mail(box, one.uid), state.keys);
      const inside = await mime.read(result.entity);
      if (round !== state.round) return;
      state.subjects.set(key, inside.subject || '(no subject)');
    } catch (e) {
      if (e instanceof network.Refused || round !== state.round) return;
      state.subjects.set(key, '(cannot be read here)');
    }
    const link = main.querySelector(`a[data-uid="${one.uid}"] .subject`);
    if (link && state.box === box) link.textContent = shown(state.subjects.get(key));
  }
}

async function news() {
  const unseen = () => state.list.find((b) => b.name === 'INBOX')?.unseen || 0;
  const before = unseen();
  if (!location.hash || location.hash === at('box', 'INBOX')) await showBox('INBOX');
  else await loadBoxes();
  if (unseen() > before) say('New mail has come.');
}

/** Waits for news; when the list that changed is shown, it is shown anew. */
export async function watch(round) {
  let number = 0;
  while (round === state.round && state.session) {
    try {
      const told = await network.wait('INBOX', number);
      if (round !== state.round) return;
      if (number > 0 && told.state !== number) await news();
      number = told.state;
    } catch (e) {
      if (round !== state.round) return;
      if (e instanceof network.Refused && e.status === 401) {
        leave(e.message);
        return;
      }
      await new Promise((r) => { setTimeout(r, 5000); });
    }
  }
}
