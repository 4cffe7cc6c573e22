// A page as long as it is open: it follows what others do, and what one has typed, opened and marked stays when it
// is loaded once more. What is compared is the page as it was served, not what scripts wrote into it.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Pages that show what others change. The others hold no stream: a browser has six connections to a server.
const FOLLOW = ['now', 'incidents', 'clients', 'campaigns', 'suppliers', 'sources', 'clocks'];
// Answers by which a page is not there any more for who looks.
const REFUSED = [401, 403, 404, 410];
const APART = 2000;
const AGAIN = 10000;
const PATIENCE = 3000;

// What carom.js gives.
let page = null;
// The page's main part as it came.
let served = '';
let title = document.title;

const follows = () => FOLLOW.includes($('#main')?.dataset.page);

// ---- which is which

// The text of an element as it was served: times and clocks are written anew as they pass.
function said(element) {
  const copy = element.cloneNode(true);
  for (const one of copy.querySelectorAll('[data-due]')) one.replaceWith(one.dataset.due);
  for (const one of copy.querySelectorAll('time[datetime]')) one.replaceWith(one.dateTime);
  return copy.textContent.trim().replace(/\s+/g, ' ');
}

// By a name that stays over a load; those of one name by their order.
function named(all, name) {
  const out = new Map();
  const seen = new Map();
  for (const one of all) {
    const key = name(one);
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    out.set(`${key} ${n}`, one);
  }
  return out;
}

const ROWS = '[data-row]';
const rowName = (row) => row.dataset.href ?? said($('summary', row) ?? row).slice(0, 400);

const detailsName = (one) =>
  one.dataset.at === undefined ? said($('summary', one) ?? one) : `${one.dataset.at} ${one.dataset.title}`;

const FOCUSED = 'a[href], button, input, select, textarea, summary, [tabindex]';
function focusName(one) {
  const its = [one.id, one.dataset.api, one.dataset.tick, one.dataset.toggle, one.dataset.key, one.dataset.json,
    one.getAttribute('href'), one.getAttribute('name'), one.dataset.pick === undefined ? '' : one.value];
  const own = its.map((part) => part ?? '').join('|');
  const text = /^\|*$/.test(own) ? (one.getAttribute('aria-label') ?? said(one)) : '';
  return `${one.tagName}|${own}|${text}`;
}

// What a person types into or ticks; boxes that act at once are not among them.
const fields = (root) =>
  $$('input:not([type=hidden], [type=range], [data-tick], [data-toggle]), select, textarea', root);

function fieldName(one) {
  const form = one.form;
  const of = form ? form.dataset.api || form.getAttribute('id') || form.getAttribute('action') : '';
  return [of, one.getAttribute('name') || one.id, one.type, box(one) ? one.value : ''].join('|');
}

const box = (one) => one.type === 'checkbox' || one.type === 'radio';

function dirty(one) {
  if (box(one)) return one.checked !== one.defaultChecked;
  if (one.matches('select')) {
    const first = [...one.options].findLastIndex((option) => option.defaultSelected);
    return one.options.length > 0 && one.selectedIndex !== Math.max(0, first);
  }
  return one.value !== one.defaultValue;
}

// ---- what is kept

export function opened(root) {
  return new Map([...named($$('details', root), detailsName)].map(([name, one]) => [name, one.open]));
}

export function reopen(root, was) {
  for (const [name, one] of named($$('details', root), detailsName)) {
    if (was.has(name)) one.open = was.get(name);
  }
}

// What was typed into parts that have not come yet.
let typed = new Map();

function type(root) {
  if (!typed.size) return;
  for (const [name, one] of named(fields(root), fieldName)) {
    if (!typed.has(name)) continue;
    const value = typed.get(name);
    typed.delete(name);
    if (typeof value === 'boolean') one.checked = value;
    else if (!one.matches('select') || [...one.options].some((option) => option.value === value)) one.value = value;
  }
}

const SCROLLED = '.scroll, .steps, .matrix, pre';

function keep(main) {
  const marked = $(`${ROWS}.marked`, main);
  const now = [...named(fields(main), fieldName)].filter(([, one]) => dirty(one));
  return {
    typed: new Map([...typed, ...now.map(([name, one]) => [name, box(one) ? one.checked : one.value])]),
    opened: opened(main),
    marked: marked && rowName(marked),
    scrolled: $$(SCROLLED, main).map((one) => [one.scrollLeft, one.scrollTop]),
    told: new Map([...named($$('[data-shown]:not([hidden])', main), shownName)].map(([name, one]) => [name, one.textContent])),
  };
}

const shownName = (one) => one.closest('form')?.dataset.api ?? '';

function restore(was, main) {
  typed = was.typed;
  type(main);
  reopen(main, was.opened);
  if (was.marked) $$(ROWS, main).find((row) => rowName(row) === was.marked)?.classList.add('marked');
  const scrolled = $$(SCROLLED, main);
  if (scrolled.length === was.scrolled.length) scrolled.forEach((one, i) => one.scrollTo(...was.scrolled[i]));
  // A token is shown this once: something else that is done does not take it away.
  for (const [name, one] of named($$('[data-shown]', main), shownName)) {
    if (!was.told.has(name)) continue;
    one.textContent = was.told.get(name);
    one.hidden = false;
  }
}

// Elements that stay themselves: what scripts filled, and pictures of what is the same.
function carry(old, fresh, own) {
  for (const one of $$('[data-filled]', old)) $(`#${CSS.escape(one.id)}`, fresh)?.replaceWith(one);
  // What one looks at, such as a draft that is to be sent, changes when one asks for it.
  if (!own) move(old, fresh, '[data-load]', (one) => one.dataset.load, '[data-loaded=yes]');
  move(old, fresh, '[data-picture]', (one) => one.dataset.picture);
  move(old, fresh, '[data-timeline]', (one) => one.id);
  move(old, fresh, '[data-chart]', (one) => one.dataset.chart);
}

function move(old, fresh, which, name, only = '') {
  const from = named($$(which + only, old), name);
  for (const [of, to] of named($$(which, fresh), name)) {
    const one = from.get(of);
    if (one && one !== to) to.replaceWith(one);
  }
}

// Where the keyboard is; null where it is not in the main part.
export function spot(element = document.activeElement) {
  const main = $('#main');
  if (!element || !main?.contains(element)) return null;
  const row = element.closest(ROWS);
  return {
    self: [...named($$(FOCUSED, main), focusName)].find(([, one]) => one === element)?.[0],
    row: row && rowName(row),
    heading: element.closest('[aria-labelledby]')?.getAttribute('aria-labelledby'),
    caret: element.matches('textarea, input') ? [element.selectionStart, element.selectionEnd] : null,
  };
}

// There, or as near as there is something: in the row, at the heading of the section, in the page.
function back(where) {
  const main = $('#main');
  let found = where.self && named($$(FOCUSED, main), focusName).get(where.self);
  const itself = Boolean(found);
  if (!found && where.row) {
    const row = $$(ROWS, main).find((one) => rowName(one) === where.row);
    found = row && ($$('a', row).find((link) => link.getAttribute('href') === row.dataset.href) ?? $('a, summary, button', row));
  }
  if (!found && where.heading) {
    found = document.getElementById(where.heading);
    found?.setAttribute('tabindex', '-1');
  }
  found?.focus({ preventScroll: true });
  if (!found || document.activeElement !== found) main.focus({ preventScroll: true });
  else if (itself && where.caret && where.caret[0] !== null) found.setSelectionRange(...where.caret);
}

// ---- what was typed and not sent waits where the page is left

const waiting = () => named(fields(document).filter((one) => one.matches('main form[data-api] textarea')), fieldName);

export function save() {
  if (!page) return;
  for (const [name, one] of waiting()) page.drafts.set('field ' + name, dirty(one) ? one.value : '');
}

// Parts that have come may hold what was typed before.
export function fill() {
  const main = $('#main');
  if (!main) return;
  type(main);
  for (const [name, one] of waiting()) {
    const text = page.drafts.get('field ' + name);
    if (text && !dirty(one)) one.value = text;
    page.drafts.set('field ' + name, '');
  }
}

// ---- the page once more

// When it was first known that there is something to show; 0 where there is nothing.
let due = 0;
let next = 0;
let loading = false;
let turn = Promise.resolve();

// After something was done here: what is shown next is what came of it.
export function refresh(sent = null) {
  return queue({ where: sent && spot(sent), own: true, wait: false });
}

function queue(how) {
  // One behind the other, whatever came of the one before.
  turn = turn.catch(() => {}).then(() => load(how));
  return turn;
}

// @param own whether the person did something, so that what they look at is asked for again too
// @param wait whether it is put off where somebody is in the middle of something
async function load({ where, own, wait }) {
  const address = location.pathname + location.search;
  let text = '';
  loading = true;
  try {
    const answer = await fetch(address, { headers: { 'X-Refresh': '1' } });
    if (answer.redirected || REFUSED.includes(answer.status)) {
      page.ended();
      return;
    }
    if (!answer.ok) throw new Error(`the server answered ${answer.status}.`);
    text = await answer.text();
  } catch (e) {
    due ||= Date.now();
    next = Date.now() + AGAIN;
    broke();
    if (own) page.toast('What is shown is not the latest: ' + e.message, true);
    return;
  } finally {
    loading = false;
  }
  if (address !== location.pathname + location.search) return;
  if (wait && busy()) {
    due ||= Date.now();
    return;
  }
  take(new DOMParser().parseFromString(text, 'text/html'), where, own);
  if (!follows() || stream?.readyState === EventSource.OPEN) mended();
}

function take(fresh, sent, own) {
  const main = fresh.getElementById('main');
  const old = $('#main');
  if (!main || !old) return;
  if (fresh.body.dataset.who !== document.body.dataset.who) {
    // Somebody else has signed in in this browser.
    page.ended();
    return;
  }
  const csrf = $('meta[name=csrf]', fresh)?.content;
  if (csrf) $('meta[name=csrf]').content = csrf;
  title = fresh.title;
  const html = main.outerHTML;
  if (html === served) {
    for (const one of $$('[data-tick], [data-toggle]', old)) one.checked = one.defaultChecked;
    return;
  }
  const where = spot() ?? (document.activeElement === document.body ? sent : null);
  const was = keep(old);
  const scroll = window.scrollY;
  served = html;
  document.adoptNode(main);
  carry(old, main, own);
  page.leave();
  old.replaceWith(main);
  restore(was, main);
  window.htmx?.process(main);
  page.start(main);
  if (where) back(where);
  window.scrollTo(0, scroll);
  entitle();
}

// The main part was replaced by another way.
export function swapped(text, where) {
  served = new DOMParser().parseFromString(text, 'text/html').getElementById('main')?.outerHTML ?? '';
  typed = new Map();
  due = 0;
  if (where && document.activeElement === document.body) back(where);
}

// How many wait for somebody, where the page says so.
function entitle() {
  const main = $('#main');
  const waits = Number($('[data-waits]', main)?.dataset.waits ?? $$('.needs .pill.new', main).length);
  document.title = waits > 0 ? `(${waits}) ${title}` : title;
}

// ---- following

let pressed = false;
addEventListener('pointerdown', () => (pressed = true), true);
for (const name of ['pointerup', 'pointercancel', 'dragend']) addEventListener(name, () => (pressed = false), true);
addEventListener('pointermove', (event) => (pressed &&= event.buttons > 0), true);

// Whether somebody would lose what they are in the middle of.
function busy() {
  const main = $('#main');
  const marked = getSelection();
  return (
    page.working() ||
    pressed ||
    $('dialog[open]') ||
    document.activeElement?.matches('main form :is(input, select, textarea)') ||
    $('details[open] pre, .drop[open]', main) ||
    (marked && !marked.isCollapsed && main.contains(marked.anchorNode)) ||
    fields(main).some(dirty)
  );
}

function changed() {
  due ||= Date.now();
  follow();
}

// What changed while somebody was busy is shown when they are not, or when they ask.
function follow() {
  const offer = $('#live-new');
  const put = due && busy();
  if (offer) offer.hidden = !put || Date.now() - due < PATIENCE;
  if (!due || put || loading || Date.now() < next) return;
  due = 0;
  next = Date.now() + APART;
  queue({ where: null, own: false, wait: true });
}

function show() {
  due = 0;
  $('#live-new').hidden = true;
  queue({ where: null, own: false, wait: false });
}

// ---- the stream

let stream = null;
let again = 0;
let missed = false;
// Since when what is shown may not be the latest; 0 where it is.
let since = 0;

function say() {
  const live = $('#live');
  if (!live) return;
  const zone = page.utc() ? { timeZone: 'UTC' } : {};
  const form = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone });
  const text = since ? `not live since ${form.format(since)}${page.utc() ? ' UTC' : ''}` : 'Live updates are on';
  live.hidden = false;
  live.classList.toggle('off', since > 0);
  const said = $('.said', live);
  if (said.textContent !== text) said.textContent = text;
}

function broke() {
  if (!follows()) return;
  since ||= Date.now();
  say();
}

function mended() {
  since = 0;
  if (follows() && stream) say();
}

function listen() {
  if (stream || document.hidden || !follows() || !window.EventSource) return;
  clearTimeout(again);
  const own = new EventSource('/api/v1/changes');
  stream = own;
  own.addEventListener('hello', () => {
    if (own !== stream) return;
    mended();
    // What changed meanwhile was told to nobody.
    if (missed) changed();
    missed = false;
  });
  own.addEventListener('changed', () => own === stream && changed());
  own.addEventListener('error', () => {
    if (own !== stream) return;
    missed = true;
    broke();
    // Closed for good, by an answer that is no stream: why, and once more.
    if (own.readyState === EventSource.CLOSED) {
      hush();
      probe();
      again = setTimeout(listen, AGAIN);
    }
  });
}

function hush() {
  stream?.close();
  stream = null;
  missed = true;
}

async function probe() {
  try {
    const answer = await fetch('/api/v1/me', { headers: { 'X-Refresh': '1' } });
    if (answer.status === 401) page.ended();
  } catch (e) {
    // It is asked again.
  }
}

export function begin(given) {
  page = given;
  served = given.served;
  title = document.title;
  // What changed since it was served, in a tab that is opened behind others, was told to nobody.
  missed = document.hidden;
  fill();
  entitle();
  $('#live-new')?.addEventListener('click', show);
  document.addEventListener('zone', () => $('#live')?.hidden === false && say());
  // A tab that nobody sees holds no stream, and has what changed when it is seen again.
  document.addEventListener('visibilitychange', () => (document.hidden ? hush() : listen()));
  addEventListener('pagehide', () => {
    save();
    hush();
  });
  addEventListener('pageshow', listen);
  listen();
  setInterval(follow, 1000);
  // A source that is silent changes nothing, and is to be seen all the same.
  setInterval(() => document.hidden || $('#main')?.dataset.page !== 'sources' || changed(), 15000);
  // How many wait stands in the title of a tab that is not seen, too.
  setInterval(() => document.hidden && $('#main')?.dataset.page === 'now' && changed(), 60000);
}
