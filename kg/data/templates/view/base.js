/* What the page holds, what its reader has chosen of it, and how things are named. */
const byId = (id) => document.getElementById(id);
async function block(id) {
  const node = byId(id);
  if (node.dataset.form !== "gzip") return JSON.parse(node.textContent);
  const bytes = Uint8Array.from(atob(node.textContent), (char) => char.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}
const data = await block("data");
/* Facts and quotes are many times as large, and not needed before a panel is opened. */
let quoted = null, factsOf = [];
const quotesReady = () => (quotesReady.begun ??= block("quotes").then((found) => {
  quoted = found;
  factsOf = data.things.map(() => []);
  quoted.facts.forEach((fact, i) => {
    for (const end of new Set([fact.subject, fact.object])) if (end !== undefined) factsOf[end].push(i);
  });
}));
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const types = Object.fromEntries(data.types.map((t) => [t.id, t]));
const predicates = Object.fromEntries(data.predicates.map((p) => [p.id, p]));
const off = { types: new Set(), predicates: new Set() };
const last = data.months.length - 1;
const state = {
  language: data.language, selected: null, hovered: null, hoveredEdge: null, panel: null,
  from: 0, to: last, size: "quotes", width: "quotes",
};
const linksOf = data.things.map(() => []);
data.links.forEach((link, i) => { linksOf[link.source].push(i); linksOf[link.target].push(i); });

/* Words and names */
const word = (key) => data.words[state.language][key] ?? key;
const uiText = (entry, prefix = "") => entry[prefix + state.language];
const fallbacks = { "zh-Hant": ["zh-Hant", "zh-Hans", "en"], "zh-Hans": ["zh-Hans", "zh-Hant", "en"], en: ["en", "zh-Hant", "zh-Hans"] };
function nameOf(index) {
  const thing = data.things[index];
  const names = Object.fromEntries(thing.names);
  for (const tag of [...fallbacks[state.language], ""]) if (names[tag]) return names[tag];
  return thing.aliases[0] ?? thing.id.split("/").pop();
}
const noise = /[\s\p{P}\p{S}]+/gu;
function foldKey(text) {
  const plain = text.normalize("NFKC").toLowerCase();
  return Array.from(plain, (char) => data.fold[char] ?? char).join("").replace(noise, "");
}
const allKeys = () => (allKeys.found ??= data.things.map((thing) => [...new Set([...thing.names.map((name) => name[1]), ...thing.aliases].map(foldKey))].filter(Boolean)));

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}
function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
const tone = (entry) => (dark.matches ? entry.dark : entry.light);
const outlines = {
  dot: "M8 2a6 6 0 1 0 .01 0Z", square: "M2.5 2.5h11v11h-11Z", triangle: "M8 1.8 15 14H1Z", diamond: "M8 1l6 7-6 7-6-7Z",
  hexagon: "M4.6 2h6.8L15 8l-3.6 6H4.6L1 8Z", star: "M8 .8l2.1 4.7 5.1.5-3.9 3.4 1.2 5L8 11.8l-4.5 2.6 1.2-5L.8 6l5.1-.5Z",
};
const typeMark = (type) => svg("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" },
  svg("path", { d: outlines[types[type].shape], fill: tone(types[type]) }));
const lineMark = (p) => svg("svg", { class: "line", viewBox: "0 0 24 10", "aria-hidden": "true" },
  svg("path", { d: "M0 5H24", stroke: tone(p), "stroke-width": 2.5, "stroke-dasharray": p.dash.join(" ") }));

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const motion = () => !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const number = (n) => n.toLocaleString("en");

/* What is shown: by type, by predicate, and by the months in which documents speak of it. */
const nodeOn = new Uint8Array(data.things.length), edgeOn = new Uint8Array(data.links.length);
const nodeShown = (i) => nodeOn[i] === 1;
const edgeShown = (i) => edgeOn[i] === 1;
const wholeTime = () => state.from === 0 && state.to === last;
const inTime = (months) => wholeTime() || months.some((m) => m >= state.from && m <= state.to);
function refilter() {
  const typeOn = (i) => !off.types.has(data.things[i].type);
  data.things.forEach((thing, i) => { nodeOn[i] = typeOn(i) && inTime(thing.months) ? 1 : 0; });
  data.links.forEach((link, i) => {
    edgeOn[i] = typeOn(link.source) && typeOn(link.target) && inTime(link.months) && !off.predicates.has(link.predicate) ? 1 : 0;
    /* Both ends of a link are seen, even if no quote of that time names them. */
    if (edgeOn[i]) nodeOn[link.source] = nodeOn[link.target] = 1;
  });
}
function neighbours(index) {
  return new Set(linksOf[index].filter(edgeShown).map((i) => data.links[i].source === index ? data.links[i].target : data.links[i].source));
}
let near = null;
const lit = (i) => near === null || i === state.selected || near.has(i);
const litEdge = (i) => state.selected === null || data.links[i].source === state.selected || data.links[i].target === state.selected;

/* What size and width mean: shares between 0 and 1, whose squares follow the number, so that areas do. */
const most = (values) => values.reduce((a, b) => (b > a ? b : a), 0);
const measures = {
  size: {
    quotes: { top: 40, of: (i) => data.things[i].weight },
    links: { top: Math.max(1, most(linksOf.map((links) => links.length))), of: (i) => linksOf[i].length },
    amount: { top: most(data.things.map((thing) => thing.amount ?? 0)), of: (i) => data.things[i].amount ?? 0 },
  },
  width: {
    quotes: { top: 20, of: (i) => data.links[i].weight - 1 },
    amount: { top: most(data.links.map((link) => link.amount ?? 0)), of: (i) => data.links[i].amount ?? 0 },
  },
};
for (const kind of Object.values(measures)) if (kind.amount.top === 0) delete kind.amount;
const shareOf = (measure, value) => Math.sqrt(Math.min(value, measure.top) / measure.top);
const share = (kind, i) => shareOf(measures[kind][state[kind]], measures[kind][state[kind]].of(i));
const order = data.things.map((_, i) => i).sort((a, b) => linksOf[b].length + data.things[b].weight - linksOf[a].length - data.things[a].weight || a - b);
