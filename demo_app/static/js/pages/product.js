import { get, once } from "../api.js";
import { defectOn } from "../flags.js";
import { showBasketCount, start } from "../page.js";
import { picture } from "../picture.js";
import { currentUser } from "../session.js";
import { byId, el, fill, link, money, onSubmit, say } from "../ui.js";

const part = byId("product");

start(() => fill(part, async () => show(await get(`/api/products/${part.dataset.number}`))));

function show(product) {
  document.title = product.name;
  return el(
    "article",
    { class: "product" },
    picture(product),
    el(
      "div",
      {},
      el("h1", {}, product.name),
      el("p", { class: "muted" }, product.category),
      el("p", {}, product.description),
      el("p", { class: "price", "data-testid": "price" }, money(product.price_cents)),
      el("p", { class: "muted", "data-testid": "stock" }, stock(product)),
      buyer(product),
    ),
  );
}

function stock(product) {
  if (!product.stock) return "Sold out";
  return product.stock < 5 ? `Only ${product.stock} left` : `${product.stock} in stock`;
}

function buyer(product) {
  const role = currentUser()?.role;
  if (!role) return link(`/login?next=/products/${product.id}`, "Log in to buy");
  if (role !== "shopper" || !product.stock) return null;
  const input = { id: "quantity", name: "quantity", type: "number", value: 1, min: 1, max: 99, required: true };
  const form = el(
    "form",
    { class: "inline" },
    el("label", { for: "quantity" }, "Quantity"),
    el("input", input),
    el("button", { type: "submit" }, "Add to basket"),
  );
  onSubmit(form, "Adding…", ({ quantity }) => add(product, Number(quantity)));
  return form;
}

async function add(product, quantity) {
  const swallow = (error) => (defectOn("add-failure-swallowed") ? null : Promise.reject(error));
  const basket = await once("/api/basket/items", { product_id: product.id, quantity }).catch(swallow);
  if (!basket) return;
  showBasketCount(basket.count);
  say(`${product.name} added to basket.`);
}
