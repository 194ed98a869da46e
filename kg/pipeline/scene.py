"""A document as a row of signs: each name, faint mention and figure is one sign, every other character or word its own.

So 「甲局撥款二億元予乙大學」 and 「香港某某管理局撥款9,000萬元予某大學」 look alike to a model that reads the row (`kg.pipeline.arbiter`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.pipeline.context import Context, Mention
from kg.pipeline.faint import faint_in
from kg.pipeline.holders import Place, thing_type

_SIGNS = re.compile(r"[A-Za-z]+|\d[\d.,]*|\S")
_LONGEST_NUMBER = 5


@dataclass(slots=True)
class Scene:
    """The signs of a document in order, each with its kind.

    `words`: a character, a Latin word in small letters, the length of a number; empty for what is one sign. `ways`: how a
    name is told (by name, pointed at, faintly), what role or unit a figure has. `tails`: the last two characters of a
    name, or of a figure's measure. `sentences`: the number of the sentence of each sign. `named`: the sign and the group
    of each mention, in order; `spans`: where it stands in the flow. `figures`: the sign of the figure that starts at a place of the flow.
    """

    words: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    named: list[tuple[int, int]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    figures: dict[int, int] = field(default_factory=dict)

    def add(self, word: str, kind: str, way: str = "", tail: str = "") -> None:
        """Append a sign."""
        self.words.append(word)
        self.kinds.append(kind)
        self.ways.append(way)
        self.tails.append(tail[-2:])


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch that is one sign: mentions of one place (several where faint), a figure, or the start of a sentence."""

    start: int
    end: int
    mentions: tuple[Mention, ...] = ()
    place: Place | None = None
    passage: str = ""


def scene_of(context: Context, places: list[Place]) -> Scene:
    """Return the scene of a document whose names are found and whose figures stand at these places."""
    scene = Scene()
    folded = context.folded
    at, sentence = 0, -1
    for span in _spans(context, places):
        if span.start > at:
            for match in _SIGNS.finditer(folded, at, span.start):
                scene.add(*_sign(match.group()))
        if span.passage:
            scene.sentences += [max(sentence, 0)] * (len(scene.words) - len(scene.sentences))
            sentence += 1
            scene.add("", f"S.{span.passage}")
        elif span.place is not None:
            scene.figures[span.place.start] = len(scene.words)
            money = span.place.is_money
            scene.add("", "F.$" if money else "F.#", f"what.{span.place.role or span.place.unit}", span.place.measure)
        else:
            _add_names(scene, context, span)
        at = max(at, span.end)
    for match in _SIGNS.finditer(folded, at):
        scene.add(*_sign(match.group()))
    scene.sentences += [max(sentence, 0)] * (len(scene.words) - len(scene.sentences))
    return scene


def _sign(word: str) -> tuple[str, str]:
    """Return a word as the row has it, and its kind."""
    if word[0].isdigit():
        return f"#{min(len(word), _LONGEST_NUMBER)}", "W"
    if word.isascii() and word.isalpha():
        return word.lower(), "W"
    return word, "C"


def _add_names(scene: Scene, context: Context, span: _Span) -> None:
    first = span.mentions[0]
    faint = first.rule.startswith("faint")
    type_ = thing_type(context.groups[first.entity]) if first.entity >= 0 else first.type[:4]
    way = first.rule if faint else "way.pointing" if first.anaphor else "way.name"
    named = [(len(scene.words), m.entity) for m in span.mentions if m.entity >= 0]
    scene.named += named
    scene.spans += [(span.start, span.end)] * len(named)
    # A line may end within a name.
    name = "".join(context.folded[span.start : span.end].split())
    scene.add("", f"{'H' if faint else 'M'}.{type_}", way, name)


def _spans(context: Context, places: list[Place]) -> list[_Span]:
    """Return the stretches that are one sign, in order; names come before figures, figures before faint mentions."""
    taken = bytearray(len(context.folded) + 1)
    spans = [_Span(s.start, s.start, passage=s.passage.kind) for s in context.sentences]
    faint: dict[tuple[int, int], list[Mention]] = {}
    for hint in faint_in(context, 0, len(context.folded)):
        faint.setdefault((hint.start, hint.end), []).append(hint)
    for span in (
        *(_Span(m.start, m.end, (m,)) for m in sorted(context.mentions, key=lambda m: (m.start, -m.end))),
        *(_Span(p.start, p.end, place=p) for p in places),
        *(_Span(*place, tuple(hints)) for place, hints in sorted(faint.items())),
    ):
        if span.end > span.start and not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            spans.append(span)
    return sorted(spans, key=lambda s: (s.start, not s.passage))
