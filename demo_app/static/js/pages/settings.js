import { call, get } from "../api.js";
import { start } from "../page.js";
import { byId, cents, fill, fillForm, onSubmit, say } from "../ui.js";

const form = byId("settings");
const show = (values) => fillForm(form, { ...values, free_delivery_from: (values.free_delivery_from_cents / 100).toFixed(2) });

start(() => fill(form, async () => show(await get("/api/admin/settings"))));

onSubmit(form, "Saving…", async ({ shop_name, support_email, free_delivery_from }) => {
  const body = { shop_name, support_email, free_delivery_from_cents: cents(free_delivery_from) };
  show(await call("PUT", "/api/admin/settings", { body }));
  say("The settings are saved.");
});
