"""The answer of an Oxigraph store to one question, as rows, a yes or no, or triples."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox
from rdflib.plugins.sparql.sparql import Query

from kg.errors import QueryError
from kg.graph.load import oxigraph_term, rdflib_term
from kg.graph.queries import bind, named_queries
from kg.graph.sparql import Result, check, check_graphs, dataset_of, is_ordered, term_order
from kg.graph.store import Names, graph_names, merged
from kg.graph.syntax import with_values
from kg.vocab import PREFIXES

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_DECIMAL = PREFIXES["xsd"] + "decimal"


@dataclass(frozen=True, slots=True)
class Question:
    """SPARQL text with what goes with it.

    `default` and `named` are the graphs asked, where a request names them: they take the place of FROM and FROM NAMED.
    `bindings` are parameters bound as terms. `limit` is the most rows or triples of an answer; 0 is none.
    """

    text: str
    bindings: Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal] = field(default_factory=dict)
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    limit: int = 10_000
    base: str = PREFIXES["fgi"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a SELECT; `truncated` tells that the row limit cut them."""

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE, sorted, each once; `truncated` tells that the limit cut them."""

    triples: list[ox.Triple]
    truncated: bool = False


Answer = Rows | Triples | bool


def answer(store: ox.Store, question: Question) -> Answer:
    """Return the answer to a question; rows that it does not order are sorted, so that they come the same every time.

    Raises `QueryError` for what is no query, not allowed, or can't be answered.
    """
    query = check(question.text, graphs=_Graphs(store), base=question.base)
    default, named = question.default, question.named
    check_graphs((*default, *named), _Graphs(store))
    if not default and not named:
        default, named = dataset_of(query)
    try:
        found = _ask(store, question, default, named)
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        if isinstance(found, ox.QueryTriples):
            return _triples(found, question.limit)
        return _rows(found, question.limit, query)
    except (SyntaxError, ValueError) as error:
        raise QueryError("E301", f"the query can't be read: {error}", hint="check its spelling") from error
    except (OSError, RuntimeError) as error:
        raise QueryError("E305", f"the query failed: {error}") from error


@dataclass(frozen=True, slots=True)
class _Graphs(Collection[str]):
    """The names of a store's graphs, looked up only when a query names one."""

    store: ox.Store

    def __contains__(self, name: object) -> bool:
        try:
            return self.store.contains_named_graph(ox.NamedNode(str(name)))
        except ValueError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(graph_names(self.store))

    def __len__(self) -> int:
        return len(graph_names(self.store))


def _ask(
    store: ox.Store, question: Question, default: tuple[str, ...], named: tuple[str, ...]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    text = with_values(question.text, question.bindings)
    if not default and not named:
        return store.query(text, prefixes=PREFIXES, base_iri=question.base)
    graphs = [ox.NamedNode(name) for name in named]
    start: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(name) for name in default]
    if len(start) > 1:
        # Oxigraph would count a triple of two graphs twice.
        store = merged(store, default, named)
        start = [ox.DefaultGraph()]
    return store.query(text, prefixes=PREFIXES, base_iri=question.base, default_graph=start, named_graphs=list(graphs))


def _rows(found: ox.QuerySolutions, limit: int, query: Query) -> Rows:
    columns = tuple(v.value for v in found.variables)
    taken = list(islice(found, limit + 1 if limit else None))
    rows = [tuple(row) for row in (taken[:limit] if limit else taken)]
    if not is_ordered(query):
        rows.sort(key=lambda row: [(v is not None, str(v)) for v in row])
    return Rows(columns, rows, truncated=bool(limit) and len(taken) > limit)


def _triples(found: ox.QueryTriples, limit: int) -> Triples:
    taken: dict[ox.Triple, None] = {}
    for triple in found:
        taken[triple] = None
        if limit and len(taken) > limit:
            break
    triples = sorted(islice(taken, limit or None), key=str)
    return Triples([_written(t) for t in triples], truncated=bool(limit) and len(taken) > limit)


def _written(triple: ox.Triple) -> ox.Triple:
    return ox.Triple(triple.subject, triple.predicate, plain_term(triple.object))


def plain_term(term: Term) -> Term:
    """Return a term in the form that our files write it in: a decimal with its point, which a store leaves out."""
    if isinstance(term, ox.Literal) and term.datatype.value == _DECIMAL and "." not in term.value:
        return ox.Literal(f"{term.value}.0", datatype=term.datatype)
    return term


def table(found: Answer) -> Result:
    """Return an answer as rows of rdflib terms; triples are rows of three columns, a yes or no is one cell."""
    from rdflib import Literal

    if isinstance(found, bool):
        return Result(("answer",), ((Literal(found),),))
    if isinstance(found, Triples):
        triples = sorted(
            (tuple(rdflib_term(x) for x in (t.subject, t.predicate, t.object)) for t in found.triples),
            key=lambda row: [term_order(value) for value in row],
        )
        return Result(("subject", "predicate", "object"), tuple(triples), found.truncated)
    rows = tuple(tuple(None if v is None else rdflib_term(plain_term(v)) for v in row) for row in found.rows)
    return Result(found.columns, rows, found.truncated)


@dataclass(frozen=True, slots=True)
class NamedQuestion:
    """A named query with its parameters as given: the store looks up what they name."""

    name: str
    params: Mapping[str, str]
    limit: int = 10_000


def answer_table(store: ox.Store, question: Question | NamedQuestion) -> Result:
    """Return the answer to a written or a named question as rows of rdflib terms; raises what `answer` raises."""
    if isinstance(question, NamedQuestion):
        named = named_queries()[question.name]
        bound = bind(Names(store), named, dict(question.params))
        terms = {name: oxigraph_term(term) for name, term in bound.items()}
        question = Question(named.text, terms, limit=question.limit)
    return table(answer(store, question))


__all__ = ["Answer", "NamedQuestion", "Question", "Rows", "Triples", "answer", "answer_table", "plain_term", "table"]
