// What some entries of the catalogue add to every page; the clean shop does not load it.
import { defectOn } from "./flags.js";

const logo = document.querySelector(".brand img");

if (defectOn("page-hidden-until-logo") && !(logo.complete && logo.naturalWidth)) {
  document.body.hidden = true;
  logo.addEventListener("load", () => (document.body.hidden = false));
}

if (defectOn("rotating-logo")) logo.classList.add("turning");

if (defectOn("decorative-image-fails")) {
  const garland = Object.assign(new Image(24, 24), { alt: "", src: "/static/garland.svg" });
  document.querySelector("footer").append(garland);
}

if (defectOn("poll-fails-once")) {
  let beat = 0;
  setInterval(() => fetch(`/healthz?beat=${(beat += 1)}`).catch(() => {}), 700);
}

if (defectOn("prefetch-cancelled")) {
  const stop = new AbortController();
  fetch("/api/products?q=", { signal: stop.signal }).catch(() => {});
  stop.abort();
}
