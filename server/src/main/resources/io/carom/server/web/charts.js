// Charts. Their texts are drawn, never taken for markup. Times are as elsewhere on the page: in the reader's zone or
// in UTC; in UTC by the mouse always.
const root = document.documentElement;
const style = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const utc = () => root.dataset.zone === 'utc';
const still = matchMedia('(prefers-reduced-motion: reduce)');

// By the element that it is drawn in.
const shown = new Map();

const tooltip = (more) => ({
  renderMode: 'richText',
  confine: true,
  backgroundColor: style('--surface'),
  borderColor: style('--line'),
  textStyle: { color: style('--text'), fontSize: 12 },
  ...more,
});

const axis = () => ({ axisLine: { lineStyle: { color: style('--line') } }, splitLine: { lineStyle: { color: style('--line') } }, axisLabel: { color: style('--soft') } });

function chart(place, option) {
  const it = window.echarts.init(place, null, { renderer: 'canvas' });
  const look = new ResizeObserver(() => place.isConnected && it.resize());
  const one = { it, option, look, key: '', click: () => {} };
  look.observe(place);
  it.on('click', (p) => one.click(p));
  shown.set(place, one);
  return one;
}

// The same chart in other colours or another zone: what listens to it stays.
function paint(one, moving = false) {
  one.it.setOption({
    animation: moving && !still.matches,
    animationDuration: 250,
    useUTC: utc(),
    textStyle: { color: style('--soft'), fontFamily: style('--sans') },
    ...one.option(),
  }, true);
}

for (const name of ['theme', 'zone']) {
  document.addEventListener(name, () => {
    for (const one of shown.values()) paint(one);
  });
}

const toSecond = (time) => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function timeline(place) {
  const rows = [...document.querySelectorAll('[data-row][data-at]')].filter((r) => !Number.isNaN(Date.parse(r.dataset.at)));
  const levels = ['informational', 'low', 'medium', 'high', 'critical'];
  place.hidden = !rows.length;
  if (!rows.length) return;
  const points = rows.map((r) => [Date.parse(r.dataset.at), r.dataset.severity, r.dataset.title]);
  const one = shown.get(place) ?? chart(place, () => ({
    grid: { left: 90, right: 20, top: 12, bottom: 44 },
    xAxis: { type: 'time', ...axis(), ...zoned(zoneName(one.points[0][0])) },
    yAxis: { type: 'category', data: levels, ...axis() },
    series: [{
      type: 'scatter',
      symbolSize: 13,
      data: one.points.map(([at, severity, title], i) => ({ value: [at, severity, title, i], itemStyle: { color: style('--' + severity), opacity: 0.75 } })),
    }],
    tooltip: tooltip({
      textStyle: { color: style('--text'), fontSize: 12, width: 320, overflow: 'break' },
      formatter: (p) => `${toSecond(p.value[0])}\n${p.value[2]}`,
    }),
  }));
  const first = one.key === '';
  const key = JSON.stringify(points);
  // The rows are others after each load.
  one.click = (p) => {
    const row = rows[p.value[3]];
    row.open = true;
    row.scrollIntoView({ block: 'center' });
  };
  if (one.key === key) return;
  one.key = key;
  one.points = points;
  paint(one, first);
}

// What the reader's zone is called at a time.
function zoneName(time) {
  if (utc()) return 'UTC';
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(time);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

const zoned = (name) => (name ? { name, nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: style('--soft') } } : {});

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

// Each as short as they can be told apart.
function stamps(times) {
  const zone = utc() ? { timeZone: 'UTC' } : {};
  const day = (time) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', ...zone }).format(time);
  const wide = times.length > 1 && times[1] - times[0] >= 86400000;
  const one = day(times[0]) === day(times.at(-1));
  const date = one && !wide ? {} : { day: 'numeric', month: 'short' };
  const clock = wide ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const form = new Intl.DateTimeFormat('en-GB', { ...date, ...clock, ...zone });
  return times.map((time) => form.format(time).replace(',', ''));
}

// Labels that are instants are shown as times; any other as they are, in the zone that they are said to be of.
function bars(place) {
  if (shown.has(place)) return;
  const data = JSON.parse(place.dataset.chart);
  const times = data.labels.length && data.labels.every((label) => INSTANT.test(label)) ? data.labels.map((label) => Date.parse(label)) : null;
  const one = chart(place, () => ({
    grid: { left: 60, right: 16, top: 12, bottom: 44 },
    xAxis: { type: 'category', data: times ? stamps(times) : data.labels, ...axis(), ...zoned(times ? zoneName(times[0]) : (data.zone ?? place.dataset.zone)) },
    yAxis: { type: 'value', minInterval: 1, ...axis() },
    series: [{ type: 'bar', data: data.values, itemStyle: { color: style('--accent'), borderRadius: [3, 3, 0, 0] }, barMaxWidth: 40 }],
    tooltip: tooltip({
      trigger: 'axis',
      formatter: ([bar]) => `${times ? toSecond(times[bar.dataIndex]) : data.labels[bar.dataIndex]}\n${data.values[bar.dataIndex].toLocaleString('en')}`,
    }),
  }));
  if (data.links) one.click = (p) => location.assign(data.links[p.dataIndex]);
  one.key = place.dataset.chart;
  paint(one, true);
}

// Draws what is there and is not drawn yet, and lets go of what is gone.
export function draw(where) {
  for (const [place, one] of shown) {
    if (place.isConnected) continue;
    one.look.disconnect();
    one.it.dispose();
    shown.delete(place);
  }
  for (const place of where.querySelectorAll('[data-timeline]')) timeline(place);
  for (const place of where.querySelectorAll('[data-chart]')) bars(place);
}
