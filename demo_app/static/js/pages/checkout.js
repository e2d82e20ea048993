import { call, get, newKey, sleep } from "../api.js";
import { defectOn } from "../flags.js";
import { showBasketCount, start } from "../page.js";
import { currentUser, rememberedBasket } from "../session.js";
import { byId, el, fill, fillForm, link, money, onSubmit, row, table, terms, totals } from "../ui.js";

// The key of an order whose outcome is not known yet; a reload, or a new log-in, must not order twice.
const PENDING = "shop.order";
const DRAFT = "shop.checkout";
const BLIND = defectOn("order-repeated-blindly");
const KEYLESS = BLIND || defectOn("order-without-idempotency-key");
const part = byId("checkout");
const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const write = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

start(() => fill(part, load));

async function load() {
  const basket = await soon(get("/api/basket"));
  const pending = read(PENDING);
  // The order may have been placed although its confirmation got lost: ask again with the same key.
  if (!basket.items.length && pending?.user === currentUser()?.id) return findLost(pending);
  return basket.items.length ? show(basket) : nothing();
}

// A basket of an earlier page is there at once; without one there is nothing but to wait.
function soon(fresh) {
  const old = rememberedBasket();
  return old ? Promise.race([fresh.catch(() => old), sleep(300).then(() => old)]) : fresh;
}

async function findLost(pending) {
  try {
    return confirmation(await send(pending));
  } catch (error) {
    if (error.code !== "basket_empty") throw error;
    return nothing();
  }
}

const nothing = () => [el("p", {}, "Your basket is empty."), el("p", {}, link("/", "See the products"))];

function show(basket) {
  const form = byId("order-form").content.firstElementChild.cloneNode(true);
  const user = currentUser();
  fillForm(form, { recipient: user.name, address: user.address, ...read(DRAFT) });
  form.addEventListener("input", () => write(DRAFT, Object.fromEntries(new FormData(form))));
  onSubmit(form, "Placing order…", (body) => place(basket, body).catch((error) => notPlaced(form, error)));
  return [el("div", { class: "columns" }, form, el("section", {}, summary(basket), totals(basket)))];
}

const summary = (basket) =>
  table(
    "Order summary",
    ["Product", "Quantity", "Sum"],
    basket.items.map((item) => row(item.name, item.quantity, money(item.line_total_cents))),
  );

function notPlaced(form, error) {
  if (error.passing && defectOn("order-queued-and-forgotten")) return part.replaceChildren(...queued());
  if (defectOn("input-cleared-on-error")) {
    form.reset();
    sessionStorage.removeItem(DRAFT);
  }
  throw error;
}

async function place(basket, body) {
  const user = currentUser().id;
  const old = read(PENDING);
  const same = old && old.user === user && old.revision === basket.revision;
  const pending = { key: same ? old.key : newKey(), user, revision: basket.revision, body };
  write(PENDING, pending);
  part.replaceChildren(...confirmation(await send(pending)));
}

async function send(pending) {
  try {
    const order = await (KEYLESS ? orderThenEmpty(pending.body) : call("POST", "/api/orders", pending));
    sessionStorage.removeItem(PENDING);
    sessionStorage.removeItem(DRAFT);
    return order;
  } catch (error) {
    // Refused for good: nothing was ordered, and a corrected order is another order.
    if (!error.passing && error.status !== 401) sessionStorage.removeItem(PENDING);
    throw error;
  }
}

async function orderThenEmpty(body) {
  const order = await call("POST", "/api/orders", { body, repeat: BLIND });
  await call("DELETE", "/api/basket");
  return order;
}

function thank() {
  document.title = "Thank you for your order";
  byId("title").textContent = document.title;
}

function queued() {
  thank();
  return [el("p", { role: "status", "aria-label": "Confirmation" }, "Your order is confirmed.")];
}

function confirmation(order) {
  showBasketCount(0);
  thank();
  const facts = [
    ["Order number", order.id, "order-number"],
    ["Total", money(order.total_cents), "total"],
    ["Deliver to", `${order.recipient}, ${order.address}`, "deliver-to"],
  ];
  return [
    el("p", { role: "status", "aria-label": "Confirmation" }, `Order ${order.id} is confirmed.`),
    terms("facts", facts),
    el("p", { class: "actions" }, link(`/orders/${order.id}`, `Follow order ${order.id}`), link("/orders", "See all your orders")),
  ];
}
