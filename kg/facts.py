"""The facts of a document as one line of JSON, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Any

from kg.model import (
    Amount,
    Count,
    DocumentFacts,
    DocumentInfo,
    Entity,
    Finding,
    PostHolding,
    Quote,
    Relation,
    Source,
)


def dumps(facts: DocumentFacts) -> str:
    """Return one line of JSON with keys in the order of the model; numbers are text, so that no digit is lost."""
    return json.dumps(asdict(facts), ensure_ascii=False, default=lambda v: format(v, "f"), separators=(",", ":"))


def loads(line: str | bytes) -> DocumentFacts:
    """Return the facts of one line, equal to those that `dumps` was given."""
    data = json.loads(line)

    def many(kind: Any, key: str) -> tuple[Any, ...]:
        return tuple(kind(**_fields(item)) for item in data[key])

    return DocumentFacts(
        DocumentInfo(**data["document"]),
        tuple(
            Entity(**{**_shared(e), "names": tuple(map(intern, e["names"])), "mentions": _quotes(e["mentions"])})
            for e in data["entities"]
        ),
        many(PostHolding, "posts"),
        many(Relation, "relations"),
        many(Amount, "amounts"),
        many(Count, "counts"),
        tuple(Finding(**f) for f in data["findings"]),
    )


def _shared(item: dict[str, Any]) -> dict[str, Any]:
    """Return fields with one copy of each text: names, rules and sentences come again and again."""
    return {key: intern(value) if type(value) is str else value for key, value in item.items()}


def _quotes(items: list[dict[str, Any]]) -> tuple[Quote, ...]:
    return tuple(Quote(**_shared(item)) for item in items)


_decimal = lru_cache(maxsize=4096)(Decimal)


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    source = item["source"]
    quotes, confidence = _quotes(source["quotes"]), _decimal(source["confidence"])
    item = {**_shared(item), "source": Source(**{**_shared(source), "quotes": quotes, "confidence": confidence})}
    for key in ("value", "upper"):
        if item.get(key) is not None:
            item[key] = _decimal(item[key])
    return item
