// Runs in every document before its own scripts, and tells of what a snapshot would miss: messages that vanish, what
// was pressed, what was filled in, rejected promises, parts that jump. It must never be felt: it changes nothing, keeps
// quiet after a flood, and whatever goes wrong in it stays in it.
const binding = globalThis[BINDING];
delete globalThis[BINDING]; // nobody else's business
const timer = setTimeout.bind(globalThis);
const later = { resolve: Promise.resolve.bind(Promise) };
const left = { words: 300, calls: 300 };

function tell(what, of = "words") {
  if (typeof binding !== "function" || left[of] <= 0) return;
  left[of] -= 1;
  try {
    const text = stringify({ ...what, at: now() });
    later.resolve(withNativeJson(() => binding(text))).catch(() => {});
  } catch { /* the page is on its way out */ }
}

// The binding itself uses the page's JSON, and a page that has replaced it by something else would end the whole driver.
function withNativeJson(work) {
  const replaced = JSON.stringify;
  if (replaced === stringify) return work();
  JSON.stringify = stringify;
  if (JSON.stringify !== stringify) return undefined;
  try { return work(); } finally { JSON.stringify = replaced; }
}

const safely = (work) => (...given) => { try { work(...given); } catch { /* never the page's business */ } };

// What an element said last. The same text said again after a pause is a new message; standing there all the time is none.
const said = new WeakMap();

function hear(element, gone) {
  const shown = visible(element);
  const message = shown ? messageOf(element) : { text: "" };
  if (!message.text) return said.delete(element);
  if (said.get(element) === message.text) return;
  said.set(element, message.text);
  // Drawn anew with the words of the element whose place it takes: nothing that a user could notice.
  if (gone.has(message.text)) return;
  const inner = [...element.querySelectorAll(LIVE)];
  if (inner.some((one) => squeezed(one.innerText, TEXT) === message.text)) return;
  tell({ what: "message", ...message, shown: message.kind === "invalid" || seenByEyes(element) });
}

function around(node, deep) {
  const element = node.nodeType === 1 ? node : node.parentElement ?? node.getRootNode?.().host;
  if (!element) return [];
  const found = deep ? [...element.querySelectorAll(LIVE)] : [];
  for (let one = element; one; one = one.parentElement ?? one.getRootNode().host) if (one.matches(LIVE)) found.push(one);
  return found;
}

const hearAll = safely((records) => {
  const changed = new Set();
  const gone = new Set();
  for (const record of records) {
    for (const node of record.removedNodes) {
      if (node.nodeType !== 1 || node.isConnected) continue;
      for (const one of [node, ...node.querySelectorAll(LIVE)]) if (said.has(one)) { gone.add(said.get(one)); said.delete(one); }
    }
    for (const node of record.addedNodes) {
      if (node.nodeType === 1) watchRoots(node);
      for (const one of around(node, node.nodeType === 1)) changed.add(one);
    }
    const small = record.type === "attributes" && record.target.getElementsByTagName("*").length < 500;
    for (const one of around(record.target, small)) changed.add(one);
  }
  for (const one of changed) safely(hear)(one, gone);
});

const WATCHED = {
  subtree: true, childList: true, characterData: true, attributes: true,
  attributeFilter: ["role", "aria-live", "aria-invalid", "open", "hidden", "class", "style"],
};
const watcher = new MutationObserver(hearAll);
const roots = new WeakSet();

function watch(root) {
  if (roots.has(root)) return;
  roots.add(root);
  watcher.observe(root, WATCHED);
  hearAll([{ addedNodes: [...root.childNodes], removedNodes: [], type: "childList", target: root.host ?? document.documentElement ?? document }]);
}

// Roots that the HTML declares; those that scripts attach are met below, the closed ones too.
function watchRoots(node) {
  if (node.shadowRoot) watch(node.shadowRoot);
  for (const one of node.querySelectorAll("*")) if (one.shadowRoot) watch(one.shadowRoot);
}

// When calls had begun and ended here; whoever listens from outside hears of it late on a busy machine. Those that failed
// are told at once, the others at the next look, so that fair weather costs nothing; a browser that does not know which
// is which says nothing.
const SCRIPTS = ["fetch", "xmlhttprequest"];
const isCall = (one) => "responseStatus" in one && SCRIPTS.includes(one.initiatorType);
const failed = (one) => !(one.responseStatus >= 100 && one.responseStatus < 400);
const spansAgo = (list, at) => list.map(({ begun, ended, ...more }) => ({ ...more, begun: at - begun, ended: at - ended }));
const tellCalls = (entries) => {
  const at = ticks();
  const calls = entries.slice(0, 200).map((one) => ({ url: one.name, failed: failed(one), begun: one.startTime, ended: one.responseEnd }));
  const last = calls.findLast((one) => one.failed);
  if (last) heed(last.ended, at);
  if (calls.length || late.length) tell({ what: "calls", calls: spansAgo(calls, at), late: spansAgo(late.splice(0), at) }, "calls");
};
const answered = [];
const takeDown = (entries) => {
  const calls = entries.filter(isCall);
  answered.push(...calls.filter((one) => !failed(one)).slice(0, 200 - answered.length));
  tellCalls(calls.filter(failed));
};
const tellRest = () => {
  takeDown(listed?.takeRecords() ?? []);
  tellCalls(answered.splice(0));
};

// For a while after a failure: when this page got no processor, so that what it meant to do at once it did late.
const BEAT = 50, NOTABLE = 30, HEEDED = 5_000;
const late = [];
let until = 0, beating = false;
const note = (begun, ended) => { if (ended - begun > NOTABLE && late.length < 100) late.push({ begun, ended }); };
function heed(failedAt, heardAt) {
  note(failedAt, heardAt);
  until = heardAt + HEEDED;
  if (!beating) beat(heardAt);
}
function beat(before) {
  beating = before < until;
  if (beating) timer(safely(() => { const at = ticks(); note(before + BEAT, at); beat(at); }), BEAT);
}
let listed = null;
safely(() => {
  listed = new PerformanceObserver(safely((list) => takeDown(list.getEntries())));
  listed.observe({ type: "resource", buffered: true });
})();

const closed = new WeakMap();
// For the looks, which come later than the page's own scripts.
const kept = Object.freeze({
  stringify, now, closedRootOf: (host) => closed.get(host), tellRest: safely(tellRest),
});
addEventListener("pagehide", kept.tellRest);
Object.defineProperty(globalThis, KEPT, { value: kept, enumerable: false });
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function attachShadow(options) {
  const root = attach.call(this, options);
  safely(() => { closed.set(this, root); watch(root); })();
  return root;
};

watch(document);
// A popup shows its page in the window of the empty document that it began with, and none of this runs a second time.
if (location.href === "about:blank") {
  const anew = safely(() => watch(document));
  addEventListener("DOMContentLoaded", anew);
  addEventListener("load", anew, true);
}

// What was pressed, and how the fields were filled in at that moment.
const touched = new Set();
const origin = (event) => event.composedPath?.()[0] ?? event.target;
const touch = safely((event) => {
  const field = origin(event);
  if (field?.matches?.(FILLED) && touched.size < 200) touched.add(field);
});
addEventListener("input", touch, true);
addEventListener("change", touch, true);

const press = (element) => {
  const fields = [...touched].filter((one) => one.isConnected).map(fieldOf);
  tell({ what: "pressed", control: element ? controlOf(element) : null, fields });
};
addEventListener("click", safely((event) => {
  const pressed = event.composedPath().find((one) => one.nodeType === 1 && one.matches(PRESSED));
  if (pressed) press(pressed);
}), true);
addEventListener("submit", safely((event) => press(event.submitter ?? null)), true);
addEventListener("invalid", safely((event) => {
  const field = origin(event);
  tell({ what: "message", kind: "invalid", text: squeezed(`${nameOf(field)}: ${field.validationMessage}`, TEXT), shown: true });
}), true);

// A handler that comes later may still take care of it, so this is asked only after all of them. Timers may be faked.
const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = safely(() => {
  const event = waiting.shift();
  if (!event || event.defaultPrevented) return;
  const reason = event.reason;
  const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  tell({ what: "rejection", text: squeezed(text, TEXT) });
});
addEventListener("unhandledrejection", safely((event) => { waiting.push(event); channel.port2.postMessage(0); }), true);

for (const name of ["alert", "confirm", "prompt"]) {
  const native = globalThis[name];
  if (typeof native !== "function") continue;
  globalThis[name] = function (...given) {
    safely(() => tell({ what: "message", kind: "dialog", text: squeezed(given[0], TEXT), shown: true }))();
    return native.apply(this, given);
  };
}

safely(() => {
  const shifts = (list) => { for (const one of list.getEntries()) if (one.value >= 0.005) tell({ what: "shift", value: one.value }); };
  new PerformanceObserver(safely(shifts)).observe({ type: "layout-shift", buffered: true });
})();
