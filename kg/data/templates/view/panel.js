/* The panel: a thing with its facts and their quotes, the documents, what was not understood. */
function thingButton(index) {
  return el("button", { type: "button", class: "thing", onclick: () => select(index, { focus: true }) }, typeMark(data.things[index].type), el("span", {}, nameOf(index)));
}
function source(index) {
  const entry = quoted.documents[index];
  if (!entry) return null;
  return [entry.title || word("untitled"), entry.date, entry.file].filter(Boolean).join(" · ");
}
function quote(index) {
  const e = quoted.evidence[index];
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
    const fact = quoted.facts[i];
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
  const mentions = quoted.mentions[index];
  if (mentions.length) body.append(heading(word("mentions"), mentions.length), ...quotes(mentions));
}
function showDocuments() {
  byId("details").append(el("h2", {}, word("documents")), el("p", { class: "intro" }, word("documents_intro")));
  for (const entry of quoted.documents) {
    byId("details").append(el("div", { class: "document" }, el("p", {}, entry.title || word("untitled")),
      el("small", {}, [entry.publisher, entry.date, entry.file].filter(Boolean).join(" · "))));
  }
}
function showMissed() {
  byId("details").append(el("h2", {}, word("missed")), el("p", { class: "intro" }, word("missed_intro")));
  for (const entry of quoted.missed) byId("details").append(el("div", { class: "document" }, el("small", {}, entry.reason), quote(entry.evidence)));
}
function openPanel(name) {
  state.panel = name;
  byId("details").replaceChildren();
  byId("stage").classList.toggle("beside", name !== null);
  byId("panel").hidden = name === null;
  byId("open-documents").setAttribute("aria-pressed", String(name === "documents"));
  byId("open-missed").setAttribute("aria-pressed", String(name === "missed"));
  if (name !== null && quoted === null) { quotesReady().then(() => openPanel(state.panel)); return; }
  if (name === "thing") showThing(state.selected);
  if (name === "documents") showDocuments();
  if (name === "missed") showMissed();
  byId("panel").scrollTop = 0;
}
function select(index, { focus = false, bring = true } = {}) {
  if (index !== null && !(index in data.things)) return;
  state.selected = index;
  if (index !== null && !nodeShown(index)) {
    /* Whoever asks for a thing that a filter hides wants to see it. */
    if (off.types.delete(data.things[index].type)) refilter();
    if (!nodeShown(index)) { setTime(0, last); refilter(); }
    if (!nodeShown(index)) nodeOn[index] = 1;
    fillFilters();
  }
  openPanel(index === null ? null : "thing");
  paint();
  remember();
  if (index !== null) {
    if (bring) bringIntoView(index);
    if (focus) byId("panel").focus({ preventScroll: true });
  }
}
function bringIntoView(index) {
  const stage = byId("graph").getBoundingClientRect(), panel = byId("panel").getBoundingClientRect();
  const wide = panel.width < stage.width * 0.8;
  const right = wide ? stage.width - panel.width - 40 : stage.width, bottom = (wide ? stage.height : stage.height - panel.height) - 50;
  const at = drawing.screen(index);
  if (at.x > 40 && at.y > 40 && at.x < right - 30 && at.y < bottom - 40 && drawing.near()) return;
  drawing.bring(index, { x: (right - stage.width) / 2, y: (bottom - stage.height) / 2 });
}
