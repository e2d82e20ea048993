import { get, once } from "../api.js";
import { showBasketCount, start } from "../page.js";
import { picture } from "../picture.js";
import { currentUser } from "../session.js";
import { act, byId, el, fill, hush, link, money, say } from "../ui.js";

const form = byId("search");
const query = () => new URLSearchParams(location.search).get("q") ?? "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = form.elements.q.value.trim();
  history.pushState(null, "", text ? `/?q=${encodeURIComponent(text)}` : "/");
  hush();
  list();
});
addEventListener("popstate", () => {
  form.elements.q.value = query();
  list();
});

let latest = 0;

function list() {
  const mine = (latest += 1);
  return fill(byId("products"), async () => {
    const { products } = await get(`/api/products?q=${encodeURIComponent(query())}`);
    // A slow answer to an older search must not replace a newer one.
    return mine === latest ? show(products) : undefined;
  });
}

function show(products) {
  const noun = products.length === 1 ? "product" : "products";
  const found = products.length ? `${products.length} ${noun}` : `No products match “${query()}”.`;
  return [
    el("p", { class: "count", "aria-live": "polite" }, found),
    el("ul", { class: "cards", "aria-label": "Products" }, ...products.map((product) => el("li", {}, card(product)))),
  ];
}

function card(product) {
  const title = el("h2", { id: `product-${product.id}` }, link(`/products/${product.id}`, product.name));
  return el(
    "article",
    { class: "card", "aria-labelledby": `product-${product.id}` },
    picture(product),
    el("div", {}, title, el("p", { class: "muted" }, product.category)),
    el("p", { class: "price" }, money(product.price_cents)),
    buyer(product),
  );
}

function buyer(product) {
  if (!product.stock) return el("p", { class: "muted" }, "Sold out");
  if (currentUser()?.role !== "shopper") return null;
  const button = el("button", { type: "button" }, "Add to basket");
  button.addEventListener("click", () => act(button, "Adding…", () => add(product)));
  return button;
}

async function add(product) {
  const basket = await once("/api/basket/items", { product_id: product.id, quantity: 1 });
  showBasketCount(basket.count);
  say(`${product.name} added to basket.`);
}

start(list);
