// The lightboxes: a step, and a cell of a matrix, with all that is known of it, read when it is opened; the page of either
// says the same.

import { fill } from './fill.js';

const lightbox = (box, { what, shown, around }) => {
  const one = selector => box.querySelector(selector), error = one('[data-error]');
  let told = null, opener = null, at = '', busy = 0;

  const show = async path => {
    const mine = ++busy;
    at = path;
    error.hidden = true;
    box.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(`${path}${path.includes('?') ? '&' : '?'}as=json`, { headers: { accept: 'application/json' } });
      const body = await answer.json();
      if (mine !== busy) return;
      if (!answer.ok) throw new Error(body.error);
      told = body;
      fill(box, told);
      shown(told, box);
      one('[data-open]').href = path;
      const [before, after] = around(told, at);
      one('[data-prev]').disabled = !before;
      one('[data-next]').disabled = !after;
      for (const picture of box.querySelectorAll('.ph2 img')) enlarge(picture);
    } catch (trouble) {
      if (mine !== busy) return;
      error.textContent = `This ${what} could not be read: ${trouble.message || 'the server does not answer'}. Close, and open it again.`;
      error.hidden = false;
    }
    box.removeAttribute('aria-busy');
  };

  const move = by => { const path = told && around(told, at)[by]; if (path) show(path) };
  one('[data-prev]').addEventListener('click', () => move(0));
  one('[data-next]').addEventListener('click', () => move(1));
  one('[data-close]').addEventListener('click', () => box.close());
  box.addEventListener('click', event => { if (event.target === box) box.close() });
  box.addEventListener('close', () => { busy += 1; opener?.focus() });
  box.addEventListener('keydown', event => {
    if (event.target.closest('pre, code')) return;
    if (event.key === 'ArrowLeft') move(0);
    if (event.key === 'ArrowRight') move(1);
  });
  return {
    open: link => {
      opener = link;
      show(link.getAttribute('href'));
      if (!box.open) box.showModal();
    },
    // What is shown has changed meanwhile: its picture has come, or it has ended.
    again: path => { if (box.open && path === at) show(path) },
  };
};

// The full picture takes the place of the thumbnail once it is there; it is not where another machine walked.
const enlarge = picture => {
  const full = picture.closest('a').getAttribute('href'), image = new Image();
  image.onload = () => { if (picture.closest('a').getAttribute('href') === full) picture.src = full };
  image.src = full;
};

export const steps = lightbox(document.querySelector('#lb'), {
  what: 'step',
  shown: (told, box) => {
    fill(box, told.step, 'step');
  },
  around: told => [told.before, told.after],
});

// The cells beside it in the same matrix, row by row, or the other findings, as they are at that moment.
export const cells = lightbox(document.querySelector('#cd'), {
  what: 'cell',
  shown: () => {},
  around: (told, at) => {
    const every = 'a[data-lb=cell][href]', links = [...document.querySelectorAll(every)], here = links.find(each => each.getAttribute('href') === at);
    const set = here ? [...here.closest('table, ul').querySelectorAll(every)] : [], place = set.indexOf(here);
    return [set[place - 1]?.getAttribute('href'), set[place + 1]?.getAttribute('href')];
  },
});
