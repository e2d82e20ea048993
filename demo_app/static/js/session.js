// Who is signed in, in this browser: kept in localStorage so that every tab agrees.
import { defectOn } from "./flags.js";

const KEY = "shop.session";

export function session() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export const ENDED = "Your session has ended. Please log in again.";
export const UNKNOWN = "Please log in to see this page.";

export const currentUser = () => session()?.user ?? null;

export function saveSession(reply) {
  const { access_token, refresh_token, user } = reply;
  localStorage.setItem(KEY, JSON.stringify({ access_token, refresh_token, user }));
}

export function saveUser(user) {
  const old = session();
  if (old) saveSession({ ...old, user });
}

export function forgetSession() {
  dropSession();
  sessionStorage.clear();
}

// A message for the next page, told once.
export const tellNextPage = (message) => sessionStorage.setItem("shop.message", message);

export function messageFromLastPage() {
  const message = sessionStorage.getItem("shop.message");
  sessionStorage.removeItem("shop.message");
  return message;
}

// Unlike logging out, this keeps what was begun: the draft and the key of an order outlive the session.
export const dropSession = () => localStorage.removeItem(KEY);

export function toLogin(message) {
  dropSession();
  if (defectOn("draft-lost-with-session")) sessionStorage.clear();
  tellNextPage(message);
  const here = location.pathname + location.search;
  location.replace(`/login?next=${encodeURIComponent(here)}`);
  // The page is being left: whoever waits for an answer needs none.
  return new Promise(() => {});
}

export function pathAfterLogin(user) {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  const target = next.startsWith("/") ? new URL(next, location.origin) : null;
  // "//elsewhere" and "/\elsewhere" are addresses of other hosts.
  if (target && target.origin === location.origin) return target.pathname + target.search;
  return user.role === "shopper" ? "/" : "/dashboard";
}

const CACHED = "shop.basket";

/** Keeps a basket for a checkout that cannot wait for a newer one. */
export function rememberBasket(basket) {
  if (defectOn("checkout-shows-cached-basket")) sessionStorage.setItem(CACHED, JSON.stringify(basket));
  return basket;
}

export const rememberedBasket = () => JSON.parse(sessionStorage.getItem(CACHED));
