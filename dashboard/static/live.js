// The page of a run: takes what the stream tells and changes only what has changed.

import { fill, list, ordered, put } from './fill.js';
import { drawChart } from './chart.js';
import { cells, steps } from './lightbox.js';
import { say, zeros } from './page.js';
import { Stream } from './stream.js';

const one = selector => document.querySelector(selector), all = selector => [...document.querySelectorAll(selector)];
const page = document.body.dataset, run = page.run;
const film = one('#film'), frames = one('#frames'), slices = one('#slices');
const QUIET = 180; // seconds, as in header.py
const MOST_JOURNEYS = 40, MOST_LINES = 500, MOST_SEGMENTS = 80;

// ---- what the stream tells
const takers = {
  hello: told => { for (const each of all('input[name=csrf]')) each.value = told.csrf },
  beat: () => {},
  // A page that was printed while a long run was still being read has a part of it.
  whole: () => { if ('loading' in page) location.reload() },
  reload: () => location.reload(),
  changes: told => {
    header(told.run);
    workers(told.workers);
    for (const each of told.journeys) journey(each);
    for (const each of told.steps) step(each);
    for (const each of told.log) line(each);
    if (told.log.length) filter();
  },
  frames: told => {
    for (const tile of all('#workers [data-worker]')) {
      const address = told[tile.dataset.worker];
      if (address && frameDue()) fill(tile.closest('[data-key]'), { frame: address });
    }
  },
  newest: told => {
    const newer = Boolean(told) && told > run && page.nav === 'live';
    one('#newer').hidden = !newer;
    if (newer && over()) location.assign('/');
    else if (newer) say('A newer run has begun');
  },
  trouble: told => {
    one('#trouble').hidden = !told;
    one('#trouble-t').textContent = told;
  },
  switches: told => {
    const box = one('#switches');
    if (!told || !box) return;
    fill(box, told, 'switches');
    list(box.querySelector('[data-list=rules]'), told.rules);
    if (told.stopping) one('#stop')?.replaceChildren('Stopping');
  },
  endpoints: told => {
    list(one('[data-root=endpoints]'), told);
    chosen();
    chart();
  },
  access: told => matrix('access', told),
  experiments: told => matrix('experiments', told),
  faults: told => matrix('faults', told),
};

// Without a script every cell is a stop of its own.
const oneStop = panel => { for (const each of panel.querySelectorAll('.cl')) each.tabIndex = -1 };
const matrix = (id, told) => {
  const panel = one(`#${id}`);
  panel.hidden = !told;
  if (!told) return;
  const bad = panel.querySelector('[data-t=bad]');
  if (told.bad && told.bad !== bad.textContent) say(`${one(`#h-${id}`).textContent}: ${told.bad}`);
  fill(panel, told);
  oneStop(panel);
};

// ---- the header
let known = '';
const header = told => {
  const panel = one('[data-bind=run]');
  fill(panel, told);
  fill(panel, told, 'run');
  const mine = one('#latest tr.sel');
  if (mine) fill(mine, told, 'run');
  zeros();
  const said = told.ended === null ? '' : `The run has finished: ${told.word}`;
  if (said && said !== known) {
    known = said;
    say(said);
    one('#stopped').hidden = told.word !== 'Stopped';
    for (const each of all('#pause, #stop, #now, #switches, #follow-l')) each.hidden = true;
    for (const each of all('#film-none, #jys-none')) each.textContent = 'No journey was walked in this run.';
    connection('over');
  }
};
const over = () => Boolean(one('#elapsed').dataset.ended);
const elapsed = seconds => seconds < 60 ? `${Math.floor(seconds)} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
const clock = seconds => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
const tick = () => {
  if (document.documentElement.classList.contains('stale') || stream?.paused) return;
  const field = one('#elapsed'), now = Date.now() / 1000, began = Number(field.dataset.started);
  if (!over() && began) field.textContent = elapsed(Math.max(0, now - began));
  const quiet = now - Number(field.dataset.heard);
  if (!over() && began && quiet > QUIET) one('.prog-l [data-t=left]').textContent = `nothing was heard of it for ${elapsed(quiet)}: it hangs, or was killed`;
  for (const each of all('#workers [data-since]')) each.textContent = Number(each.dataset.since) && !over() ? clock(Math.max(0, now - Number(each.dataset.since))) : '';
};
setInterval(tick, 1000);

// ---- workers
const calm = matchMedia('(prefers-reduced-motion: reduce)');
let frameAt = 0;
const frameDue = () => {
  if (calm.matches && performance.now() - frameAt < 5000) return false;
  frameAt = performance.now();
  return true;
};
const workers = told => {
  list(one('[data-root=workers]'), told);
  const now = one('[data-root=now]');
  if (now) list(now, told.filter(each => each.since));
  mark();
  const mine = told.find(each => each.key === film.dataset.worker) || (film.dataset.journey ? null : told[0]);
  if (mine && mine.journey !== film.dataset.journey && one('#follow').checked) show(`worker=${encodeURIComponent(mine.key)}`);
};
const mark = () => {
  for (const tile of all('#workers [data-worker]')) {
    if (tile.dataset.worker === film.dataset.worker) tile.setAttribute('aria-current', 'true');
    else tile.removeAttribute('aria-current');
  }
};

// ---- journeys and their steps
const journey = told => {
  if (page.page !== '1') return;
  one('#jys-none')?.remove();
  const older = (made, others) => others.find(each => Number(each.dataset.index) < Number(made.dataset.index)) || null;
  put(one('#jys'), 't-journey', told, older).querySelector('[data-steps]').dataset.steps = told.key;
  const rows = [...one('#jys').children];
  for (const gone of rows.slice(MOST_JOURNEYS)) gone.remove();
};
const step = told => {
  if (asked) meanwhile.push([stream.at, told]);
  steps.again(told.href);
  const marks = all('[data-steps]').find(each => each.dataset.steps === told.journey);
  if (marks) {
    put(marks, 't-segment', told, ordered).classList.toggle('struck', Boolean(told.fault));
    while (marks.children.length > MOST_SEGMENTS) marks.firstElementChild.remove();
  }
  if (told.journey !== film.dataset.journey) return;
  put(slices, 't-slice', told, ordered).classList.toggle('struck', Boolean(told.fault));
  [...frames.querySelectorAll('[data-wait]')].find(each => each.dataset.key === told.key)?.remove();
  const made = put(frames, 't-frame', told, ordered);
  if (told.look === 'running' && one('#follow').checked && !calm.matches) inSight(made);
};
// Only within the film, on a narrow screen: the page itself never moves by itself.
const inSight = child => {
  if (frames.scrollWidth > frames.clientWidth) frames.scrollTo({ left: child.offsetLeft - frames.offsetLeft - 12 });
};

// ---- the film
// What is told while a film is on its way belongs into it, unless it was known already when the film was made.
let asked = '', turn = 0, meanwhile = [];
const show = async query => {
  if (query === asked) return;
  asked = query;
  meanwhile = [];
  const mine = ++turn;
  let told = null;
  try {
    const answer = await fetch(`/runs/${encodeURIComponent(run)}/film?${query}`, { headers: { accept: 'application/json' } });
    told = answer.ok ? await answer.json() : null;
  } catch {} // the connection is lost, which the banner says
  if (mine !== turn) return; // another one was asked for since
  asked = '';
  if (!told) return;
  film.dataset.journey = told.journey.key;
  film.dataset.worker = told.worker;
  one('#h-film').textContent = told.heading;
  one('#film-s').textContent = told.journey.title;
  one('#film-w').textContent = told.journey.weather;
  one('#film-w').className = told.journey.weather_look;
  one('#film-w').hidden = !told.journey.weather;
  one('#film-none').hidden = true;
  frames.replaceChildren();
  slices.replaceChildren();
  for (const each of [...told.steps, ...told.waiting]) put(slices, 't-slice', each, ordered).classList.toggle('struck', Boolean(each.fault));
  for (const each of told.steps) put(frames, 't-frame', each, ordered);
  for (const each of told.waiting) put(frames, 't-wait', each, ordered);
  for (const [at, each] of meanwhile) if (at > told.at) step(each);
  mark();
};
document.addEventListener('click', event => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest('a[data-worker], a[data-journey], a[data-endpoint], a[data-lb]');
  if (!link) return;
  if (link.dataset.lb === 'cell' && !link.hasAttribute('href')) return;
  event.preventDefault();
  if (link.dataset.lb === 'cell') cells.open(link);
  else if ('lb' in link.dataset) steps.open(link);
  else if (link.dataset.endpoint) { one('#chart').dataset.endpoint = link.closest('[data-key]').dataset.key; drawn = 0; chosen(); chart() }
  else if (link.dataset.worker) { one('#follow').checked = true; show(`worker=${encodeURIComponent(link.closest('[data-key]').dataset.key)}`) }
  else show(`journey=${encodeURIComponent(link.closest('[data-key]').dataset.key)}`).then(() => film.scrollIntoView({ block: 'nearest' }));
});

// ---- response times
let drawn = 0;
const chosen = () => {
  const box = one('#chart'), rows = all('[data-root=endpoints] tr');
  if (!box.dataset.endpoint && rows.length) box.dataset.endpoint = rows[0].dataset.key;
  for (const row of rows) row.classList.toggle('sel', row.dataset.key === box.dataset.endpoint);
};
const chart = () => {
  if (performance.now() - drawn < 2000) return;
  drawn = performance.now();
  drawChart(run, one('#chart'), one('#chart-n'));
};
chosen();

// ---- the log
const line = told => {
  const lines = one('#lines');
  put(lines, 't-logline', told, (_, others) => others[0] || null);
  while (lines.children.length > MOST_LINES) lines.lastElementChild.remove();
  for (const each of all('[data-n]')) {
    const adds = each.dataset.n === told.level || (each.dataset.n === 'injected' && told.fault);
    if (adds) each.textContent = Number(each.textContent) + 1;
  }
};
const filter = () => {
  const form = one('#log-f'), level = form.elements.level.value, text = form.elements.text.value.toLowerCase(), without = form.elements.without?.checked;
  let shown = 0;
  for (const each of one('#lines').children) {
    const fits = !(without && 'ours' in each.dataset) && (!level || each.dataset.level === level || (level === 'injected' && 'injected' in each.dataset)) && each.textContent.toLowerCase().includes(text);
    each.hidden = !fits;
    shown += fits;
  }
  const none = one('#lines-none');
  none.hidden = shown > 0;
  none.textContent = level || text || without ? 'No line fits the filter.' : 'No failed step and no complaint of a page.';
};
one('#log-f').addEventListener('input', filter);
one('#log-f').addEventListener('submit', event => { event.preventDefault(); filter() });

// ---- switches, without leaving the page
one('#sw-form')?.addEventListener('submit', async event => {
  event.preventDefault();
  const button = event.submitter, form = event.currentTarget;
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams({ csrf: form.elements.csrf.value, ask: button.value }), headers: { accept: 'application/json' } }).catch(() => null);
  say(answer?.ok ? 'Asked' : 'That could not be asked: load the page again');
  if (!answer?.ok) one('#switches [data-t=asked]').textContent = 'That could not be asked: load the page again.';
});

// ---- one tab stop for each matrix, and arrows within
for (const each of all('.mxp')) oneStop(each);
for (const table of all('table[data-grid]')) {
  const box = table.closest('.mxs');
  box.addEventListener('keydown', event => {
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: event.ctrlKey ? [-999, -999] : [0, -999], End: event.ctrlKey ? [999, 999] : [0, 999] }[event.key];
    if (!by) return;
    const rows = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll('.cl')]);
    let row = rows.findIndex(each => each.includes(document.activeElement));
    let column = row < 0 ? 0 : rows[row].indexOf(document.activeElement);
    // Whoever comes from outside begins at the first cell, or with Ctrl and End at the last one.
    const [down, right] = row < 0 && Math.abs(by[0] + by[1]) === 1 ? [0, 0] : by;
    row = Math.max(0, Math.min(rows.length - 1, Math.max(row, 0) + down));
    column = Math.max(0, Math.min((rows[row]?.length || 1) - 1, column + right));
    const cell = rows[row]?.[column];
    if (cell) { cell.focus(); event.preventDefault() }
  });
}

// ---- the connection
const WORDS = { live: 'Live', asking: 'Asking', lost: 'Connection lost', over: 'Finished', waiting: 'Connecting', paused: 'View paused' };
let state = 'waiting';
const connection = now => {
  state = now === 'live' && over() ? 'over' : now;
  one('#conn').dataset.state = state;
  if (one('#conn-w').textContent !== WORDS[state]) one('#conn-w').textContent = WORDS[state];
};
const told = (what, more) => {
  if (what === 'tick') {
    const seconds = Math.floor(more / 1000);
    one('#conn-t').textContent = state === 'live' ? `heard ${seconds < 2 ? 'just now' : `${seconds} s ago`}` : state === 'asking' ? stream.why : '';
    if (stream.lost) one('#lost-t').textContent = `What is shown is ${Math.floor((performance.now() - stream.lost) / 1000)} s old; it is tried again every second.`;
  } else if (what === 'back') {
    one('#lost').hidden = true;
    say('Connected again');
  } else if (what === 'lost') {
    connection('lost');
    if (one('#lost').hidden) say('Connection lost');
    one('#lost').hidden = false;
  } else connection(what);
};
const stream = new Stream(run, Number(page.at), (name, data) => takers[name](data), told);
one('#pause')?.addEventListener('click', event => {
  const button = event.currentTarget, paused = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(paused));
  button.querySelector('span').textContent = paused ? 'Go on' : 'Pause view';
  stream.pause(paused);
  connection(paused ? 'paused' : 'waiting');
});
mark();
