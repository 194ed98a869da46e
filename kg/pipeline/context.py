"""What the components share about one document: its folded flow, sentences, mentions and figures."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from kg.language.dates import DateSpan
from kg.language.money import Money
from kg.language.quantities import Quantity
from kg.model import Document, EntityType, Kind, Passage, Quote

_MAINLAND = re.compile(
    "[省市][\u4e00-\u9fff]{1,6}[局厅委]|全市|我市|全省|我省|市政府|省政府|市人民政府|省人民政府|国务院|广东省|深圳市|广州市|珠海市|横琴"
)


@dataclass(slots=True)
class Mention:
    """A stretch of the flow that names a thing, or points back to one (`anaphor`)."""

    start: int
    end: int
    type: EntityType
    kind: Kind | None = None
    lexicon_id: str | None = None
    rule: str = ""
    anaphor: bool = False
    entity: int = -1


@dataclass(slots=True)
class Group:
    """The mentions of one thing within a document."""

    type: EntityType
    kind: Kind | None
    names: list[str]
    mentions: list[Mention]
    lexicon_id: str | None = None


@dataclass(slots=True)
class Sentence:
    """A sentence of the flow, its mentions in order, and the thing it is about."""

    start: int
    end: int
    passage: Passage
    mentions: list[Mention] = field(default_factory=list)
    subject: int = -1
    topic: int = -1


@dataclass(slots=True)
class Context:
    """One document under annotation; the components fill it in turn."""

    document: Document
    text: str
    folded: str
    sentences: list[Sentence] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    dates: list[DateSpan] = field(default_factory=list)
    posts: list[tuple[Mention, str, Mention, str]] = field(default_factory=list)

    @property
    def in_hong_kong(self) -> bool:
        """Whether 元 and 政府 without a country are Hong Kong's: by what the text speaks of, never by its script."""
        text = self.folded
        local = text.count("香港") + 3 * text.count("港元") + 2 * text.count("特区政府") + 2 * text.count("本港")
        mainland = 3 * text.count("人民币") + len(_MAINLAND.findall(text))
        return local >= mainland

    def sentence_at(self, place: int) -> Sentence:
        """Return the sentence that holds a place of the flow."""
        index = bisect.bisect_right(self.sentences, place, key=lambda s: s.start) - 1
        return self.sentences[max(index, 0)]

    def sentence_number(self, sentence: Sentence) -> int:
        """Return the index of a sentence of this document."""
        return bisect.bisect_left(self.sentences, sentence.start, key=lambda s: s.start)

    def mentions_between(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that begin within a range of the flow; they must be in order."""
        low = bisect.bisect_left(self.mentions, start, key=lambda m: m.start)
        high = bisect.bisect_left(self.mentions, end, key=lambda m: m.start)
        return self.mentions[low:high]

    def quote(self, start: int, end: int) -> Quote:
        """Return the source's slice for a range of the flow, with its sentence."""
        first, last = self.document.flow.source_range(start, end)
        sentence = self.sentence_at(start)
        return Quote(first, last, self.document.text[first:last], self.text[sentence.start : sentence.end].strip())

    def name(self, mention: Mention) -> str:
        """Return the words of a mention as the flow has them."""
        return self.text[mention.start : mention.end]
