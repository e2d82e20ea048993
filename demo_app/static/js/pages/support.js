import { get, once } from "../api.js";
import { start } from "../page.js";
import { act, byId, date, el, fill, link, money, row, say, table } from "../ui.js";

const CLOSED = ["cancelled", "refunded"];

start(() => fill(byId("orders"), async () => show((await get("/api/support/orders")).orders)));

const show = (orders) => table("All orders", ["Order", "Customer", "Date", "Status", "Total", "Refund"], orders.map(line));

function line(order) {
  return row(
    link(`/orders/${order.id}`, `Order ${order.id}`),
    order.customer_name,
    date(order.created_at),
    el("span", { class: `pill ${order.status}` }, order.status),
    money(order.total_cents),
    CLOSED.includes(order.status) ? "" : refundButton(order),
  );
}

function refundButton(order) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Refund order ${order.id}` }, "Refund");
  button.addEventListener("click", () =>
    act(button, "Refunding…", async () => {
      const refunded = await once(`/api/orders/${order.id}/refund`);
      button.closest("tr").replaceWith(line({ ...order, ...refunded }));
      say(`Order ${order.id} is refunded.`);
    }),
  );
  return button;
}
