// Elements, messages, and what buttons do. Text gets into the page as text alone.

import { words } from './certificates.js';
import { shown } from './inert.js';
import * as network from './network.js';
import { leave, state } from './state.js';

const SAID_MILLIS = 8000;
const main = document.getElementById('main');
const said = document.getElementById('said');

/** An element; attributes that begin with `on` are listeners. */
export function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

/** An element with a stranger's text in it. */
export const text = (tag, attributes, value) => el(tag, attributes, shown(value));

/** Shows a view in place of the one before. */
export function show(...content) {
  main.replaceChildren(...content);
  const heading = main.querySelector('h1');
  if (heading) {
    document.title = `${heading.textContent} · Private mail`;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  window.scrollTo(0, 0);
}

let silence = 0;

/** Says something for a while, also to those who listen. */
export function say(message) {
  said.textContent = message;
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ''; }, SAID_MILLIS);
}

/** Runs what a button does: once at a time, and what goes wrong is told beside it. */
export function doing(form, work) {
  return async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll('button')];
    form.querySelector('.fault')?.remove();
    buttons.forEach((b) => { b.disabled = true; });
    try {
      await work(event);
    } catch (e) {
      form.append(el('p', { class: 'fault', role: 'alert' }, shown(e.message || 'It did not work.')));
      if (e.status === 401 && state.session) leave(e.message);
    } finally {
      buttons.forEach((b) => { b.disabled = false; });
    }
  };
}

/** A labelled input. */
export function field(label, attributes, hint) {
  const input = el('input', attributes);
  return el('label', {}, label, hint ? el('span', { class: 'hint' }, hint) : null, input);
}

let wordList = null;

/** A fingerprint's ten words. */
export async function wordsOf(fingerprint) {
  wordList ??= (await network.text('/page/words.txt')).trim().split('\n');
  return words(fingerprint, wordList);
}

/** Hands a file to whoever sits here. */
export function save(name, content) {
  // A kind that no browser opens: what comes by mail is saved and not shown.
  const address = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = el('a', { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** A time, short. */
export const when = (instant) => {
  const date = new Date(instant);
  const today = new Date().toDateString() === date.toDateString();
  return today
    ? date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
};

/** An amount of bytes, short. */
export function size(count) {
  return count < 1000 ? `${count} bytes` : count < 1e6 ? `${Math.round(count / 1000)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
