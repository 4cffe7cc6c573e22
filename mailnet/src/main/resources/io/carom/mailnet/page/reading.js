// Reading: what was inside, what its signature is worth, and nothing of it acting.

import * as bytes from './bytes.js';
import { frame, loadBoxes, nameOf } from './boxes.js';
import { doing, el, save, say, size, text, wordsOf } from './dom.js';
import { inert, shown } from './inert.js';
import * as mime from './mime.js';
import * as network from './network.js';
import * as people from './people.js';
import { opened, Unreadable } from './smime.js';
import { go, state } from './state.js';

/** One mail, opened. */
export async function showMail(box, uid) {
  const { turn } = state;
  const raw = await network.mail(box, uid);
  await network.flag(box, uid, ['\\Seen'], []);
  await loadBoxes();
  const outer = await mime.read(raw.subarray(0, Math.min(raw.length, 65536)));
  const from = (outer.from?.address || '').toLowerCase();
  let result = null;
  let why = '';
  try {
    if (!state.own) throw new Unreadable('This browser has no key of yours. Sign in with your key file to read.');
    result = await opened(raw, state.keys);
  } catch (e) {
    if (!(e instanceof Unreadable)) throw e;
    why = e.message;
  }
  const inside = result ? await mime.read(result.entity) : null;
  const verdict = result ? await people.judge(result, from, state.people) : null;
  const subject = inside?.subject || outer.subject || '(no subject)';
  const letter = { box, uid, from, subject, inside, outer };
  const actions = el('form', { class: 'buttons' });
  const action = (label, work) => actions.append(el('button', { type: 'button', onclick: doing(actions, work) }, label));
  if (result) {
    action('Answer', async () => { state.draft = answerTo(letter, false); go('write'); });
    action('Answer all', async () => { state.draft = answerTo(letter, true); go('write'); });
  }
  for (const [label, to] of [['Archive', 'Archive'], ['Delete', 'Trash']]) {
    if (box !== to) {
      action(label, async () => {
        await network.move(box, uid, to);
        say(`Moved to ${to}.`);
        go('box', box);
      });
    }
  }
  action('Save as a file', async () => save(`mail-${uid}.eml`, raw));
  const signer = verdict && verdict.signer;
  const words = signer && await wordsOf(signer.fingerprint);
  if (turn !== state.turn) return;
  frame(box,
    text('h1', {}, subject),
    verdict && el('div', { class: `verdict ${verdict.level}` },
      el('p', {}, el('strong', {}, { good: 'Verified. ', doubtful: 'Take care. ', bad: 'Do not trust this. ' }[verdict.level]), shown(verdict.text)),
      signer && el('p', { class: 'small' }, 'Key: ', el('span', { class: 'words' }, words))),
    el('dl', { class: 'facts' },
      el('dt', {}, 'From'), text('dd', {}, nameOf(from) === from ? from : `${nameOf(from)} <${from}>`),
      el('dt', {}, 'To'), text('dd', {}, listed(inside?.to || outer.to)),
      (inside?.cc || outer.cc) && el('dt', {}, 'Copies'), (inside?.cc || outer.cc) && text('dd', {}, listed(inside?.cc || outer.cc)),
      el('dt', {}, 'Sent'), text('dd', {}, new Date(inside?.date || outer.date).toLocaleString())),
    astray(inside) && el('p', { class: 'verdict doubtful' },
      'The signed mail was not written to you: somebody who got it passed it on as if it were.'),
    actions,
    result ? bodyOf(inside) : el('p', { class: 'fault' }, shown(why)));
}

const listed = (all) => (all || []).flatMap((a) => a.group || [a]).map((a) => (a.name && a.name !== a.address ? `${a.name} <${a.address}>` : a.address)).join(', ');

/** A signed mail says to whom it was written; whoever got it could encrypt it to others anew. */
function astray(inside) {
  const all = [...(inside?.to || []), ...(inside?.cc || [])].flatMap((a) => a.group || [a]);
  const mine = state.session.address;
  return all.length > 0 && !all.some((a) => (a.address || '').toLowerCase() === mine) && (inside.from?.address || '').toLowerCase() !== mine;
}

function bodyOf(inside) {
  const body = el('article', { class: 'body', 'aria-label': 'What is written' });
  const plain = () => text('div', { class: 'plain' }, (inside.text || '').replace(/\r\n/g, '\n'));
  const page = () => inert(inside.html);
  body.append(inside.text ? plain() : inside.html ? page() : el('p', { class: 'soft' }, 'Nothing is written.'));
  const files = (inside.attachments || []).slice(0, 500);
  const parts = [body];
  if (inside.text && inside.html) {
    const turn = el('button', { 'aria-pressed': 'false' }, 'As a page');
    turn.addEventListener('click', () => {
      const on = turn.getAttribute('aria-pressed') !== 'true';
      turn.setAttribute('aria-pressed', String(on));
      body.replaceChildren(on ? page() : plain());
    });
    parts.push(el('p', {}, turn));
  }
  if (inside.html) {
    parts.push(el('p', { class: 'hint' }, 'Pictures, styles, links and forms of the page are left out; where links lead is written beside them.'));
  }
  if (files.length) {
    parts.push(el('h2', {}, 'Files'), el('ul', { class: 'files' }, ...files.map((file, n) => {
      const content = typeof file.content === 'string' ? bytes.bytesOf(file.content) : new Uint8Array(file.content);
      const name = (file.filename || `part-${n + 1}`).replace(/[\u0000-\u001f\u007f\\/]/g, '_').slice(0, 150);
      return el('li', {}, el('button', { onclick: () => save(name, content) }, `Save ${shown(name)}`),
        text('span', { class: 'soft' }, ` ${file.mimeType}, ${size(content.length)}`));
    })), el('p', { class: 'hint' }, 'Files are saved, never opened here. Whoever signed a mail may have been deceived: open nothing that you do not expect.'));
  }
  return el('div', {}, ...parts);
}


function answerTo(letter, all) {
  const mine = state.session.address;
  const to = [letter.from];
  if (all) {
    for (const one of [...(letter.inside.to || []), ...(letter.inside.cc || [])].flatMap((a) => a.group || [a])) {
      const address = (one.address || '').toLowerCase();
      if (address && address !== mine && !to.includes(address)) to.push(address);
    }
  }
  const quoted = (letter.inside.text || inertText(letter.inside.html)).trimEnd().split(/\r?\n/).map((l) => (l.startsWith('>') ? `>${l}` : `> ${l}`)).join('\n');
  return {
    to,
    subject: /^re:/i.test(letter.subject) ? letter.subject : `Re: ${letter.subject}`,
    text: `\n\n${nameOf(letter.from)} wrote:\n${quoted}\n`,
    answers: (letter.outer.messageId || '').replace(/[<>\s]/g, ''),
    references: (letter.outer.references || '').split(/\s+/).map((r) => r.replace(/[<>]/g, '')).filter(Boolean),
  };
}

const inertText = (html) => (html ? inert(html).textContent : '');
