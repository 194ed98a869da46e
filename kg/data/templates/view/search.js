/* Search, in whichever script. */
let results = [], active = 0;
function search(text) {
  const key = foldKey(text);
  if (!key) return [];
  const scored = [];
  allKeys().forEach((list, i) => {
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

