"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, cls) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
  const words = { en: { Organisation: "Organisations", Programme: "Programmes", Person: "People", Facility: "Facilities", Policy: "Policies", Event: "Events" } };
  let language = "zh";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const many = data.nodes.length > 120;
  const fold = (t) => Array.from(t.normalize("NFKC")).map((c) => data.folds[c] || c).join("").toLowerCase().replace(/[\s「」『』《》()（）·.,、。:;\-_/!?"']/g, "");
  const nodes = new vis.DataSet(data.nodes.map((n) => Object.assign({}, n, { font: { size: many && n.size < 19 ? 0 : 15 } })));
  const edges = new vis.DataSet(data.edges.map((e) => Object.assign({}, e, { label: "" })));
  const offTypes = new Set(), offPredicates = new Set();
  const typeOf = (id) => data.things[id].type;
  const nodeView = new vis.DataView(nodes, { filter: (n) => !offTypes.has(typeOf(n.id)) });
  const edgeView = new vis.DataView(edges, { filter: (e) => !offPredicates.has(e.predicate) && !offTypes.has(typeOf(e.from)) && !offTypes.has(typeOf(e.to)) });
  const face = '"Noto Sans CJK HK","Noto Sans HK","PingFang HK","Microsoft JhengHei",sans-serif';
  const network = new vis.Network($("graph"), { nodes: nodeView, edges: edgeView }, {
    physics: false, layout: { improvedLayout: false },
    nodes: { borderWidth: 0, font: { face: face, color: css("--ink"), strokeWidth: 4, strokeColor: css("--paper") } },
    edges: { color: { color: css("--edge"), opacity: .75, highlight: "#0072B2" }, arrows: { to: { scaleFactor: .45 } }, smooth: false, font: { face: face, size: 13, color: css("--soft"), strokeWidth: 4, strokeColor: css("--paper"), align: "top" } },
    interaction: { hover: true, keyboard: { enabled: true, bindToWindow: false }, tooltipDelay: 200, hideEdgesOnDrag: many }
  });
  const rank = new Map([...data.nodes].sort((a, b) => b.size - a.size).map((n, i) => [n.id, i]));
  function relabel() {
    // Far away only the weightiest names are written, at one size on the screen; closer up, more of them.
    const scale = network.getScale(), room = many ? 26 * Math.max(1, Math.pow(scale / fitted, 2)) : Infinity;
    const near = selected ? new Set([selected, ...network.getConnectedNodes(selected)]) : new Set();
    nodes.update(data.nodes.map((n) => ({ id: n.id, font: { size: rank.get(n.id) < room || near.has(n.id) ? Math.min(46, Math.max(14, 12.5 / scale)) : 0 } })));
  }
  let fitted = 1;
  let selected = null, timer = 0;
  network.on("zoom", () => { clearTimeout(timer); timer = setTimeout(relabel, 120); });
  const predicateName = (p) => language === "zh" ? data.predicates[p] : p;
  function quote(e) {
    const q = make("blockquote"), at = e.sentence.indexOf(e.quote);
    if (at >= 0) { q.append(e.sentence.slice(0, at), make("mark", e.quote), e.sentence.slice(at + e.quote.length)); } else { q.append(make("mark", e.quote)); }
    q.append(make("cite", e.file + " : " + e.start + "–" + e.end));
    return q;
  }
  function fact(i) {
    const f = data.facts[i], box = make("div", undefined, "fact");
    box.append(make("b", f.text));
    f.evidence.forEach((e) => box.append(quote(e)));
    return box;
  }
  function dim(keep) {
    nodes.update(data.nodes.map((n) => ({ id: n.id, opacity: !keep || keep.has(n.id) ? 1 : .18 })));
    const touching = (e) => keep && (e.from === selected || e.to === selected);
    edges.update(data.edges.map((e) => ({ id: e.id, label: touching(e) ? (e.predicate === "post" ? e.words : predicateName(e.predicate)) : "", color: { color: css("--edge"), opacity: !keep || touching(e) ? .85 : .1 } })));
  }
  function select(id, move) {
    const t = data.things[id];
    if (!t) return;
    selected = id;
    const panel = $("panel");
    panel.replaceChildren(make("h3", t.names[0]), make("p", (language === "zh" ? data.styles[t.type].zh : t.type) + (t.kind ? " · " + t.kind : ""), "type"));
    if (t.names.length > 1) panel.append(make("p", t.names.slice(1).join(" · "), "note"));
    t.facts.forEach((i) => panel.append(fact(i)));
    if (!t.facts.length) panel.append(make("p", language === "zh" ? "文件只提及其名。" : "The documents only name it.", "note"));
    panel.scrollTop = 0;
    network.selectNodes([id]);
    dim(new Set([id, ...network.getConnectedNodes(id)]));
    relabel();
    if (move) network.focus(id, { scale: Math.max(network.getScale(), .9), animation: false });
    history.replaceState(null, "", "#node=" + encodeURIComponent(id));
  }
  function clear() { selected = null; network.unselectAll(); dim(null); relabel(); history.replaceState(null, "", "#"); }
  network.on("click", (p) => {
    if (p.nodes.length) return select(p.nodes[0], false);
    if (p.edges.length) {
      const e = edges.get(p.edges[0]), panel = $("panel");
      panel.replaceChildren(make("h3", predicateName(e.predicate)));
      e.facts.forEach((i) => panel.append(fact(i)));
      return;
    }
    clear();
  });
  function filters() {
    const types = $("types"), predicates = $("predicates");
    types.replaceChildren(); predicates.replaceChildren();
    const row = (parent, off, key, name, n, swatch) => {
      const l = make("label"), box = make("input");
      box.type = "checkbox"; box.checked = !off.has(key); box.dataset.key = key;
      box.addEventListener("change", () => { box.checked ? off.delete(key) : off.add(key); nodeView.refresh(); edgeView.refresh(); });
      l.append(box); if (swatch) l.append(swatch); l.append(make("span", name), make("span", String(n), "n")); parent.append(l);
    };
    for (const [t, s] of Object.entries(data.styles)) {
      const n = data.nodes.filter((x) => typeOf(x.id) === t).length;
      if (!n) continue;
      const swatch = make("span", undefined, "swatch " + s.shape); swatch.style.background = s.colour;
      row(types, offTypes, t, language === "zh" ? s.zh : words.en[t], n, swatch);
    }
    for (const p of Object.keys(data.predicates)) {
      const n = data.edges.filter((e) => e.predicate === p).length;
      if (n) row(predicates, offPredicates, p, predicateName(p), n, null);
    }
  }
  // A whole name before one that begins with the words, that before one that holds them; the much-named first.
  const near = (t, key) => (t.keys.includes(key) ? 0 : t.keys.some((k) => k.startsWith(key)) ? 1000 : 2000) - t.facts.length / 100;
  function search() {
    const key = fold($("search").value), list = $("hits");
    const found = key ? Object.entries(data.things).filter(([, t]) => t.keys.some((k) => k.includes(key))).sort((a, b) => near(a[1], key) - near(b[1], key)).slice(0, 30) : [];
    list.replaceChildren(...found.map(([id, t]) => { const li = make("li", t.names[0]); li.tabIndex = 0; const go = () => { list.hidden = true; select(id, true); }; li.addEventListener("click", go); li.addEventListener("keydown", (e) => { if (e.key === "Enter") go(); }); return li; }));
    list.hidden = !found.length;
    return found.map(([id]) => id);
  }
  $("search").addEventListener("input", search);
  $("search").addEventListener("keydown", (e) => { if (e.key === "Enter") { const f = search(); if (f.length) { $("hits").hidden = true; select(f[0], true); } } });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== $("search")) { e.preventDefault(); $("search").focus(); }
    if (e.key === "Escape") { $("hits").hidden = true; clear(); }
  });
  $("fit").addEventListener("click", () => { network.fit(); fitted = network.getScale(); relabel(); });
  $("unread-button").addEventListener("click", () => {
    const panel = $("panel");
    panel.replaceChildren(make("h3", (language === "zh" ? "未解讀的句子 " : "Not understood ") + data.unread.length));
    data.unread.forEach((u) => { const b = make("div", undefined, "fact"); b.append(make("b", u.reason)); const q = make("blockquote", u.quote); q.append(make("cite", u.file)); b.append(q); panel.append(b); });
  });
  $("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    document.documentElement.lang = language === "zh" ? "zh-Hant" : "en";
    $("language").textContent = language === "zh" ? "English" : "中文";
    document.querySelectorAll("[data-en]").forEach((e) => { e.textContent = e.dataset[language]; });
    filters(); if (selected) select(selected, false);
  });
  dark.addEventListener("change", () => { network.setOptions({ nodes: { font: { color: css("--ink"), strokeColor: css("--paper") } } }); });
  filters(); network.fit(); fitted = network.getScale(); relabel();
  if (!data.nodes.length) $("panel").replaceChildren(make("p", "這個圖沒有任何事物。 This graph holds nothing yet."));
  const wanted = decodeURIComponent((location.hash.match(/^#node=(.+)$/) || [])[1] || "");
  if (wanted) select(wanted, true);
  window.fundgraph = { select: (id) => select(id, true), search: (t) => { $("search").value = t; return search(); }, network: network, shown: () => nodeView.length };
})();
