// One look at the page, as JSON. Bounded, so that a page without end costs no more than a large one.
const MOST_ELEMENTS = 20_000;
const MOST_CONTROLS = 400;
const LONGEST = 20_000;

const lookedAt = now();
globalThis[KEPT]?.tellRest?.(); // what the page tells unasked may still be on its way

const seen = { texts: [], length: 0, media: 0, opaque: 0, controls: [], fields: [], busy: [], standing: [], passwords: 0 };
let walked = 0;

const rootOf = (element) => element.shadowRoot ?? globalThis[KEPT]?.closedRootOf(element) ?? null;

function read(root) {
  // What is not drawn at all gives its whole content as its inner text.
  const drawn = !root.body || root.body.getClientRects().length > 0;
  const text = !drawn ? "" : root.body ? root.body.innerText : [...root.children].filter(visible).map((one) => one.innerText ?? "").join("\n");
  const trimmed = (text ?? "").trim();
  seen.length += trimmed.length;
  seen.texts.push(trimmed.slice(0, LONGEST));
  for (const element of root.querySelectorAll("*")) {
    if ((walked += 1) > MOST_ELEMENTS) return;
    inspect(element);
  }
}

function inspect(element) {
  const tag = element.localName;
  const root = rootOf(element);
  if (root) { if (visible(element) || getComputedStyle(element).display === "contents") read(root); return; }
  if (tag === "iframe" || tag === "frame" || tag === "object" || tag === "embed") return enter(element);
  const media = tag === "img" || tag === "svg" || tag === "canvas" || tag === "video";
  const pressed = element.matches(PRESSED), filled = element.matches(FILLED), live = element.matches(LIVE);
  const busy = element.matches("[aria-busy=true], [role=progressbar]:not([aria-valuenow]), progress:not([value])");
  const strange = tag.includes("-") && !element.childNodes.length;
  if (!(media || pressed || filled || live || busy || strange) || !seenByEyes(element)) return;
  if (media && (tag !== "img" || (element.complete && element.naturalWidth > 0))) seen.media += 1;
  if (pressed && seen.controls.length < MOST_CONTROLS) seen.controls.push(controlOf(element));
  if (filled && seen.fields.length < MOST_CONTROLS) seen.fields.push(fieldOf(element));
  if (filled && element.type === "password") seen.passwords += 1;
  if (busy) seen.busy.push(describe(element));
  if (live) seen.standing.push(messageOf(element).text);
  // An element of the page's own kind that is large and holds nothing we can see: a root that was closed before us.
  if (strange) seen.opaque += 1;
}

function enter(frame) {
  if (!seenByEyes(frame)) return;
  let inside = null;
  try { inside = frame.contentDocument; } catch { /* of another origin */ }
  if (inside?.documentElement) read(inside);
  else seen.opaque += 1;
}

function moving() {
  const all = document.getAnimations?.() ?? [];
  const endless = all.filter((one) => one.playState === "running" && one.effect?.getComputedTiming?.().iterations === Infinity);
  const targets = endless.map((one) => [one.effect.target, one.animationName ?? ""]).filter(([target]) => target && seenByEyes(target));
  return [...new Set(targets.map(([target, name]) => `${describe(target)} ${name}`.trim()))].slice(0, 20);
}

function unstyled() {
  const links = [...document.querySelectorAll("link[rel~=stylesheet][href]:not([disabled])")];
  const wanted = links.filter((one) => !one.media || matchMedia(one.media).matches);
  return wanted.filter((one) => !one.sheet || isEmpty(one.sheet)).map((one) => one.href).slice(0, 20);
}

// The answer to a failed request can be taken for a stylesheet without rules. One of another origin does not tell.
function isEmpty(sheet) {
  try { return sheet.cssRules.length === 0; } catch { return false; }
}

read(document);
const page = document.documentElement;
return stringify({
  at: lookedAt, url: location.href, title: squeezed(document.title, 200), text: seen.texts.join("\n").slice(0, LONGEST), text_length: seen.length,
  media: seen.media, opaque: seen.opaque, controls: seen.controls, fields: seen.fields, busy: [...new Set(seen.busy)].slice(0, 20),
  animations: moving(), stylesheets: unstyled(), overflow: Math.max(0, page.scrollWidth - page.clientWidth),
  standing: [...new Set(seen.standing.filter(Boolean))].slice(0, 50), passwords: seen.passwords,
});
