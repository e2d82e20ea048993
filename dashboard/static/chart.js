// Draws the course of one endpoint as the server computed it; the same as templates/api.html prints at first.

const SVG = 'http://www.w3.org/2000/svg';
const node = (name, attributes, text = '') => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

export const drawChart = async (run, box, name) => {
  let told;
  try {
    const answer = await fetch(`/runs/${encodeURIComponent(run)}/chart?endpoint=${encodeURIComponent(box.dataset.endpoint)}`, { headers: { accept: 'application/json' } });
    told = answer.ok ? await answer.json() : null;
  } catch { return } // the connection is lost, which the banner says
  if (!told) return;
  name.textContent = told.name;
  const chart = node('svg', { class: 'chart', viewBox: '-56 -20 540 196', role: 'img', 'aria-label': told.says });
  for (const tick of told.levels) chart.append(node('line', { class: 'gl', x1: 0, x2: 430, y1: tick.at, y2: tick.at }), node('text', { x: -8, y: tick.at + 4, 'text-anchor': 'end' }, tick.text));
  for (const tick of told.times) chart.append(node('text', { x: tick.at, y: 170, 'text-anchor': 'middle' }, tick.text));
  for (const one of told.blows) {
    chart.append(node('rect', { class: 'fx', x: one.x, width: one.width, y: 0, height: 150 }), node('rect', { class: 'fxb', x: one.x, width: one.width, y: -3, height: 3 }));
    if (one.name) chart.append(node('text', { class: 'fxt', x: one.x, y: -7 }, one.name));
  }
  if (told.band_h) chart.append(node('rect', { class: 'band', x: 0, width: 430, y: told.band_y, height: told.band_h }));
  if (told.middle !== null) chart.append(node('line', { class: 'bandmid', x1: 0, x2: 430, y1: told.middle, y2: told.middle }), node('text', { x: 436, y: told.control_y }, 'control'));
  for (const [of, p95, p50] of [['felt', told.p95, told.p50], ['own', told.own_p95, told.own_p50]]) chart.append(node('polyline', { class: `l-p95 ${of}`, points: p95 }), node('polyline', { class: `l-now ${of}`, points: p50 }));
  chart.append(node('circle', { class: 'd-now felt', cx: told.last_x, cy: told.last_y, r: 3 }), node('text', { class: 'b felt', x: 436, y: told.p50_y }, 'p50'));
  box.replaceChildren(chart);
};
