/* The picture, drawn by sigma.js with WebGL: for thousands of nodes. */
const SHAPES = ["dot", "square", "triangle", "diamond", "hexagon", "star"];
/* One point for each node; its outline is cut out of it by distance. */
const VERTEX = `
attribute vec4 a_id; attribute vec4 a_color; attribute vec2 a_position; attribute float a_size; attribute float a_shape;
uniform float u_sizeRatio; uniform float u_pixelRatio; uniform mat3 u_matrix;
varying vec4 v_color; varying float v_shape; varying float v_pixel;
const float bias = 255.0 / 254.0;
void main() {
  gl_Position = vec4((u_matrix * vec3(a_position, 1)).xy, 0, 1);
  gl_PointSize = a_size / u_sizeRatio * u_pixelRatio * 2.0 + 2.0;
  v_pixel = 2.0 / gl_PointSize;
  /* The shape of a very small mark is not seen. */
  v_shape = gl_PointSize < 8.0 * u_pixelRatio ? 0.0 : a_shape;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;
const FRAGMENT = `
precision highp float;
varying vec4 v_color; varying float v_shape; varying float v_pixel;
uniform vec3 u_paper;
void main() {
  vec2 p = (gl_PointCoord - 0.5) * vec2(2.0, -2.0) / (1.0 - v_pixel);
  #ifdef PICKING_MODE
  if (dot(p, p) > 1.0) discard;
  gl_FragColor = v_color;
  #else
  vec2 q = abs(p);
  float d;
  if (v_shape < 0.5) d = length(p) - 1.0;
  else if (v_shape < 1.5) d = max(q.x, q.y) - 0.84;
  else if (v_shape < 2.5) d = max(0.894 * q.x + 0.447 * p.y - 0.447, -p.y - 0.75);
  else if (v_shape < 3.5) d = (q.x * 1.1 + q.y - 1.0) * 0.7;
  else if (v_shape < 4.5) d = max(q.x * 0.866 + q.y * 0.5, q.y) - 0.86;
  else {
    /* A star of five by folding the plane (after Inigo Quilez). */
    vec2 k = vec2(0.809017, -0.587785);
    vec2 s = vec2(q.x, p.y);
    s -= 2.0 * max(dot(k, s), 0.0) * k;
    s -= 2.0 * max(dot(vec2(-k.x, k.y), s), 0.0) * vec2(-k.x, k.y);
    s = vec2(abs(s.x), s.y - 1.0);
    vec2 ba = 0.47 * vec2(0.587785, 0.809017) - vec2(0.0, 1.0);
    vec2 along = s - ba * clamp(dot(s, ba) / dot(ba, ba), 0.0, 1.0);
    d = length(along) * sign(s.y * ba.x - s.x * ba.y);
  }
  float inside = clamp(0.5 - d / v_pixel, 0.0, 1.0);
  float rim = v_pixel < 0.2 ? clamp(0.5 + (d + 1.2 * v_pixel) / v_pixel, 0.0, 1.0) : 0.0;
  gl_FragColor = vec4(mix(v_color.rgb, u_paper * v_color.a, rim), v_color.a) * inside;
  #endif
}`;
const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
/* The drawing code takes colours that are already multiplied by their opacity. */
const paint_ = (hex, alpha) => `rgba(${channels(hex).map((c) => Math.round(c * alpha)).join(",")},${alpha})`;
let paperColour = [1, 1, 1];
class ShapeProgram extends sigmaBundle.NodePointProgram {
  getDefinition() {
    const own = super.getDefinition();
    return {
      ...own, VERTEX_SHADER_SOURCE: VERTEX, FRAGMENT_SHADER_SOURCE: FRAGMENT, UNIFORMS: [...own.UNIFORMS, "u_paper"],
      ATTRIBUTES: [...own.ATTRIBUTES, { name: "a_shape", size: 1, type: WebGLRenderingContext.FLOAT }],
    };
  }
  processVisibleItem(index, start, node) {
    super.processVisibleItem(index, start, node);
    this.array[start + 5] = node.shape;
  }
  setUniforms(params, info) {
    super.setUniforms(params, info);
    info.gl.uniform3fv(info.uniformLocations.u_paper, paperColour);
  }
}
/* Lines as plain triangles: sigma's own draw one instance for each link, which takes software renderers ten times as long. */
const LINE_VERTEX = `
attribute vec4 a_id; attribute vec4 a_color; attribute vec2 a_position; attribute vec2 a_normal;
uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_correctionRatio; uniform float u_minEdgeThickness;
varying vec4 v_color;
const float bias = 255.0 / 254.0;
void main() {
  float thick = length(a_normal);
  vec2 across = thick > 0.0 ? a_normal / thick : vec2(0.0);
  float half_ = max(thick, u_minEdgeThickness * u_sizeRatio) * u_correctionRatio / u_sizeRatio;
  gl_Position = vec4((u_matrix * vec3(a_position + across * half_, 1)).xy, 0, 1);
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;
const LINE_FRAGMENT = `
precision mediump float;
varying vec4 v_color;
void main() { gl_FragColor = v_color; }`;
class RibbonProgram extends sigmaBundle.EdgeProgram {
  getDefinition() {
    const { FLOAT, UNSIGNED_BYTE, TRIANGLES } = WebGLRenderingContext;
    return {
      VERTICES: 6, VERTEX_SHADER_SOURCE: LINE_VERTEX, FRAGMENT_SHADER_SOURCE: LINE_FRAGMENT, METHOD: TRIANGLES,
      UNIFORMS: ["u_matrix", "u_sizeRatio", "u_correctionRatio", "u_minEdgeThickness"],
      ATTRIBUTES: [
        { name: "a_position", size: 2, type: FLOAT }, { name: "a_normal", size: 2, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true }, { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
    };
  }
  processVisibleItem(index, start, from, to, edge) {
    const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1, colour = sigmaBundle.floatColor(edge.color);
    const nx = -dy / length * edge.size, ny = dx / length * edge.size, array = this.array;
    for (const [end, side] of [[from, 1], [from, -1], [to, 1], [to, 1], [from, -1], [to, -1]]) {
      array[start++] = end.x; array[start++] = end.y;
      array[start++] = nx * side; array[start++] = ny * side;
      array[start++] = colour; array[start++] = index;
    }
  }
  setUniforms(params, { gl, uniformLocations }) {
    gl.uniformMatrix3fv(uniformLocations.u_matrix, false, params.matrix);
    gl.uniform1f(uniformLocations.u_sizeRatio, params.sizeRatio);
    gl.uniform1f(uniformLocations.u_correctionRatio, params.correctionRatio);
    gl.uniform1f(uniformLocations.u_minEdgeThickness, params.minEdgeThickness);
  }
}
const drawing = (() => {
  const canvas = el("canvas", { id: "names" });
  const many = data.links.length > 1500;
  const graph = new sigmaBundle.Graph({ multi: true, type: "directed" });
  data.things.forEach((thing, i) => graph.addNode(String(i), { i, x: data.places[2 * i], y: -data.places[2 * i + 1], shape: SHAPES.indexOf(types[thing.type].shape) }));
  const between = new Map();
  data.links.forEach((link, i) => {
    const pair = Math.min(link.source, link.target) * data.things.length + Math.max(link.source, link.target);
    const nth = between.get(pair) ?? 0;
    between.set(pair, nth + 1);
    /* Parallel links bend apart; seen from the other end, the same bend must go the other way. */
    const side = (nth % 2 === 1) === (link.source < link.target) ? 1 : -1;
    graph.addEdgeWithKey(String(i), String(link.source), String(link.target), { i, curvature: nth ? side * (0.14 + 0.1 * Math.floor((nth - 1) / 2)) : 0 });
  });
  /* As large as the room of each in the first picture allows. */
  let smallest = 3;
  const radiusOf = (part) => smallest * (1 + 3.5 * part);
  const radii = new Float32Array(data.things.length);
  const thinnest = many ? 0.5 : 0.9;
  const widthOf = (part) => thinnest + 3.5 * part;
  const faint = Math.max(0.2, Math.min(0.65, 60 / Math.sqrt(data.links.length + 1)));
  const lineAlpha = (i) => (!litEdge(i) ? faint * 0.12 : state.selected === null ? faint : 1);
  function nodeLook(key, node) {
    const i = node.i, chosen = i === state.selected, on = lit(i);
    return { ...node, hidden: !nodeShown(i), size: radii[i] * (chosen ? 1.35 : 1), color: paint_(tone(types[data.things[i].type]), on ? 1 : 0.16), zIndex: chosen ? 2 : on ? 1 : 0 };
  }
  function edgeLook(key, edge) {
    const i = edge.i, link = data.links[i], near_ = state.selected !== null && litEdge(i);
    const arrow = (near_ || !many) && link.predicate !== "partnersWith";
    return {
      ...edge, hidden: !edgeShown(i), type: edge.curvature ? (arrow ? "curvedArrow" : "curved") : arrow ? "arrow" : "line",
      size: widthOf(share("width", i)) * (near_ ? 1.6 : 1), color: paint_(tone(predicates[link.predicate]), lineAlpha(i)), zIndex: near_ ? 1 : 0,
    };
  }
  const { createEdgeCurveProgram, EdgeArrowProgram } = sigmaBundle;
  const sigma = new sigmaBundle.Sigma(graph, byId("graph"), {
    nodeReducer: nodeLook, edgeReducer: edgeLook, renderLabels: false, renderEdgeLabels: false, zIndex: true, stagePadding: 50,
    minCameraRatio: 0.004, maxCameraRatio: 4, enableEdgeEvents: !many, minEdgeThickness: 0.4, allowInvalidContainer: true,
    defaultNodeType: "shape", nodeProgramClasses: { shape: ShapeProgram }, nodeHoverProgramClasses: { shape: ShapeProgram },
    defaultDrawNodeHover: () => {}, enableCameraRotation: false, hideEdgesOnMove: false,
    defaultEdgeType: "line", edgeProgramClasses: {
      line: RibbonProgram, arrow: EdgeArrowProgram, curved: createEdgeCurveProgram(),
      curvedArrow: createEdgeCurveProgram({ arrowHead: { extremity: "target", lengthToThicknessRatio: 2.5, widenessToThicknessRatio: 2 } }),
    },
  });
  const camera = sigma.getCamera();
  byId("graph").append(canvas);
  function measure() {
    const xs = data.places.filter((_, k) => k % 2 === 0), ys = data.places.filter((_, k) => k % 2 === 1);
    const [wide, high] = [xs, ys].map((all) => Math.max(1, most(all) - all.reduce((a, b) => (b < a ? b : a), 0)));
    const { width, height } = sigma.getDimensions();
    const scale = Math.min(width / wide, height / high);
    smallest = Math.max(1.2, Math.min(6, 0.13 * scale * Math.sqrt(wide * high / (data.things.length + 1))));
  }
  measure();
  const box = () => sigma.getDimensions();
  /* Sigma's picture is a straight map of ours: three points tell it. */
  function mapping() {
    const at = sigma.graphToViewport({ x: 0, y: 0 }), right = sigma.graphToViewport({ x: 1000, y: 0 }), up = sigma.graphToViewport({ x: 0, y: 1000 });
    return { x: at.x, y: at.y, right: (right.x - at.x) / 1000, down: -(up.y - at.y) / 1000 };
  }
  function scene() {
    const map = mapping(), grown = 1 / sigma.scaleSize(1) ? sigma.scaleSize(1) : 1;
    const screen = (i) => ({ x: map.x + map.right * data.places[2 * i], y: map.y - map.down * -data.places[2 * i + 1] });
    return {
      box: box(), screen, radius: (i) => radii[i] * grown, width: (i) => widthOf(share("width", i)) * grown, alpha: lineAlpha,
      bend: (i) => {
        const { curvature } = graph.getEdgeAttributes(String(i)), a = screen(data.links[i].source), b = screen(data.links[i].target);
        return { x: curvature * (b.y - a.y) / 2, y: -curvature * (b.x - a.x) / 2 };
      },
    };
  }
  function names() {
    const { width, height } = box(), ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawLabels(context, scene());
  }
  sigma.on("afterRender", () => { count(); names(); });
  /* A machine that can not draw all links in time shows them when the picture stands still. */
  let moved = 0, slow = 0;
  function count() {
    const now = performance.now();
    if (now - moved > 45 && now - moved < 1500) slow += 1; else slow = Math.max(0, slow - 1);
    moved = now;
    if (slow > 3 && many && !sigma.getSetting("hideEdgesOnMove")) sigma.setSetting("hideEdgesOnMove", true);
  }
  function paint() {
    paperColour = channels(css("--paper")).map((c) => c / 255);
    data.things.forEach((_, i) => { radii[i] = radiusOf(share("size", i)); });
    sigma.refresh();
  }
  const bounds = () => {
    const shown = [Infinity, Infinity, -Infinity, -Infinity];
    data.things.forEach((_, i) => {
      if (!nodeShown(i)) return;
      const x = data.places[2 * i], y = data.places[2 * i + 1];
      shown[0] = Math.min(shown[0], x); shown[1] = Math.min(shown[1], y); shown[2] = Math.max(shown[2], x); shown[3] = Math.max(shown[3], y);
    });
    return shown;
  };
  /* The camera that has a point of ours in the middle, at so many pixels a unit. */
  function cameraAt({ x, y }, scale, offset = { x: 0, y: 0 }) {
    const now = camera.getState(), map = mapping(), ratio = Math.max(0.004, Math.min(4, now.ratio * map.right / scale));
    const framed = (px, py) => sigma.viewportToFramedGraph(sigma.graphToViewport({ x: px, y: -py }));
    const middle = framed(x - offset.x / scale, y - offset.y / scale);
    return { ...now, x: middle.x, y: middle.y, ratio };
  }
  function go(target, animate = true) {
    if (animate && motion()) { camera.animate(target, { duration: 220 }); return; }
    /* A movement under way would go on over it. */
    cancelAnimationFrame(camera.nextFrame ?? 0);
    camera.nextFrame = null;
    camera.setState(target);
  }
  function fit(animate = true) {
    const [x0, y0, x1, y1] = bounds(), { width, height } = box();
    if (x0 > x1) return;
    const foot = last > 0 ? 64 : 0;
    const scale = Math.min((width - 90) / Math.max(x1 - x0, 1), (height - 90 - foot) / Math.max(y1 - y0, 1), 1.6);
    go(cameraAt({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 }, scale, { x: 0, y: -foot / 2 }), animate);
  }
  const zoom = (factor) => go({ ...camera.getState(), ratio: Math.max(0.004, Math.min(4, camera.getState().ratio / factor)) });
  sigma.on("clickNode", ({ node }) => select(Number(node), { bring: false }));
  sigma.on("clickStage", () => { if (state.selected !== null) select(null); });
  sigma.on("enterNode", ({ node }) => { state.hovered = Number(node); byId("graph").classList.add("over"); names(); });
  sigma.on("leaveNode", () => { state.hovered = null; byId("graph").classList.remove("over"); names(); });
  sigma.on("enterEdge", ({ edge }) => { state.hoveredEdge = Number(edge); names(); });
  sigma.on("leaveEdge", () => { state.hoveredEdge = null; names(); });
  const position = (i) => ({ x: data.places[2 * i], y: data.places[2 * i + 1] });
  sigma.on("doubleClickNode", ({ node, event, preventSigmaDefault }) => {
    (preventSigmaDefault ?? event.preventSigmaDefault)?.();
    go(cameraAt(position(Number(node)), Math.max(mapping().right * 2, 0.8)));
  });
  byId("graph").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (step) {
      event.preventDefault();
      const now = camera.getState();
      camera.setState({ ...now, x: now.x + step[0] * 0.08 * now.ratio, y: now.y + step[1] * 0.08 * now.ratio });
    }
  });
  return {
    paint, fit, scene, zoom, position, redraw: () => sigma.refresh({ skipIndexation: true }),
    screen: (i) => scene().screen(i),
    /* Among thousands, a chosen thing is only seen from near. */
    near: () => mapping().right > 0.12,
    bring: (i, offset) => go(cameraAt(position(i), Math.max(mapping().right, 0.5), offset)),
    look: () => {
      const { width, height } = box(), map = mapping();
      return { x: (width / 2 - map.x) / map.right, y: (height / 2 - map.y) / map.down, span: Math.min(width, height) / map.right };
    },
    lookAt: ({ x, y, span }) => { sigma.refresh({ skipIndexation: true }); go(cameraAt({ x, y }, Math.min(box().width, box().height) / span), false); },
    legendRadius: (part) => radiusOf(part) * sigma.scaleSize(1),
    legendWidth: (part) => Math.max(0.6, widthOf(part) * sigma.scaleSize(1)),
    /* For measurements: the camera moved by so many pixels. */
    pan: (dx, dy) => { const now = camera.getState(), unit = mapping().right; camera.setState(cameraAt({ x: drawing.look().x + dx / unit, y: drawing.look().y + dy / unit }, unit)); return now; },
  };
})();
