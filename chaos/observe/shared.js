// What the observer and the look have in common. Natives are kept at the start: pages replace them, and so do the
// clocks that tests install.
const stringify = globalThis[KEPT]?.stringify ?? JSON.stringify;
const now = globalThis[KEPT]?.now ?? Date.now;
const ticks = performance.now.bind(performance);
const TEXT = 500;
const NAME = 80;

const PRESSED = "button, a[href], summary, input[type=submit], input[type=button], input[type=image], input[type=reset], " +
  "[role=button], [role=link], [role=menuitem], [role=tab], [role=switch]";
const FILLED = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]):not([type=reset]), " +
  "select, textarea, [contenteditable=''], [contenteditable=true], [role=textbox]";
const LIVE = "[role=alert], [role=alertdialog], [role=status], [role=dialog], dialog[open], output, " +
  "[aria-live]:not([aria-live=off]), [aria-invalid=true], [class*=toast i], [class*=snackbar i], [class*=flash-message i], " +
  ".alert, .notification";

const squeezed = (text, limit) => String(text ?? "").slice(0, limit * 4).replace(/\s+/g, " ").trim().slice(0, limit);

function visible(element) {
  if (!element.isConnected) return false;
  return element.checkVisibility ? element.checkVisibility({ visibilityProperty: true }) : element.getClientRects().length > 0;
}

// Large enough for an eye. Text that is only for screen readers is clipped to a pixel; `display: contents` has no box.
function seenByEyes(element) {
  if (!visible(element)) return false;
  const own = element.getBoundingClientRect();
  if (own.width || own.height) return own.width > 4 && own.height > 4;
  const range = document.createRange();
  range.selectNodeContents(element);
  const inner = range.getBoundingClientRect();
  return inner.width > 4 && inner.height > 4;
}

// Does not change with the text, and survives that the page is drawn anew.
function keyOf(element) {
  const path = [];
  for (let one = element; one && one.nodeType === 1 && path.length < 12; one = one.parentElement ?? one.getRootNode().host) {
    const tag = one.localName;
    if (one.id) { path.unshift(`${tag}#${one.id}`); break; }
    const told = one.getAttribute("data-testid") || one.getAttribute("name");
    const alike = one.parentElement ? [...one.parentElement.children].filter((other) => other.localName === tag) : [];
    const place = alike.length > 1 ? `:${alike.indexOf(one) + 1}` : "";
    path.unshift(told ? `${tag}[${told}]` : tag + place);
  }
  return squeezed(path.join(">"), 200);
}

function nameOf(element) {
  const by = (element.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
  const labelled = by.map((id) => element.getRootNode().getElementById?.(id)?.textContent).join(" ");
  const label = element.labels?.[0]?.textContent;
  const shown = element.matches(FILLED) ? "" : element.textContent || (element.localName === "input" ? element.value : "");
  const other = element.getAttribute("alt") || element.getAttribute("title") || element.getAttribute("placeholder");
  return squeezed(element.getAttribute("aria-label") || labelled.trim() || label || shown || other || element.getAttribute("name"), NAME);
}

function describe(element) {
  const kind = element.getAttribute?.("role");
  const names = [...(element.classList ?? [])].slice(0, 3).map((one) => `.${one}`).join("");
  return squeezed(`${element.localName}${element.id ? `#${element.id}` : ""}${names}${kind ? `[role=${kind}]` : ""}`, NAME);
}

function controlOf(element) {
  const inert = element.matches(":disabled") || element.getAttribute("aria-disabled") === "true" || !!element.closest("[inert]");
  const box = element.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  return {
    key: keyOf(element), name: nameOf(element), kind: element.localName === "a" ? "link" : "button", enabled: !inert,
    busy: element.getAttribute("aria-busy") === "true", off_page: box.right <= 0 || box.left >= width,
  };
}

// The digest of a value, never the value. Of a password not even that: it could be tried against a list of passwords.
function fieldOf(element) {
  const secret = element.type === "password" || /password|one-time-code|cc-/.test(element.getAttribute("autocomplete") || "");
  const checkable = element.type === "checkbox" || element.type === "radio";
  const value = checkable ? (element.checked ? "on" : "") : String(element.value ?? element.textContent ?? "");
  const invalid = element.getAttribute("aria-invalid") === "true";
  return { key: keyOf(element), name: nameOf(element), digest: secret || !value ? "" : digest(value), secret, invalid };
}

// cyrb53, with a salt that is made anew for each observer and is never stored.
function digest(value) {
  let one = 0xdeadbeef, two = 0x41c6ce57;
  const text = SALT + value.slice(0, 100_000);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (two >>> 0).toString(16).padStart(8, "0") + (one >>> 0).toString(16).padStart(8, "0");
}

function messageOf(element) {
  if (element.getAttribute("aria-invalid") === "true") {
    const by = element.getAttribute("aria-errormessage") || element.getAttribute("aria-describedby") || "";
    const said = by.split(/\s+/).map((id) => (id ? element.getRootNode().getElementById?.(id)?.textContent : "")).join(" ");
    return { kind: "invalid", text: squeezed(`${nameOf(element)}: ${said.trim() || "is marked as wrong"}`, TEXT) };
  }
  // Of a text without end only the beginning is worth reading.
  return { kind: kindOf(element), text: squeezed(element.innerText ?? element.textContent, TEXT) };
}

function kindOf(element) {
  const role = element.getAttribute("role");
  if (role === "alert" || element.getAttribute("aria-live") === "assertive") return "alert";
  if (role === "alertdialog" || role === "dialog" || element.localName === "dialog") return "dialog";
  if (role === "status" || element.localName === "output") return "status";
  return element.hasAttribute("aria-live") ? "live" : "toast";
}
