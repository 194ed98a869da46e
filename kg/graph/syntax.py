"""What can be told of SPARQL text from its tokens alone: words that reach outside, and where its pattern begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.errors import QueryError

# In the order of SPARQL's grammar: the longest token wins, and nothing inside a text, address or remark is a word.
_TOKEN = re.compile(
    r"""
    (?P<space>[\s\ufeff]+ | \#[^\n\r]*)
  | (?P<text>\"{3}(?:[^\\"]|\\.|\"{1,2}(?!\"))*\"{3} | '{3}(?:[^\\']|\\.|'{1,2}(?!'))*'{3}
           | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
  | (?P<variable>[?$]\w+)
  | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:\-]|\.(?=[\w:\-%\\.])|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<tag>@[A-Za-z][A-Za-z0-9\-]*)
  | (?P<word>[^\W\d]\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CHANGES = {"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE"}


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the tokens of a query without spaces and remarks: what each is, its text, and where it starts."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield match.lastgroup or "", match.group(), match.start()


def check_words(text: str) -> None:
    """Raise `QueryError` (E302) if a query has a word that changes something or asks another server.

    Any such word outside a text, name or address counts, wherever it stands: two parsers that read a query in two ways
    can't be played off against each other.
    """
    for kind, token, _ in tokens(text):
        word = token.upper()
        if kind == "word" and word in _CHANGES:
            raise QueryError(
                "E302", "only questions are answered, nothing is changed", hint="use SELECT, ASK or CONSTRUCT"
            )
        if kind == "word" and word == "SERVICE":
            raise QueryError("E302", "SERVICE reaches another server and is refused", hint="leave SERVICE out")


def with_values(text: str, bindings: Mapping[str, ox.NamedNode | ox.Literal | ox.BlankNode]) -> str:
    """Return a query with its parameters bound as terms: a VALUES block at the start of its outermost pattern.

    The terms are written by the RDF library, so what is in a value stays in it.
    """
    if not bindings:
        return text
    place = _pattern(text)
    values = "".join(f" VALUES ?{name} {{ {bindings[name]} }}" for name in sorted(bindings))
    return f"{text[:place]}{values}{text[place:]}"


def _pattern(text: str) -> int:
    """Return the place just after the brace that opens the outermost pattern."""
    form, where = "", False
    for kind, token, start in tokens(text):
        if kind == "word":
            form = form or (token.upper() if token.upper() in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"} else "")
            where = where or token.upper() == "WHERE"
        elif token == "{" and (where or form in {"SELECT", "ASK"}):
            return start + 1
    raise QueryError("E301", "the query has no pattern to bind parameters in", hint="write WHERE { … }")
