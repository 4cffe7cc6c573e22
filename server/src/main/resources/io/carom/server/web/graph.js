// The hop picture: machines as nodes in columns from where it began to where it went, to be walked in time.
const root = document.documentElement;
const style = (name) => getComputedStyle(root).getPropertyValue(name).trim();

// By the element that it is drawn in.
const shown = new Map();

// Columns by the longest way from where it began, hops back left out; within a column in the order of time.
function layout(picture, edges, width, height) {
  const reached = new Set(edges.map((e) => e.to));
  const onward = new Map(picture.nodes.map((n) => [n.id, new Set()]));
  const reaches = (from, to, seen = new Set()) => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...onward.get(from)].some((next) => reaches(next, to, seen));
  };
  // The way in goes before what came at the same time.
  for (const edge of [...edges].sort((a, b) => (b.kind === 'in') - (a.kind === 'in'))) {
    if (!reaches(edge.to, edge.from)) onward.get(edge.from).add(edge.to);
  }
  const column = new Map(picture.nodes.map((n) => [n.id, 0]));
  for (let again = 0; again < picture.nodes.length; again++) {
    let moved = false;
    for (const [from, all] of onward) {
      for (const to of all) {
        if (column.get(to) <= column.get(from)) {
          column.set(to, column.get(from) + 1);
          moved = true;
        }
      }
    }
    if (!moved) break;
  }
  const last = Math.max(0, ...column.values());
  for (const node of picture.nodes) {
    if (node.side === 'outside' && reached.has(node.id) && !edges.some((e) => e.from === node.id)) column.set(node.id, last + 1);
  }
  const rows = new Map();
  for (const node of picture.nodes) {
    const c = column.get(node.id) ?? 0;
    if (!rows.has(c)) rows.set(c, []);
    rows.get(c).push(node);
  }
  const columns = [...rows.keys()].sort((a, b) => a - b);
  const positions = {};
  columns.forEach((c, at) => {
    const list = rows.get(c).sort((a, b) => Date.parse(a.first) - Date.parse(b.first) || 0);
    list.forEach((node, row) => {
      positions[node.id] = {
        x: columns.length === 1 ? width / 2 : (at * width) / (columns.length - 1),
        y: ((row + 0.5) * Math.max(height, list.length * 58)) / list.length + (at % 2 ? 10 : -10),
      };
    });
  });
  return positions;
}

function paint() {
  const side = { client: style('--accent'), supplier: style('--warn'), outside: style('--critical') };
  return [
    { selector: 'node', style: { shape: 'round-rectangle', width: (e) => Math.min(230, 18 + e.data('label').length * 7.4), height: 34, label: 'data(label)', 'text-max-width': 220, 'text-wrap': 'ellipsis', 'text-valign': 'center', 'font-size': 12, 'font-family': 'ui-monospace, monospace', color: style('--text'), 'background-color': style('--surface'), 'border-width': 2, 'border-color': (e) => side[e.data('side')] } },
    { selector: 'node[side = "outside"]', style: { shape: 'cut-rectangle', 'border-style': 'dashed' } },
    { selector: 'node[?entry]', style: { 'border-width': 4 } },
    { selector: 'node[?affected]', style: { 'background-color': style('--critical-soft') } },
    { selector: 'edge', style: { width: (e) => 1.2 + 2 * e.data('confidence'), 'curve-style': 'bezier', 'target-arrow-shape': 'triangle', 'arrow-scale': 0.9, 'line-color': style('--strong-line'), 'target-arrow-color': style('--strong-line'), label: 'data(label)', 'font-size': 10, color: style('--soft'), 'text-background-color': style('--sunk'), 'text-background-opacity': 0.9, 'text-background-padding': 2, 'text-max-width': 150, 'text-wrap': 'ellipsis' } },
    { selector: 'edge[kind = "in"]', style: { 'line-color': style('--warn'), 'target-arrow-color': style('--warn'), width: 3 } },
    { selector: 'edge[kind = "out"]', style: { 'line-color': style('--critical'), 'target-arrow-color': style('--critical'), 'line-style': 'dashed' } },
    { selector: '.later', style: { opacity: 0.13 } },
    { selector: 'edge.now', style: { 'line-color': style('--accent'), 'target-arrow-color': style('--accent'), width: 4, opacity: 1 } },
  ];
}

const PADDING = 34;

function made(place) {
  // The library would put a style into the page; ours holds what it needs.
  if (!document.getElementById('__________cytoscape_stylesheet')) {
    const there = document.createElement('meta');
    there.id = '__________cytoscape_stylesheet';
    document.head.append(there);
  }
  // It takes its element as gone when that leaves its parent: within this one it moves along.
  const container = document.createElement('div');
  container.className = 'canvas';
  place.replaceChildren(container);
  const cy = window.cytoscape({ container, elements: [], style: paint(), minZoom: 0.25, maxZoom: 2.5, userZoomingEnabled: false });
  const one = { place, cy, text: '', edges: [], left: 0, at: 0, own: false, timer: 0 };
  place.addEventListener('click', () => cy.userZoomingEnabled(true), { once: true });
  // Where somebody has moved it, it stays.
  cy.on('dragpan scrollzoom pinchzoom', () => (one.own = true));
  cy.on('tap', 'node', (event) => {
    if (event.target.data('side') !== 'outside') location.assign('/trace?what=' + encodeURIComponent(event.target.id()));
    else location.assign('/hunt?text=' + encodeURIComponent(event.target.id()));
  });
  shown.set(place, one);
  return one;
}

const same = (a, b) => a && b && a.from === b.from && a.to === b.to && a.time === b.time;

// @param text the picture as it came
function fill(one, text) {
  if (one.text === text) return;
  const picture = JSON.parse(text);
  const edges = [...picture.edges].sort((a, b) => a.step - b.step);
  // Who walked stays at their step, also where there are more before it now.
  const whole = !one.text || one.at >= one.edges.length;
  const step = one.edges[one.at - 1];
  const at = edges.findIndex((edge) => same(edge, step)) + 1;
  one.text = text;
  one.edges = edges;
  one.left = picture.left_out ?? 0;
  one.at = whole ? edges.length : Math.min(edges.length, at || one.at);
  one.place.hidden = !picture.nodes.length;
  const width = Math.max(420, one.place.clientWidth - 160);
  const positions = layout(picture, edges, width, one.place.clientHeight - 90);
  one.cy.batch(() => {
    one.cy.elements().remove();
    one.cy.add([
      ...picture.nodes.map((n) => ({ group: 'nodes', data: n, position: positions[n.id] })),
      ...edges.map((e, i) => ({ group: 'edges', data: { ...e, id: 'edge ' + i, source: e.from, target: e.to, step: i + 1 } })),
    ]);
  });
  if (!one.own) one.cy.fit(undefined, PADDING);
}

const card = (one) => one.place.closest('section') ?? document;

function moment(time) {
  const utc = root.dataset.zone === 'utc';
  const form = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(utc ? { timeZone: 'UTC' } : {}) });
  return form.format(Date.parse(time)).replace(',', '') + (utc ? ' UTC' : '');
}

function words(one) {
  const { at, edges, left } = one;
  const n = edges.length;
  if (at === 0 && n > 0) return 'before the first';
  if (at < n) return `${at} of ${n}: ${moment(edges[at - 1].time)}`;
  const all = n === 1 ? 'the only step' : `all ${n} steps`;
  return left ? `${all} that ${n === 1 ? 'is' : 'are'} drawn; ${left.toLocaleString('en')} more ${left === 1 ? 'is' : 'are'} not` : all;
}

function walk(one) {
  const { at, edges, cy } = one;
  const whole = at >= edges.length;
  const seen = new Set();
  cy.batch(() => {
    cy.edges().forEach((e) => {
      const later = e.data('step') > at;
      e.toggleClass('later', later);
      e.toggleClass('now', !whole && e.data('step') === at);
      if (!later) {
        seen.add(e.data('from'));
        seen.add(e.data('to'));
      }
    });
    cy.nodes().forEach((n) => n.toggleClass('later', !whole && !seen.has(n.id())));
  });
  const where = card(one);
  const range = where.querySelector('[data-walk=to]');
  const output = where.querySelector('output');
  const edge = edges[at - 1];
  // By its place in the list, which has hops that are not drawn too.
  where.querySelectorAll('.steps > li').forEach((li, i) => li.classList.toggle('on', !whole && edge?.hop === i));
  if (!range) return;
  range.value = String(at);
  if (output) output.textContent = words(one);
  range.setAttribute('aria-valuetext', edge && !whole ? `${edge.from} to ${edge.to}` : words(one));
}

function to(one, at) {
  one.at = Math.min(one.edges.length, Math.max(0, at));
  walk(one);
}

function rest(one) {
  clearInterval(one.timer);
  one.timer = 0;
}

function play(one) {
  if (one.timer) {
    rest(one);
    return;
  }
  if (one.at >= one.edges.length) one.at = 0;
  one.timer = setInterval(() => {
    to(one, one.at + 1);
    if (one.at >= one.edges.length || !one.place.isConnected) rest(one);
  }, 800);
}

// The page around it may be another than before.
function bind(one) {
  const where = card(one);
  const range = where.querySelector('[data-walk=to]');
  if (range) {
    range.max = String(one.edges.length);
    range.oninput = () => to(one, Number(range.value));
    range.closest('.walk').hidden = one.place.hidden;
  }
  const button = where.querySelector('[data-walk=play]');
  if (button) button.onclick = () => play(one);
  one.cy.resize();
  walk(one);
}

document.addEventListener('theme', () => {
  for (const one of shown.values()) one.cy.style(paint());
});
document.addEventListener('zone', () => {
  for (const one of shown.values()) walk(one);
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, dialog')) return;
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  for (const one of shown.values()) {
    if (one.place.isConnected) to(one, one.at + (event.key === 'ArrowRight' ? 1 : -1));
  }
});

// Draws what is there, again where it is another, and lets go of what is gone.
export async function draw(where) {
  for (const [place, one] of shown) {
    if (place.isConnected) continue;
    rest(one);
    one.cy.destroy();
    shown.delete(place);
  }
  for (const place of where.querySelectorAll('[data-picture]')) {
    if (shown.has(place)) bind(shown.get(place));
    const answer = await fetch(place.dataset.picture, { headers: { 'X-Refresh': '1' } });
    if (!answer.ok) continue;
    const text = await answer.text();
    if (!place.isConnected) continue;
    const one = shown.get(place) ?? made(place);
    fill(one, text);
    bind(one);
  }
}
