// Fills elements with the fields of a value, as the attributes say that templates/macros.html explains. Text is only
// ever set as text, and an address only where it begins within this dashboard: whatever a page under test is called,
// it stays a text.

const ATTRIBUTES = new Set(['href', 'src', 'title', 'aria-label', 'alt', 'datetime', 'points', 'x', 'y', 'width', 'height', 'value',
  'data-since', 'data-started', 'data-ended', 'data-heard', 'data-index', 'data-level', 'data-injected', 'data-ours', 'data-marks']);
const ADDRESSES = new Set(['href', 'src']);

// What belongs to a child of a list, or to a panel within, is that one's own.
const belongs = (root, element) => {
  if (element === root) return true;
  for (let at = element; at && at !== root; at = at.parentElement) {
    if (at !== element && (at.hasAttribute('data-key') || at.hasAttribute('data-bind'))) return false;
    if (at === element && at.hasAttribute('data-key')) return false;
  }
  return true;
};

const parts = (root, selector, name) => {
  const all = [...root.querySelectorAll(selector)];
  if (root.matches(selector)) all.unshift(root);
  return all.filter(each => belongs(root, each) && (each.closest('[data-self]')?.dataset.self || '') === (name || ''));
};

const setText = (element, text) => { if (element.textContent !== text) element.textContent = text };

// A letter for each mark: `m` and the letter are its class.
const draw = (element, letters) => {
  while (element.children.length > letters.length) element.lastElementChild.remove();
  [...letters].forEach((letter, at) => {
    const mark = element.children[at] || element.appendChild(document.createElement('i'));
    if (mark.className !== `m${letter}`) mark.className = `m${letter}`;
  });
};

const setAttribute = (element, name, value) => {
  if (!ATTRIBUTES.has(name)) return;
  const text = value === null || value === undefined ? '' : String(value);
  if (name === 'data-marks' && element.dataset.marks !== text) draw(element, text);
  if (ADDRESSES.has(name)) {
    if (name === 'href' && text === '') { element.removeAttribute('href'); return }
    const safe = text.startsWith('/') && !text.startsWith('//') ? text : name === 'src' ? '/static/blank.svg' : '#';
    if (element.getAttribute(name) !== safe) element.setAttribute(name, safe);
  } else if (text === '') element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
};

// Sets every field of `item` that `root` shows; `name` is that of the value, where an element shows several.
export const fill = (root, item, name = '') => {
  for (const each of parts(root, '[data-t]', name)) if (each.dataset.t in item) setText(each, String(item[each.dataset.t] ?? ''));
  for (const each of parts(root, '[data-a]', name))
    for (const pair of each.dataset.a.split(' ')) {
      const [attribute, field] = pair.split(':');
      if (field in item) setAttribute(each, attribute, item[field]);
    }
  for (const each of parts(root, '[data-c]', name)) {
    const wanted = each.dataset.c.replace(/{(\w+)}/g, (_, field) => item[field] ?? '');
    if (each.getAttribute('class') !== wanted) each.setAttribute('class', wanted);
  }
  for (const each of parts(root, '[data-g]', name)) if (each.dataset.g in item) each.setAttribute('href', `#g-${item[each.dataset.g] || 'none'}`);
  for (const each of parts(root, '[data-h]', name)) if (each.dataset.h in item) each.hidden = !item[each.dataset.h] || item[each.dataset.h].length === 0;
  for (const each of parts(root, '[data-list]', name))
    if (each.dataset.list in item && !each.dataset.root) list(each, item[each.dataset.list]);
};

// A new child of a list, as its template has it.
export const make = (template, item) => {
  const child = document.getElementById(template).content.querySelector('[data-key]').cloneNode(true);
  child.setAttribute('data-key', item.key);
  fill(child, item);
  return child;
};

const children = box => [...box.children].filter(each => each.hasAttribute('data-key'));

// Makes the children of a list those of `items`, in their order; one that is there already stays where it is and keeps
// its focus. With `limit` the last ones are let go.
export const list = (box, items) => {
  const known = new Map(children(box).map(each => [each.getAttribute('data-key'), each]));
  const end = [...box.children].find(each => each.hasAttribute('data-end')) || null;
  let before = children(box)[0] || end;
  for (const item of items) {
    let child = known.get(item.key);
    if (child) {
      known.delete(item.key);
      fill(child, item);
      if (child === before) { before = next(child, end); continue }
    } else child = make(box.dataset.item, item);
    box.insertBefore(child, before);
  }
  for (const gone of known.values()) gone.remove();
};

const next = (child, end) => {
  let at = child.nextElementSibling;
  while (at && at !== end && !at.hasAttribute('data-key')) at = at.nextElementSibling;
  return at;
};

// Changes or adds one child; `place` says before which of the others a new one goes.
export const put = (box, template, item, place) => {
  const key = String(item.key);
  const child = children(box).find(each => each.getAttribute('data-key') === key);
  if (child) { fill(child, item); return child }
  const made = make(template, item);
  box.insertBefore(made, place ? place(made, children(box)) : null);
  return made;
};

// Where a child with this number goes among others that are in order.
export const ordered = (made, others) => others.find(each => Number(each.dataset.index) > Number(made.dataset.index)) || null;
