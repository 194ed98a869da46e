"""The facts of a document as one line of JSON, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
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


def loads(line: str) -> DocumentFacts:
    """Return the facts of one line, equal to those that `dumps` was given."""
    data = json.loads(line)

    def many(kind: Any, key: str) -> tuple[Any, ...]:
        return tuple(kind(**_fields(item)) for item in data[key])

    return DocumentFacts(
        DocumentInfo(**data["document"]),
        tuple(
            Entity(**{**e, "names": tuple(e["names"]), "mentions": tuple(Quote(**q) for q in e["mentions"])})
            for e in data["entities"]
        ),
        many(PostHolding, "posts"),
        many(Relation, "relations"),
        many(Amount, "amounts"),
        many(Count, "counts"),
        tuple(Finding(**f) for f in data["findings"]),
    )


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    source = item["source"]
    item = {
        **item,
        "source": Source(
            **{
                **source,
                "quotes": tuple(Quote(**q) for q in source["quotes"]),
                "confidence": Decimal(source["confidence"]),
            }
        ),
    }
    for key in ("value", "upper"):
        if item.get(key) is not None:
            item[key] = Decimal(item[key])
    return item
