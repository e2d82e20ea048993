const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

const flags = new Set(meta("shop-flags").split(" ").filter(Boolean));

export const defectOn = (name) => flags.has(name);

export const callTimeoutMs = Number(meta("call-timeout-ms")) || 8000;
