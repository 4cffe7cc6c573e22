// Several incidents at once, by the steps that the page of each takes.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const TOO_MANY = 429;

// For which incidents a step is something, and how it is told of.
const STEPS = {
  ack: { fits: (one) => one.dataset.status === 'new', not: 'acknowledged before', done: 'acknowledged' },
  assign: { fits: () => true, not: '', done: 'given away' },
  close: { fits: (one) => one.dataset.status !== 'closed', not: 'closed before', done: 'closed' },
};

let page = null;

const picked = () => $$('[data-pick]:checked');
const many = (n) => `${n.toLocaleString('en')} ${n === 1 ? 'incident' : 'incidents'}`;

function say(text) {
  const place = $('[data-picked]');
  if (place && place.textContent !== text) place.textContent = text;
}

function show() {
  const bar = $('[data-bulk-bar]');
  if (!bar) return;
  const n = picked().length;
  const all = $('[data-pick-all]');
  bar.hidden = n === 0;
  all.checked = n > 0 && n === $$('[data-pick]').length;
  all.indeterminate = n > 0 && !all.checked;
  say(n ? `${many(n)} ticked` : '');
}

async function text(step, n) {
  if (step === 'assign') return $('[data-bulk-to]').value;
  if (step !== 'close') return '';
  return page.ask(`What was it, and what was learned? It is noted at ${n === 1 ? 'it' : `each of the ${n}`}.`, 'close several');
}

let underway = false;
async function take(button) {
  const step = button.dataset.bulkStep;
  const ticked = picked();
  const fit = ticked.filter(STEPS[step].fits);
  const note = fit.length ? await text(step, fit.length) : '';
  if (note === null || (step === 'assign' && !note)) return;
  let done = 0;
  let failed = 0;
  let fault = '';
  for (const one of fit) {
    say(`${done + failed} of ${fit.length}…`);
    try {
      await page.api('POST', `/api/v1/incidents/${encodeURIComponent(one.value)}/steps`, note ? { step, text: note } : { step });
      one.checked = false;
      done++;
    } catch (e) {
      if (page.gone()) return;
      failed++;
      fault = e.message;
      // The others would be refused too; they stay ticked.
      if (e.status === TOO_MANY || e.status === undefined) break;
    }
  }
  const left = fit.length - done - failed;
  const others = ticked.length - fit.length;
  if (done) page.toast(`${many(done)} ${STEPS[step].done}${others ? `; ${others} ${STEPS[step].not}` : ''}`);
  else if (!failed) page.toast(`Nothing to do: ${many(others)} ${STEPS[step].not}`);
  if (failed) page.toast(`${many(failed)} failed${left ? `, ${left} not tried` : ''}: ${fault}`, true);
  else if (step === 'close') page.drafts.set('close several', '');
  if (!failed) for (const one of ticked) one.checked = false;
  show();
  await page.refresh(button);
  show();
}

async function press(button) {
  if (underway) return;
  underway = true;
  button.setAttribute('aria-disabled', 'true');
  try {
    await take(button);
  } finally {
    underway = false;
    button.removeAttribute('aria-disabled');
  }
}

export function begin(given) {
  if (!page) {
    document.addEventListener('change', (event) => {
      if (event.target.matches('[data-pick-all]')) for (const one of $$('[data-pick]')) one.checked = event.target.checked;
      if (event.target.matches('[data-pick], [data-pick-all]')) show();
    });
    document.addEventListener('click', (event) => {
      const button = event.target.closest('[data-bulk-step]');
      if (button) press(button);
    });
  }
  page = given;
  show();
}
