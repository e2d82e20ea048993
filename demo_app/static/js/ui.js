import { ApiError } from "./api.js";
import { defectOn } from "./flags.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

export const money = (cents) => euros.format(cents / 100);
export const date = (text) => dates.format(new Date(text));
export const byId = (id) => document.getElementById(id);

/** Makes an element; text is always text, never markup. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined).map(asNode));
  return element;
}

const asNode = (child) => (child instanceof Node ? child : String(child));

export const link = (path, text) => el("a", { href: path }, text);

/** One row of a table; the first cell is its header. */
export function row(header, ...cells) {
  const wrap = (cell, tag, attributes) => el(tag, attributes, cell);
  return el("tr", {}, wrap(header, "th", { scope: "row" }), ...cells.map((cell) => wrap(cell, "td", {})));
}

export function table(caption, headings, rows, foot = null) {
  const head = el("tr", {}, ...headings.map((text) => el("th", { scope: "col" }, text)));
  const parts = [el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...rows)];
  if (foot) parts.push(el("tfoot", {}, foot));
  // Wide tables scroll inside their own box, and the keyboard can reach it.
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption }, el("table", {}, ...parts));
}

/** Terms with their values: `[label, value, test id]`. */
export function terms(className, entries) {
  const lines = entries.map(([label, value, testId], index) => {
    const id = `${className}-${index}`;
    const term = el("dt", { id }, label);
    return el("div", {}, term, el("dd", { "aria-labelledby": id, "data-testid": testId }, value));
  });
  return el("dl", { class: className }, ...lines);
}

export const totals = (sums) =>
  terms("totals", [
    ["Subtotal", money(sums.subtotal_cents), "subtotal"],
    ["Delivery", sums.delivery_cents ? money(sums.delivery_cents) : "Free", "delivery"],
    ["Total", money(sums.total_cents), "total"],
  ]);

let leaving = false;
addEventListener("pagehide", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

export function say(message) {
  byId("status").textContent = message;
}

export function hush() {
  byId("alerts").replaceChildren();
}

/** Tells what went wrong, with a Retry button where trying again can help. */
export function warn(error, retry = null) {
  // Calls that a page change cuts off are no news to the user.
  if (leaving) return;
  const known = error instanceof ApiError;
  if (!known) console.error(error);
  if (defectOn("console-tells-failures")) console.error(`${error.message} (${error.status})`);
  const told = known ? error.message : "Something went wrong in this page. Please try again.";
  const message = defectOn("stack-shown-in-alert") ? error.stack : told;
  const again = retry && (!known || error.passing) ? el("button", { type: "button", click: retry }, "Retry") : null;
  say("");
  const look = defectOn("alert-breaks-layout") ? "alert endless" : "alert";
  const box = el("div", { role: "alert", class: look }, el("p", {}, message), again);
  byId("alerts").replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

/** Does what a button or form asks for: busy meanwhile, told about failure, input kept. */
export async function act(button, busyText, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  const text = button.textContent;
  const retry = () => act(button, busyText, work);
  hush();
  say("");
  setBusy(button, busyText);
  let stuck = false;
  try {
    await work();
  } catch (error) {
    warn(error, retry);
    pointAt(button.form, error.field);
    if (defectOn("short-lived-message")) setTimeout(hush, 2500);
    stuck = defectOn("button-stays-disabled");
  } finally {
    if (!stuck) setIdle(button, text);
  }
}

/** Fills a part of the page from the API; shows that it loads, and offers Retry if it cannot. */
export async function fill(part, work) {
  part.setAttribute("aria-busy", "true");
  if (!part.hasChildNodes()) part.append(el("p", { class: "loading" }, "Loading…"));
  try {
    const content = await work();
    if (content !== undefined) part.replaceChildren(...[content].flat());
  } catch (error) {
    if (error.status === 403 || error.status === 404) throw error;
    if (defectOn("blank-page-on-error")) return document.body.replaceChildren();
    part.querySelector(":scope > .loading")?.remove();
    warn(error, () => {
      hush();
      fill(part, work).catch(warn);
    });
  } finally {
    const quiet = () => part.removeAttribute("aria-busy");
    if (defectOn("spinner-ends-late")) setTimeout(quiet, 1500);
    else quiet();
  }
}

/** Calls `work` with the fields of the form when it is sent. */
export function onSubmit(form, busyText, work) {
  const button = form.querySelector("button[type=submit]");
  // Sent before this, the form would put what was typed, the password too, into the address.
  button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const input of form.elements) input.removeAttribute("aria-invalid");
    act(button, busyText, () => work(Object.fromEntries(new FormData(form))));
  });
}

export function fillForm(form, values) {
  for (const [name, value] of Object.entries(values)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
}

export const cents = (text) => Math.round(Number(String(text).replace(",", ".")) * 100);

function setBusy(button, text) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  button.textContent = text;
}

function setIdle(button, text) {
  button.removeAttribute("aria-busy");
  button.disabled = false;
  if (button.textContent.endsWith("…")) button.textContent = text;
}

function pointAt(form, field) {
  const input = field && form?.elements[field.replace("_cents", "")];
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  input.focus();
}
