// What all pages do: changes by the API, live updates, times in the reader's zone, the keyboard.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrf = () => $('meta[name=csrf]')?.content ?? '';

export function toast(text, bad = false) {
  const box = document.createElement('div');
  box.className = bad ? 'toast bad' : 'toast';
  box.textContent = text;
  $('#toasts').append(box);
  setTimeout(() => box.remove(), bad ? 9000 : 4000);
}

export async function api(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined
      ? { 'X-CSRF-Token': csrf(), Accept: 'application/json' }
      : { 'X-CSRF-Token': csrf(), 'Content-Type': 'application/json', Accept: 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) {
    location.assign('/sign-in?next=' + encodeURIComponent(location.pathname + location.search));
    throw new Error('Sign in again.');
  }
  const json = (answer.headers.get('Content-Type') ?? '').includes('json') ? await answer.json() : null;
  if (!answer.ok) {
    throw new Error(json?.detail ?? json?.title ?? `The server answered ${answer.status}.`);
  }
  return json;
}

// Loads what is shown once more, and keeps what is open, typed or marked.
let loading = false;
export async function refresh() {
  if (loading) return;
  loading = true;
  const open = $$('main details[open] > summary').map((s) => s.textContent);
  const scroll = window.scrollY;
  const marked = $$('[data-row]').findIndex((r) => r.classList.contains('marked'));
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { 'X-Refresh': '1' } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('#main');
    const old = $('#main');
    if (!fresh || !old) return;
    old.replaceWith(document.adoptNode(fresh));
    $$('main details > summary').forEach((s) => {
      if (open.includes(s.textContent)) s.parentElement.open = true;
    });
    start($('#main'));
    const rows = $$('[data-row]');
    if (marked >= 0 && rows[marked]) rows[marked].classList.add('marked');
    window.scrollTo(0, scroll);
  } finally {
    loading = false;
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

function ask(question) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    const form = document.createElement('form');
    form.method = 'dialog';
    form.className = 'stack';
    const label = document.createElement('label');
    label.textContent = question;
    const area = document.createElement('textarea');
    area.rows = 3;
    area.maxLength = 20000;
    label.append(area);
    const buttons = document.createElement('p');
    buttons.className = 'buttons';
    const yes = document.createElement('button');
    yes.className = 'primary';
    yes.textContent = 'Go on';
    yes.value = 'yes';
    const no = document.createElement('button');
    no.textContent = 'Cancel';
    no.value = 'no';
    buttons.append(yes, no);
    form.append(label, buttons);
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes' ? area.value : null);
      dialog.remove();
    });
    dialog.showModal();
    area.focus();
  });
}

async function act(element, body) {
  const [method, path] = element.dataset.api.split(' ');
  try {
    const answer = await api(method, path, method === 'DELETE' ? undefined : body);
    if (answer?.faults?.length) throw new Error(answer.faults.join(' '));
    const shown = element.dataset.show;
    if (shown && answer?.[shown]) {
      const place = element.closest('form, section')?.querySelector('[data-shown]');
      if (place) {
        place.textContent = answer[shown];
        place.hidden = false;
        return;
      }
    }
    for (const sent of answer?.sent ?? []) toast(sent.ok ? `Told by ${sent.channel}` : `${sent.channel}: ${sent.detail}`, !sent.ok);
    if (answer?.waits) toast('Nothing was sent yet: a second person is asked');
    else if (element.dataset.done) toast(element.dataset.done);
    if (element.dataset.then) location.assign(element.dataset.then);
    else await refresh();
  } catch (e) {
    toast(e.message, true);
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-api]');
  if (button) {
    event.preventDefault();
    let body = JSON.parse(button.dataset.json ?? '{}');
    if (button.dataset.ask) {
      const text = await ask(button.dataset.ask);
      if (text === null) return;
      body = { ...body, [button.dataset.askAs ?? 'text']: text };
    }
    button.disabled = true;
    await act(button, body);
    button.disabled = false;
    return;
  }
  if (event.target.closest('[data-print]')) {
    $$('main details').forEach((d) => (d.open = true));
    window.print();
    return;
  }
  if (event.target.closest('[data-help]')) {
    $('#help').showModal();
    return;
  }
  if (event.target.closest('[data-theme-switch]')) {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    try {
      localStorage.setItem('theme', root.dataset.theme);
    } catch (e) {
      // A browser that keeps nothing has the choice until the page is left.
    }
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
  if (form.dataset?.api) {
    event.preventDefault();
    const button = form.querySelector('button');
    if (button) button.disabled = true;
    await act(form, value(form));
    if (button) button.disabled = false;
  }
});

document.addEventListener('change', async (event) => {
  const box = event.target;
  if (box.dataset?.tick) {
    const [method, path] = box.dataset.tick.split(' ');
    try {
      await api(method, path, { key: box.dataset.key, done: box.checked });
      await refresh();
    } catch (e) {
      box.checked = !box.checked;
      toast(e.message, true);
    }
    return;
  }
  if (box.dataset?.toggle) {
    const [method, path] = box.dataset.toggle.split(' ');
    try {
      await api(method, path, { ...JSON.parse(box.dataset.json ?? '{}'), enabled: box.checked });
      await refresh();
    } catch (e) {
      box.checked = !box.checked;
      toast(e.message, true);
    }
    return;
  }
  const form = box.form;
  if (form?.dataset?.auto !== undefined) form.requestSubmit();
});

// ---- times

let utc = false;
try {
  utc = localStorage.getItem('utc') === '1';
} catch (e) {
  utc = false;
}

function ago(time) {
  const seconds = (Date.now() - time) / 1000;
  const s = Math.abs(seconds);
  const text = s < 90 ? 'a minute' : s < 5400 ? `${Math.round(s / 60)} min` : s < 129600 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} days`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

function times(root) {
  const options = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const form = new Intl.DateTimeFormat('en-GB', utc ? { ...options, timeZone: 'UTC' } : options);
  const zone = utc ? ' UTC' : '';
  for (const element of $$('time[datetime]', root)) {
    const time = Date.parse(element.dateTime);
    if (Number.isNaN(time)) continue;
    element.textContent = element.dataset.ago === undefined || Math.abs(Date.now() - time) > 60 * 86400000 ? form.format(time).replace(',', '') + zone : ago(time);
  }
}

function clocks() {
  for (const element of $$('[data-due]')) {
    const left = (Date.parse(element.dataset.due) - Date.now()) / 1000;
    if (Number.isNaN(left)) continue;
    const s = Math.abs(left);
    const text = s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min` : `${Math.floor(s / 86400)} days`;
    element.textContent = left < 0 ? `${text} over` : `${text} left`;
    element.title = new Date(element.dataset.due).toUTCString();
    element.classList.toggle('over', left < 0);
    element.classList.toggle('soon', left >= 0 && left < 86400);
  }
}

// ---- pictures

const scripts = new Map();
export function script(source) {
  if (!scripts.has(source)) {
    scripts.set(
      source,
      new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = source;
        element.onload = resolve;
        element.onerror = reject;
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
async function goOn(root) {
  for (const place of $$('[data-rest]', root)) {
    const answer = await fetch(place.dataset.rest, { headers: { 'X-Refresh': '1' } });
    if (!answer.ok) throw new Error('The search was stopped.');
    const state = $('[data-state]', place);
    await streamed(answer, (text) => (state.textContent = text), (fresh) => {
      const whole = $('#events');
      const open = $$('details[open] summary', whole).map((s) => s.textContent);
      whole.replaceChildren(...fresh);
      $$('details > summary', whole).forEach((s) => {
        if (open.includes(s.textContent)) s.parentElement.open = true;
      });
      start(whole);
    });
  }
}

// Parts of a page that take their time are asked for when the page is there.
async function parts(root) {
  for (const place of $$('[data-load]', root)) {
    const answer = await fetch(place.dataset.load, { headers: { 'X-Refresh': '1' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = answer.ok ? [...page.body.children] : [...page.querySelectorAll('main p')];
    const into = place.dataset.loadInto ? $('#' + place.dataset.loadInto) : place;
    into.replaceChildren(...fresh.map((child) => document.adoptNode(child)));
    if (into !== place) place.remove();
    times(into);
  }
}

async function pictures(root) {
  const data = document.body.dataset;
  if ($('[data-picture]', root)) {
    await script(data.cytoscape);
    const module = await import(data.graph);
    for (const place of $$('[data-picture]', root)) module.draw(place);
  }
  if ($('[data-timeline], [data-chart]', root)) {
    await script(data.echarts);
    const module = await import(data.charts);
    module.draw(root);
  }
}

// ---- hunts: the answer as it comes

async function hunt(form) {
  const place = $('#found');
  const state = $('#hunt-state');
  place.replaceChildren();
  state.textContent = 'Looking…';
  const answer = await fetch('/hunt/answer', {
    method: 'POST',
    headers: { 'X-CSRF-Token': csrf(), 'Content-Type': 'application/json' },
    body: JSON.stringify(value(form)),
  });
  if (!answer.ok) {
    const problem = await answer.text();
    const page = new DOMParser().parseFromString(problem, 'text/html');
    state.textContent = page.querySelector('main p:nth-of-type(2)')?.textContent ?? 'That was not understood.';
    return;
  }
  await streamed(answer, (text) => (state.textContent = text), (fresh) => {
    place.append(...fresh);
    times(place);
  });
}

document.addEventListener('submit', (event) => {
  if (event.target.id === 'hunt') {
    event.preventDefault();
    hunt(event.target).catch((e) => toast(e.message, true));
  }
});

// ---- rules on what is kept

async function trial(body) {
  const place = $('#trial');
  const say = (text, name = 'p') => {
    const element = document.createElement(name);
    element.textContent = text;
    place.append(element);
    return element;
  };
  place.replaceChildren();
  say('Running over what is kept…');
  try {
    const answer = await api('POST', '/api/v1/rules/trial', body);
    place.replaceChildren();
    for (const fault of answer.faults) say(fault).className = 'fault';
    const total = answer.matches.reduce((sum, m) => sum + m.count, 0);
    if (answer.rules) say(`${total.toLocaleString('en')} of ${answer.events.toLocaleString('en')} events match${answer.whole ? '' : '; its minute was over before all were asked'}.`);
    for (const match of answer.matches) {
      say(`${match.client}: ${match.count.toLocaleString('en')}`, 'strong');
      const list = say('', 'ul');
      list.className = 'plain small';
      for (const sample of match.samples.slice(0, 6)) {
        const line = document.createElement('li');
        line.textContent = `${new Date(sample.time).toUTCString().slice(5, 25)} UTC ${sample.path}`;
        list.append(line);
      }
    }
  } catch (e) {
    place.replaceChildren();
    say(e.message).className = 'fault';
  }
}

document.addEventListener('click', (event) => {
  const one = event.target.closest('[data-trial]');
  if (one) trial(JSON.parse(one.dataset.trial));
  else if (event.target.closest('[data-trial-form]')) trial({ text: $('#rule-form textarea').value });
});

// ---- the keyboard

let before = '';
const places = { n: '/', i: '/incidents', t: '/trace', h: '/hunt', s: '/suppliers', c: '/clients', o: '/sources', e: '/search' };
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input:not([type=range]):not([type=checkbox]), textarea, select, dialog');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  if (before === 'g' && places[key]) {
    before = '';
    location.assign(places[key]);
    return;
  }
  before = key === 'g' ? 'g' : '';
  if (key === '/') {
    event.preventDefault();
    ($('main [type=search]') ?? $('#find'))?.focus();
  } else if (key === '?') {
    $('#help').showModal();
  } else if (key === 'u') {
    utc = !utc;
    try {
      localStorage.setItem('utc', utc ? '1' : '0');
    } catch (e) {
      // As above.
    }
    times(document);
    toast(utc ? 'Times are in UTC' : 'Times are in your zone');
  } else if (key === 'a') {
    $('[data-ack]')?.click();
  } else if (key === 'j' || key === 'k') {
    const rows = $$('[data-list] [data-row]');
    if (!rows.length) return;
    const at = rows.findIndex((r) => r.classList.contains('marked'));
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (key === 'j' ? 1 : -1)));
    rows.forEach((r) => r.classList.remove('marked'));
    rows[next].classList.add('marked');
    rows[next].scrollIntoView({ block: 'nearest' });
    const href = rows[next].dataset.href;
    const links = [...rows[next].querySelectorAll('a, summary')];
    (links.find((l) => l.getAttribute('href') === href) ?? links[0])?.focus({ preventScroll: true });
  } else if (key === 'Enter') {
    const row = $('[data-row].marked');
    if (row && !event.target.closest('a, button, summary')) {
      if (row.dataset.href) location.assign(row.dataset.href);
      else if ('open' in row) row.open = !row.open;
    }
  }
});

// ---- live

function live() {
  if (!$('#live') || !window.EventSource) return;
  const events = new EventSource('/api/v1/changes');
  events.addEventListener('hello', () => ($('#live').hidden = false));
  events.addEventListener('error', () => ($('#live').hidden = true));
  const again = (pages) => {
    const busy = document.activeElement?.closest('main form, dialog') || $('dialog[open], main details[open] pre, main [data-load]');
    if (pages.includes($('#main')?.dataset.page) && !busy) refresh();
  };
  events.addEventListener('changed', () => again(['now', 'incidents', 'clients', 'campaigns', 'sources', 'clocks']));
  // A source that is silent changes nothing, and is to be seen all the same.
  setInterval(() => document.hidden || again(['sources']), 15000);
  addEventListener('pagehide', () => events.close());
}

function start(root) {
  times(root);
  clocks();
  parts(root).catch((e) => toast(e.message, true));
  goOn(root).catch((e) => toast(e.message, true));
  pictures(root).catch((e) => toast('A picture could not be drawn: ' + e.message, true));
  if (root.querySelector('#hunt textarea')?.value && root.querySelector('#hunt')?.dataset.go !== undefined) {
    delete root.querySelector('#hunt').dataset.go;
    root.querySelector('#hunt').requestSubmit();
  }
}

start(document);
setInterval(clocks, 15000);
live();
document.addEventListener('htmx:afterSwap', () => start($('#main')));
