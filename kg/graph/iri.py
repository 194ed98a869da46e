"""Addresses of nodes: always the same for the same content, safe in every RDF syntax, and never a blank node."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from urllib.parse import quote as percent

from kg.errors import InputError
from kg.language.script import name_key
from kg.model import Amount, Fact, PostHolding, Relation

_BASE = re.compile(r"(?:https?://[^\s/<>\"{}|\\^`\x00-\x20]+|urn:[A-Za-z0-9-]+)[^\s<>\"{}|\\^`\x00-\x20]*[/#:]")


def check_base(base: str) -> str:
    """Return the base address if things can live under it.

    Raises `InputError` for what is no http(s) or urn address, or does not end in ``/``, ``#`` or ``:``.
    """
    if not _BASE.fullmatch(base):
        raise InputError(
            "E113",
            "is not a base address",
            where=base,
            hint="give one such as https://example.org/id/, with / or # at its end",
        )
    return base


def address(base: str, path: str) -> str:
    """Return the address of a path below the base. Different paths have different addresses.

    >>> address("https://example.org/", "programme/a b>")
    'https://example.org/programme/a%20b%3E'
    """
    # Lone surrogates can't be UTF-8; passed through as bytes they stay apart from each other.
    return base + percent(path, safe="/-._~", errors="surrogatepass")


def digest(*parts: str | None) -> str:
    """Return 20 hexadecimal digits that stand for the parts; None is not the text "None"."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:20]


def plain(value: Decimal) -> str:
    """Return the one written form of a number: no exponent, no needless zeros, a decimal point.

    >>> plain(Decimal("3E+9")), plain(Decimal("1.50"))
    ('3000000000.0', '1.5')
    """
    whole, _, rest = format(value if value else Decimal(0), "f").partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"


def fact_key(fact: Fact) -> str:
    """Return what makes a fact the same fact in two documents.

    That is its kind, ends and values, its status and time; not who says it, how it was found, or where.
    """
    source = fact.source
    claim = source.status, source.as_of
    if isinstance(fact, PostHolding):
        return digest("post", fact.person, name_key(fact.title), fact.organisation, *claim)
    if isinstance(fact, Relation):
        return digest("relation", fact.predicate, *ends(fact), *claim)
    figure = plain(fact.value), plain(fact.upper) if fact.upper is not None else None, fact.bound
    if isinstance(fact, Amount):
        return digest("amount", fact.subject, fact.role, *figure, fact.currency, fact.per, fact.funder, *claim)
    return digest("count", fact.subject, name_key(fact.measure), name_key(fact.unit), *figure, *claim)


def ends(fact: Relation) -> tuple[str, str]:
    """Return subject and object; of a relation that holds both ways, in one order."""
    if fact.predicate == "partnersWith" and fact.subject > fact.object:
        return fact.object, fact.subject
    return fact.subject, fact.object
