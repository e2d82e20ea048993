import { call, get, once } from "../api.js";
import { start } from "../page.js";
import { act, byId, cents, el, fill, fillForm, hush, money, onSubmit, row, say, table } from "../ui.js";

const part = byId("products");
const editor = byId("editor");
const form = byId("product-form");
const submit = form.querySelector("button[type=submit]");
let edited = null;

start(list);

function list() {
  return fill(part, async () => {
    const { products } = await get("/api/products");
    return table("Products on sale", ["Product", "Category", "Price", "Stock", "Change"], products.map(line));
  });
}

const line = (product) =>
  row(product.name, product.category, money(product.price_cents), product.stock, changes(product));

function changes(product) {
  const edit = el("button", { type: "button", class: "quiet", "aria-label": `Edit ${product.name}` }, "Edit");
  edit.addEventListener("click", () => open(product));
  return el("div", { class: "inline" }, edit, deletion(product));
}

function deletion(product) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Delete ${product.name}` }, "Delete");
  button.addEventListener("click", () => button.replaceWith(surely(product)));
  return button;
}

function surely(product) {
  const button = el("button", { type: "button", class: "danger", "aria-label": `Really delete ${product.name}` }, "Really delete");
  button.addEventListener("click", () =>
    act(button, "Deleting…", async () => {
      // Gone already is gone: the answer to an earlier try may have been lost.
      await call("DELETE", `/api/products/${product.id}`).catch((error) => error.status === 404 || Promise.reject(error));
      say(`${product.name} is deleted.`);
      await list();
    }),
  );
  return button;
}

function open(product) {
  edited = product;
  hush();
  byId("editor-title").textContent = product ? `Edit ${product.name}` : "New product";
  submit.textContent = product ? "Save changes" : "Create product";
  form.reset();
  if (product) fillForm(form, { ...product, price: (product.price_cents / 100).toFixed(2) });
  editor.hidden = false;
  form.elements.name.focus();
}

byId("new-product").addEventListener("click", () => open(null));
byId("close-editor").addEventListener("click", () => (editor.hidden = true));

onSubmit(form, "Saving…", async ({ name, category, description, price, stock }) => {
  const body = { name, category, description, price_cents: cents(price), stock: Number(stock) };
  const saved = edited
    ? await call("PATCH", `/api/products/${edited.id}`, { body })
    : await once("/api/products", body);
  editor.hidden = true;
  say(edited ? `${saved.name} is saved.` : `${saved.name} is created.`);
  await list();
});
