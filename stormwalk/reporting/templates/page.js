(() => {
  const root = document.documentElement, box = document.querySelector('#lb');
  const one = (selector, from = document) => from.querySelector(selector);
  const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  one('#theme').addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('stormwalk-theme', root.dataset.theme) } catch {}
  });
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const label = one('span', button), done = text => { label.textContent = text; one('#say').textContent = text; setTimeout(() => label.textContent = 'Copy', 1600) };
    const text = button.previousElementSibling.textContent;
    // A page opened from disk is no secure context in every browser, so the text is selected as a second way.
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done('Copied'), () => select(button, done));
    else select(button, done);
  });
  const select = (button, done) => { getSelection().selectAllChildren(button.previousElementSibling); done('Selected') };

  // A link into a folded journey unfolds it, and whatever it is folded into.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    let folded = target && target.closest('details:not([open])'), any = false;
    while (folded) { folded.open = any = true; folded = target.closest('details:not([open])') }
    if (any) target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();

  // Only the rows with this text, and what holds any of them.
  document.addEventListener('input', event => {
    const wanted = event.target.dataset.find, text = event.target.value.trim().toLowerCase();
    if (!wanted) return;
    const home = document.getElementById(wanted);
    for (const row of home.querySelectorAll('table.steps > tbody > tr, table.found > tbody > tr')) row.hidden = !row.textContent.toLowerCase().includes(text);
    for (const part of home.querySelectorAll('details.jr')) {
      const left = part.querySelector('table.steps > tbody > tr:not([hidden])');
      part.hidden = Boolean(text) && !left;
      if (text && left) part.open = true;
    }
  });

  // The lightbox shows what the page says already: the picture of the link, and a copy of the row of its step.
  let links = [], at = 0;
  const picture = one('#lb-i'), facts = one('#lb-d');
  const show = () => {
    const link = links[at], small = one('img', link), row = document.getElementById(link.dataset.row);
    one('#lb-t').textContent = link.dataset.title;
    one('#lb-n').textContent = `${at + 1} of ${links.length}`;
    const chip = one('.chip.status', row || link.parentElement);
    one('#lb-s').replaceChildren(...chip ? [chip.cloneNode(true)] : []);
    one('#lb-w').hidden = true;
    picture.alt = small.alt;
    picture.onerror = () => { picture.onerror = null; picture.src = small.src; one('#lb-w').hidden = false };
    // In a single file the picture is there once, and the link leads nowhere.
    const alone = link.getAttribute('href').startsWith('#');
    picture.src = alone ? small.src : link.href;
    if (alone) one('#lb-o').removeAttribute('href'); else one('#lb-o').href = link.href;
    facts.replaceChildren();
    for (const part of row ? row.querySelectorAll('[data-fact]') : []) {
      const name = document.createElement('h3'), copy = part.cloneNode(true);
      name.textContent = part.dataset.fact;
      copy.removeAttribute('id');
      facts.append(name, copy);
    }
    facts.hidden = !facts.children.length;
    box.classList.toggle('wide', facts.hidden);
  };
  const move = by => { at = (at + by + links.length) % links.length; show() };
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-lb]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    links = [...link.closest('[data-set]').querySelectorAll('a[data-lb]')];
    at = links.indexOf(link);
    show();
    box.showModal();
  });
  one('#lb-prev').addEventListener('click', () => move(-1));
  one('#lb-next').addEventListener('click', () => move(1));
  one('#lb-x').addEventListener('click', () => box.close());
  box.addEventListener('click', event => { if (event.target === box) box.close() });
  box.addEventListener('close', () => { links[at]?.focus() });
  box.addEventListener('keydown', event => {
    if (event.key === 'ArrowLeft') move(-1);
    if (event.key === 'ArrowRight') move(1);
  });
})();
