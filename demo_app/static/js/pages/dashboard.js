import { get } from "../api.js";
import { defectOn } from "../flags.js";
import { start } from "../page.js";
import { byId, el, fill, money, terms } from "../ui.js";

start(() => fill(byId("dashboard"), async () => show(await figures())));

const figures = () => get("/api/dashboard").catch((error) => (defectOn("dashboard-spins-for-ever") ? new Promise(() => {}) : Promise.reject(error)));

const show = ({ role, figures }) => [
  el("p", { class: "muted" }, `Figures for the role ${role}`),
  terms("figures", figures.map(({ label, value, unit }) => [label, unit === "cents" ? money(value) : value, "figure"])),
];
