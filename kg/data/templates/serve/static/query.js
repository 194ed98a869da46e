"use strict";
// The query page: the editor with our prefixes and terms, ready questions with their parameters, and the answer.
addEventListener("DOMContentLoaded", async () => {
  const { element, suggest } = window.fundgraph;
  const by = (id) => document.getElementById(id);
  const material = await (await fetch("/query/material")).json();
  const { words, prefixes, terms, examples } = material;
  const START = "SELECT * WHERE {\n  ?thing a fg:Programme ; skos:prefLabel ?name .\n}\nLIMIT 20\n";
  const head = (text) => Object.keys(prefixes).filter((p) => new RegExp(`(^|[^\\w:])${p}:\\w`).test(text)).map((p) => `PREFIX ${p}: <${prefixes[p]}>\n`).join("");

  // The editor's own completers ask servers outside; these know only what the ontology and our prefixes say.
  const local = (from, name, get, autoShow) => Yasqe.forkAutocompleter(from, { name, get, bulk: true, autoShow, persistenceId: null });
  Yasqe.Autocompleters = Yasqe.Autocompleters || {};
  local("prefixes", "our-prefixes", Object.entries(prefixes).map(([p, a]) => `${p}: <${a}>`), true);
  local("class", "our-classes", terms.class, true);
  local("property", "our-properties", terms.property, true);

  const editor = new Yasqe(by("editor"), {
    requestConfig: { endpoint: "/sparql", method: "POST" },
    persistenceId: null, showQueryButton: false, createShareableLink: null, consumeShareLink: null, resizeable: true, editorHeight: "320px",
    autocompleters: ["variables", "our-prefixes", "our-classes", "our-properties"],
    extraKeys: { ...Yasqe.defaults.extraKeys, "Ctrl-Enter": () => run(), "Cmd-Enter": () => run(), "Ctrl-S": false, Esc: () => leave() },
    value: START,
  });
  editor.getInputField().setAttribute("aria-label", words.editor);
  const leave = () => { editor.getInputField().blur(); by("run").focus(); };

  let chosen = null;
  function choose(name, run_it) {
    chosen = examples.find((example) => example.name === name) || null;
    for (const button of document.querySelectorAll("[data-query]")) button.setAttribute("aria-pressed", String(button.dataset.query === name));
    by("about-query").hidden = !chosen;
    if (!chosen) return;
    const [title, description, form] = by("about-query").children;
    title.textContent = chosen.title;
    description.textContent = chosen.description;
    form.replaceChildren(...chosen.params.map(field));
    editor.setValue(chosen.text);
    if (run_it) run();
  }

  // A parameter is bound by VALUES at the head of the pattern, as a term: an address or a quoted text, never as typed.
  function bind() {
    const lines = [...document.querySelectorAll(".params input")].filter((input) => input.dataset.term).map((input) => `  VALUES ?${input.name} { ${input.dataset.term} }\n`);
    editor.setValue(chosen.text.replace(/WHERE \{\n?/, (start) => `${start.trimEnd()}\n${lines.join("")}`));
    run();
  }
  const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, "");
  function field(param) {
    const label = element("label", `?${param.name} – ${param.what}`);
    const input = element("input", "", { name: param.name, placeholder: words.any, autocomplete: "off", maxlength: "200" });
    label.append(input);
    if (param.text) input.addEventListener("change", () => { input.dataset.term = input.value.trim() ? quoted(input.value.trim()) : ""; bind(); });
    else {
      suggest(input, (thing) => { input.value = thing.label; input.dataset.term = `<${thing.iri.replace(/[<>"{}|\\^`\s]/g, encodeURIComponent)}>`; bind(); }, words.suggestions);
      input.addEventListener("input", () => { if (!input.value && input.dataset.term) { input.dataset.term = ""; bind(); } });
    }
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); input.dispatchEvent(new Event("change")); } });
    return label;
  }

  const kept = {};
  function keep(id, text, type) {
    if (kept[id]) URL.revokeObjectURL(kept[id]);
    by(id).hidden = !text;
    if (text) by(id).href = kept[id] = URL.createObjectURL(new Blob([text], { type }));
  }
  const asks = (query, accept) => fetch("/sparql", { method: "POST", headers: { Accept: accept, "Content-Type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ query }) });

  let running = 0;
  async function run() {
    const mine = ++running, query = head_if_needed(editor.getValue()), began = performance.now();
    by("state").textContent = words.running;
    by("run").disabled = true;
    keep("save-csv"); keep("save-json");
    try {
      const graph = /^(?:\s|#[^\n]*\n|PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>)*(CONSTRUCT|DESCRIBE)\b/i.test(query);
      const answer = await asks(query, graph ? "text/turtle" : "application/sparql-results+json");
      const text = await answer.text();
      if (mine !== running) return;
      if (!answer.ok) return fail(text);
      const seconds = words.seconds.replace("#", ((performance.now() - began) / 1000).toFixed(2));
      if (graph) {
        by("pages").replaceChildren();
        by("results").replaceChildren(element("pre", text));
        by("state").textContent = seconds;
        return;
      }
      const rows = window.fundgraphResults.show(JSON.parse(text), by("results"), by("pages"), { prefixes, words, element });
      by("state").textContent = `${words.rows.replace("#", rows.toLocaleString("en"))} · ${seconds}`;
      by("state").dataset.rows = rows;
      keep("save-json", text, "application/sparql-results+json");
      asks(query, "text/csv").then(async (csv) => { if (csv.ok && mine === running) keep("save-csv", await csv.text(), "text/csv"); }).catch(() => {});
    } catch (error) {
      if (mine === running) fail(error instanceof TypeError ? words.offline : String(error));
    } finally {
      if (mine === running) by("run").disabled = false;
    }
  }
  function fail(text) {
    by("state").textContent = words.failed;
    by("pages").replaceChildren();
    let said = text;
    try { said = JSON.parse(text).message || text; } catch { /* plain text */ }
    by("results").replaceChildren(element("p", said, { class: "problem", role: "alert" }));
  }
  // Prefixes that a query uses and does not declare are put before it.
  function head_if_needed(text) {
    const declared = new Set([...text.matchAll(/PREFIX\s+(\w*):/gi)].map((m) => m[1]));
    return head(text).split("\n").filter((line) => line && !declared.has(line.slice(7, line.indexOf(":")))).map((line) => `${line}\n`).join("") + text;
  }

  for (const button of document.querySelectorAll("[data-query]")) button.addEventListener("click", () => { choose(button.dataset.query, true); history.replaceState(null, "", `#name=${button.dataset.query}`); });
  by("run").addEventListener("click", run);
  by("share").addEventListener("click", async () => {
    const link = new URL(`#query=${encodeURIComponent(editor.getValue())}`, location.href).href;
    history.replaceState(null, "", link);
    try { await navigator.clipboard.writeText(link); by("state").textContent = words.copied; } catch { /* the address bar has it */ }
  });
  document.querySelector(".params").addEventListener("submit", (event) => event.preventDefault());

  const wanted = new URLSearchParams(location.hash.slice(1));
  editor.setValue(head(START) + "\n" + START);
  if (wanted.get("name")) choose(wanted.get("name"), true);
  else if (wanted.get("query")) editor.setValue(wanted.get("query"));  // shown, and run only when its reader says so
  document.body.dataset.ready = "1";
  window.fundgraph.editor = editor;
});
