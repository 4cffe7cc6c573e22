// What the page knows while it is open, and how its parts reach each other.

export const state = {
  own: null,      // the newest key: address, domain, certificate, authority, sign, agree
  keys: [],       // all keys of this browser, for old mail
  session: null,  // what signing in told: address, name, domain, host, limits
  people: null,
  list: [],
  box: 'INBOX',
  mails: [],
  subjects: new Map(),
  round: 0,
  turn: 0,        // counts views: what was fetched for one is not shown over the next
};

const hash = (...parts) => `#/${parts.map((p) => encodeURIComponent(p)).join('/')}`;

/** The address of a view. */
export const at = hash;

/** Goes to a view, also to the one that is shown, which is shown anew. */
export function go(...parts) {
  const to = hash(...parts);
  if (location.hash === to) window.dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = to;
}

/** Ends the session here: what was read in it is not there for whoever signs in next. */
export function leave(message) {
  state.round++;
  state.turn++;
  Object.assign(state, { session: null, people: null, list: [], box: 'INBOX', mails: [], draft: null });
  state.subjects.clear();
  history.replaceState(null, '', location.pathname);
  window.dispatchEvent(new CustomEvent('left', { detail: message }));
}
