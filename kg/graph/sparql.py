"""Read-only SPARQL over a graph: refused constructs, known terms, bound parameters, a time limit that holds."""

from __future__ import annotations

import difflib
import html
import multiprocessing
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rdflib import Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from kg.errors import QueryError
from kg.vocab import NAMESPACE, PREFIXES, TERMS

if TYPE_CHECKING:
    import pandas as pd

_UPDATE = re.compile(
    r"^\s*(?:(?:PREFIX|BASE)\b[^\n]*\n\s*)*(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a query; `truncated` tells that the row limit cut them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    truncated: bool = False

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each row as a dictionary of Python values: Decimal, date and text; None where nothing is bound."""
        return [{c: _python(v) for c, v in zip(self.columns, row, strict=True)} for row in self.rows]

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a DataFrame with Decimal and date values (needs pandas)."""
        import pandas as pd

        return pd.DataFrame(self.to_dicts(), columns=list(self.columns))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape('' if v is None else str(v))}</td>" for v in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _python(value: Node | None) -> Any:
    if isinstance(value, Literal):
        python = value.toPython()
        return str(value) if isinstance(python, Literal) else python
    return None if value is None else str(value)


def _walk(value: Any, found: list[CompValue], iris: set[str], seen: set[int]) -> None:
    if id(value) in seen:
        return
    if isinstance(value, URIRef):
        iris.add(str(value))
    elif isinstance(value, (CompValue, dict, list, tuple, set, frozenset)):
        seen.add(id(value))
        if isinstance(value, CompValue):
            found.append(value)
        for part in list(value.values()) if isinstance(value, dict) else list(value):
            _walk(part, found, iris, seen)
    elif hasattr(value, "__dict__"):
        seen.add(id(value))
        for part in vars(value).values():
            _walk(part, found, iris, seen)


def check(text: str) -> Query:
    """Return the parsed query. Raises `QueryError` for what is no query, reaches outside, or names an unknown fg: term."""
    if _UPDATE.match(text):
        raise QueryError("E302", "only questions are answered, nothing is changed", hint="use SELECT, ASK or CONSTRUCT")
    try:
        query = prepareQuery(text, initNs=PREFIXES)
    except Exception as error:  # rdflib and pyparsing raise many kinds for a malformed query
        raise QueryError(
            "E301", f"the query can't be read: {error}", hint="check the spelling near that place"
        ) from error
    found: list[CompValue] = []
    iris: set[str] = set()
    _walk(query.algebra, found, iris, set())
    if any(v.name == "ServiceGraphPattern" for v in found):
        raise QueryError("E302", "SERVICE reaches another server and is refused", hint="leave SERVICE out")
    if any(dict.get(v, "datasetClause") for v in found):
        raise QueryError(
            "E302", "FROM names a source outside and is refused", hint="leave FROM out: the graph is already loaded"
        )
    for address in sorted(iris):
        local = address[len(NAMESPACE) :] if address.startswith(NAMESPACE) else None
        if local is not None and local not in TERMS:
            near = difflib.get_close_matches(local, TERMS, 1, 0.5)
            raise QueryError(
                "E303",
                f"unknown term fg:{local}",
                hint=f"did you mean fg:{near[0]}?" if near else "see ontology/fundgraph.ttl",
            )
    return query


def run(
    graph: Graph, text: str, *, bindings: Mapping[str, Node] | None = None, timeout: float = 30.0, limit: int = 10_000
) -> Result:
    """Return the answer to a query. Parameters are bound as terms; after `timeout` seconds the work is ended (E304)."""
    query = check(text)
    if timeout <= 0:
        return _evaluate(graph, query, bindings or {}, limit)
    context = multiprocessing.get_context("fork") if "fork" in multiprocessing.get_all_start_methods() else None
    if context is None:
        return _evaluate(graph, query, bindings or {}, limit)
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_answer, args=(sender, graph, query, dict(bindings or {}), limit), daemon=True)
    worker.start()
    sender.close()
    try:
        if not receiver.poll(timeout):
            raise QueryError(
                "E304",
                f"the query took more than {timeout:g} seconds and was ended",
                hint="narrow it, or raise --timeout",
            )
        answer = receiver.recv()
    except EOFError:
        raise QueryError(
            "E305", "the query ended without an answer", hint="it may have run out of memory: narrow it"
        ) from None
    finally:
        worker.kill()
        worker.join()
        receiver.close()
    if isinstance(answer, str):
        raise QueryError("E305", f"the query failed: {answer}")
    found: Result = answer
    return found


def _answer(sender: Any, graph: Graph, query: Query, bindings: dict[str, Node], limit: int) -> None:
    try:
        sender.send(_evaluate(graph, query, bindings, limit))
    except Exception as error:  # sent to the parent, which raises
        sender.send(f"{type(error).__name__}: {error}")


def _evaluate(graph: Graph, query: Query, bindings: Mapping[str, Node], limit: int) -> Result:
    answer = graph.query(query, initBindings=dict(bindings))  # type: ignore[arg-type]
    if answer.type == "ASK":
        return Result(("answer",), ((Literal(bool(answer.askAnswer)),),))
    if answer.type in {"CONSTRUCT", "DESCRIBE"}:
        triples = sorted(answer.graph or Graph())
        return Result(("subject", "predicate", "object"), tuple(triples[:limit]), len(triples) > limit)
    columns = tuple(str(v) for v in answer.vars or ())
    rows: list[tuple[Node | None, ...]] = []
    for row in answer:
        if len(rows) == limit:
            return Result(columns, tuple(rows), truncated=True)
        rows.append(tuple(row))  # type: ignore[arg-type]
    return Result(columns, tuple(rows))
