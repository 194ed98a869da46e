"""How well a graph agrees with facts annotated by hand: precision, recall and F1 per kind of fact."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.graph.load import load
from kg.language.script import name_key, to_simplified
from kg.pipeline.lexicon import packaged
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

KINDS = ("entities", "posts", "relations", "amounts", "counts")
NAMES = ("listed", "not listed")
Item = dict[str, Any]
_ORG = PREFIXES["org"]


def key(text: str) -> str:
    """Return the form under which two spellings of a name, a title or a measure are equal."""
    return name_key(to_simplified(unicodedata.normalize("NFKC", text)))


@dataclass(slots=True)
class Tally:
    """Right, too much and missed, counted and in words."""

    right: int = 0
    missed: list[str] = field(default_factory=list)
    spurious: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what the graph says that is right."""
        return self.right / (self.right + len(self.spurious)) if self.right else 0.0

    @property
    def recall(self) -> float:
        """The share of what the gold says that the graph has."""
        return self.right / (self.right + len(self.missed)) if self.right else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.right += other.right
        self.missed += other.missed
        self.spurious += other.spurious


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The tallies of all documents together, of each type of entity, of names in the lexicon and not, and of each document."""

    total: dict[str, Tally]
    types: dict[str, Tally]
    names: dict[str, Tally]
    documents: dict[str, dict[str, Tally]]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain data for JSON."""

        def plain(tallies: dict[str, Tally]) -> dict[str, Any]:
            return {
                kind: {
                    "precision": round(t.precision, 4),
                    "recall": round(t.recall, 4),
                    "f1": round(t.f1, 4),
                    **asdict(t),
                }
                for kind, t in tallies.items()
            }

        documents = {name: plain(tallies) for name, tallies in self.documents.items()}
        return {
            "total": plain(self.total),
            "types": plain(self.types),
            "names": plain(self.names),
            "documents": documents,
        }

    def table(self, *, errors: bool = False) -> str:
        """Return the figures as text; with `errors`, what each document missed (-) and had too much (+)."""
        lines = [f"{'':12} {'P':>6} {'R':>6} {'F1':>6}   right  too much  missed"]
        for kind, t in [*self.total.items(), *((f"· {k}", t) for k, t in [*self.types.items(), *self.names.items()])]:
            figures = f"{t.precision:6.3f} {t.recall:6.3f} {t.f1:6.3f}"
            lines.append(f"{kind:12} {figures}   {t.right:5}  {len(t.spurious):8}  {len(t.missed):6}")
        for name, tallies in self.documents.items() if errors else ():
            lines.append(f"\n{name}")
            for kind, t in tallies.items():
                lines += [f"  - {kind}: {m}" for m in t.missed] + [f"  + {kind}: {s}" for s in t.spurious]
        return "\n".join(lines)


def evaluate(graph: Graph | str | Path, gold: Iterable[str | Path] | str | Path) -> Evaluation:
    """Return how a graph (or an output folder) agrees with gold files, or folders of them.

    Names are compared without regard to script, width and punctuation; entities are paired one to one, and facts
    through that pairing. What the graph says of a document counts, whichever other documents say it too.
    """
    graph = graph if isinstance(graph, Graph) else load(graph)
    total = {kind: Tally() for kind in KINDS}
    types = {t: Tally() for t in ENTITY_TYPES}
    names = {n: Tally() for n in NAMES}
    documents: dict[str, dict[str, Tally]] = {}
    for path in _gold_files([gold] if isinstance(gold, (str, Path)) else gold):
        expected = _read_gold(path)
        found = _Comparison(expected, facts_of(graph, expected["document"]))
        documents[expected["document"]] = found.tallies
        for kind in KINDS:
            total[kind].add(found.tallies[kind])
        for kind in ENTITY_TYPES:
            types[kind].add(found.types[kind])
        for kind in NAMES:
            names[kind].add(found.names[kind])
    return Evaluation(total, types, names, documents)


def _gold_files(gold: Iterable[str | Path]) -> list[Path]:
    files: list[Path] = []
    for place in map(Path, gold):
        files += sorted(place.glob("*.json")) if place.is_dir() else [place]
    if not files:
        raise InputError("E120", "no gold files here", hint="give .json files, or a folder of them")
    return files


def _read_gold(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("E121", f"the gold file can't be read ({error})", where=str(path)) from error
    if not isinstance(data, dict) or not {"document", *KINDS} <= data.keys():
        raise InputError("E122", "this is no gold file", where=str(path), hint=f"it needs document, {', '.join(KINDS)}")
    return data


def facts_of(graph: Graph, file_name: str) -> dict[str, list[Item]]:
    """Return what the graph says on the authority of one document, in the form of the gold files."""
    document = next(iter(graph.subjects(URIRef(FG.fileName), Literal(file_name))), None)
    evidence = set(graph.subjects(URIRef(FG.inDocument), document)) if document is not None else set()
    things = {thing for e in evidence for thing in graph.subjects(URIRef(FG.mention), e)}
    facts = {fact for e in evidence for fact in graph.subjects(URIRef(FG.evidence), e)}
    found: dict[str, list[Item]] = {"entities": [_entity(graph, thing) for thing in sorted(things, key=str)]}
    makers: dict[str, tuple[str, Callable[[Graph, Node], Iterator[Item]]]] = {
        "posts": (FG.PostHolding, _post),
        "relations": (FG.Relation, _relation),
        "amounts": (FG.Amount, _amount),
        "counts": (FG.Count, _count),
    }
    for kind, (class_, make) in makers.items():
        items = [item for f in facts if (f, RDF.type, URIRef(class_)) in graph for item in make(graph, f)]
        unique = {json.dumps(item, ensure_ascii=False, sort_keys=True): item for item in items}
        found[kind] = [item for _, item in sorted(unique.items())]
    return found


def _local(term: Node | None) -> str | None:
    return None if term is None else str(term).removeprefix(NAMESPACE)


def _entity(graph: Graph, thing: Node) -> Item:
    types = (_local(t) for t in graph.objects(thing, RDF.type))
    names = {str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in graph.objects(thing, p)}
    return {"id": str(thing), "type": next(t for t in types if t in ENTITY_TYPES), "names": sorted(names)}


def _post(graph: Graph, fact: Node) -> Iterator[Item]:
    ends = {
        "person": graph.value(fact, URIRef(_ORG + "member")),
        "organisation": graph.value(fact, URIRef(_ORG + "organization")),
    }
    for title in graph.objects(fact, URIRef(FG.title)):
        yield {**{k: str(v) for k, v in ends.items()}, "title": str(title)}


def _relation(graph: Graph, fact: Node) -> Iterator[Item]:
    subject, predicate, object_ = (graph.value(fact, p) for p in (RDF.subject, RDF.predicate, RDF.object))
    yield {"subject": str(subject), "predicate": _local(predicate), "object": str(object_)}


def _figure(graph: Graph, fact: Node) -> Item:
    value, bound = graph.value(fact, URIRef(FG.value)), graph.value(fact, URIRef(FG.bound))
    return {
        "subject": str(graph.value(fact, URIRef(FG.concerns))),
        "value": float(str(value)),
        "bound": _local(bound) or "exact",
    }


def _amount(graph: Graph, fact: Node) -> Iterator[Item]:
    role, per = graph.value(fact, URIRef(FG.amountRole)), graph.value(fact, URIRef(FG.per))
    currency = str(graph.value(fact, URIRef(FG.currency)))
    yield {**_figure(graph, fact), "role": _local(role), "currency": currency, "per": _local(per)}


def _count(graph: Graph, fact: Node) -> Iterator[Item]:
    for measure in graph.objects(fact, URIRef(FG.measure)):
        yield {**_figure(graph, fact), "measure": str(measure)}


class _Comparison:
    """One document's facts beside its gold: entities paired first, then facts through the pairs."""

    def __init__(self, gold: dict[str, list[Item]], system: dict[str, list[Item]]) -> None:
        self.gold = {e["id"]: e for e in gold["entities"]}
        self.system = {e["id"]: e for e in system["entities"]}
        self.pairs = self._pair()
        self.tallies = {kind: Tally() for kind in KINDS}
        self.types = {t: Tally() for t in ENTITY_TYPES}
        self.names = {n: Tally() for n in NAMES}
        self._entities()
        same = {
            "posts": self._same_post,
            "relations": self._same_relation,
            "amounts": self._same_amount,
            "counts": self._same_count,
        }
        for kind, is_same in same.items():
            self._facts(kind, gold[kind], system[kind], is_same)

    def _pair(self) -> dict[str, str]:
        """Pair each entity of the graph with a gold one that shares a name: the same type first, then most names."""
        gold_names = {i: {key(n) for n in e["names"]} for i, e in self.gold.items()}
        candidates = []
        for s, entity in self.system.items():
            names = {key(n) for n in entity["names"]}
            for g, theirs in gold_names.items():
                if shared := len(names & theirs):
                    candidates.append((entity["type"] != self.gold[g]["type"], -shared, s, g))
        pairs: dict[str, str] = {}
        for _, _, s, g in sorted(candidates):
            if s not in pairs and g not in pairs.values():
                pairs[s] = g
        return pairs

    def _entities(self) -> None:
        """Count the entities; a pair of two types is an error on both sides."""
        right = {s: g for s, g in self.pairs.items() if self.system[s]["type"] == self.gold[g]["type"]}
        tallies: list[tuple[Tally, Callable[[Item], bool]]] = [(self.tallies["entities"], lambda _: True)]
        tallies += [(t, lambda e, n=name: e["type"] == n) for name, t in self.types.items()]  # type: ignore[misc]
        tallies += [(t, lambda e, n=name: _listed(e) == n) for name, t in self.names.items()]  # type: ignore[misc]
        for tally, wanted in tallies:
            gold = {i: e for i, e in self.gold.items() if wanted(e)}
            system = {i: e for i, e in self.system.items() if wanted(e)}
            hits = [g for g in right.values() if g in gold]
            tally.right += len(hits)
            tally.missed += [f"{e['type']} {e['names'][0]}" for i, e in gold.items() if i not in hits]
            tally.spurious += [f"{e['type']} {e['names'][0]}" for i, e in system.items() if i not in right]

    def _facts(self, kind: str, gold: list[Item], system: list[Item], same: Callable[[Item, Item], bool]) -> None:
        left = list(gold)
        tally = self.tallies[kind]
        for fact in system:
            hit = next((g for g in left if same(g, fact)), None)
            if hit is None:
                tally.spurious.append(self._words(fact, self.system))
            else:
                left.remove(hit)
                tally.right += 1
        tally.missed += [self._words(g, self.gold) for g in left]

    def _words(self, fact: Item, entities: dict[str, Item]) -> str:
        parts = []
        for name in (
            "person",
            "subject",
            "predicate",
            "role",
            "title",
            "measure",
            "value",
            "currency",
            "organisation",
            "object",
        ):
            if name in fact:
                value = fact[name]
                named = name in {"person", "subject", "organisation", "object"} and value in entities
                parts.append(
                    entities[value]["names"][0]
                    if named
                    else f"{value:,}"
                    if isinstance(value, (int, float))
                    else str(value)
                )
        return " ".join(parts)

    def _is(self, ours: str, gold: str) -> bool:
        return self.pairs.get(ours) == gold

    def _same_post(self, gold: Item, fact: Item) -> bool:
        ends = self._is(fact["person"], gold["person"]) and self._is(fact["organisation"], gold["organisation"])
        return ends and _overlap(gold["title"], fact["title"])

    def _same_relation(self, gold: Item, fact: Item) -> bool:
        if gold["predicate"] != fact["predicate"]:
            return False
        ends = [(gold["subject"], gold["object"])]
        if gold["predicate"] == "partnersWith":
            ends.append((gold["object"], gold["subject"]))
        return any(self._is(fact["subject"], s) and self._is(fact["object"], o) for s, o in ends)

    def _same_figure(self, gold: Item, fact: Item) -> bool:
        return self._is(fact["subject"], gold["subject"]) and float(gold["value"]) == fact["value"]

    def _same_amount(self, gold: Item, fact: Item) -> bool:
        return self._same_figure(gold, fact) and bool(gold["currency"] == fact["currency"])

    def _same_count(self, gold: Item, fact: Item) -> bool:
        measures = gold["measure"] if isinstance(gold["measure"], list) else [gold["measure"]]
        return self._same_figure(gold, fact) and any(_overlap(m, fact["measure"]) for m in measures)


def _listed(entity: Item) -> str:
    """Return whether the lexicon has one of an entity's names: what it lacks shows how the rules and the model generalise."""
    known = packaged().by_key
    return NAMES[0] if any(name_key(n) in known or key(n) in known for n in entity["names"]) else NAMES[1]


def _overlap(left: str, right: str) -> bool:
    a, b = key(left), key(right)
    return bool(a) and bool(b) and (a in b or b in a)
