import { call, get, sleep } from "../api.js";
import { defectOn } from "../flags.js";
import { refreshUser, start } from "../page.js";
import { byId, fill, fillForm, onSubmit, say } from "../ui.js";

const profile = byId("profile");
const password = byId("password");

start(() => fill(profile, async () => fillForm(profile, await get("/api/me"))));

onSubmit(profile, "Saving…", async ({ name, address }) => {
  const saved = save({ name, address });
  await (defectOn("profile-saved-too-early") ? Promise.race([saved.catch(() => {}), sleep(300)]) : saved);
  say("Your profile is saved.");
});

async function save(body) {
  fillForm(profile, await call("PATCH", "/api/me", { body }));
  await refreshUser();
}

onSubmit(password, "Saving…", async ({ old_password, new_password }) => {
  await call("PUT", "/api/me/password", { body: { old_password, new_password } });
  password.reset();
  say("Your password is changed.");
});
