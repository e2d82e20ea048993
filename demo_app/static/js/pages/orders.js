import { get } from "../api.js";
import { defectOn } from "../flags.js";
import { start } from "../page.js";
import { currentUser } from "../session.js";
import { byId, date, el, fill, link, money, row, table } from "../ui.js";

start(() => fill(byId("orders"), async () => show(currentUser() ? (await own()).orders : [])));

const own = () => get("/api/orders").catch((error) => (defectOn("orders-failure-looks-empty") ? { orders: [] } : Promise.reject(error)));

function show(orders) {
  if (!orders.length) return el("p", {}, "You have no orders yet.");
  return table("Your orders", ["Order", "Date", "Articles", "Status", "Total"], orders.map(line));
}

function line(order) {
  const articles = order.items.reduce((sum, item) => sum + item.quantity, 0);
  return row(
    link(`/orders/${order.id}`, `Order ${order.id}`),
    date(order.created_at),
    articles,
    el("span", { class: `pill ${order.status}` }, order.status),
    money(order.total_cents),
  );
}
