"""The facts of a document as one line of JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
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


def loads(line: str | bytes) -> DocumentFacts:
    """Return the facts of one line, equal to those that `dumps` was given."""
    data = json.loads(line)
    # Many quotes have one sentence: one copy of it is held.
    known: dict[str, str] = {}

    def quote(fields: dict[str, Any]) -> Quote:
        text, sentence = fields["text"], fields["sentence"]
        return Quote(
            **{**fields, "text": known.setdefault(text, text), "sentence": known.setdefault(sentence, sentence)}
        )

    def many(kind: Any, key: str) -> tuple[Any, ...]:
        return tuple(kind(**_fields(item, quote)) for item in data[key])

    return DocumentFacts(
        DocumentInfo(**data["document"]),
        tuple(
            Entity(**{**e, "names": tuple(e["names"]), "mentions": tuple(map(quote, e["mentions"]))})
            for e in data["entities"]
        ),
        many(PostHolding, "posts"),
        many(Relation, "relations"),
        many(Amount, "amounts"),
        many(Count, "counts"),
        tuple(Finding(**f) for f in data["findings"]),
    )


def _fields(item: dict[str, Any], quote: Callable[[dict[str, Any]], Quote]) -> dict[str, Any]:
    source = item["source"]
    item = {
        **item,
        "source": Source(
            **{
                **source,
                "quotes": tuple(map(quote, source["quotes"])),
                "confidence": Decimal(source["confidence"]),
            }
        ),
    }
    for key in ("value", "upper"):
        if item.get(key) is not None:
            item[key] = Decimal(item[key])
    return item
