"use strict";
// SPARQL JSON results as a table: sorted by a click on a head, in pages, addresses as links to this server's pages.
window.fundgraphResults = (() => {
  const PAGE = 100;
  const NUMBER = /#(decimal|integer|double|float|nonNegativeInteger|int|long)$/;
  let make;

  function shorten(address, prefixes) {
    for (const [prefix, start] of Object.entries(prefixes)) {
      const rest = address.slice(start.length);
      if (address.startsWith(start) && rest && !/[/#]/.test(rest)) return `${prefix}:${rest}`;
    }
    return address;
  }

  function grouped(text) {
    const [whole, rest] = text.split(".");
    return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (rest && !/^0+$/.test(rest) ? `.${rest}` : "");
  }

  function cell(term, prefixes) {
    const box = make("td", "");
    if (!term) return box;
    if (term.type === "uri") {
      // Any address leads to what this graph says of it; no other host is ever linked to.
      box.append(make("a", shorten(term.value, prefixes), { href: `/about?iri=${encodeURIComponent(term.value)}` }));
    } else if (NUMBER.test(term.datatype || "")) {
      box.textContent = /^-?\d+(\.\d+)?$/.test(term.value) ? grouped(term.value) : term.value;
      box.className = "number";
    } else {
      box.textContent = term.value;
      if (term["xml:lang"]) { box.lang = term["xml:lang"]; box.append(make("span", term["xml:lang"], { class: "tag" })); }
    }
    return box;
  }

  function compare(a, b) {
    if (!a || !b) return a ? 1 : b ? -1 : 0;
    if (NUMBER.test(a.datatype || "") && NUMBER.test(b.datatype || "")) return Number(a.value) - Number(b.value);
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  }

  // Show `answer` in `place`, its pages in `pager`; returns the number of rows.
  function show(answer, place, pager, { prefixes, words, element }) {
    make = element;
    pager.replaceChildren();
    if (typeof answer.boolean === "boolean") {
      place.replaceChildren(make("p", answer.boolean ? words.yes : words.no, { class: "figure" }));
      return 1;
    }
    const columns = answer.head.vars, all = answer.results.bindings;
    let rows = all, sorted = "", down = false, page = 0;
    if (!rows.length) { place.replaceChildren(make("p", words.none, { class: "empty" })); return 0; }
    const numeric = (column) => rows.some((row) => row[column] && NUMBER.test(row[column].datatype || ""));
    const table = make("table", ""), head = make("tr", ""), body = make("tbody", "");
    for (const column of columns) {
      const th = make("th", "", { scope: "col" });
      if (numeric(column)) th.className = "number";
      const button = make("button", column, { type: "button" });
      button.addEventListener("click", () => {
        down = sorted === column && !down;
        sorted = column;
        rows = [...all].sort((a, b) => compare(a[column], b[column]) * (down ? -1 : 1));
        for (const other of head.children) other.removeAttribute("aria-sort");
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        page = 0;
        fill();
      });
      th.append(button);
      head.append(th);
    }
    function fill() {
      body.replaceChildren(...rows.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
        const line = make("tr", "");
        line.append(...columns.map((column) => cell(row[column], prefixes)));
        return line;
      }));
      const last = Math.ceil(rows.length / PAGE);
      if (last < 2) return;
      const turn = (text, to, possible) => {
        const button = make("button", text, { type: "button", class: "button" });
        button.disabled = !possible;
        button.addEventListener("click", () => { page = to; fill(); place.scrollIntoView({ block: "nearest" }); });
        return button;
      };
      pager.replaceChildren(turn(words.previous, page - 1, page > 0), make("span", `${page + 1} / ${last}`), turn(words.next, page + 1, page + 1 < last));
    }
    const top = make("thead", "");
    top.append(head);
    table.append(top, body);
    place.replaceChildren(table);
    fill();
    return rows.length;
  }
  return { show };
})();
