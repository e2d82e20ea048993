import { once } from "../api.js";
import { start } from "../page.js";
import { tellNextPage } from "../session.js";
import { byId, onSubmit } from "../ui.js";

start(async () => {});

onSubmit(byId("signup"), "Signing up…", async ({ name, email, password }) => {
  await once("/api/users", { name, email, password });
  sessionStorage.setItem("shop.email", email);
  tellNextPage("Your account is ready. Please log in.");
  location.assign(`/login${location.search}`);
  return new Promise(() => {});
});
