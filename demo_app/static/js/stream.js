import { ApiError, authorization, LONGEST_PAUSE_MS, pauseWanted, renew, sleep } from "./api.js";
import { callTimeoutMs, defectOn } from "./flags.js";
import { ENDED, session, toLogin, UNKNOWN } from "./session.js";

const RESTLESS = defectOn("stream-reconnects-at-once");
const FAILURES = RESTLESS ? 300 : 4;
const ROUNDS = RESTLESS ? 300 : 30;
const STOPPED = "Live updates have stopped. The status may be out of date.";

/** Tells each status of an order as it changes; ends when no more can come, throws when it cannot go on. */
export async function follow(number, tell) {
  let failures = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { reason, pauseMs = 0 } = await listen(number, tell).catch(() => ({ reason: "lost" }));
    if (reason !== "lost" && reason !== "time") return;
    failures = reason === "lost" ? failures + 1 : 0;
    if (failures >= FAILURES || pauseMs > LONGEST_PAUSE_MS) break;
    await sleep(RESTLESS ? 20 : Math.max(pauseMs, 300 * 2 ** failures * (0.75 + Math.random() / 2)));
  }
  throw new ApiError(STOPPED);
}

// Fetch and not EventSource, which cannot send the Authorization header.
async function listen(number, tell) {
  const stop = new AbortController();
  const alarm = silence(stop);
  try {
    const token = session()?.access_token;
    const response = await fetch(`/api/orders/${number}/events`, { headers: authorization(), signal: stop.signal });
    if (response.status === 401) return await again(token);
    if (!response.ok) return failed(response);
    return { reason: await read(response.body.getReader(), tell, alarm) };
  } finally {
    alarm.off();
    stop.abort();
  }
}

function failed(response) {
  if (response.status < 500 && response.status !== 429) return { reason: "refused" };
  return { reason: "lost", pauseMs: pauseWanted(response) };
}

async function again(token) {
  if (!token) return toLogin(UNKNOWN);
  await renew(token).catch((error) => (error.status === 401 ? toLogin(ENDED) : Promise.reject(error)));
  return { reason: "lost" };
}

async function read(reader, tell, alarm) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return "lost";
    alarm.reset();
    const blocks = (text + decoder.decode(value, { stream: true })).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const { name, data } = parse(block);
      if (name === "status") tell(data.status);
      if (name === "end") return data.reason;
    }
  }
}

function parse(block) {
  const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { name: fields.event, data: fields.data ? JSON.parse(fields.data) : {} };
}

// A stream that says nothing, not even that it is still there, is a dead one.
function silence(stop) {
  let timer = setTimeout(() => stop.abort(), callTimeoutMs);
  const off = () => clearTimeout(timer);
  const reset = () => {
    off();
    timer = setTimeout(() => stop.abort(), callTimeoutMs);
  };
  return { off, reset };
}
