import { callTimeoutMs, defectOn } from "./flags.js";
import { ENDED, saveSession, session, toLogin, UNKNOWN } from "./session.js";

const HASTY = defectOn("retries-without-back-off");
const RETRIES = HASTY ? 40 : defectOn("patient-retries") ? 5 : 3;
const FIRST_PAUSE_MS = 200;
// A server that wants to be left alone for longer is not asked again: the user is told.
export const LONGEST_PAUSE_MS = 4000;
// All attempts together: a user who waits longer than this has gone.
const PATIENCE_MS = callTimeoutMs * 1.5;
const PASSING = new Set([429, 502, 503, 504]);
const BREAKER = defectOn("breaker-never-closes");
const DOWN = "shop.down";
const LOST = "The shop cannot be reached. Check your connection and try again.";
const SLOW = "The shop takes too long to answer. Please try again.";
const BROKEN = "Something went wrong on our side. Please try again.";

export class ApiError extends Error {
  constructor(message, { status = 0, code = "unreachable", field = "", pauseMs = 0 } = {}) {
    super(message);
    Object.assign(this, { status, code, field, pauseMs });
  }

  // May it work if the very same call is made again?
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Calls the API and returns the JSON of its answer, or throws an ApiError with a message for the user. */
export async function call(method, path, { repeat = method !== "POST", ...rest } = {}) {
  if (BREAKER && localStorage.getItem(DOWN)) throw new ApiError(LOST);
  const request = { method, path, ...rest };
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await signedIn(request, deadline);
    } catch (error) {
      const pause = pauseBefore(attempt, error);
      const late = pause > LONGEST_PAUSE_MS || performance.now() + pause > deadline;
      if (!(repeat || rest.key) || attempt >= RETRIES || late || !worthRepeating(error)) {
        if (BREAKER && error.passing) localStorage.setItem(DOWN, "yes");
        throw error;
      }
      await sleep(pause);
    }
  }
}

export const get = (path) => call("GET", path);

const keys = new Map();

/** A POST that is done once, however often it is sent: the key is kept until the outcome is known. */
export async function once(path, body) {
  const what = path + JSON.stringify(body ?? null);
  if (!keys.has(what)) keys.set(what, newKey());
  try {
    const reply = await call("POST", path, { body, key: keys.get(what) });
    keys.delete(what);
    return reply;
  } catch (error) {
    if (!error.passing && error.status !== 401) keys.delete(what);
    throw error;
  }
}

export const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

export const authorization = () => {
  const token = session()?.access_token;
  return token ? { Authorization: `Bearer ${token}` } : {};
};

const worthRepeating = (error) => error instanceof ApiError && (error.status === 0 || PASSING.has(error.status));

function pauseBefore(attempt, error) {
  if (HASTY) return 50;
  const backOff = FIRST_PAUSE_MS * 2 ** attempt * (0.75 + Math.random() / 2);
  return Math.max(backOff, error.pauseMs ?? 0);
}

async function signedIn(request, deadline) {
  const token = session()?.access_token;
  try {
    return await send(request, deadline);
  } catch (error) {
    if (error.status !== 401 || error.code === "bad_credentials") throw error;
    // Logged out already: the answer to an earlier try was lost.
    if (request.endsSession && error.code === "session_ended") return null;
    if (!token) return toLogin(UNKNOWN);
    return renewed(token, request, deadline);
  }
}

async function renewed(token, request, deadline) {
  try {
    await renew(token);
    return await send(request, deadline);
  } catch (error) {
    if (error.status !== 401 || request.stay) throw error;
    return toLogin(ENDED);
  }
}

let renewal = null;

/** Trades the refresh token for new tokens; calls that fail together share one trade. */
export async function renew(usedToken) {
  const now = session();
  if (!now) throw new ApiError(ENDED, { status: 401 });
  // Another tab, or another call, has been faster.
  if (now.access_token !== usedToken) return;
  renewal ??= trade(now.refresh_token).finally(() => {
    renewal = null;
  });
  await renewal;
}

async function trade(refresh_token) {
  const request = { method: "POST", path: "/api/session/refresh", body: { refresh_token } };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return saveSession(await send(request, performance.now() + callTimeoutMs));
    } catch (error) {
      const pause = pauseBefore(attempt, error);
      if (attempt >= RETRIES || pause > LONGEST_PAUSE_MS || !worthRepeating(error)) throw error;
      await sleep(pause);
    }
  }
}

async function send({ method, path, body, key, as }, deadline) {
  const stop = new AbortController();
  const time = Math.max(Math.min(callTimeoutMs, deadline - performance.now()), 500);
  const timer = defectOn("calls-without-time-out") ? null : setTimeout(() => stop.abort(), time);
  const ownKey = path === "/api/basket/items" && defectOn("basket-add-key-renewed") ? newKey() : key;
  try {
    const response = await fetch(path, { ...options(method, body, ownKey), signal: stop.signal });
    return await read(response, as);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(stop.signal.aborted ? SLOW : LOST, { code: stop.signal.aborted ? "timeout" : "unreachable" });
  } finally {
    clearTimeout(timer);
  }
}

function options(method, body, key) {
  const headers = { Accept: "application/json", ...authorization() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  return { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" };
}

async function read(response, as) {
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return null;
  // An answer that is not what was asked for counts as lost: it may be cut, or from a box in between.
  return as === "blob" ? response.blob() : response.json();
}

async function refusal(response) {
  const { error = {} } = await response.json().catch(() => ({}));
  const message = (response.status < 500 && error.message) || BROKEN;
  const { code = "", field = "" } = error;
  return new ApiError(message, { status: response.status, code, field, pauseMs: pauseWanted(response) });
}

/** How long the server wants to be left alone, in milliseconds. */
export function pauseWanted(response) {
  if (defectOn("retry-after-ignored")) return 0;
  return 1000 * (Number(response.headers.get("Retry-After")) || 0);
}
