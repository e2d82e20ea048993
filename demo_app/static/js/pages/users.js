import { call, get } from "../api.js";
import { start } from "../page.js";
import { currentUser } from "../session.js";
import { byId, el, fill, onSubmit, row, say, table } from "../ui.js";

const ROLES = ["shopper", "support", "manager", "admin"];

start(() => fill(byId("users"), async () => show((await get("/api/admin/users")).users)));

const show = (users) =>
  table("Users", ["Email", "Name", "Role"], users.map((user) => row(user.email, user.name, roleOf(user))));

function roleOf(user) {
  if (user.id === currentUser()?.id) return `${user.role} (you)`;
  const options = ROLES.map((role) => el("option", { value: role, selected: role === user.role }, role));
  const form = el(
    "form",
    { class: "inline" },
    el("select", { name: "role", "aria-label": `Role of ${user.email}` }, ...options),
    el("button", { type: "submit", class: "quiet", "aria-label": `Save role of ${user.email}` }, "Save"),
  );
  onSubmit(form, "Saving…", async ({ role }) => {
    const changed = await call("PUT", `/api/admin/users/${user.id}/role`, { body: { role } });
    say(`${changed.email} is now ${changed.role}.`);
  });
  return form;
}
