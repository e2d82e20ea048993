import { call, get } from "../api.js";
import { start } from "../page.js";
import { act, byId, el, fill, money, row, say, table } from "../ui.js";

start(() => fill(byId("sales"), async () => show(await get("/api/reports/sales"))));

const show = (report) =>
  table(
    "Sales by product",
    ["Product", "Units", "Revenue"],
    report.rows.map((line) => row(line.name, line.units, money(line.revenue_cents))),
    row("All products", report.units, money(report.revenue_cents)),
  );

const button = byId("download");
button.addEventListener("click", () =>
  act(button, "Downloading…", async () => {
    const address = URL.createObjectURL(await call("GET", "/api/reports/sales.csv", { as: "blob" }));
    el("a", { href: address, download: "sales.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    say("sales.csv is downloaded.");
  }),
);
