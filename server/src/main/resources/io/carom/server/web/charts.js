// Charts. Their texts are drawn, never taken for markup.
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = [];

function chart(place, option) {
  const it = window.echarts.init(place, null, { renderer: 'canvas' });
  it.setOption({
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 250,
    textStyle: { color: style('--soft'), fontFamily: style('--sans') },
    tooltip: { renderMode: 'richText', backgroundColor: style('--surface'), borderColor: style('--line'), textStyle: { color: style('--text'), fontSize: 12 }, confine: true },
    ...option(),
  });
  new ResizeObserver(() => place.isConnected && it.resize()).observe(place);
  drawn.push({ place, it, option });
  return it;
}

document.addEventListener('theme', () => {
  for (const one of drawn.splice(0)) {
    one.it.dispose();
    if (one.place.isConnected) chart(one.place, one.option);
  }
});

const axis = () => ({ axisLine: { lineStyle: { color: style('--line') } }, splitLine: { lineStyle: { color: style('--line') } }, axisLabel: { color: style('--soft') } });

function timeline(place) {
  const rows = [...document.querySelectorAll('[data-row][data-at]')].map((r) => [Date.parse(r.dataset.at), r.dataset.severity, r.dataset.title, r]);
  const levels = ['informational', 'low', 'medium', 'high', 'critical'];
  if (!rows.length) {
    place.hidden = true;
    return;
  }
  const it = chart(place, () => ({
    grid: { left: 90, right: 20, top: 12, bottom: 28 },
    xAxis: { type: 'time', ...axis() },
    yAxis: { type: 'category', data: levels, ...axis() },
    series: [{
      type: 'scatter',
      symbolSize: 13,
      data: rows.map(([at, severity, title], i) => ({ value: [at, severity, title, i], itemStyle: { color: style('--' + severity), opacity: 0.75 } })),
    }],
    tooltip: { renderMode: 'richText', confine: true, backgroundColor: style('--surface'), borderColor: style('--line'), textStyle: { color: style('--text'), fontSize: 12, width: 320, overflow: 'break' }, formatter: (p) => `${new Date(p.value[0]).toUTCString().slice(5, 22)} UTC\n${p.value[2]}` },
  }));
  it.on('click', (p) => {
    const row = rows[p.value[3]][3];
    row.open = true;
    row.scrollIntoView({ block: 'center' });
  });
}

function bars(place) {
  const data = JSON.parse(place.dataset.chart);
  const it = chart(place, () => ({
    grid: { left: 60, right: 16, top: 12, bottom: 28 },
    xAxis: { type: 'category', data: data.labels, ...axis() },
    yAxis: { type: 'value', minInterval: 1, ...axis() },
    series: [{ type: 'bar', data: data.values, itemStyle: { color: style('--accent'), borderRadius: [3, 3, 0, 0] }, barMaxWidth: 40 }],
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: style('--surface'), borderColor: style('--line'), textStyle: { color: style('--text'), fontSize: 12 } },
  }));
  if (data.links) it.on('click', (p) => location.assign(data.links[p.dataIndex]));
}

export function draw(root) {
  for (const place of root.querySelectorAll('[data-timeline]')) timeline(place);
  for (const place of root.querySelectorAll('[data-chart]')) bars(place);
}
