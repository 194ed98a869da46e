/* Labels are drawn here, at one size on screen, the weightier first, and never over a node or another label. */
const wrapped = new Map();
const EM = 13, LINE = 7.5 * EM;
function wrap(context, text, key) {
  const memo = `${state.language} ${key}`;
  if (!wrapped.has(memo)) {
    const pieces = text.match(/[\u2e80-\uffff\u{20000}-\u{3ffff}]|[^\s\u2e80-\uffff\u{20000}-\u{3ffff}]+\s*|\s+/gu) ?? [];
    const measure = (part) => context.measureText(part).width;
    const total = measure(text);
    /* Two even lines read better than a full and a short one. */
    const goal = total <= LINE ? LINE : Math.min(LINE, total / 2 + 0.6 * EM);
    const lines = [""];
    for (const piece of pieces) {
      const last = lines.length - 1;
      const closing = /^[」』）)》〉、，。：；]/.test(piece);
      if (!lines[last] || closing || measure((lines[last] + piece).trimEnd()) <= goal) lines[last] += piece;
      else if (last < 1) lines.push(piece);
      else { lines[last] = cut(lines[last] + piece, measure) ; break; }
    }
    const tidy = lines.map((line) => measure(line) > LINE * 1.25 ? cut(line, measure) : line.trim());
    wrapped.set(memo, { lines: tidy, width: Math.max(...tidy.map(measure)) });
  }
  return wrapped.get(memo);
}
function cut(line, measure) {
  const chars = Array.from(line.replace(/…$/, ""));
  while (chars.length > 1 && measure(chars.join("") + "…") > LINE) chars.pop();
  return chars.join("").trimEnd() + "…";
}
function grid() {
  const cells = new Map(), SIZE = 80;
  const each = (box, visit) => {
    for (let x = Math.floor(box[0] / SIZE); x <= Math.floor(box[2] / SIZE); x++)
      for (let y = Math.floor(box[1] / SIZE); y <= Math.floor(box[3] / SIZE); y++) if (visit(`${x},${y}`)) return true;
    return false;
  };
  return {
    add: (box) => { each(box, (key) => { if (!cells.has(key)) cells.set(key, []); cells.get(key).push(box); return false; }); },
    hits: (box) => each(box, (key) => (cells.get(key) ?? []).some((o) => o[4] !== box[4] && o[0] < box[2] && box[0] < o[2] && o[1] < box[3] && box[1] < o[3])),
  };
}
/* The names as they stand in the picture now: the exported picture has the same. */
let placed = [];
/* A scene tells where things are in the window: box, screen(i), radius(i), bend(link). */
function drawLabels(context, scene) {
  const { box } = scene;
  placed = [];
  const ratio = window.devicePixelRatio || 1;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const family = css("--sans"), ink = css("--ink"), paper = css("--paper");
  const taken = grid();
  const { shown, more } = inView(scene);
  /* A crowd shows the names of its largest only; these may cover a small node, never a large one or another name. */
  const crowd = shown.length > 90;
  const large = new Set(crowd ? shown.slice(0, 28).map((n) => n.i) : shown.map((n) => n.i));
  for (const n of shown) if (near === null ? large.has(n.i) : lit(n.i)) taken.add([n.x - n.r, n.y - n.r, n.x + n.r, n.y + n.r, n.i]);
  const rank = (n) => (n.i === state.selected ? 0 : n.i === state.hovered ? 1 : near?.has(n.i) ? 2 : 3);
  const queue = near === null && state.hovered === null ? shown : [...shown].sort((a, b) => rank(a) - rank(b));
  let filled = false;
  for (const n of queue) {
    const level = rank(n);
    if (level === 3 && (near !== null || ((more || shown.length > 250) && !large.has(n.i)))) continue;
    if (crowd && near === null && !filled && !large.has(n.i)) {
      /* The names of small nodes come last, and only where nothing at all is covered. */
      for (const o of shown) if (!large.has(o.i)) taken.add([o.x - o.r, o.y - o.r, o.x + o.r, o.y + o.r, o.i]);
      filled = true;
    }
    context.font = `${level < 2 ? 700 : 500} ${EM}px ${family}`;
    const label = wrap(context, nameOf(n.i), `${n.i} ${level < 2}`);
    const height = label.lines.length * 16, half = label.width / 2, side = n.r + 6 + half;
    const spots = [[0, n.r + 4 + height / 2], [0, -n.r - 4 - height / 2], [side, 0], [-side, 0]];
    let spot = spots.find(([x, y]) => !taken.hits([n.x + x - half - 3, n.y + y - height / 2, n.x + x + half + 3, n.y + y + height / 2, n.i]));
    if (!spot && level < 2) spot = spots[0];
    if (!spot) continue;
    const [x, y] = [n.x + spot[0], n.y + spot[1]];
    taken.add([x - half - 3, y - height / 2, x + half + 3, y + height / 2, -1 - n.i]);
    label.lines.forEach((line, k) => stroke(context, line, x, y + (k - (label.lines.length - 1) / 2) * 16, paper, ink, { weight: level < 2 ? 700 : 500, size: EM }));
  }
  drawLinkNames(context, taken, scene, { family, paper, ink });
  legendLater();
  window.fundgraph?.drawn?.();
  context.restore();
}
/* The weightiest nodes in the window, as many as names could ever be placed for. */
function inView({ box, screen, radius }) {
  const shown = [], seen = (i) => {
    if (!nodeShown(i)) return;
    const { x, y } = screen(i);
    if (x > -80 && y > -60 && x < box.width + 80 && y < box.height + 60) shown.push({ i, x, y, r: radius(i) });
  };
  for (const i of [state.selected, state.hovered, ...(near ? [...near].slice(0, 200) : [])]) if (i !== null) seen(i);
  const first = new Set(shown.map((n) => n.i));
  for (const i of order) {
    if (shown.length >= 600) return { shown, more: true };
    if (!first.has(i)) seen(i);
  }
  if (first.size) { const rank = new Map(order.map((i, k) => [i, k])); shown.sort((a, b) => rank.get(a.i) - rank.get(b.i)); }
  return { shown, more: false };
}
function stroke(context, text, x, y, halo, fill, { weight, size }) {
  context.strokeStyle = halo;
  context.lineWidth = 4;
  context.strokeText(text, x, y);
  context.fillStyle = fill;
  context.fillText(text, x, y);
  placed.push({ text, x, y, fill, weight, size });
}
function drawLinkNames(context, taken, scene, look) {
  const wanted = new Set(state.hoveredEdge === null ? [] : [state.hoveredEdge]);
  if (state.selected !== null) linksOf[state.selected].forEach((i) => wanted.add(i));
  context.font = `500 11.5px ${look.family}`;
  for (const i of wanted) {
    if (!edgeShown(i)) continue;
    const link = data.links[i];
    const from = scene.screen(link.source), to = scene.screen(link.target), bend = scene.bend(i);
    const text = Array.from(link.label || uiText(predicates[link.predicate])).slice(0, 16).join("");
    const half = context.measureText(text).width / 2 + 3;
    const spots = [0.5, 0.4, 0.6, 0.3, 0.7].map((t) => {
      const sag = 4 * t * (1 - t);
      const x = from.x + (to.x - from.x) * t + bend.x * sag, y = from.y + (to.y - from.y) * t + bend.y * sag;
      return { x, y, area: [x - half, y - 8, x + half, y + 8, -1e6 - i] };
    });
    const spot = spots.find((s) => !taken.hits(s.area)) ?? (i === state.hoveredEdge ? spots[0] : null);
    if (!spot) continue;
    const { x, y } = spot;
    taken.add(spot.area);
    stroke(context, text, x, y, look.paper, i === state.hoveredEdge ? look.ink : tone(predicates[link.predicate]), { weight: 500, size: 11.5 });
  }
}
