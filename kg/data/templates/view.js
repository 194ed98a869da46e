"use strict";
/* The page's behaviour. Text from documents only ever becomes text nodes or canvas strokes, never markup. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const types = Object.fromEntries(data.types.map((t) => [t.id, t]));
  const predicates = Object.fromEntries(data.predicates.map((p) => [p.id, p]));
  const off = { types: new Set(), predicates: new Set() };
  const state = { language: data.language, selected: null, hovered: null, hoveredEdge: null, panel: null };
  const linksOf = data.things.map(() => []);
  data.links.forEach((link, i) => { linksOf[link.source].push(i); linksOf[link.target].push(i); });
  const factsOf = data.things.map(() => []);
  data.facts.forEach((fact, i) => {
    for (const end of new Set([fact.subject, fact.object])) if (end !== undefined) factsOf[end].push(i);
  });

  /* Words and names ------------------------------------------------------------------------------------------ */
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
  const keys = data.things.map((thing) => thing.keys.map((key) => key.toLowerCase().replace(noise, "")));

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

  /* The graph ------------------------------------------------------------------------------------------------- */
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const nodes = new vis.DataSet(data.nodes.map((n) => ({ ...n, label: undefined, group: undefined })));
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(byId("graph"), { nodes, edges }, {
    physics: false, layout: { improvedLayout: false }, autoResize: true,
    interaction: { hover: true, dragNodes: false, keyboard: { enabled: true, bindToWindow: false }, zoomSpeed: 0.6, tooltipDelay: 1e9, selectConnectedEdges: false, hoverConnectedEdges: false },
    nodes: { borderWidth: 1.5, borderWidthSelected: 3, chosen: false },
    edges: { chosen: false, hoverWidth: 0, selectionWidth: 0, arrows: { to: { enabled: true, scaleFactor: 0.5 } }, arrowStrikethrough: false },
  });

  const nodeShown = (i) => !off.types.has(data.things[i].type);
  const edgeShown = (i) => {
    const link = data.links[i];
    return !off.predicates.has(link.predicate) && nodeShown(link.source) && nodeShown(link.target);
  };
  function neighbours(index) {
    return new Set(linksOf[index].filter(edgeShown).map((i) => data.links[i].source === index ? data.links[i].target : data.links[i].source));
  }
  let near = null;
  function paint() {
    near = state.selected === null ? null : neighbours(state.selected);
    const paper = css("--paper"), ink = css("--ink");
    nodes.update(data.things.map((thing, i) => {
      const fill = tone(types[thing.type]);
      const chosen = i === state.selected;
      const lit = near === null || chosen || near.has(i);
      return {
        id: i, hidden: !nodeShown(i), opacity: lit ? 1 : 0.13, borderWidth: chosen ? 4 : 1.5,
        color: { background: fill, border: chosen ? ink : paper, hover: { background: fill, border: ink }, highlight: { background: fill, border: ink } },
      };
    }));
    edges.update(data.links.map((link, i) => {
      const lit = state.selected === null || link.source === state.selected || link.target === state.selected;
      const colour = tone(predicates[link.predicate]);
      const dash = predicates[link.predicate].dash;
      return {
        id: i, hidden: !edgeShown(i), dashes: dash.length ? dash : false,
        width: data.edges[i].width * (lit && state.selected !== null ? 1.8 : 1),
        arrows: { to: { enabled: link.predicate !== "partnersWith" } },
        color: { color: colour, hover: colour, highlight: colour, opacity: !lit ? 0.07 : state.selected === null ? 0.72 : 1 },
      };
    }));
    const hidden = data.things.length > 0 && !data.things.some((_, i) => nodeShown(i));
    const empty = data.things.length === 0;
    byId("empty").hidden = !(empty || hidden);
    byId("empty").children[0].textContent = word(empty ? "empty_title" : "hidden_all");
    byId("empty").children[1].textContent = empty ? word("empty_text") : "";
    network.redraw();
  }

  /* Labels are drawn here, at one size on screen, the weightier first, and never over a node or another label. */
  const order = data.things.map((_, i) => i).sort((a, b) => linksOf[b].length + data.things[b].weight - linksOf[a].length - data.things[a].weight || a - b);
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
  function drawLabels(context) {
    const scale = network.getScale();
    const view = network.getViewPosition();
    const box = byId("graph").getBoundingClientRect();
    const places = network.getPositions();
    const screen = (i) => ({ x: (places[i].x - view.x) * scale + box.width / 2, y: (places[i].y - view.y) * scale + box.height / 2 });
    const ratio = window.devicePixelRatio || 1;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const family = css("--sans"), ink = css("--ink"), paper = css("--paper"), soft = css("--soft");
    const taken = grid();
    const shown = order.filter(nodeShown).map((i) => ({ i, ...screen(i), r: data.nodes[i].size * scale }))
      .filter((n) => n.x > -80 && n.y > -60 && n.x < box.width + 80 && n.y < box.height + 60);
    /* A crowd shows the names of its largest only; these may cover a small node, never a large one or another name. */
    const crowd = shown.length > 90;
    const large = new Set(crowd ? shown.slice(0, 28).map((n) => n.i) : shown.map((n) => n.i));
    const lit = (n) => near === null || n.i === state.selected || near.has(n.i);
    for (const n of shown) if (near === null ? large.has(n.i) : lit(n)) taken.add([n.x - n.r, n.y - n.r, n.x + n.r, n.y + n.r, n.i]);
    const rank = (n) => (n.i === state.selected ? 0 : n.i === state.hovered ? 1 : near?.has(n.i) ? 2 : 3);
    const queue = near === null && state.hovered === null ? shown : [...shown].sort((a, b) => rank(a) - rank(b));
    let filled = false;
    for (const n of queue) {
      const level = rank(n);
      if (level === 3 && (near !== null || (shown.length > 250 && !large.has(n.i)))) continue;
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
      label.lines.forEach((line, k) => stroke(context, line, x, y + (k - (label.lines.length - 1) / 2) * 16, paper, ink));
    }
    drawLinkNames(context, taken, screen, scale, view, box, { family, paper, soft, ink });
    context.restore();
  }
  function stroke(context, text, x, y, halo, fill) {
    context.strokeStyle = halo;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.fillStyle = fill;
    context.fillText(text, x, y);
  }
  function drawLinkNames(context, taken, screen, scale, view, box, look) {
    const wanted = new Set(state.hoveredEdge === null ? [] : [state.hoveredEdge]);
    if (state.selected !== null) linksOf[state.selected].forEach((i) => wanted.add(i));
    context.font = `500 11.5px ${look.family}`;
    for (const i of wanted) {
      if (!edgeShown(i)) continue;
      const link = data.links[i];
      const from = screen(link.source), to = screen(link.target);
      const text = Array.from(link.label || uiText(predicates[link.predicate])).slice(0, 16).join("");
      const middle = network.body.edges[i]?.edgeType?.getPoint?.(0.5);
      const bend = middle ? { x: (middle.x - view.x) * scale + box.width / 2 - (from.x + to.x) / 2, y: (middle.y - view.y) * scale + box.height / 2 - (from.y + to.y) / 2 } : { x: 0, y: 0 };
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
      stroke(context, text, x, y, look.paper, i === state.hoveredEdge ? look.ink : tone(predicates[link.predicate]));
    }
  }
  network.on("afterDrawing", drawLabels);

  function fit(animate = true) {
    const shown = data.things.map((_, i) => i).filter(nodeShown);
    if (!shown.length) return;
    network.fit({ nodes: shown, animation: false, maxZoomLevel: 1.25 });
    const [scale, position] = [network.getScale() * 0.95, network.getViewPosition()];
    network.moveTo({ scale: Math.min(scale, 1.25), position: { x: position.x, y: position.y + 12 / scale }, animation: animate && motion() });
  }
  const motion = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 220, easingFunction: "easeInOutQuad" });
  const zoom = (factor) => network.moveTo({ scale: Math.max(0.03, Math.min(6, network.getScale() * factor)), animation: motion() });

  /* Panel ----------------------------------------------------------------------------------------------------- */
  function thingButton(index) {
    return el("button", { type: "button", class: "thing", onclick: () => select(index, { focus: true }) }, typeMark(data.things[index].type), el("span", {}, nameOf(index)));
  }
  function source(index) {
    const entry = data.documents[index];
    if (!entry) return null;
    return [entry.title || word("untitled"), entry.date, entry.file].filter(Boolean).join(" · ");
  }
  function quote(index) {
    const e = data.evidence[index];
    return el("blockquote", {}, e.before ?? "", el("mark", {}, e.quote ?? ""), e.after ?? "",
      el("cite", { title: `${word("position")} ${e.start}` }, source(e.document) ?? ""));
  }
  function quotes(list) {
    if (!list.length) return [el("p", { class: "intro" }, word("no_evidence"))];
    const rest = list.slice(2);
    const shown = list.slice(0, 2).map(quote);
    if (rest.length) shown.push(el("details", {}, el("summary", {}, word("more").replace("#", rest.length)), ...rest.map(quote)));
    return shown;
  }
  function chips(fact) {
    const found = [
      fact.role && word(fact.role), fact.per && word(fact.per), fact.status && word(fact.status),
      fact.as_of && `${word("as_of")} ${fact.as_of}`, fact.stated_by && `${word("stated_by")} ${fact.stated_by}`,
    ].filter(Boolean);
    const how = [fact.rule && `${word("rule")} ${fact.rule}`, fact.confidence && `${word("confidence")} ${fact.confidence}`].filter(Boolean).join(" · ");
    return found.length ? el("div", { class: "chips", title: how }, ...found.map((text) => el("span", {}, text))) : null;
  }
  function factRow(fact, index) {
    const row = el("div", { class: "fact", "data-fact": fact.id });
    if (fact.kind === "Amount" || fact.kind === "Count") {
      const bound = fact.bound && word(fact.bound);
      const value = (state.language === "en" ? fact.value_en : fact.value_zh) ?? "";
      const full = fact.value_full ? ` (${fact.value_full})` : "";
      const lead = fact.kind === "Count" && fact.text ? el("p", {}, fact.text) : null;
      if (lead) row.append(lead);
      row.append(el("p", {}, el("span", { class: "value" }, [bound, value].filter(Boolean).join(" ")), el("span", { class: "full" }, full)));
      if (fact.object !== undefined && fact.object !== index) row.append(el("p", {}, el("span", { class: "full" }, `${word("funder")} `), thingButton(fact.object)));
      if (fact.subject !== index) row.append(el("p", {}, "→ ", thingButton(fact.subject)));
    } else {
      row.append(el("p", {}, thingButton(fact.subject === index ? fact.object : fact.subject)));
      if (fact.text) row.append(el("p", {}, el("strong", {}, fact.text)));
    }
    const marks = chips(fact);
    if (marks) row.append(marks);
    row.append(...quotes(fact.evidence));
    return row;
  }
  function groups(index) {
    const found = new Map();
    const put = (rank, title, fact) => {
      if (!found.has(title)) found.set(title, { rank, facts: [] });
      found.get(title).facts.push(fact);
    };
    const names = Object.keys(predicates);
    for (const i of factsOf[index]) {
      const fact = data.facts[i];
      if (fact.kind === "Amount") put(fact.subject === index ? 0 : 1, word(fact.subject === index ? "amounts" : "gives"), fact);
      else if (fact.kind === "Count") put(90, word("counts"), fact);
      else if (predicates[fact.predicate]) {
        const out = fact.subject === index;
        put(2 + 2 * names.indexOf(fact.predicate) + (out ? 0 : 1), uiText(predicates[fact.predicate], out ? "" : "in-"), fact);
      }
    }
    return [...found].sort((a, b) => a[1].rank - b[1].rank);
  }
  const heading = (title, count) => el("h3", {}, title, el("span", {}, String(count)));
  function showThing(index) {
    const thing = data.things[index];
    const body = byId("details");
    const kind = [word(`type_${thing.type}`), thing.kind && word(`kind_${thing.kind}`)].filter((text, i, all) => text && all.indexOf(text) === i);
    body.append(el("p", { class: "kicker" }, typeMark(thing.type), kind.join(" · ")), el("h2", {}, nameOf(index)));
    const names = el("dl", { class: "names" });
    for (const [tag, text] of thing.names) if (text !== nameOf(index)) names.append(el("div", {}, el("dt", {}, tag ? word(`lang_${tag}`) : ""), el("dd", { lang: tag || null }, text)));
    if (thing.aliases.length) names.append(el("div", {}, el("dt", {}, word("also")), el("dd", {}, thing.aliases.join(state.language === "en" ? "; " : "、"))));
    if (names.children.length) body.append(names);
    for (const [title, group] of groups(index)) {
      body.append(heading(title, group.facts.length), ...group.facts.map((fact) => factRow(fact, index)));
    }
    const around = [...neighbours(index)].sort((a, b) => linksOf[b].length - linksOf[a].length || a - b);
    if (around.length) body.append(heading(word("neighbours"), around.length), el("div", { class: "near" }, ...around.map(thingButton)));
    if (thing.mentions.length) body.append(heading(word("mentions"), thing.mentions.length), ...quotes(thing.mentions));
  }
  function showDocuments() {
    byId("details").append(el("h2", {}, word("documents")), el("p", { class: "intro" }, word("documents_intro")));
    for (const entry of data.documents) {
      byId("details").append(el("div", { class: "document" }, el("p", {}, entry.title || word("untitled")),
        el("small", {}, [entry.publisher, entry.date, entry.file].filter(Boolean).join(" · "))));
    }
  }
  function showMissed() {
    byId("details").append(el("h2", {}, word("missed")), el("p", { class: "intro" }, word("missed_intro")));
    for (const entry of data.missed) byId("details").append(el("div", { class: "document" }, el("small", {}, entry.reason), quote(entry.evidence)));
  }
  function openPanel(name) {
    state.panel = name;
    byId("details").replaceChildren();
    byId("panel").hidden = name === null;
    byId("open-documents").setAttribute("aria-pressed", String(name === "documents"));
    byId("open-missed").setAttribute("aria-pressed", String(name === "missed"));
    if (name === "thing") showThing(state.selected);
    if (name === "documents") showDocuments();
    if (name === "missed") showMissed();
    byId("panel").scrollTop = 0;
  }
  function bringIntoView(index) {
    const at = network.canvasToDOM(network.getPosition(index));
    const stage = byId("graph").getBoundingClientRect(), panel = byId("panel").getBoundingClientRect();
    const wide = panel.width < stage.width * 0.8;
    const right = wide ? stage.width - panel.width - 40 : stage.width, bottom = wide ? stage.height : stage.height - panel.height;
    if (at.x > 40 && at.y > 40 && at.x < right - 30 && at.y < bottom - 40) return;
    const scale = Math.max(network.getScale(), 0.5);
    network.moveTo({ scale, position: network.getPosition(index), offset: { x: (right - stage.width) / 2, y: (bottom - stage.height) / 2 }, animation: motion() });
  }
  function select(index, { focus = false } = {}) {
    if (index !== null && !(index in data.things)) return;
    state.selected = index;
    if (index !== null && off.types.delete(data.things[index].type)) fillFilters();
    openPanel(index === null ? null : "thing");
    paint();
    const hash = index === null ? "" : `#node=${encodeURIComponent(data.things[index].id)}`;
    // A frame in a notebook (about:srcdoc) has no address of its own to change.
    if (location.hash !== hash && location.protocol !== "about:") history.replaceState(null, "", hash || location.pathname + location.search);
    if (index !== null) {
      bringIntoView(index);
      if (focus) byId("panel").focus({ preventScroll: true });
    }
  }
  function fromHash() {
    const match = /^#node=(.+)$/.exec(location.hash);
    if (!match) return;
    let wanted;
    try { wanted = decodeURIComponent(match[1]); } catch { return; }
    const index = data.things.findIndex((thing) => thing.id === wanted);
    if (index >= 0 && index !== state.selected) select(index);
  }

  /* Search ---------------------------------------------------------------------------------------------------- */
  let results = [], active = 0;
  function search(text) {
    const key = foldKey(text);
    if (!key) return [];
    const scored = [];
    keys.forEach((list, i) => {
      const places = list.map((k) => k.indexOf(key)).filter((place) => place >= 0);
      if (places.length) scored.push([list.includes(key) ? 0 : places.includes(0) ? 1 : 2, -data.things[i].weight, i]);
    });
    return scored.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((entry) => entry[2]);
  }
  function showFound() {
    const list = byId("found"), text = byId("query").value;
    results = search(text).slice(0, 30);
    active = Math.min(active, Math.max(results.length - 1, 0));
    list.hidden = !text.trim();
    byId("query").setAttribute("aria-expanded", String(!list.hidden));
    list.replaceChildren(...results.map((index, i) => el("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === active), onclick: () => take(i) },
      typeMark(data.things[index].type), el("span", {}, nameOf(index)), el("small", {}, word(`type_${data.things[index].type}`)))));
    if (!results.length) list.append(el("li", { class: "none" }, word("no_match")));
    byId("query").setAttribute("aria-activedescendant", results.length ? `found-${active}` : "");
    list.children[active]?.scrollIntoView?.({ block: "nearest" });
  }
  function take(i) {
    if (!(i in results)) return;
    const index = results[i];
    byId("found").hidden = true;
    byId("query").setAttribute("aria-expanded", "false");
    select(index);
  }
  byId("query").addEventListener("input", () => { active = 0; showFound(); });
  byId("query").addEventListener("focus", () => { if (byId("query").value) showFound(); });
  byId("query").addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      active = (active + (event.key === "ArrowDown" ? 1 : results.length - 1)) % Math.max(results.length, 1);
      showFound();
    } else if (event.key === "Enter") take(active);
  });
  document.addEventListener("click", (event) => { if (!byId("finder").contains(event.target)) byId("found").hidden = true; });

  /* Filters --------------------------------------------------------------------------------------------------- */
  function fillFilters() {
    const count = (list, field) => list.reduce((all, entry) => ({ ...all, [entry[field]]: (all[entry[field]] ?? 0) + 1 }), {});
    for (const [kind, list, counts, mark] of [
      ["types", data.types, count(data.things, "type"), (t) => typeMark(t.id)],
      ["predicates", data.predicates, count(data.links, "predicate"), lineMark],
    ]) {
      byId(kind).replaceChildren(...list.map((entry) => {
        const box = el("input", { type: "checkbox", value: entry.id });
        box.checked = !off[kind].has(entry.id);
        box.addEventListener("change", () => { setShown(kind, entry.id, box.checked); });
        return el("li", {}, el("label", {}, box, mark(entry), el("span", {}, uiText(entry)), el("output", {}, String(counts[entry.id] ?? 0))));
      }));
      const button = document.querySelector(`[data-all="${kind}"]`);
      button.textContent = word(off[kind].size ? "all" : "none");
      button.onclick = () => {
        if (off[kind].size) off[kind].clear();
        else list.forEach((entry) => off[kind].add(entry.id));
        applyFilters();
      };
    }
  }
  function setShown(kind, id, shown) {
    if (shown) off[kind].delete(id); else off[kind].add(id);
    const button = document.querySelector(`[data-all="${kind}"]`);
    button.textContent = word(off[kind].size ? "all" : "none");
    applyFilters(false);
  }
  function applyFilters(refill = true) {
    if (refill) fillFilters();
    if (state.selected !== null && !nodeShown(state.selected)) select(null);
    else { paint(); if (state.panel === "thing") openPanel("thing"); }
  }

  /* Wiring ---------------------------------------------------------------------------------------------------- */
  function speak(language) {
    state.language = language;
    document.documentElement.lang = language;
    const number = (n) => n.toLocaleString("en");
    byId("counts").textContent = [["things", data.things.length], ["links", data.links.length], ["facts", data.facts.length]]
      .map(([key, n]) => `${number(n)} ${word(key)}`).join(" · ");
    byId("query").placeholder = word("search") + (language === "en" ? " ( / )" : "（/）");
    byId("query").setAttribute("aria-label", word("search"));
    document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = word(node.dataset.word); });
    byId("filters-title").textContent = word("filters");
    byId("open-documents").textContent = `${word("documents")} ${data.documents.length}`;
    byId("open-missed").textContent = `${word("missed")} ${data.missed.length}`;
    byId("open-missed").hidden = data.missed.length === 0;
    byId("graph").setAttribute("aria-label", word("graph_label"));
    for (const [id, key] of [["fit", "fit"], ["zoom-in", "zoom_in"], ["zoom-out", "zoom_out"], ["close", "close"]]) {
      byId(id).title = word(key);
      byId(id).setAttribute("aria-label", word(key));
    }
    for (const button of byId("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === language));
    fillFilters();
    paint();
    openPanel(state.panel);
  }
  for (const tag of Object.keys(data.words).sort((a, b) => "zh-Hant zh-Hans en".indexOf(a) - "zh-Hant zh-Hans en".indexOf(b))) {
    byId("languages").append(el("button", { type: "button", "data-language": tag, lang: tag, onclick: () => speak(tag) }, word(`lang_${tag}`)));
  }
  network.on("click", (event) => {
    if (event.nodes.length) select(event.nodes[0]);
    else if (event.edges.length) { state.hoveredEdge = event.edges[0]; network.redraw(); }
    else if (state.selected !== null) select(null);
    network.unselectAll();
  });
  network.on("hoverNode", (event) => { state.hovered = event.node; byId("graph").classList.add("over"); network.redraw(); });
  network.on("blurNode", () => { state.hovered = null; network.redraw(); });
  network.on("hoverEdge", (event) => { state.hoveredEdge = event.edge; network.redraw(); });
  network.on("blurEdge", () => { state.hoveredEdge = null; network.redraw(); });
  network.on("doubleClick", (event) => { if (event.nodes.length) network.moveTo({ position: network.getPosition(event.nodes[0]), scale: Math.max(1, network.getScale()), animation: motion() }); });
  byId("fit").addEventListener("click", () => fit());
  byId("zoom-in").addEventListener("click", () => zoom(1.4));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
  byId("close").addEventListener("click", () => { if (state.selected !== null) select(null); else openPanel(null); byId("graph").focus(); });
  byId("open-documents").addEventListener("click", () => togglePanel("documents"));
  byId("open-missed").addEventListener("click", () => togglePanel("missed"));
  function togglePanel(name) {
    const next = state.panel === name ? null : name;
    if (state.selected !== null) select(null);
    openPanel(next);
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
    if (event.key === "Escape") {
      if (!byId("found").hidden) byId("found").hidden = true;
      else if (typing && byId("query").value) byId("query").value = "";
      else if (state.selected !== null) select(null);
      else openPanel(null);
    } else if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "/") { event.preventDefault(); byId("query").focus(); byId("query").select(); }
    else if (event.key === "0") fit();
    else if (event.target !== byId("graph") && (event.key === "+" || event.key === "=")) zoom(1.4);
    else if (event.target !== byId("graph") && event.key === "-") zoom(1 / 1.4);
  });
  window.addEventListener("hashchange", fromHash);
  dark.addEventListener("change", () => { fillFilters(); paint(); if (state.panel) openPanel(state.panel); });
  if (window.matchMedia("(max-width: 860px)").matches) byId("filters").open = false;
  speak(data.language);
  fit(false);
  fromHash();
  document.fonts?.ready.then(() => { wrapped.clear(); network.redraw(); });

  /* For tests and for people who script the page. */
  window.fundgraph = {
    ready: true,
    select: (id) => { const i = data.things.findIndex((thing) => thing.id === id); select(i < 0 ? null : i); return i >= 0; },
    selected: () => (state.selected === null ? null : data.things[state.selected].id),
    search: (text) => search(text).map((i) => data.things[i].id),
    visible: () => data.things.filter((_, i) => nodeShown(i)).map((thing) => thing.id),
    visibleLinks: () => data.links.filter((_, i) => edgeShown(i)).length,
    positions: () => data.things.map((thing, i) => [thing.id, network.getPosition(i)]),
    domPosition: (id) => {
      const box = byId("graph").getBoundingClientRect();
      const at = network.canvasToDOM(network.getPosition(data.things.findIndex((thing) => thing.id === id)));
      return { x: at.x + box.left, y: at.y + box.top };
    },
    fit: () => fit(false),
  };
})();
