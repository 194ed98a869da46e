"use strict";
// Suggestions while one types a name: a list box after the pattern of the ARIA Authoring Practices.
(() => {
  let used = 0;
  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  // Offer things for what is typed into `input`; `take` is called with the one that is chosen.
  function suggest(input, take, label) {
    const id = `found-${used++}`;
    const list = element("ul", "", { class: "found", role: "listbox", id, "aria-label": label || input.getAttribute("aria-label") || "" });
    list.hidden = true;
    input.parentElement.append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) input.setAttribute(name, value);
    let items = [], at = -1, timer = 0, asked = 0;
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const mark = (to) => {
      at = to;
      [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
    };
    const show = (found) => {
      items = found;
      list.replaceChildren(...found.map((thing, i) => {
        const line = element("li", "", { role: "option", id: `${id}-${i}`, "aria-selected": "false" });
        line.append(element("span", thing.name === thing.label ? thing.label : `${thing.label}（${thing.name}）`), element("small", thing.type_name));
        line.addEventListener("mousedown", (event) => { event.preventDefault(); close(); take(thing); });
        return line;
      }));
      list.hidden = !found.length;
      at = -1;
      input.setAttribute("aria-expanded", String(found.length > 0));
    };
    const ask = async () => {
      const text = input.value.trim(), mine = ++asked;
      if (!text) return close();
      try {
        const answer = await fetch(`/suggest?q=${encodeURIComponent(text.slice(0, 200))}`);
        const found = answer.ok ? await answer.json() : [];
        if (mine === asked && document.activeElement === input) show(found);
      } catch { close(); }
    };
    input.addEventListener("input", (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(ask, 120); } });
    input.addEventListener("compositionend", ask);
    input.addEventListener("blur", () => { asked++; close(); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length);
      } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
        event.preventDefault();
        const chosen = items[at];
        close();
        take(chosen);
      }
    });
  }

  const box = document.getElementById("q");
  suggest(box, (thing) => { location.href = thing.url; });
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, textarea, select, [contenteditable], .CodeMirror");
    if (event.key === "/" && !busy && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); box.select(); }
  });
  window.fundgraph = { suggest, element };
})();
