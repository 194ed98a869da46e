/* Wiring. */
function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  byId("query").placeholder = word("search") + (language === "en" ? " ( / )" : "（/）");
  byId("query").setAttribute("aria-label", word("search"));
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = word(node.dataset.word); });
  byId("filters-title").textContent = word("filters");
  byId("open-documents").textContent = `${word("documents")} ${number(data.counts.documents)}`;
  byId("open-missed").textContent = `${word("missed")} ${number(data.counts.missed)}`;
  byId("open-missed").hidden = data.counts.missed === 0;
  byId("graph").setAttribute("aria-label", word("graph_label"));
  for (const [id, key] of [["fit", "fit"], ["zoom-in", "zoom_in"], ["zoom-out", "zoom_out"], ["close", "close"], ["play", "play"], ["from", "time_from"], ["to", "time_to"]]) {
    byId(id).title = word(key);
    byId(id).setAttribute("aria-label", word(key));
  }
  for (const button of byId("languages").children) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  fillFilters();
  paint();
  openPanel(state.panel);
}
for (const tag of Object.keys(data.words).sort((a, b) => "zh-Hant zh-Hans en".indexOf(a) - "zh-Hant zh-Hans en".indexOf(b))) {
  byId("languages").append(el("button", { type: "button", "data-language": tag, lang: tag, onclick: () => { speak(tag); remember(); } }, word(`lang_${tag}`)));
}
byId("fit").addEventListener("click", () => drawing.fit());
byId("zoom-in").addEventListener("click", () => drawing.zoom(1.4));
byId("zoom-out").addEventListener("click", () => drawing.zoom(1 / 1.4));
byId("close").addEventListener("click", () => { if (state.selected !== null) select(null); else openPanel(null); byId("graph").focus(); });
byId("open-documents").addEventListener("click", () => togglePanel("documents"));
byId("open-missed").addEventListener("click", () => togglePanel("missed"));
byId("copy-link").addEventListener("click", copyLink);
byId("copy-link").hidden = location.protocol === "about:";
byId("save-svg").addEventListener("click", saveSvg);
byId("save-png").addEventListener("click", savePng);
function togglePanel(name) {
  const next = state.panel === name ? null : name;
  if (state.selected !== null) select(null);
  openPanel(next);
}
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
  const choosing = event.target instanceof HTMLSelectElement;
  if (event.key === "Escape") {
    if (!byId("found").hidden) byId("found").hidden = true;
    else if (typing && byId("query").value) byId("query").value = "";
    else if (state.selected !== null) select(null);
    else openPanel(null);
  } else if (typing || choosing || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "/") { event.preventDefault(); byId("query").focus(); byId("query").select(); }
  else if (event.key === "0") drawing.fit();
  else if (event.target !== byId("graph") && (event.key === "+" || event.key === "=")) drawing.zoom(1.4);
  else if (event.target !== byId("graph") && event.key === "-") drawing.zoom(1 / 1.4);
});
dark.addEventListener("change", () => { fillFilters(); paint(); if (state.panel) openPanel(state.panel); });
if (window.matchMedia("(max-width: 860px)").matches) byId("filters").open = false;
if (data.form === "pyvis") await quotesReady();
refilter();
drawing.paint();
drawing.fit(false);
fromHash();
drawing.redraw();
window.addEventListener("hashchange", fromHash);
document.fonts?.ready.then(() => { wrapped.clear(); drawing.redraw(); });
/* The rest is read when the first picture stands. */
setTimeout(quotesReady, 400);

/* For tests and for people who script the page. */
const indexOf = (id) => data.things.findIndex((thing) => thing.id === id);
window.fundgraph = {
  ready: true,
  select: (id) => { const i = indexOf(id); select(i < 0 ? null : i); return i >= 0; },
  selected: () => (state.selected === null ? null : data.things[state.selected].id),
  search: (text) => search(text).map((i) => data.things[i].id),
  visible: () => data.things.filter((_, i) => nodeShown(i)).map((thing) => thing.id),
  visibleLinks: () => edgeOn.reduce((sum, on) => sum + on, 0),
  positions: () => data.things.map((thing, i) => [thing.id, drawing.position(i)]),
  domPosition: (id) => {
    const box = byId("graph").getBoundingClientRect(), at = drawing.screen(indexOf(id));
    return { x: at.x + box.left, y: at.y + box.top };
  },
  fit: () => drawing.fit(false),
  look: () => drawing.look(),
  lookAt: (look) => drawing.lookAt(look),
  names: () => placed.map((name) => name.text),
  svg: written,
};
