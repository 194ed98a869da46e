"""Content negotiation: which of the media types on offer a client likes best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def choose(
    accept: str | None, offers: Sequence[str], others: Mapping[str, str] | None = None
) -> tuple[str, str] | None:
    """Return the offer that an Accept header likes best, and the name to send it under; None if it takes none of them.

    `others` maps further names of a type to the offer. Of equally liked offers the first wins; no header takes the first.

    >>> choose("text/html, application/json;q=0.5", ["text/turtle", "text/csv"], {"application/json": "text/csv"})
    ('text/csv', 'application/json')
    """
    wishes = _wishes(accept or "*/*")
    names = {**{offer: offer for offer in offers}, **{k: v for k, v in (others or {}).items() if v in offers}}
    best: tuple[float, tuple[str, str]] | None = None
    for name, offer in names.items():
        quality = _quality(name, wishes)
        # An alias answers only to its own name: a wildcard gets the type itself.
        if quality and (name == offer or name in wishes) and (best is None or quality > best[0]):
            best = quality, (offer, name)
    return best[1] if best else None


def _wishes(accept: str) -> dict[str, float]:
    """Return the quality of each media range of an Accept header."""
    wishes: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        try:
            wishes[name or "*/*"] = min(max(float(quality), 0.0), 1.0)
        except ValueError:
            wishes[name] = 0.0
    return wishes


def _quality(name: str, wishes: Mapping[str, float]) -> float:
    """Return how much a type is liked: what names it most closely counts."""
    for wish in (name, f"{name.split('/')[0]}/*", "*/*"):
        if wish in wishes:
            return wishes[wish]
    return 0.0
