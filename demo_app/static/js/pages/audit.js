import { get } from "../api.js";
import { start } from "../page.js";
import { byId, date, el, fill, row, table } from "../ui.js";

start(() => fill(byId("audit"), async () => show((await get("/api/admin/audit")).entries)));

function show(entries) {
  if (!entries.length) return el("p", {}, "Nothing has been recorded yet.");
  return table("Audit trail", ["Entry", "Time", "Who", "What", "Subject", "Detail"], entries.map(line));
}

const line = ({ id, at, actor_email, action, subject, detail }) => row(id, date(at), actor_email, action, subject, detail);
