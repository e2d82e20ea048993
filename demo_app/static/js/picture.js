// Product pictures are drawn, not loaded: nothing to wait for and nothing from another host.
const SVG = "http://www.w3.org/2000/svg";
const HUES = { Light: 42, Safety: 8, Clothing: 205, Navigation: 160, Kitchen: 275 };
const SHAPES = {
  Light: "M50 18v8M35 26h30l5 12H30zM34 38h32v34H34zM30 72h40v8H30zM50 46c8 8 6 16 0 18c-6-2-8-10 0-18z",
  Safety: "M50 18l26 9v22c0 18-12 28-26 34c-14-6-26-16-26-34V27zM50 38v24M38 50h24",
  Clothing: "M38 22l12 7l12-7l18 12l-8 14l-8-4v34H36V44l-8 4l-8-14z",
  Navigation: "M50 20a30 30 0 1 0 .1 0M50 28v6M50 66v6M28 50h6M66 50h6M60 40l-6 14l-14 6l6-14z",
  Kitchen: "M30 40h38v28a10 10 0 0 1-10 10H40a10 10 0 0 1-10-10zM68 46h6a6 6 0 0 1 0 16h-6M40 32c0-6 6-6 6-12M54 32c0-6 6-6 6-12",
};

/** A picture of a product, for the eye only: its name always stands beside it. */
export function picture(product) {
  const hue = (HUES[product.category] ?? 100) + ((product.id * 7) % 20);
  const svg = node("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "xMidYMid slice", class: "picture", "aria-hidden": "true", focusable: "false" });
  svg.append(
    node("rect", { width: 100, height: 100, fill: `hsl(${hue} 45% 92%)` }),
    node("circle", { cx: 78, cy: 22 + ((product.id * 13) % 50), r: 26, fill: `hsl(${hue} 55% 86%)` }),
    node("path", { d: SHAPES[product.category] ?? "M28 38l22-12l22 12v26L50 76L28 64zM28 38l22 12l22-12M50 50v26", ...stroke(hue) }),
  );
  return svg;
}

const stroke = (hue) => ({
  fill: "none", stroke: `hsl(${hue} 45% 32%)`, "stroke-width": 3, "stroke-linejoin": "round", "stroke-linecap": "round",
});

function node(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
