// The hop picture: machines as nodes in columns from where it began to where it went, to be walked in time.
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Columns by the longest way from where it began, hops back left out; within a column in the order of time.
function layout(picture, width, height) {
  const edges = [...picture.edges].sort((a, b) => a.time.localeCompare(b.time));
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
    const list = rows.get(c).sort((a, b) => a.first.localeCompare(b.first));
    list.forEach((node, row) => {
      positions[node.id] = {
        x: columns.length === 1 ? width / 2 : (at * width) / (columns.length - 1),
        y: ((row + 0.5) * Math.max(height, list.length * 58)) / list.length + (at % 2 ? 10 : -10),
      };
    });
  });
  return positions;
}

export async function draw(place) {
  const answer = await fetch(place.dataset.picture);
  if (!answer.ok) return;
  const picture = await answer.json();
  if (!picture.nodes.length) {
    place.hidden = true;
    return;
  }
  // The library would put a style into the page; ours holds what it needs.
  if (!document.getElementById('__________cytoscape_stylesheet')) {
    const there = document.createElement('meta');
    there.id = '__________cytoscape_stylesheet';
    document.head.append(there);
  }
  const paint = () => {
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
  };
  const width = Math.max(420, place.clientWidth - 160);
  const positions = layout(picture, width, place.clientHeight - 90);
  const cy = window.cytoscape({
    container: place,
    elements: [
      ...picture.nodes.map((n) => ({ data: n, position: positions[n.id] })),
      ...picture.edges.map((e, i) => ({ data: { ...e, id: 'e' + i, source: e.from, target: e.to } })),
    ],
    style: paint(),
    layout: { name: 'preset', fit: true, padding: 34 },
    minZoom: 0.25,
    maxZoom: 2.5,
    userZoomingEnabled: false,
  });
  place.addEventListener('click', () => cy.userZoomingEnabled(true), { once: true });
  document.addEventListener('theme', () => cy.style(paint()));
  cy.on('tap', 'node', (event) => {
    if (event.target.data('side') !== 'outside') location.assign('/trace?what=' + encodeURIComponent(event.target.id()));
    else location.assign('/hunt?text=' + encodeURIComponent(event.target.id()));
  });

  const card = place.closest('section') ?? document;
  const range = card.querySelector('[data-walk=to]');
  const output = card.querySelector('output');
  const steps = [...card.querySelectorAll('.steps > li')];
  const edges = [...picture.edges].sort((a, b) => a.step - b.step);
  if (!range) return;
  range.max = String(edges.length);
  range.value = range.max;
  function walk() {
    const at = Number(range.value);
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
    steps.forEach((li, i) => li.classList.toggle('on', !whole && i + 1 === at));
    const edge = edges[at - 1];
    output.textContent = whole ? (edges.length === 1 ? 'the only step' : `all ${edges.length} steps`) : at === 0 ? 'before the first' : `${at} of ${edges.length}: ${new Date(edge.time).toUTCString().slice(5, 22)} UTC`;
    range.setAttribute('aria-valuetext', edge && !whole ? `${edge.from} to ${edge.to}` : output.textContent);
  }
  range.addEventListener('input', walk);
  let timer = 0;
  card.querySelector('[data-walk=play]')?.addEventListener('click', () => {
    clearInterval(timer);
    if (Number(range.value) >= edges.length) range.value = '0';
    timer = setInterval(() => {
      range.value = String(Number(range.value) + 1);
      walk();
      if (Number(range.value) >= edges.length || !place.isConnected) clearInterval(timer);
    }, 800);
  });
  document.addEventListener('keydown', (event) => {
    if (!place.isConnected || event.target.closest('input, textarea, select, dialog')) return;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      range.value = String(Number(range.value) + (event.key === 'ArrowRight' ? 1 : -1));
      walk();
    }
  });
  walk();
}
