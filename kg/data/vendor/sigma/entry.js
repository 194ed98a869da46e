export { default as Graph } from "graphology";
export { default as Sigma } from "sigma";
export { NodePointProgram, EdgeProgram, EdgeArrowProgram } from "sigma/rendering";
export { floatColor } from "sigma/utils";
export { createEdgeCurveProgram } from "@sigma/edge-curve";
