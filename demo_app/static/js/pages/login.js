import { call } from "../api.js";
import { defectOn } from "../flags.js";
import { start } from "../page.js";
import { pathAfterLogin, saveSession, tellNextPage } from "../session.js";
import { byId, onSubmit } from "../ui.js";

const form = byId("login");

start(async () => {
  // Whoever was quicker than this script has typed already.
  form.elements.email.value ||= sessionStorage.getItem("shop.email") ?? "";
});

onSubmit(form, "Logging in…", async ({ email, password }) => {
  // Logging in twice does no harm, so it may be repeated like a read.
  const reply = await call("POST", "/api/session", { body: { email, password }, repeat: true });
  saveSession(reply);
  sessionStorage.removeItem("shop.email");
  tellNextPage(`Welcome, ${reply.user.name}.`);
  location.assign(defectOn("login-forgets-page") ? "/" : pathAfterLogin(reply.user));
  return new Promise(() => {});
});
