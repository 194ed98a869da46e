"""Checking a graph against the shapes of the ontology."""

from __future__ import annotations

from rdflib import RDF, SH, XSD, Graph, Literal

from kg.model import Finding
from kg.resources import ontology_path


def validate(graph: Graph) -> list[Finding]:
    """Return what in a graph breaks a shape or is an ill-typed number or date; empty if it conforms."""
    import pyshacl

    shapes = Graph().parse(ontology_path("shapes.ttl"))
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False)
    findings = []
    if isinstance(report, Graph):
        for result in report.subjects(RDF.type, SH.ValidationResult):
            node, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
            message = str(report.value(result, SH.resultMessage) or "breaks a shape")
            where = graph.namespace_manager.normalizeUri(str(path)) if path is not None else ""
            findings.append(Finding("error", "E230", f"{where} {message}".strip(), str(node)))
    findings += [
        Finding("error", "E231", f"{value.n3()} is no {value.datatype}", str(subject))
        for subject, _, value in graph
        if isinstance(value, Literal)
        and value.datatype in {XSD.decimal, XSD.integer, XSD.date, XSD.gYear}
        and value.ill_typed
    ]
    return sorted(set(findings), key=lambda f: (f.where, f.message))
