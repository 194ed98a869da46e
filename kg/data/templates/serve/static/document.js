"use strict";
// Which facts are marked, and a fact beside its words: pointing at one lights the other.
(() => {
  const text = document.querySelector(".text"), list = document.querySelector(".facts-list");
  const marks = [...text.querySelectorAll(".at")], lines = [...list.querySelectorAll("ol > li")];
  const boxes = [...document.querySelectorAll(".legend input")];
  const kindOf = new Map(lines.map((line) => [line.id.slice(1), line.dataset.kind]));
  const factsOf = (mark) => mark.dataset.facts.split(" ").filter(Boolean);

  function filter() {
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.kind));
    for (const mark of marks) {
      const kinds = new Set(factsOf(mark).map((n) => kindOf.get(n)));
      for (const kind of ["Amount", "PostHolding", "Relation", "Count"]) mark.classList.toggle(kind, kinds.has(kind) && shown.has(kind));
      mark.classList.toggle("off", ![...kinds].some((k) => shown.has(k)) && !(mark.classList.contains("missed") && shown.has("missed")));
    }
    for (const line of lines) line.hidden = !shown.has(line.dataset.kind);
    for (const ref of text.querySelectorAll(".ref")) ref.classList.toggle("off", !shown.has(kindOf.get(ref.hash.slice(2))));
  }
  boxes.forEach((box) => box.addEventListener("change", filter));

  function light(numbers) {
    const wanted = new Set(numbers);
    for (const mark of marks) mark.classList.toggle("lit", factsOf(mark).some((n) => wanted.has(n)));
    for (const line of lines) line.classList.toggle("lit", wanted.has(line.id.slice(1)));
    for (const ref of text.querySelectorAll(".ref")) ref.classList.toggle("lit", wanted.has(ref.hash.slice(2)));
  }
  const pointed = (event) => {
    const line = event.target.closest(".facts-list ol > li"), ref = event.target.closest(".ref"), mark = event.target.closest(".at");
    light(line ? [line.id.slice(1)] : ref ? [ref.hash.slice(2)] : mark ? factsOf(mark) : []);
  };
  for (const place of [text, list]) {
    place.addEventListener("mouseover", pointed);
    place.addEventListener("focusin", pointed);
    place.addEventListener("mouseleave", () => light([]));
  }
  // A search leads to a character, which need not be where a stretch begins: go to the stretch that holds it.
  const aim = () => {
    const at = /^#c(\d+)$/.exec(location.hash);
    if (!at || document.getElementById(location.hash.slice(1))) return;
    const holder = [...text.querySelectorAll('span[id^="c"]')].reverse().find((span) => Number(span.id.slice(1)) <= Number(at[1]));
    if (holder) { holder.classList.add("lit"); holder.scrollIntoView({ block: "center" }); }
  };
  addEventListener("hashchange", aim);
  aim();
})();
