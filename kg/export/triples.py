"""The graph in the syntaxes of RDF."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef

from kg.errors import OutputError
from kg.resources import ontology_path
from kg.vocab import NAMESPACE, PREFIXES

# Properties of other vocabularies that the graph uses and whose values are things or typed.
_LINKS = (
    "org:member",
    "org:organization",
    "org:classification",
    "rdf:subject",
    "rdf:predicate",
    "rdf:object",
    "prov:used",
    "prov:wasDerivedFrom",
    "prov:wasGeneratedBy",
)
_TYPED = {"dcterms:issued": "xsd:date"}
_TRIG_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*"@)([A-Za-z0-9-]+)|<[^<>]*>|"(?:[^"\\]|\\.)*"', re.S)
_TAGS = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}


def turtle(graph: Graph) -> str:
    """Return the triples as Turtle."""
    return graph.serialize(format="turtle")


def n_triples(graph: Graph) -> str:
    """Return the triples as N-Triples, sorted."""
    # Not splitlines: it also breaks at U+000B and its like, which literals may hold.
    return "".join(sorted(f"{line}\n" for line in graph.serialize(format="nt").split("\n") if line))


def quads(path: Path, form: str) -> str:
    """Return a graph file with a named graph a document as ``nq`` or ``trig``, sorted."""
    import pyoxigraph

    formats = {"nq": pyoxigraph.RdfFormat.N_QUADS, "trig": pyoxigraph.RdfFormat.TRIG}
    read = {".nq": "nq", ".trig": "trig"}.get(path.suffix)
    if read is None:
        raise OutputError(
            "E406", f"{path.name} has no graph of each document", hint="give the output folder, or a .nq or .trig file"
        )
    found = sorted(pyoxigraph.parse(path=str(path), format=formats[read]), key=lambda q: (str(q.graph_name), str(q)))
    text = pyoxigraph.serialize(found, format=formats[form], prefixes=dict(PREFIXES) if form == "trig" else None)
    assert text is not None
    tagged = _TRIG_TOKEN.sub(_tagged, text.decode("utf-8"))
    return tagged if form == "trig" else "".join(sorted(f"{line}\n" for line in tagged.split("\n") if line))


def _tagged(token: re.Match[str]) -> str:
    """Return a language tag as it is usually written: Oxigraph lower-cases them all."""
    return token[1] + _TAGS.get(token[2], token[2]) if token[1] else token[0]


@lru_cache(maxsize=1)
def context() -> dict[str, Any]:
    """Return the JSON-LD context: our prefixes, each property of the ontology by its bare name, with its type."""
    ontology = Graph().parse(ontology_path("fundgraph.ttl"))
    found: dict[str, Any] = {**PREFIXES, "id": "@id", "type": "@type"}
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in sorted(ontology.subjects(RDF.type, kind), key=str):
            if not str(term).startswith(NAMESPACE):
                continue
            name = str(term).removeprefix(NAMESPACE)
            entry = {"@id": f"fg:{name}"}
            range_ = ontology.value(term, RDFS.range)
            if kind == OWL.ObjectProperty:
                entry["@type"] = "@id"
            elif isinstance(range_, URIRef) and range_.startswith(str(XSD)) and range_ != XSD.string:
                entry["@type"] = f"xsd:{range_.removeprefix(str(XSD))}"
            found[name] = entry
    found |= {name: {"@id": name, "@type": "@id"} for name in _LINKS}
    return found | {name: {"@id": name, "@type": type_} for name, type_ in _TYPED.items()}


def json_ld(graph: Graph) -> str:
    """Return the triples as JSON-LD with its context inside, so that nothing needs to be fetched to read it."""
    data = json.loads(graph.serialize(format="json-ld", context=context()))
    nodes = data.get("@graph", [])
    ordered = sorted(({k: _in_order(v) for k, v in n.items()} for n in nodes), key=lambda n: str(n["id"]))
    return json.dumps({"@context": context(), "@graph": ordered}, ensure_ascii=False, indent=1) + "\n"


def _in_order(value: Any) -> Any:
    return sorted(value, key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(value, list) else value
