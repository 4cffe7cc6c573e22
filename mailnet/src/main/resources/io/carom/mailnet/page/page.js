// The page: which view is shown when.

import { loadBoxes, showBox, watch } from './boxes.js';
import { door, enter } from './door.js';
import { el, show } from './dom.js';
import { shown } from './inert.js';
import { join } from './joining.js';
import { showKey, showPeople } from './keyring.js';
import { showMail } from './reading.js';
import { leave, state } from './state.js';
import { write } from './writing.js';

async function route() {
  const turn = ++state.turn;
  const [, view, box, uid] = location.hash.split('/').map(decodeURIComponent);
  try {
    if (!state.list.length) await loadBoxes();
    if (turn !== state.turn) return;
    if (view === 'write') write(state.draft || {});
    else if (view === 'people') await showPeople();
    else if (view === 'key') await showKey();
    else if (view === 'box' && uid) await showMail(box, Number(uid));
    else await showBox(view === 'box' && box ? box : 'INBOX');
  } catch (e) {
    if (e.status === 401) leave(e.message);
    else if (turn === state.turn) show(el('h1', {}, 'That did not work'), el('p', { class: 'fault', role: 'alert' }, shown(e.message)));
  }
}

window.addEventListener('entered', () => {
  watch(state.round);
  route();
});
window.addEventListener('enter', () => enter().catch((e) => door(e.message)));
window.addEventListener('left', (e) => door(e.detail));
window.addEventListener('hashchange', () => {
  if (state.session) route();
});

const invitation = /^\/join\/([A-Za-z0-9_-]{16,64})$/.exec(location.pathname);
if (!globalThis.crypto?.subtle || !globalThis.indexedDB) {
  show(el('section', { class: 'card door' }, el('h1', {}, 'Not in this browser'),
    el('p', {}, 'It has no cryptography for pages, or keeps nothing. Take a newer one, outside of private browsing.')));
} else if (invitation) {
  join(invitation[1], location.hash.slice(1)).catch((e) =>
    show(el('section', { class: 'card door' }, el('h1', {}, 'That did not work'), el('p', { class: 'fault', role: 'alert' }, shown(e.message)))));
} else {
  enter().catch((e) => door(e.message));
}
