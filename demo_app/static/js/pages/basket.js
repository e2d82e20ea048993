import { call, get } from "../api.js";
import { defectOn } from "../flags.js";
import { showBasketCount, start } from "../page.js";
import { rememberBasket } from "../session.js";
import { act, byId, el, fill, link, money, onSubmit, row, say, table, totals } from "../ui.js";

const part = byId("basket");

start(() => fill(part, async () => show(rememberBasket(await get("/api/basket")))));

function show(basket) {
  showBasketCount(basket.count);
  if (!basket.items.length) {
    return [el("p", {}, "Your basket is empty."), el("p", {}, link("/", "See the products"))];
  }
  return [
    table("Basket", ["Product", "Price", "Quantity", "Sum", "Remove"], basket.items.map(line)),
    totals(basket),
    el("div", { class: "actions" }, emptyButton(), el("a", { href: "/checkout", class: "button" }, "Go to checkout")),
  ];
}

function line(item) {
  return row(
    link(`/products/${item.product_id}`, item.name),
    money(item.unit_price_cents),
    quantityForm(item),
    money(item.line_total_cents),
    removeButton(item),
  );
}

function quantityForm(item) {
  const label = `Quantity of ${item.name}`;
  const input = { name: "quantity", type: "number", value: item.quantity, min: 1, max: 99, required: true, "aria-label": label };
  const button = el("button", { type: "submit", class: "quiet", "aria-label": `Update quantity of ${item.name}` }, "Update");
  const form = el("form", { class: "inline" }, el("input", input), button);
  onSubmit(form, "Saving…", async ({ quantity }) => {
    const changed = change("PATCH", `/api/basket/items/${item.product_id}`, { quantity: Number(quantity) });
    await (defectOn("quantity-saved-whatever-comes") ? changed.catch(() => {}) : changed);
    say(`Quantity of ${item.name} saved.`);
  });
  return form;
}

function removeButton(item) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Remove ${item.name}` }, "Remove");
  const work = () => remove(item, button.closest("tr"));
  button.addEventListener("click", () => (defectOn("removal-failure-unhandled") ? work() : act(button, "Removing…", work)));
  return button;
}

async function remove(item, line) {
  line.hidden = defectOn("removal-rolled-back");
  try {
    await change("DELETE", `/api/basket/items/${item.product_id}`);
  } finally {
    line.hidden = false;
  }
  say(`${item.name} removed from basket.`);
}

function emptyButton() {
  const button = el("button", { type: "button", class: "quiet" }, "Empty basket");
  button.addEventListener("click", () =>
    act(button, "Emptying…", async () => {
      await change("DELETE", "/api/basket");
      say("Your basket has been emptied.");
    }),
  );
  return button;
}

async function change(method, path, body) {
  part.replaceChildren(...show(await call(method, path, { body })));
}
