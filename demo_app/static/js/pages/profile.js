import { call, get } from "../api.js";
import { refreshUser, start } from "../page.js";
import { byId, fill, fillForm, onSubmit, say } from "../ui.js";

const profile = byId("profile");
const password = byId("password");

start(() => fill(profile, async () => fillForm(profile, await get("/api/me"))));

onSubmit(profile, "Saving…", async ({ name, address }) => {
  fillForm(profile, await call("PATCH", "/api/me", { body: { name, address } }));
  await refreshUser();
  say("Your profile is saved.");
});

onSubmit(password, "Saving…", async ({ old_password, new_password }) => {
  await call("PUT", "/api/me/password", { body: { old_password, new_password } });
  password.reset();
  say("Your password is changed.");
});
