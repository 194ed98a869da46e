/* The picture, drawn by vis-network on a canvas: for up to some hundred nodes. */
const nodes = new vis.DataSet(data.nodes.map((n) => ({ ...n, label: undefined, group: undefined })));
const edges = new vis.DataSet(data.edges);
const network = new vis.Network(byId("graph"), { nodes, edges }, {
  physics: false, layout: { improvedLayout: false }, autoResize: true,
  interaction: { hover: true, dragNodes: false, keyboard: { enabled: true, bindToWindow: false }, zoomSpeed: 0.6, tooltipDelay: 1e9, selectConnectedEdges: false, hoverConnectedEdges: false },
  nodes: { borderWidth: 1.5, borderWidthSelected: 3, chosen: false },
  edges: { chosen: false, hoverWidth: 0, selectionWidth: 0, arrows: { to: { enabled: true, scaleFactor: 0.5 } }, arrowStrikethrough: false },
});
const drawing = (() => {
  /* The page was written with sizes by quotes: their range holds for the other measures too. */
  const sizes = data.nodes.map((n, i) => n.size / (8 + 19 * shareOf(measures.size.quotes, measures.size.quotes.of(i))));
  const widths = data.edges.map((e, i) => e.width / (1.5 + 4.5 * shareOf(measures.width.quotes, measures.width.quotes.of(i))));
  const size = (i) => (8 + 19 * share("size", i)) * sizes[i];
  const width = (i) => (1.5 + 4.5 * share("width", i)) * widths[i];
  const box = () => byId("graph").getBoundingClientRect();
  const screenOf = () => {
    const scale = network.getScale(), view = network.getViewPosition(), { width: w, height: h } = box();
    return (p) => ({ x: (p.x - view.x) * scale + w / 2, y: (p.y - view.y) * scale + h / 2 });
  };
  const animation = (on = true) => (on && motion() ? { duration: 220, easingFunction: "easeInOutQuad" } : false);
  function scene() {
    const places = network.getPositions(), screen = screenOf(), scale = network.getScale();
    return {
      box: box(), screen: (i) => screen(places[i]), radius: (i) => size(i) * scale, width: (i) => width(i) * scale,
      bend: (i) => {
        const middle = network.body.edges[i]?.edgeType?.getPoint?.(0.5);
        if (!middle) return { x: 0, y: 0 };
        const at = screen(middle), from = screen(places[data.links[i].source]), to = screen(places[data.links[i].target]);
        return { x: at.x - (from.x + to.x) / 2, y: at.y - (from.y + to.y) / 2 };
      },
    };
  }
  function paint() {
    const paper = css("--paper"), ink = css("--ink");
    nodes.update(data.things.map((thing, i) => {
      const fill = tone(types[thing.type]), chosen = i === state.selected;
      return {
        id: i, hidden: !nodeShown(i), opacity: lit(i) ? 1 : 0.13, borderWidth: chosen ? 4 : 1.5, size: size(i),
        color: { background: fill, border: chosen ? ink : paper, hover: { background: fill, border: ink }, highlight: { background: fill, border: ink } },
      };
    }));
    edges.update(data.links.map((link, i) => {
      const colour = tone(predicates[link.predicate]), dash = predicates[link.predicate].dash, on = litEdge(i);
      return {
        id: i, hidden: !edgeShown(i), dashes: dash.length ? dash : false, width: width(i) * (on && state.selected !== null ? 1.8 : 1),
        arrows: { to: { enabled: link.predicate !== "partnersWith" } },
        color: { color: colour, hover: colour, highlight: colour, opacity: !on ? 0.07 : state.selected === null ? 0.72 : 1 },
      };
    }));
    network.redraw();
  }
  function fit(animate = true) {
    const shown = data.things.map((_, i) => i).filter(nodeShown);
    if (!shown.length) return;
    network.fit({ nodes: shown, animation: false, maxZoomLevel: 1.25 });
    const { height } = box();
    /* The bar of time stands at the foot of the picture. */
    const foot = last > 0 ? Math.min(70, height / 5) : 12;
    const scale = Math.min(network.getScale() * 0.95 * (1 - foot / height), 1.25), position = network.getViewPosition();
    network.moveTo({ scale, position: { x: position.x, y: position.y + foot / 2 / scale }, animation: animation(animate) });
  }
  network.on("afterDrawing", (context) => drawLabels(context, scene()));
  network.on("click", (event) => {
    if (event.nodes.length) select(event.nodes[0]);
    else if (event.edges.length) { state.hoveredEdge = event.edges[0]; network.redraw(); }
    else if (state.selected !== null) select(null);
    network.unselectAll();
  });
  network.on("hoverNode", (event) => { state.hovered = event.node; network.redraw(); });
  network.on("blurNode", () => { state.hovered = null; network.redraw(); });
  network.on("hoverEdge", (event) => { state.hoveredEdge = event.edge; network.redraw(); });
  network.on("blurEdge", () => { state.hoveredEdge = null; network.redraw(); });
  network.on("doubleClick", (event) => { if (event.nodes.length) network.moveTo({ position: network.getPosition(event.nodes[0]), scale: Math.max(1, network.getScale()), animation: animation() }); });
  return {
    paint, fit, scene, redraw: () => network.redraw(),
    zoom: (factor) => network.moveTo({ scale: Math.max(0.03, Math.min(6, network.getScale() * factor)), animation: animation() }),
    screen: (i) => screenOf()(network.getPosition(i)),
    near: () => true,
    bring: (i, offset) => network.moveTo({ scale: Math.max(network.getScale(), 0.5), position: network.getPosition(i), offset, animation: animation() }),
    position: (i) => network.getPosition(i),
    /* Where the reader looks: the middle, and how much of the picture the shorter side of the window shows. */
    look: () => ({ ...network.getViewPosition(), span: Math.min(box().width, box().height) / network.getScale() }),
    lookAt: ({ x, y, span }) => {
      /* The heading has its words by now, and may be higher than when the picture was first measured. */
      network.canvas.setSize();
      network.moveTo({ position: { x, y }, scale: Math.min(box().width, box().height) / span, animation: false });
    },
    legendRadius: (part) => (8 + 19 * part) * network.getScale() * (sizes.length ? Math.min(...sizes) : 1),
    legendWidth: (part) => Math.max(0.6, (1.5 + 4.5 * part) * network.getScale() * (widths.length ? widths[0] : 1)),
  };
})();
