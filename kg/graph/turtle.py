"""Sorted N-Quads lines → Turtle, line by line: a graph of any size takes no more memory than one line of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kg.vocab import PREFIXES

_LOCAL = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]*")
# The longest namespace first: one may begin with another.
_NAMESPACES = sorted(((a.encode(), f"{p}:".encode()) for p, a in PREFIXES.items()), key=lambda n: (-len(n[0]), n))
_TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def prefixes() -> Iterator[bytes]:
    """Yield the lines that begin a file of Turtle."""
    for prefix, address in sorted(PREFIXES.items()):
        yield f"@prefix {prefix}: <{address}> .\n".encode()


def turtle(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield Turtle with the triples of the N-Quads lines that `kg.graph.publish` makes; graph names are left out.

    The lines must be sorted and unique. Labels keep the spelling of their language tags, which parsers may change.
    What comes of all lines about some things may be followed by what comes of those about later ones. `prefixes` come first.
    """
    last: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        # No address has a space in it, so the last " <" begins the graph's.
        value = rest[: rest.rindex(b" <")]
        triple = subject, predicate, value
        if triple == last:
            continue
        if subject != last[0]:
            yield b" .\n\n" if last[0] else b"\n"
            yield b"%s %s %s" % (short(subject), _verb(predicate), _term(value))
        elif predicate != last[1]:
            yield b" ;\n    %s %s" % (_verb(predicate), _term(value))
        else:
            yield b" ,\n        " + _term(value)
        last = triple
    if last[0]:
        yield b" .\n"


def to_turtle(lines: Iterable[str]) -> str:
    """Return the triples of N-Quads lines, in any order, as Turtle with our prefixes."""
    ordered = sorted({line.encode("utf-8", "replace") for line in lines})
    return b"".join((*prefixes(), *turtle(ordered))).decode("utf-8")


def _term(term: bytes) -> bytes:
    if term[:1] == b"<":
        return short(term)
    if term[-1:] == b">":
        value, _, datatype = term.rpartition(b"^^")
        return value + b"^^" + short(datatype)
    return term


@lru_cache(maxsize=256)
def _verb(predicate: bytes) -> bytes:
    return b"a" if predicate == _TYPE else short(predicate)


@lru_cache(maxsize=4096)
def short(iri: bytes) -> bytes:
    """Return an IRI in its brackets as Turtle has it, with a prefix if there is one."""
    for namespace, prefix in _NAMESPACES:
        if iri.startswith(namespace, 1) and _LOCAL.fullmatch(iri, 1 + len(namespace), len(iri) - 1):
            return prefix + iri[1 + len(namespace) : -1]
    return iri


def whole(name: bytes) -> bytes:
    """Return the IRI that `short` was given.

    >>> whole(short(b"<http://www.w3.org/ns/org#member>"))
    b'<http://www.w3.org/ns/org#member>'
    """
    if name[:1] == b"<":
        return name
    prefix, _, local = name.partition(b":")
    return b"<%s%s>" % (PREFIXES[prefix.decode()].encode(), local)


__all__ = ["prefixes", "short", "to_turtle", "turtle", "whole"]
