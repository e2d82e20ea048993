import { get, once } from "../api.js";
import { defectOn } from "../flags.js";
import { follow } from "../stream.js";
import { start } from "../page.js";
import { currentUser } from "../session.js";
import { act, byId, date, el, fill, hush, money, row, say, table, terms, totals, warn } from "../ui.js";

const part = byId("order");
const number = part.dataset.number;
const STEPS = ["paid", "packed", "shipped"];
const MOVING = ["paid", "packed"];

start(() => fill(part, load));

async function load() {
  const order = await get(`/api/orders/${number}`);
  if (MOVING.includes(order.status)) watch();
  return show(order);
}

function watch() {
  const followed = follow(number, showStatus);
  if (defectOn("stream-failure-unhandled")) return;
  followed.catch((error) => warn(error, () => {
    hush();
    watch();
  }));
}

function show(order) {
  const facts = [["Ordered", date(order.created_at)], ["Deliver to", `${order.recipient}, ${order.address}`]];
  return [
    el("p", { role: "status", "aria-label": "Order status", "data-testid": "order-status", id: "order-status" }, order.status),
    el("ol", { class: "steps", "aria-label": "Progress", id: "steps" }, ...steps(order.status)),
    terms("facts", facts),
    table("Articles", ["Product", "Price", "Quantity", "Sum"], order.items.map(line)),
    totals(order),
    el("div", { class: "actions", id: "actions" }, ...actions(order.status)),
  ];
}

const line = (item) => row(item.name, money(item.unit_price_cents), item.quantity, money(item.line_total_cents));

function steps(status) {
  const reached = STEPS.indexOf(status);
  return STEPS.map((step, index) =>
    el("li", { class: index <= reached ? "done" : "", "aria-current": step === status ? "step" : undefined }, step),
  );
}

function showStatus(status) {
  // The first news can come before the order itself has been drawn.
  if (!byId("order-status")) return setTimeout(() => showStatus(status), 50);
  byId("order-status").textContent = status;
  byId("steps").replaceChildren(...steps(status));
  byId("actions").replaceChildren(...actions(status));
}

function actions(status) {
  if (!MOVING.includes(status) || currentUser()?.role !== "shopper") return [];
  const button = el("button", { type: "button", class: "quiet" }, `Cancel order ${number}`);
  button.addEventListener("click", () =>
    act(button, "Cancelling…", async () => {
      const order = await once(`/api/orders/${number}/cancel`);
      showStatus(order.status);
      say(`Order ${number} is cancelled.`);
    }),
  );
  return [button];
}
