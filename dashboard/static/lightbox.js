// The lightbox: one step with all that is known of it, read when it is opened; the page of the step says the same.

import { fill } from './fill.js';

const box = document.querySelector('#lb'), one = selector => box.querySelector(selector);
let told = null, opener = null, busy = 0;

const address = path => `${path}?as=json`;

const show = async path => {
  const mine = ++busy;
  one('#lb-e').hidden = true;
  box.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(address(path), { headers: { accept: 'application/json' } });
    const body = await answer.json();
    if (mine !== busy) return;
    if (!answer.ok) throw new Error(body.error);
    told = body;
    fill(box, { ...told, no_pictures: told.pictures.length ? '' : 'none' });
    fill(box, told.step, 'step');
    one('#lb-o').href = path;
    one('#lb-prev').disabled = !told.before;
    one('#lb-next').disabled = !told.after;
    for (const picture of box.querySelectorAll('.ph2 img')) enlarge(picture);
  } catch (error) {
    one('#lb-e').textContent = `This step could not be read: ${error.message || 'the server does not answer'}. Close, and open it again.`;
    one('#lb-e').hidden = false;
  }
  box.removeAttribute('aria-busy');
};

// The full picture takes the place of the thumbnail once it is there; it is not where another machine walked.
const enlarge = picture => {
  const full = picture.closest('a').getAttribute('href'), image = new Image();
  image.onload = () => { if (picture.closest('a').getAttribute('href') === full) picture.src = full };
  image.src = full;
};

export const openBox = link => {
  opener = link;
  show(link.getAttribute('href'));
  if (!box.open) box.showModal();
};

const move = path => { if (path) show(path) };
one('#lb-prev').addEventListener('click', () => move(told?.before));
one('#lb-next').addEventListener('click', () => move(told?.after));
one('#lb-x').addEventListener('click', () => box.close());
box.addEventListener('click', event => { if (event.target === box) box.close() });
box.addEventListener('close', () => { busy += 1; opener?.focus() });
box.addEventListener('keydown', event => {
  if (event.target.closest('pre')) return;
  if (event.key === 'ArrowLeft') move(told?.before);
  if (event.key === 'ArrowRight') move(told?.after);
});
