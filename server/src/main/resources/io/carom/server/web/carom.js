// What all pages do: changes by the API, dialogs, times in the reader's zone, hunts, the keyboard. How a page
// follows what others do, and what is kept when it is loaded once more, is in live.js.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const data = document.body.dataset;
const csrf = () => $('meta[name=csrf]')?.content ?? '';
// As it was served, before anything here writes into it.
const served = $('#main')?.outerHTML ?? '';

// What a browser keeps for a person; one that keeps nothing has it until the page is left.
function chosen(name) {
  try {
    return localStorage.getItem(name);
  } catch (e) {
    return null;
  }
}

function choose(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (e) {
    // As above.
  }
}

// What was typed and did not get through waits in this tab, for who typed it.
const whose = data.who ?? '';
const drafts = {
  off: false,
  at: (what) => `draft ${whose} ${location.pathname} ${what}`,
  get(what) {
    try {
      return sessionStorage.getItem(drafts.at(what)) ?? '';
    } catch (e) {
      return '';
    }
  },
  set(what, text) {
    if (drafts.off) return;
    try {
      if (text) sessionStorage.setItem(drafts.at(what), text);
      else sessionStorage.removeItem(drafts.at(what));
    } catch (e) {
      // It is too long, or nothing is kept here.
    }
  },
  // Who signs out leaves nothing behind.
  end() {
    drafts.drop('');
    drafts.off = true;
  },
  // All that are not somebody's.
  drop(but) {
    try {
      for (const name of Object.keys(sessionStorage)) {
        if (name.startsWith('draft ') && !(but && name.startsWith(`draft ${but} `))) sessionStorage.removeItem(name);
      }
    } catch (e) {
      // Nothing is kept here.
    }
  },
};
if (whose) drafts.drop(whose);

function make(name, text = '', className = '') {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function toast(text, bad = false) {
  const box = make('div', text, bad ? 'toast bad' : 'toast');
  $('#toasts').append(box);
  setTimeout(() => box.remove(), bad ? 9000 : 4000);
}

// How much is under way: a page is not loaded anew meanwhile.
let running = 0;
async function during(work) {
  running++;
  try {
    return await work;
  } finally {
    running--;
  }
}

// What a page still asks for ends with it.
let leaving = new AbortController();

const itself = () => ({ headers: { 'X-Refresh': '1' }, signal: leaving.signal });

// Whoever is not signed in any more is shown where one signs in, and comes back here.
let gone = false;
function ended() {
  if (gone) return;
  gone = true;
  lively?.save();
  location.reload();
}

async function api(method, path, body) {
  let answer;
  try {
    answer = await during(fetch(path, {
      method,
      headers: body === undefined
        ? { 'X-CSRF-Token': csrf(), Accept: 'application/json' }
        : { 'X-CSRF-Token': csrf(), 'Content-Type': 'application/json', Accept: 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    }));
  } catch (e) {
    throw new Error('The server does not answer.');
  }
  if (answer.status === 401) {
    ended();
    throw new Error('Sign in again.');
  }
  const json = (answer.headers.get('Content-Type') ?? '').includes('json') ? await answer.json() : null;
  if (!answer.ok) {
    const fault = new Error(json?.detail ?? json?.title ?? `The server answered ${answer.status}.`);
    fault.status = answer.status;
    throw fault;
  }
  return json;
}

// Loads what is shown once more, after something was done; what went wrong is told there.
let lively = null;
const living = import(data.live).then((module) => (lively = module));
async function refresh(sent) {
  try {
    await (await living).refresh(sent);
  } catch (e) {
    toast('What is shown is not the latest: ' + e.message, true);
  }
}

// ---- passkeys

const fromText = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function read(options) {
  const known = (all) => (all ?? []).map((one) => ({ ...one, id: fromText(one.id) }));
  const out = { ...options, challenge: fromText(options.challenge) };
  if (options.user) out.user = { ...options.user, id: fromText(options.user.id) };
  if (options.excludeCredentials) out.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) out.allowCredentials = known(options.allowCredentials);
  return out;
}

// As WebAuthn's own toJSON gives it, which not every browser has yet.
function written(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response,
  });
}

const without = (e) =>
  e.name === 'NotAllowedError' ? 'No passkey was given.'
    : e.name === 'InvalidStateError' ? 'That device has a passkey of yours already.' : e.message;

async function showPasskey(button) {
  try {
    const credential = await navigator.credentials.get({ publicKey: read(JSON.parse(button.dataset.passkey)) });
    const answer = await fetch('/sign-in/passkey', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: written(credential),
    });
    if (!answer.ok) throw new Error('That passkey did not let you in. Load the page and try again.');
    location.assign((await answer.json()).next);
  } catch (e) {
    toast(without(e), true);
  }
}

async function makePasskey(form) {
  try {
    const begun = await api('POST', '/api/v1/me/passkeys', {});
    const credential = await navigator.credentials.create({ publicKey: read(begun.options) });
    await api('POST', '/api/v1/me/passkeys', { credential: written(credential), label: form.elements.label.value });
    toast('The passkey is kept');
    await refresh();
  } catch (e) {
    toast(without(e), true);
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-passkey]');
  if (button) showPasskey(button);
});
document.addEventListener('submit', (event) => {
  if (event.target.matches('form[data-passkey-new]')) {
    event.preventDefault();
    makePasskey(event.target);
  }
});

// ---- changes

function value(form) {
  const out = {};
  for (const element of form.elements) {
    if (!element.name || element.disabled) continue;
    if (element.dataset.boolean !== undefined) out[element.name] = element.value === 'true';
    else if (element.dataset.many !== undefined) {
      out[element.name] ??= [];
      if (element.checked) out[element.name].push(element.value);
    } else if (element.type === 'checkbox') out[element.name] = element.checked;
    else if (element.type === 'radio') {
      if (element.checked) out[element.name] = element.value;
    } else if (element.type !== 'submit') out[element.name] = element.value;
  }
  return out;
}

// Gives 'yes', 'no', or nothing where it was put away by Esc.
function answered(parts, focus) {
  return new Promise((resolve) => {
    const dialog = make('dialog');
    const form = make('form', '', 'stack');
    form.method = 'dialog';
    const buttons = make('p', '', 'buttons');
    const yes = make('button', 'Go on', 'primary');
    yes.value = 'yes';
    const no = make('button', 'Cancel');
    no.value = 'no';
    buttons.append(yes, no);
    form.append(...parts, buttons);
    dialog.setAttribute('aria-label', parts.at(-1).firstChild.textContent);
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue);
      dialog.remove();
    });
    dialog.showModal();
    (focus ?? no).focus();
  });
}

// A text; null where none was given. What is typed waits until it got through.
async function ask(question, what, fault = '') {
  const label = make('label', question);
  const area = make('textarea');
  area.rows = 3;
  area.maxLength = 20000;
  area.value = drafts.get(what);
  area.addEventListener('input', () => drafts.set(what, area.value));
  label.append(area);
  const said = make('p', fault, 'fault');
  said.setAttribute('role', 'alert');
  const answer = await answered(fault ? [said, label] : [label], area);
  if (answer === 'yes') return area.value;
  if (answer === 'no') drafts.set(what, '');
  return null;
}

async function sure(question) {
  return (await answered([make('p', question)])) === 'yes';
}

// Gives what went wrong; an empty text where nothing did.
const underway = new WeakSet();
async function act(element, body, { quiet = false, button = element } = {}) {
  if (underway.has(element)) return '';
  const [method, path] = element.dataset.api.split(' ');
  underway.add(element);
  // It keeps the focus, which a button that is disabled would lose.
  button?.setAttribute('aria-disabled', 'true');
  try {
    const answer = await api(method, path, method === 'DELETE' ? undefined : body);
    if (answer?.faults?.length) throw new Error(answer.faults.join(' '));
    const shown = element.dataset.show;
    if (shown && answer?.[shown]) {
      const place = element.closest('form, section')?.querySelector('[data-shown]');
      if (place) {
        place.textContent = answer[shown];
        place.hidden = false;
        return '';
      }
    }
    for (const sent of answer?.sent ?? []) toast(sent.ok ? `Told by ${sent.channel}` : `${sent.channel}: ${sent.detail}`, !sent.ok);
    if (answer?.waits) toast('Nothing was sent yet: a second person is asked');
    else if (element.dataset.done) toast(element.dataset.done);
    // What was sent is not typed any more.
    if (element.matches('form')) element.reset();
    if (element.dataset.then) location.assign(element.dataset.then);
    else await refresh(element);
    return '';
  } catch (e) {
    if (!quiet && !gone) toast(e.message, true);
    // The session, or what is to be changed, is another one by now.
    if (e.status === 403 || e.status === 409) await refresh(element);
    return e.message || 'It did not get through.';
  } finally {
    underway.delete(element);
    button?.removeAttribute('aria-disabled');
  }
}

// What is asked for in words is asked again where it did not get through, with what was typed.
async function press(button) {
  if (underway.has(button)) return;
  const body = JSON.parse(button.dataset.json ?? '{}');
  if (button.dataset.sure && !(await sure(button.dataset.sure))) return;
  if (!button.dataset.ask) {
    await act(button, body);
    return;
  }
  const what = `${button.dataset.api} ${button.dataset.json ?? ''}`;
  for (let fault = ''; ; ) {
    const text = await ask(button.dataset.ask, what, fault);
    if (text === null) return;
    fault = await act(button, { ...body, [button.dataset.askAs ?? 'text']: text }, { quiet: true });
    if (!fault) drafts.set(what, '');
    if (!fault || gone) return;
  }
}

const root = document.documentElement;

// On paper all is light, whatever the screen is; what was opened for it is closed again.
let paper = null;
function toPaper() {
  if (paper) return;
  paper = { theme: root.dataset.theme, opened: [] };
  root.dataset.theme = 'light';
  document.dispatchEvent(new CustomEvent('theme'));
}

function fromPaper() {
  if (!paper) return;
  if (paper.theme === undefined) delete root.dataset.theme;
  else root.dataset.theme = paper.theme;
  for (const one of paper.opened) one.open = false;
  paper = null;
  document.dispatchEvent(new CustomEvent('theme'));
}

addEventListener('beforeprint', toPaper);
addEventListener('afterprint', fromPaper);

const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', () => document.dispatchEvent(new CustomEvent('theme')));

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-api]');
  if (button) {
    event.preventDefault();
    await press(button);
    return;
  }
  if (event.target.closest('[data-print]')) {
    toPaper();
    paper.opened = $$('main details:not([open], .drop)');
    for (const one of paper.opened) one.open = true;
    // Pictures are drawn anew before they are on paper.
    requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
    return;
  }
  if (event.target.closest('[data-help]')) {
    $('#help').showModal();
    return;
  }
  if (event.target.closest('[data-theme-switch]')) {
    const now = root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches;
    root.dataset.theme = now ? 'light' : 'dark';
    choose('theme', root.dataset.theme);
    document.dispatchEvent(new CustomEvent('theme'));
    return;
  }
  const menu = event.target.closest('.menu');
  if (menu) {
    const open = $('#nav').classList.toggle('open');
    menu.setAttribute('aria-expanded', String(open));
    return;
  }
  const row = event.target.closest('tr[data-href]');
  if (row && !event.target.closest('a, button, input, label, summary') && !String(getSelection())) {
    location.assign(row.dataset.href);
    return;
  }
  for (const open of $$('.account[open], .drop[open]')) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.getAttribute('action') === '/sign-out') drafts.end();
  if (!form.dataset?.api) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector('button:not([type=button])');
  if (form.dataset.sure && !(await sure(form.dataset.sure))) return;
  await act(form, value(form), { button });
});

async function switched(box, how, body) {
  const [method, path] = how.split(' ');
  try {
    await api(method, path, body);
    await refresh(box);
  } catch (e) {
    box.checked = !box.checked;
    if (!gone) toast(e.message, true);
  }
}

// A filter follows what is chosen. With the arrow keys one passes by much that is not meant: that waits until
// the field is left, or Enter.
let key = { field: null, name: '' };
let waiting = null;
document.addEventListener('pointerdown', () => (key = { field: null, name: '' }), true);
document.addEventListener('keydown', (event) => {
  key = { field: event.target, name: event.key };
  if (event.key === 'Enter' && waiting && waiting === event.target) {
    event.preventDefault();
    settle();
  }
}, true);
document.addEventListener('focusout', (event) => {
  if (waiting && waiting === event.target) settle();
});

function settle() {
  const form = waiting.form;
  waiting = null;
  form?.requestSubmit();
}

document.addEventListener('change', async (event) => {
  const box = event.target;
  if (box.dataset?.tick) {
    await switched(box, box.dataset.tick, { key: box.dataset.key, done: box.checked });
    return;
  }
  if (box.dataset?.toggle) {
    await switched(box, box.dataset.toggle, { ...JSON.parse(box.dataset.json ?? '{}'), enabled: box.checked });
    return;
  }
  if (box.id === 'keys-on') {
    letters = box.checked;
    choose('keys', letters ? 'on' : 'off');
    return;
  }
  if (box.form?.dataset?.auto === undefined) return;
  if (box.matches('select') && key.field === box) waiting = box;
  // Enter in a field of text sends the form by itself.
  else if (box.matches('select') || key.field !== box || key.name !== 'Enter') box.form.requestSubmit();
});

// ---- times

let utc = chosen('utc') === '1';
root.dataset.zone = utc ? 'utc' : 'reader';

function ago(time) {
  const seconds = (Date.now() - time) / 1000;
  const s = Math.abs(seconds);
  const text = s < 90 ? 'a minute' : s < 5400 ? `${Math.round(s / 60)} min` : s < 129600 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} days`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

// To the last digit that is known.
const inUtc = (iso) => iso.replace('T', ' ').replace('Z', ' UTC');

function write(element, text, title) {
  // What is the same is not written again: it may be marked to be copied.
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== title) element.title = title;
}

function times(where) {
  const options = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const zoned = utc ? { ...options, timeZone: 'UTC' } : options;
  const minutes = new Intl.DateTimeFormat('en-GB', zoned);
  const seconds = new Intl.DateTimeFormat('en-GB', { ...zoned, second: '2-digit' });
  const zone = utc ? ' UTC' : '';
  for (const element of $$('time[datetime]', where)) {
    const time = Date.parse(element.dateTime);
    if (Number.isNaN(time)) continue;
    const form = element.dataset.exact === undefined ? minutes : seconds;
    const far = element.dataset.ago === undefined || Math.abs(Date.now() - time) > 60 * 86400000;
    write(element, far ? form.format(time).replace(',', '') + zone : ago(time), inUtc(element.dateTime));
  }
}

function clocks() {
  for (const element of $$('[data-due]')) {
    const left = (Date.parse(element.dataset.due) - Date.now()) / 1000;
    if (Number.isNaN(left)) continue;
    const s = Math.abs(left);
    const text = s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min` : `${Math.floor(s / 86400)} days`;
    write(element, left < 0 ? `${text} over` : `${text} left`, inUtc(element.dataset.due));
    element.classList.toggle('over', left < 0);
    element.classList.toggle('soon', left >= 0 && left < 86400);
  }
}

function zone() {
  utc = !utc;
  root.dataset.zone = utc ? 'utc' : 'reader';
  choose('utc', utc ? '1' : '0');
  times(document);
  document.dispatchEvent(new CustomEvent('zone'));
  toast(utc ? 'Times are in UTC' : 'Times are in your zone');
}

// ---- pictures, and parts that come later

const scripts = new Map();
function script(source) {
  if (!scripts.has(source)) {
    scripts.set(
      source,
      new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = source;
        element.onload = resolve;
        element.onerror = () => reject(new Error('its program did not come'));
        document.head.append(element);
      }),
    );
  }
  return scripts.get(source);
}

// A stream of parts: what says how far it has come, and pieces of the page.
async function streamed(answer, said, piece) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value: text, done } = await reader.read();
    rest += text ?? '';
    const parts = rest.split('\n\u001e\n');
    rest = parts.pop();
    for (const part of parts) {
      const fresh = new DOMParser().parseFromString(part, 'text/html').body;
      const state = fresh.querySelector('[data-state]');
      if (state) said(state.textContent);
      else piece([...fresh.children].map((child) => document.adoptNode(child)));
    }
    if (done) return;
  }
}

// A search goes on behind what the page came with.
async function goOn(where) {
  for (const place of $$('[data-rest]', where)) {
    const answer = await fetch(place.dataset.rest, itself());
    if (answer.redirected || answer.status === 401) return ended();
    if (!answer.ok) throw new Error('The search was stopped.');
    const state = $('[data-state]', place);
    await streamed(answer, (text) => (state.textContent = text), (fresh) => {
      const whole = $('#events');
      const open = lively?.opened(whole);
      whole.replaceChildren(...fresh);
      whole.dataset.filled = '';
      if (open) lively.reopen(whole, open);
      start(whole);
    });
  }
}

// Parts of a page that take their time are asked for when the page is there.
async function parts(where) {
  for (const place of $$('[data-load]:not([data-loaded])', where)) {
    place.dataset.loaded = '';
    let answer;
    let text;
    try {
      answer = await fetch(place.dataset.load, itself());
      if (answer.redirected || answer.status === 401) return ended();
      text = await answer.text();
    } catch (e) {
      place.replaceChildren(make('p', 'It did not come. Load the page again.', 'fault'));
      throw e;
    }
    const page = new DOMParser().parseFromString(text, 'text/html');
    const fresh = answer.ok ? [...page.body.children] : [...page.querySelectorAll('main p')];
    const into = place.dataset.loadInto ? $('#' + place.dataset.loadInto) : place;
    into.replaceChildren(...fresh.map((child) => document.adoptNode(child)));
    if (into !== place) place.remove();
    else place.dataset.loaded = 'yes';
    times(into);
    lively?.fill();
  }
}

const drawn = [];
async function picture(source, module) {
  await script(source);
  const draws = await import(module);
  if (!drawn.includes(draws)) drawn.push(draws);
}

// What is gone is let go of, and what is there is drawn, once.
async function pictures(where) {
  if ($('[data-picture]', where)) await picture(data.cytoscape, data.graph);
  if ($('[data-timeline], [data-chart]', where)) await picture(data.echarts, data.charts);
  for (const one of drawn) await one.draw($('#main'));
}

// ---- hunts: the answer as it comes

let hunting = null;
async function hunt(form) {
  hunting?.abort();
  const own = new AbortController();
  hunting = own;
  const place = $('#found');
  const state = $('#hunt-state');
  const stop = make('button', 'Stop', 'button');
  stop.type = 'button';
  stop.addEventListener('click', () => own.abort());
  place.replaceChildren();
  place.dataset.filled = '';
  state.dataset.filled = '';
  state.textContent = 'Looking…';
  state.after(stop);
  try {
    const answer = await fetch('/hunt/answer', {
      method: 'POST',
      headers: { 'X-CSRF-Token': csrf(), 'Content-Type': 'application/json' },
      body: JSON.stringify(value(form)),
      signal: own.signal,
    });
    if (answer.status === 401) return ended();
    if (!answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      state.textContent = page.querySelector('main p:nth-of-type(2)')?.textContent ?? 'That was not understood.';
      return;
    }
    await streamed(answer, (text) => own === hunting && (state.textContent = text), (fresh) => {
      if (own !== hunting) return;
      place.append(...fresh);
      times(place);
    });
  } catch (e) {
    const stopped = e.name === 'AbortError';
    if (own === hunting) state.textContent = `${stopped ? 'Stopped' : 'It broke off'}. What was found by then stands below.`;
    if (!stopped) throw e;
  } finally {
    stop.remove();
    if (own === hunting) hunting = null;
  }
}

document.addEventListener('submit', (event) => {
  if (event.target.id === 'hunt') {
    event.preventDefault();
    during(hunt(event.target)).catch((e) => toast(e.message, true));
  }
});

// ---- rules on what is kept

let trials = 0;
async function trial(body) {
  const own = ++trials;
  const place = $('#trial');
  place.dataset.filled = '';
  const say = (text, name = 'p') => {
    const element = make(name, text);
    place.append(element);
    return element;
  };
  place.replaceChildren();
  say('Running over what is kept…');
  let answer;
  let fault = '';
  try {
    answer = await api('POST', '/api/v1/rules/trial', body);
  } catch (e) {
    fault = e.message;
  }
  if (own !== trials || gone) return;
  place.replaceChildren();
  for (const one of answer?.faults ?? [fault]) say(one).className = 'fault';
  if (!answer) return;
  const total = answer.matches.reduce((sum, m) => sum + m.count, 0);
  if (answer.rules) say(`${total.toLocaleString('en')} of ${answer.events.toLocaleString('en')} events match${answer.whole ? '' : '; its minute was over before all were asked'}.`);
  if (answer.tuned) say(`${answer.tuned.toLocaleString('en')} more are not told, by decisions of tuning.yaml.`);
  for (const match of answer.matches) {
    say(`${match.client}: ${match.count.toLocaleString('en')}`, 'strong');
    const list = say('', 'ul');
    list.className = 'plain small';
    for (const sample of match.samples.slice(0, 6)) {
      const time = make('time');
      time.dateTime = sample.time;
      time.dataset.exact = '';
      const line = make('li');
      line.append(time, ` ${sample.path}:${sample.record}`);
      list.append(line);
    }
  }
  times(place);
}

document.addEventListener('click', (event) => {
  const one = event.target.closest('[data-trial]');
  if (one) trial(JSON.parse(one.dataset.trial));
  else if (event.target.closest('[data-trial-form]')) trial({ text: $('#rule-form textarea').value });
});

// ---- the keyboard

// Keys of one letter can be turned off: who speaks to a machine, or slips, would do things by them.
let letters = chosen('keys') !== 'off';
if ($('#keys-on')) $('#keys-on').checked = letters;

let before = '';
const places = { n: '/', i: '/incidents', t: '/trace', h: '/hunt', s: '/suppliers', c: '/clients', o: '/sources', e: '/search' };

function mark(down) {
  const rows = $$('[data-list] [data-row]');
  if (!rows.length) return;
  const at = rows.findIndex((r) => r.classList.contains('marked'));
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (down ? 1 : -1)));
  rows.forEach((r) => r.classList.remove('marked'));
  rows[next].classList.add('marked');
  rows[next].scrollIntoView({ block: 'nearest' });
  const href = rows[next].dataset.href;
  const links = $$('a, summary', rows[next]);
  (links.find((l) => l.getAttribute('href') === href) ?? links[0])?.focus({ preventScroll: true });
}

document.addEventListener('keydown', (event) => {
  // Of a dialog that was closed just now a button may have the focus still.
  const typing = event.target.closest?.('input:not([type=range]):not([type=checkbox]), textarea, select, dialog[open]');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter') {
    const row = $('[data-row].marked');
    if (row && !event.target.closest('a, button, summary, input')) {
      if (row.dataset.href) location.assign(row.dataset.href);
      else if ('open' in row) row.open = !row.open;
    }
    return;
  }
  if (!letters) return;
  if (before === 'g' && places[event.key]) {
    before = '';
    location.assign(places[event.key]);
    return;
  }
  before = event.key === 'g' ? 'g' : '';
  switch (event.key) {
    case '/':
      event.preventDefault();
      ($('main [type=search]') ?? $('#find'))?.focus();
      break;
    case '?':
      $('#help').showModal();
      break;
    case 'u':
      zone();
      break;
    case 'a':
      $('[data-ack]')?.click();
      break;
    case 'x':
      $('[data-row].marked [data-pick]')?.click();
      break;
    case 'j':
    case 'k':
      mark(event.key === 'j');
      break;
    default:
  }
});

// ---- from the beginning

function told(e) {
  // Who left does not wait for it.
  if (e.name !== 'AbortError' && !gone) toast(e.message, true);
}

let together = null;
function start(where) {
  times(where);
  clocks();
  during(parts(where)).catch(told);
  during(goOn(where)).catch(told);
  during(pictures(where)).catch((e) => told(new Error('A picture could not be drawn: ' + e.message)));
  const asked = where.querySelector('#hunt');
  if (asked?.dataset.go !== undefined && $('textarea', asked)?.value) {
    delete asked.dataset.go;
    asked.requestSubmit();
  }
  if ($('[data-bulk-bar]', where)) {
    together ??= import(data.bulk);
    together.then((module) => module.begin({ api, ask, drafts, refresh, toast, gone: () => gone })).catch(told);
  }
}

function leave() {
  leaving.abort();
  leaving = new AbortController();
}

start(document);
setInterval(() => {
  clocks();
  times(document);
}, 15000);
living.then((module) => module.begin({ drafts, ended, leave, served, start, toast, utc: () => utc, working: () => running > 0 })).catch(told);

// A filter's answer takes the place of what was shown.
let where = null;
document.addEventListener('htmx:beforeSwap', (event) => {
  if (new URL(event.detail.xhr.responseURL || location.href).pathname === '/sign-in') {
    event.preventDefault();
    ended();
    return;
  }
  where = lively?.spot();
});
document.addEventListener('htmx:afterSwap', (event) => {
  leave();
  lively?.swapped(event.detail.xhr.responseText, where);
  start($('#main'));
});
document.addEventListener('htmx:responseError', (event) => toast(`The server answered ${event.detail.xhr.status}.`, true));
document.addEventListener('htmx:sendError', () => toast('The server does not answer.', true));
