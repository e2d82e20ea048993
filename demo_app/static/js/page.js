import { call } from "./api.js";
import { defectOn } from "./flags.js";
import {
  currentUser, dropSession, ENDED, forgetSession, messageFromLastPage, saveUser, session, tellNextPage, toLogin, UNKNOWN,
} from "./session.js";
import { act, byId, el, hush, link, say, warn } from "./ui.js";

const LINKS = [
  ["/", "Products", "anonymous shopper support manager admin"],
  ["/basket", "Basket", "shopper"],
  ["/orders", "Your orders", "shopper"],
  ["/support", "All orders", "support admin"],
  ["/manage/products", "Manage products", "manager admin"],
  ["/manage/sales", "Sales report", "manager admin"],
  ["/admin/users", "Users", "admin"],
  ["/admin/audit", "Audit trail", defectOn("audit-link-for-manager") ? "manager admin" : "admin"],
  ["/admin/settings", "Settings", "admin"],
  ["/dashboard", "Dashboard", "shopper support manager admin"],
];

/** Starts a page: navigation, who may see it, then `show`. */
export async function start(show) {
  // Let the page's module be read to its end first: `show` may use what stands below the call.
  await null;
  showNavigation();
  say(messageFromLastPage() ?? "");
  try {
    await (needsRole() ? startGuarded(show) : startOpen(show));
  } catch (error) {
    refuseOr(error, () => {
      hush();
      start(show);
    });
  }
}

export function showNavigation() {
  const user = currentUser();
  const role = user?.role ?? "anonymous";
  exchange(byId("links"), LINKS.filter(([, , roles]) => anyRole || roles.split(" ").includes(role)).map(item));
  exchange(byId("account"), user ? accountOf(user) : [item(["/login", "Log in"]), item(["/signup", "Sign up"])]);
}

// What is the same stays: a link that is exchanged between press and release of the mouse button loses the click.
function exchange(list, items) {
  const old = [...list.children];
  if (old.length !== items.length) return list.replaceChildren(...items);
  items.forEach((item, index) => item.isEqualNode(old[index]) || old[index].replaceWith(item));
}

export const showBasketCount = (count) => {
  const user = currentUser();
  if (!user) return;
  saveUser({ ...user, basket_items: count });
  showNavigation();
};

let anyRole = false;

/** Reads who is signed in and what they may do now; a role can change at any moment. */
export async function refreshUser(options = {}) {
  saveUser(await call("GET", "/api/me", options).catch(unknown));
  showNavigation();
}

function unknown(error) {
  if (error.passing && defectOn("logged-out-by-a-failure")) return toLogin(ENDED);
  if (error.passing && defectOn("navigation-fails-open")) {
    anyRole = true;
    showNavigation();
  }
  throw error;
}

const needsRole = () => document.body.dataset.roles !== "";

const allowed = () => document.body.dataset.roles.split(" ").includes(currentUser()?.role);

async function startOpen(show) {
  const user = session() ? refreshUser({ stay: true }).catch(becomeVisitor) : null;
  await show();
  await user;
}

// A page for everybody stays open when the session ends.
function becomeVisitor(error) {
  if (error.status !== 401) return warn(error, () => location.reload());
  dropSession();
  showNavigation();
  say(ENDED);
}

async function startGuarded(show) {
  const main = byId("main");
  if (!session()) {
    if (!(defectOn("visitor-sees-orders-page") && location.pathname === "/orders")) {
      return toLogin(UNKNOWN);
    }
  } else if (!allowed()) {
    say("Checking what you may see…");
    await refreshUser();
    say("");
    if (!allowed()) return deny();
    return reveal(main, show);
  }
  const user = session() ? refreshUser() : null;
  // Its failure is told below; without this a quick one would count as unhandled.
  user?.catch(() => {});
  await reveal(main, show).catch((error) => orMoved(error, user));
  await user;
  if (user && !allowed()) deny();
}

// "Not there" can be a polite no to somebody whose role has changed meanwhile.
async function orMoved(error, user) {
  if (error.status === 404) await user;
  if (error.status !== 404 || allowed()) throw error;
}

function reveal(main, show) {
  main.hidden = false;
  return show();
}

function refuseOr(error, retry) {
  if (error.status === 403) deny();
  else if (error.status === 404) replacePage("Not found", error.message);
  else warn(error, retry);
}

const deny = () => replacePage("You do not have access to this page", "Your role does not allow this.");

function replacePage(title, text) {
  const box = el("div", { role: "alert" }, el("h1", {}, title), el("p", {}, text));
  const main = byId("main");
  main.replaceChildren(box, link("/", "Back to the products"));
  main.hidden = false;
  document.title = title;
}

function item([path, text]) {
  const current = location.pathname === path;
  const count = path === "/basket" ? currentUser()?.basket_items : 0;
  const badge = count ? el("span", { class: "badge", "aria-hidden": "true" }, count) : null;
  const anchor = el("a", { href: path, "aria-current": current ? "page" : undefined }, text);
  if (badge) anchor.append(" ", badge);
  return el("li", {}, anchor);
}

function accountOf(user) {
  const button = el("button", { type: "button", class: "quiet" }, "Log out");
  button.addEventListener("click", () => act(button, "Logging out…", logOut));
  const profile = el("a", { href: "/profile", title: user.email }, "Profile");
  return [el("li", { class: "who" }, `Signed in as ${user.name}`), el("li", {}, profile), el("li", {}, button)];
}

async function logOut() {
  if (!defectOn("logout-keeps-session")) {
    await call("DELETE", "/api/session", { endsSession: true });
    forgetSession();
  }
  tellNextPage("You are logged out.");
  location.assign("/login");
  return new Promise(() => {});
}
