/* Filters, what size and width mean, and time. */
function paint() {
  near = state.selected === null ? null : neighbours(state.selected);
  drawing.paint();
  const empty = data.things.length === 0, hidden = !empty && !nodeOn.includes(1);
  byId("empty").hidden = !(empty || hidden);
  byId("empty").children[0].textContent = word(empty ? "empty_title" : "hidden_all");
  byId("empty").children[1].textContent = empty ? word("empty_text") : "";
  const part = (key, list, on) => {
    const shown = on.reduce((sum, one) => sum + one, 0);
    return `${shown < list.length ? `${number(shown)} / ` : ""}${number(list.length)} ${word(key)}`;
  };
  byId("counts").textContent = [part("things", data.things, nodeOn), part("links", data.links, edgeOn), `${number(data.counts.facts)} ${word("facts")}`].join(" · ");
}
function fillFilters() {
  const tally = (list, field) => { const all = {}; for (const entry of list) all[entry[field]] = (all[entry[field]] ?? 0) + 1; return all; };
  for (const [kind, list, counts, mark] of [
    ["types", data.types, tally(data.things, "type"), (t) => typeMark(t.id)],
    ["predicates", data.predicates, tally(data.links, "predicate"), lineMark],
  ]) {
    byId(kind).replaceChildren(...list.map((entry) => {
      const box = el("input", { type: "checkbox", value: entry.id });
      box.checked = !off[kind].has(entry.id);
      box.addEventListener("change", () => { setShown(kind, entry.id, box.checked); });
      return el("li", {}, el("label", {}, box, mark(entry), el("span", {}, uiText(entry)), el("output", {}, number(counts[entry.id] ?? 0))));
    }));
    const button = document.querySelector(`[data-all="${kind}"]`);
    button.textContent = word(off[kind].size ? "all" : "none");
    button.onclick = () => {
      if (off[kind].size) off[kind].clear();
      else list.forEach((entry) => off[kind].add(entry.id));
      applyFilters();
    };
  }
  fillMeasures();
}
function setShown(kind, id, shown) {
  if (shown) off[kind].delete(id); else off[kind].add(id);
  const button = document.querySelector(`[data-all="${kind}"]`);
  button.textContent = word(off[kind].size ? "all" : "none");
  applyFilters(false);
}
function applyFilters(refill = true) {
  refilter();
  if (refill) fillFilters();
  if (state.selected !== null && !nodeShown(state.selected)) select(null);
  else { paint(); if (state.panel === "thing") openPanel("thing"); }
  remember();
}

/* The legend of sizes: three numbers and how large each is drawn. */
function sum(value) {
  const steps = state.language === "en" ? [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"], [1e3, ",000"]] : [[1e12, word("e12")], [1e8, word("e8")], [1e4, word("e4")]];
  const [step, name] = steps.find(([size]) => value >= size) ?? [1, ""];
  const figure = Number((value / step).toPrecision(2)).toLocaleString("en");
  return state.language === "en" ? `${data.currency.en}${figure}${name}` : `${figure} ${name}${state.language === "zh-Hans" ? data.currency["zh-Hans"] : data.currency["zh-Hant"]}`;
}
function samples(kind) {
  const measure = measures[kind][state[kind]];
  const extra = kind === "width" && state[kind] === "quotes" ? 1 : 0;
  const values = [...new Set([measure.top / 100, measure.top / 6, measure.top].map((v) => state[kind] === "amount" ? v : Math.max(1 - extra, Math.round(v))))];
  return values.map((value) => {
    const capped = state[kind] === "quotes" && value === measure.top;
    return { part: shareOf(measure, value), text: state[kind] === "amount" ? sum(value) : `${number(value + extra)}${capped ? "+" : ""}` };
  });
}
function fillMeasures() {
  for (const kind of ["size", "width"]) {
    const choice = byId(`${kind}-by`);
    choice.replaceChildren(...Object.keys(measures[kind]).map((key) => el("option", { value: key }, word(`by_${kind}_${key}`))));
    choice.value = state[kind];
    choice.setAttribute("aria-label", word(`${kind}_means`));
  }
  drawLegend();
}
function drawLegend() {
  byId("size-legend").replaceChildren(...samples("size").map(({ part, text }) => {
    const r = Math.max(1.5, Math.min(16, drawing.legendRadius(part)));
    return el("li", {}, svg("svg", { width: 2 * r + 2, height: 2 * r + 2, "aria-hidden": "true" }, svg("circle", { cx: r + 1, cy: r + 1, r, class: "sample" })), el("span", {}, text));
  }));
  byId("width-legend").replaceChildren(...samples("width").map(({ part, text }) => el("li", {},
    svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, svg("path", { d: "M0 7H26", class: "sample", "stroke-width": Math.min(12, drawing.legendWidth(part)) })), el("span", {}, text))));
}
/* Sizes follow the zoom, and the legend follows them. */
let legendWait = 0, legendScale = 0;
function legendLater() {
  clearTimeout(legendWait);
  legendWait = setTimeout(() => {
    const scale = drawing.legendRadius(1);
    if (Math.abs(scale / legendScale - 1) > 0.02) { legendScale = scale; drawLegend(); }
  }, 120);
}
for (const kind of ["size", "width"]) {
  byId(`${kind}-by`).addEventListener("change", (event) => { state[kind] = event.target.value; paint(); drawLegend(); remember(); });
}

/* Time: a month at each end, and all between is seen. */
function setTime(from, to) {
  state.from = Math.max(0, Math.min(from, to));
  state.to = Math.min(last, Math.max(from, to));
  byId("from").value = state.from;
  byId("to").value = state.to;
  const told = wholeTime() ? word("whole_time") : "";
  const period = state.from === state.to ? data.months[state.from] : `${data.months[state.from]} – ${data.months[state.to]}`;
  byId("period").textContent = period ?? "";
  byId("period").title = told;
  for (const end of ["from", "to"]) byId(end).setAttribute("aria-valuetext", data.months[state[end]] ?? "");
  [...byId("bars").children].forEach((bar, i) => bar.setAttribute("class", i >= state.from && i <= state.to ? "on" : ""));
}
function drawBars() {
  const top = most(data.quotes);
  byId("bars").setAttribute("viewBox", `0 0 ${data.months.length} 1`);
  byId("bars").replaceChildren(...data.quotes.map((quotes, i) => {
    const height = quotes ? Math.max(0.08, quotes / top) : 0;
    return svg("rect", { x: i + 0.1, width: 0.8, y: 1 - height, height }, svg("title", {}, document.createTextNode(`${data.months[i]}: ${number(quotes)}`)));
  }));
}
let playing = null;
function play(on) {
  clearInterval(playing);
  playing = null;
  byId("play").setAttribute("aria-pressed", String(on));
  byId("play").textContent = on ? "❚❚" : "▶";
  if (!on) return;
  /* From where it stands to the end; at the end, once more from the start. */
  if (state.to === last) { setTime(state.from, state.from); applyFilters(false); }
  playing = setInterval(() => {
    setTime(state.from, state.to + 1);
    applyFilters(false);
    if (state.to >= last) play(false);
  }, Math.max(120, Math.min(700, 9000 / (last + 1))));
}
if (last > 0) {
  byId("time").hidden = false;
  for (const end of ["from", "to"]) {
    byId(end).max = last;
    byId(end).addEventListener("input", () => {
      play(false);
      const value = Number(byId(end).value);
      /* The ends do not cross: the one that moves stops at the other. */
      if (end === "from") setTime(Math.min(value, state.to), state.to); else setTime(state.from, Math.max(value, state.from));
      applyFilters(false);
    });
  }
  byId("play").addEventListener("click", () => play(playing === null));
  drawBars();
}
