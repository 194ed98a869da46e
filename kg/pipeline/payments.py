"""Who funds whom, as the sums of a document tell it: 「甲基金向乙大學撥款二億元」 says that 甲基金 funds 乙大學."""

from __future__ import annotations

from kg.model import Predicate
from kg.pipeline.context import Context
from kg.pipeline.figures import Figure
from kg.pipeline.relations import Found

# Payer and holder must both be right; chosen on documents left out of training.
LEAST = 0.3
_FUNDED = {"Programme", "Facility", "Organisation", "Event"}


def payments(context: Context, found: list[Found], read: list[Figure], *, least: float = LEAST) -> list[Found]:
    """Return relations with those added that the payers of a document's sums tell; each sum's clause says its own."""
    known = {(r.subject, r.predicate, r.object) for r in found}
    out = list(found)
    for figure in read:
        if figure.funder is None or context.groups[figure.subject].type not in _FUNDED:
            continue
        key: tuple[int, Predicate, int] = (figure.funder, "funds", figure.subject)
        if key in known or figure.funder_confidence * figure.confidence < least:
            continue
        known.add(key)
        out.append(Found(figure.funder, "funds", figure.subject, *figure_span(context, figure), "funds.payment"))
    return out


def figure_span(context: Context, figure: Figure) -> tuple[int, int]:
    """Return the range of a figure's clause without the space around it."""
    start, end = figure.start, figure.end
    while start < end and context.text[start].isspace():
        start += 1
    while end > start and context.text[end - 1].isspace():
        end -= 1
    return start, end
