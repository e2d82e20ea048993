// What every page has: the theme, copy buttons, one polite voice, and the wait for a first run.

const root = document.documentElement, one = selector => document.querySelector(selector);

const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
one('#theme').addEventListener('click', () => {
  root.dataset.theme = dark() ? 'light' : 'dark';
  try { localStorage.setItem('stormwalk-theme', root.dataset.theme) } catch {}
});

document.addEventListener('click', event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const label = button.querySelector('span'), text = button.previousElementSibling;
  const done = said => { label.textContent = said; say(said); setTimeout(() => { label.textContent = 'Copy' }, 1600) };
  const select = () => { getSelection().selectAllChildren(text); done('Selected') };
  if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(() => done('Copied'), select);
  else select();
});

// At most one message in five seconds; what comes between is told together.
const PAUSE = 5000;
let waiting = [], last = -PAUSE, timer = 0;
export const say = text => {
  if (!waiting.includes(text)) waiting.push(text);
  if (!timer) timer = setTimeout(speak, Math.max(0, last + PAUSE - performance.now()));
};
const speak = () => { timer = 0; last = performance.now(); one('#say').textContent = waiting.slice(-4).join('. '); waiting = [] };

// A figure is red only where there is something to be red about.
export const zeros = () => { for (const each of document.querySelectorAll('.counts dd')) each.classList.toggle('zero', each.textContent === '0') };
zeros();

if ('empty' in document.body.dataset) {
  setInterval(async () => {
    try {
      const answer = await fetch('/newest', { headers: { accept: 'application/json' } });
      if (answer.ok && (await answer.json()).run) location.reload();
    } catch {} // the server is not there: the next look may find it
  }, 1500);
}
