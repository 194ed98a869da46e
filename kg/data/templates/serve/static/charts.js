"use strict";
// Draws the Vega-Lite specifications of a page. Expressions are interpreted, not compiled: the policy of the page
// forbids eval. Nothing is loaded: data stand in the page, and the only addresses are paths of this server.
(() => {
  const refuse = () => Promise.reject(new Error("charts load nothing"));
  const loader = {
    load: refuse, http: refuse, file: refuse,
    sanitize: (address) => (/^\/(?![/\\])/.test(address) ? Promise.resolve({ href: address }) : refuse()),
  };
  const colour = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const dark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const palette = ["#0072b2 #4ba8e0", "#b35900 #f0ad3c", "#00805f #2fc09b", "#b5548a #e08fbd", "#7a68b8 #ada0e6", "#c8481c #f07a4e", "#6b4c2a #c9a57c", "#5b626d #a5abb5"];

  function config() {
    const ink = colour("ink"), soft = colour("soft"), line = colour("line");
    const font = getComputedStyle(document.body).fontFamily;
    const shade = (pair) => pair.split(" ")[dark() ? 1 : 0];
    return {
      background: "transparent", font, view: { stroke: null }, autosize: { type: "fit-x", contains: "padding" },
      axis: { labelColor: ink, titleColor: soft, titleFontWeight: "normal", gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12.5, titleFontSize: 12.5 },
      axisX: { labelColor: soft }, legend: { labelColor: ink, labelFontSize: 12.5 },
      text: { color: ink, fontSize: 12.5 }, bar: { color: shade(palette[1]), height: { band: 0.66 } }, range: { category: palette.map(shade) },
    };
  }

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  function hint(_, event, __, value) {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const list = document.createElement("dl");
    for (const [name, text] of Object.entries(value)) {
      if (text === "" || text === null) continue;
      list.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: String(text) }));
    }
    tip.replaceChildren(list);
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8))}px`;
    tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - box.height - 8))}px`;
  }

  // A colour that the specification gives as a pair [light, dark] becomes one of the two.
  const fit = (part) => {
    if (Array.isArray(part)) return part.length === 2 && part.every((x) => /^#/.test(x)) ? part[dark() ? 1 : 0] : part.map(fit);
    if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([k, v]) => [k, k === "data" ? v : fit(v)]));
    return part;
  };

  // Names get at most two fifths of a chart, so that bars are left on a narrow screen.
  const narrow = (spec, width) => {
    const axis = spec.encoding && spec.encoding.y && spec.encoding.y.axis;
    if (axis && axis.labelLimit) axis.labelLimit = Math.min(axis.labelLimit, width * 0.4);
    return spec;
  };

  // What Vega-Lite has to say about sizes is of no use to a reader; errors are thrown, not logged.
  const quiet = { level() { return this; }, error() { return this; }, warn() { return this; }, info() { return this; }, debug() { return this; } };

  const views = new Map();
  async function draw(place) {
    const before = views.get(place);
    if (before) before.finalize();
    const spec = narrow(fit(JSON.parse(document.getElementById(place.dataset.spec).textContent)), place.clientWidth);
    spec.width = place.clientWidth;
    const view = new vega.View(vega.parse(vegaLite.compile(spec, { config: config(), logger: quiet }).spec, null, { ast: true }), {
      expr: vegaInterpreter.expressionInterpreter, renderer: "svg", container: place, hover: true, loader, tooltip: hint, logLevel: vega.Error,
    });
    view.description(place.closest("figure").querySelector("h2, h3").textContent);
    views.set(place, view);
    await view.runAsync();
    place.dataset.drawn = "1";
  }
  const drawAll = () => Promise.all([...document.querySelectorAll(".drawing")].map(draw));

  addEventListener("DOMContentLoaded", () => {
    document.body.append(tip);
    drawAll();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    let width = innerWidth, timer = 0;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(timer);
      timer = setTimeout(drawAll, 150);
    });
  });
})();
