/* What can be taken away: a link to this view, and the picture. */
function fragment(look = null) {
  const found = new URLSearchParams();
  for (const kind of ["types", "predicates"]) if (off[kind].size) found.set(`no-${kind}`, [...off[kind]].sort().join(","));
  if (!wholeTime()) { found.set("from", data.months[state.from]); found.set("to", data.months[state.to]); }
  for (const kind of ["size", "width"]) if (state[kind] !== "quotes") found.set(kind, state[kind]);
  if (state.language !== data.language) found.set("language", state.language);
  if (look) found.set("at", [look.x, look.y, look.span].map((n) => Math.round(n)).join(","));
  if (state.selected !== null) found.set("node", data.things[state.selected].id);
  const text = found.toString();
  return text && `#${text}`;
}
function remember() {
  /* A frame in a notebook (about:srcdoc) has no address of its own to change. */
  if (location.protocol === "about:" || !remember.on) return;
  const hash = fragment();
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname + location.search);
}
function fromHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const one = (key, known, otherwise) => (known.includes(asked.get(key)) ? asked.get(key) : otherwise);
  remember.on = false;
  for (const [kind, all] of [["types", types], ["predicates", predicates]]) {
    off[kind] = new Set((asked.get(`no-${kind}`) ?? "").split(",").filter((id) => Object.hasOwn(all, id)));
  }
  setTime(data.months.indexOf(one("from", data.months, data.months[0])), data.months.indexOf(one("to", data.months, data.months[last])));
  for (const kind of ["size", "width"]) state[kind] = one(kind, Object.keys(measures[kind]), "quotes");
  refilter();
  const wanted = data.things.findIndex((thing) => thing.id === asked.get("node"));
  const at = (asked.get("at") ?? "").split(",").map(Number);
  const looked = at.length === 3 && at.every(Number.isFinite) && at[2] > 0;
  speak(one("language", Object.keys(data.words), data.language));
  if (looked) drawing.lookAt({ x: at[0], y: at[1], span: at[2] });
  if (wanted >= 0 || state.selected !== null) select(wanted >= 0 ? wanted : null, { bring: !looked });
  remember.on = true;
}
const address = () => location.href.split("#")[0] + fragment(drawing.look());
async function copyLink() {
  let done = false;
  try { await navigator.clipboard.writeText(address()); done = true; } catch { /* Not allowed here: the link is shown instead. */ }
  tell(word(done ? "copied" : "copy_this"), done ? null : address());
}
let telling = 0;
function tell(text, link = null) {
  const box = byId("notice");
  clearTimeout(telling);
  box.replaceChildren(el("p", {}, text));
  if (link !== null) {
    const field = el("input", { readonly: "", "aria-label": word("copy_link") });
    field.value = link;
    box.append(field);
    field.select();
  }
  box.hidden = false;
  telling = setTimeout(() => { box.hidden = true; }, link === null ? 2500 : 20000);
}

/* The picture as SVG, drawn anew from what the window shows: names become text nodes, here too. */
const SIZE_OF_FOOT = 64;
const clean = (text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
function textAt(x, y, text, attributes = {}) {
  return svg("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, document.createTextNode(clean(text)));
}
function picture() {
  const scene = drawing.scene(), { width, height } = scene.box, paper = css("--paper"), ink = css("--ink"), soft = css("--soft");
  const total = height + SIZE_OF_FOOT;
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: total, viewBox: `0 0 ${width} ${total}`, "font-family": css("--sans") });
  root.append(svg("title", {}, document.createTextNode(clean(data.title))), svg("rect", { width, height: total, fill: paper }));
  const clip = svg("clipPath", { id: "stage" }, svg("rect", { width, height }));
  const stage = svg("g", { "clip-path": "url(#stage)" });
  root.append(svg("defs", {}, clip), stage);
  const inside = (x, y, slack) => x > -slack && y > -slack && x < width + slack && y < height + slack;
  const lines = svg("g", { fill: "none" });
  data.links.forEach((link, i) => {
    if (!edgeShown(i)) return;
    const a = scene.screen(link.source), b = scene.screen(link.target), bend = scene.bend(i);
    if (Math.max(a.x, b.x) < 0 || Math.max(a.y, b.y) < 0 || Math.min(a.x, b.x) > width || Math.min(a.y, b.y) > height) return;
    const path = bend.x || bend.y
      ? `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${((a.x + b.x) / 2 + 2 * bend.x).toFixed(1)} ${((a.y + b.y) / 2 + 2 * bend.y).toFixed(1)} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`
      : `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
    const dash = predicates[link.predicate].dash;
    lines.append(svg("path", {
      d: path, stroke: tone(predicates[link.predicate]), "stroke-width": Math.max(0.3, scene.width(i)).toFixed(2),
      "stroke-opacity": (scene.alpha ? scene.alpha(i) : litEdge(i) ? 0.75 : 0.08).toFixed(2), ...(dash.length && data.links.length < 5000 ? { "stroke-dasharray": dash.join(" ") } : {}),
    }));
  });
  const marks = svg("g", { stroke: paper });
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k], type = types[data.things[i].type];
    if (!nodeShown(i)) continue;
    const { x, y } = scene.screen(i), r = scene.radius(i);
    if (!inside(x, y, r)) continue;
    marks.append(svg("path", { d: outlines[type.shape], fill: tone(type), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${(r / 6.4).toFixed(3)}) translate(-8 -8)`, "stroke-width": r > 4 ? 0.8 : 0, opacity: lit(i) ? 1 : 0.16 }));
  }
  const names = svg("g", { "text-anchor": "middle", "dominant-baseline": "central", "paint-order": "stroke", stroke: paper, "stroke-width": 4, "stroke-linejoin": "round" });
  for (const n of placed) names.append(textAt(n.x, n.y, n.text, { fill: n.fill, "font-size": n.size, "font-weight": n.weight }));
  stage.append(lines, marks, names);
  root.append(foot(width, height, { ink, soft }));
  return root;
}
function foot(width, top, { ink, soft }) {
  const group = svg("g", { "font-size": 12 });
  const measured = document.createElement("canvas").getContext("2d");
  measured.font = `12px ${css("--sans")}`;
  const period = last > 0 ? `${data.months[state.from]} – ${data.months[state.to]}` : "";
  group.append(textAt(16, top + 18, [data.title, period].filter(Boolean).join(" · "), { fill: ink, "font-weight": 700, "font-size": 13 }));
  group.append(textAt(16, top + 37, ["size", "width"].map((kind) => `${word(`${kind}_means`)}: ${word(`by_${kind}_${state[kind]}`)} (${samples(kind).map((s) => s.text).join(" · ")})`).join("   "), { fill: soft }));
  let x = 16;
  const put = (mark, text) => {
    const wide = measured.measureText(text).width;
    if (x + wide + 40 > width) return;
    mark.setAttribute("transform", `translate(${x} ${top + 46}) scale(0.75)`);
    group.append(mark, textAt(x + 20, top + 56, text, { fill: soft }));
    x += wide + 38;
  };
  for (const t of data.types) if (!off.types.has(t.id)) put(svg("path", { d: outlines[t.shape], fill: tone(t) }), uiText(t));
  for (const p of data.predicates) if (!off.predicates.has(p.id)) put(svg("path", { d: "M0 8H22", stroke: tone(p), "stroke-width": 3, "stroke-dasharray": p.dash.join(" ") }), uiText(p));
  return group;
}
const written = () => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture())}\n`;
function hand(blob, ending) {
  const name = (clean(data.title).replace(/[\\/:*?"<>|\s]+/gu, "-").replace(/^[-.]+|[-.]+$/gu, "") || "graph").slice(0, 60);
  const link = el("a", { download: `${name}.${ending}`, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
function saveSvg() { hand(new Blob([written()], { type: "image/svg+xml" }), "svg"); }
async function png() {
  const scene = drawing.scene().box, scale = Math.min(3, Math.max(2, window.devicePixelRatio || 1), 8000 / Math.max(scene.width, scene.height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written())}`;
  await image.decode();
  const canvas = el("canvas", { width: Math.round(scene.width * scale), height: Math.round((scene.height + SIZE_OF_FOOT) * scale) });
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
async function savePng() { hand(await png(), "png"); }
