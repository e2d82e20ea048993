import { call, get } from "../api.js";
import { showBasketCount, start } from "../page.js";
import { act, byId, el, fill, link, money, onSubmit, row, say, table, totals } from "../ui.js";

const part = byId("basket");

start(() => fill(part, async () => show(await get("/api/basket"))));

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
    await change("PATCH", `/api/basket/items/${item.product_id}`, { quantity: Number(quantity) });
    say(`Quantity of ${item.name} saved.`);
  });
  return form;
}

function removeButton(item) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Remove ${item.name}` }, "Remove");
  button.addEventListener("click", () =>
    act(button, "Removing…", async () => {
      await change("DELETE", `/api/basket/items/${item.product_id}`);
      say(`${item.name} removed from basket.`);
    }),
  );
  return button;
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
