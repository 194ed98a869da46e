"""Read-only SPARQL over a graph: refused constructs, known terms, bound parameters, a time limit that holds."""

from __future__ import annotations

import difflib
import multiprocessing
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyparsing import ParseBaseException
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from kg.cards import card, is_number, tidy
from kg.errors import QueryError
from kg.graph.syntax import check_words
from kg.vocab import NAMESPACE, PREFIXES, TERMS

if TYPE_CHECKING:
    import pandas as pd

_MEMORY = 4 * 1024**3
_SHOWN = 100  # rows that a notebook shows


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a query; `truncated` tells that the row limit cut them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    truncated: bool = False

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each row as a dictionary of Python values: Decimal, date and text; None where nothing is bound."""
        return [{c: _python(v) for c, v in zip(self.columns, row, strict=True)} for row in self.rows]

    def to_pandas(self, *, words: bool = True) -> pd.DataFrame:
        """Return the rows as a DataFrame with Decimal and date values, None where nothing is bound (needs pandas).

        The terms of the ontology come as words, such as ``budget``; with `words` False, as addresses.
        """
        import pandas as pd

        def shown(value: Any) -> Any:
            if isinstance(value, Decimal):
                return tidy(value)
            return value.removeprefix(NAMESPACE) if words and isinstance(value, str) else value

        rows = self.to_dicts()
        return pd.DataFrame({c: pd.Series([shown(row[c]) for row in rows], dtype="object") for c in self.columns})

    def _repr_html_(self) -> str:
        rows = [tuple(row.values()) for row in self.to_dicts()]
        first = rows[:_SHOWN]
        numbers = {i for i in range(len(self.columns)) if any(is_number(row[i]) for row in first)}
        note = "The row limit cut this answer: raise limit." if self.truncated else "" if rows else "no rows"
        return card("rows", columns=self.columns, rows=first, numbers=numbers, more=len(rows) - len(first), note=note)


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


def check(text: str, *, graphs: Collection[str] | None = None, base: str | None = None) -> Query:
    """Return the parsed query.

    Raises `QueryError` for what is no query (E301), changes something or reaches outside (E302), or names an unknown
    fg: term (E303). FROM may name the given `graphs` only, and none by default. `base` is what relative addresses
    stand below.
    """
    check_words(text)
    try:
        query = prepareQuery(text, initNs=PREFIXES, base=base)
    except Exception as error:  # rdflib and pyparsing raise many kinds for a malformed query
        raise _malformed(text, error) from error
    found: list[CompValue] = []
    iris: set[str] = set()
    _walk(query.algebra, found, iris, set())
    if any(v.name == "ServiceGraphPattern" for v in found):
        raise QueryError("E302", "SERVICE reaches another server and is refused", hint="leave SERVICE out")
    check_graphs([name for part in dataset_of(query) for name in part], graphs)
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


def dataset_of(query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the graphs that a query names in FROM, and those in FROM NAMED."""
    clauses = dict.get(query.algebra, "datasetClause") or []
    default = tuple(str(c.default) for c in clauses if dict.get(c, "default"))
    return default, tuple(str(c.named) for c in clauses if dict.get(c, "named"))


def check_graphs(names: Iterable[str], known: Collection[str] | None) -> None:
    """Raise `QueryError` (E302) if one of the names of graphs is not among those known."""
    for name in names:
        if known is None:
            hint = "leave FROM out: the graph is already loaded"
            raise QueryError("E302", "FROM names a source outside and is refused", hint=hint)
        if name not in known:
            hint = "nothing is fetched: name a graph of this store, or leave it out"
            raise QueryError("E302", f"no graph {name} here", hint=hint)


def _malformed(text: str, error: Exception) -> QueryError:
    """Return what is wrong with a query, in words and with its place."""
    prefix = re.search(r"Unknown namespace prefix : (\S*)", str(error))
    if prefix:
        known = ", ".join(f"{p}:" for p in PREFIXES)
        hint = f"known are {known}; add PREFIX for others"
        return QueryError("E301", f"the prefix {prefix.group(1)}: is not known", hint=hint)
    if isinstance(error, ParseBaseException):
        rest = text[error.loc :].split("\n", 1)[0][:40].strip()
        where = f"line {error.lineno}, column {error.column}"
        message = (
            f"the query ends too early, at {where}"
            if not text[error.loc :].strip()
            else f"not understood at {where}: {rest}"
        )
        return QueryError("E301", message, hint="check brackets, full stops and spelling just before that place")
    if isinstance(error, RecursionError):
        return QueryError("E301", "the query is nested too deeply", hint="use fewer brackets")
    return QueryError("E301", f"the query can't be read: {error}", hint="check its spelling")


def run(
    graph: Graph, text: str, *, bindings: Mapping[str, Node] | None = None, timeout: float = 30.0, limit: int = 10_000
) -> Result:
    """Return the answer to a query; rows that it does not order are sorted, so that they come the same every time.

    Parameters are bound as terms. Reading and answering happen in a child process, which is ended after `timeout`
    seconds (E304). With a timeout of 0, or where processes can't fork (Windows), there is no limit of time.
    """
    job = _Job(graph, text, dict(bindings or {}), limit)
    if timeout <= 0 or "fork" not in multiprocessing.get_all_start_methods():
        return _evaluate(job)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_answer, args=(sender, job), daemon=True)
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
    if isinstance(answer, tuple):
        code, message, hint = answer
        raise QueryError(code, message, hint=hint)
    found: Result = answer
    return found


@dataclass(frozen=True, slots=True)
class _Job:
    graph: Graph
    text: str
    bindings: dict[str, Node]
    limit: int


def _answer(sender: Any, job: _Job) -> None:
    limit_memory()
    try:
        sender.send(_evaluate(job))
    except QueryError as error:
        sender.send((error.code, error.message, error.hint))
    except MemoryError:
        sender.send(("E305", "the query ran out of memory", "narrow it"))
    except Exception as error:  # sent to the parent, which raises
        sender.send(("E305", f"the query failed: {type(error).__name__}: {error}", ""))


def limit_memory() -> None:
    """Let the child use a few gigabytes more than it has, so that a huge answer ends the query and not the machine."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + _MEMORY
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _evaluate(job: _Job) -> Result:
    query = check(job.text)
    answer = job.graph.query(query, initBindings=job.bindings)  # type: ignore[arg-type]
    if answer.type == "ASK":
        return Result(("answer",), ((Literal(bool(answer.askAnswer)),),))
    if answer.type in {"CONSTRUCT", "DESCRIBE"}:
        triples = sorted(answer.graph or Graph())
        return Result(("subject", "predicate", "object"), tuple(triples[: job.limit]), len(triples) > job.limit)
    columns = tuple(str(v) for v in answer.vars or ())
    found = list(islice(answer, job.limit + 1))
    rows: list[tuple[Node | None, ...]] = [tuple(row) for row in found[: job.limit]]  # type: ignore[arg-type]
    if not is_ordered(query):
        rows.sort(key=lambda row: [term_order(value) for value in row])
    return Result(columns, tuple(rows), truncated=len(found) > job.limit)


def is_ordered(query: Query) -> bool:
    """Tell whether a query says how its rows are ordered."""
    part: Any = query.algebra
    while isinstance(part, CompValue):
        if part.name == "OrderBy":
            return True
        part = dict.get(part, "p")
    return False


def term_order(value: Node | None) -> tuple[str, str, str]:
    """Return what rows are sorted by: the text of a term, then what else tells it from another; nothing comes first."""
    if isinstance(value, Literal):
        return str(value), str(value.datatype or ""), value.language or ""
    return ("" if value is None else str(value)), type(value).__name__, ""
