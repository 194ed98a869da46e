"""Checking a graph against the shapes of the ontology."""

from __future__ import annotations

from rdflib import RDF, SH, SKOS, XSD, Graph, Literal
from rdflib.term import Node

from kg.model import Finding
from kg.resources import ontology_path

_TYPED = {XSD.decimal, XSD.integer, XSD.date, XSD.gYear, XSD.gYearMonth}
# The reports of pySHACL quote the shape; what a reader needs is the property and what is wrong with its value.
_WORDS = {
    SH.MinCountConstraintComponent: "is missing",
    SH.MaxCountConstraintComponent: "has more values than it may",
    SH.ClassConstraintComponent: "points to a thing of the wrong class",
    SH.DatatypeConstraintComponent: "has the wrong datatype",
    SH.InConstraintComponent: "is none of the allowed values",
    SH.PatternConstraintComponent: "is not written as it should be",
    SH.UniqueLangConstraintComponent: "has two values in one language",
    SH.LessThanConstraintComponent: "is not less than its counterpart",
    SH.MinInclusiveConstraintComponent: "is too small",
    SH.MaxInclusiveConstraintComponent: "is too large",
    SH.MinLengthConstraintComponent: "is too short",
    SH.OrConstraintComponent: "fits none of the alternatives",
    SH.NodeKindConstraintComponent: "the node has no address of its own",
}


def validate(graph: Graph) -> list[Finding]:
    """Return what in a graph breaks a shape or is an ill-typed number or date; empty if it conforms."""
    import pyshacl

    shapes = Graph().parse(ontology_path("shapes.ttl"))
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False)
    findings = []
    if isinstance(report, Graph):
        for result in report.subjects(RDF.type, SH.ValidationResult):
            node, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
            value, kind = report.value(result, SH.value), report.value(result, SH.sourceConstraintComponent)
            words = _WORDS.get(kind, str(report.value(result, SH.resultMessage) or "breaks a shape"))  # type: ignore[call-overload]
            where = graph.namespace_manager.normalizeUri(str(path)) if path is not None else ""
            shown = f": {value}" if value is not None and kind != SH.NodeKindConstraintComponent else ""
            findings.append(Finding("error", "E230", f"{where} {words}{shown}{_name(graph, node)}".strip(), str(node)))
    findings += [
        Finding(
            "error",
            "E231",
            f'"{value}" is no {graph.namespace_manager.normalizeUri(value.datatype)}{_name(graph, subject)}',
            str(subject),
        )
        for subject, _, value in graph
        if isinstance(value, Literal) and value.datatype in _TYPED and value.ill_typed
    ]
    return sorted(set(findings), key=lambda f: (f.where, f.code, f.message))


def _name(graph: Graph, node: Node | None) -> str:
    """Return the label of a node for a message, or nothing; of several the first in order."""
    labels = sorted(str(label) for label in graph.objects(node, SKOS.prefLabel)) if node is not None else []
    return f" ({labels[0]})" if labels else ""
