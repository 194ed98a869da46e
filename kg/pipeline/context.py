"""What the components share about one document: its folded flow, sentences, mentions and figures."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.language.dates import DateSpan
from kg.language.money import Money
from kg.language.quantities import Quantity
from kg.model import Document, EntityType, Kind, Passage, Quote
from kg.pipeline.rules import Worded, alternation, rules

_MAINLAND = Worded(
    "regions",
    "{place_rank}[\u4e00-\u9fff]{1,6}{mend.ranked_body}(?![\u4e00-\u9fff]?长)|{reporter}[\u4e00-\u9fff]{2,4}[\\s)）]",
)
_STRONG = 3


@lru_cache(maxsize=1)
def _regions() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {
        r["region"]: (re.compile(alternation(r["strong"])), re.compile(alternation(r["words"])))
        for r in rules("regions")["region"]
    }


def writes_as_hong_kong(folded: str) -> bool:
    """Tell whether a folded text is written in Hong Kong's words rather than the Mainland's; where neither, it is."""
    scores = {
        region: _STRONG * len(strong.findall(folded)) + len(words.findall(folded))
        for region, (strong, words) in _regions().items()
    }
    return scores["hk"] >= scores["mainland"] + _STRONG * len(_MAINLAND.pattern.findall(folded))


@dataclass(slots=True)
class Mention:
    """A stretch of the flow that names a thing, or points back to one (`anaphor`); `margin` is the recogniser's."""

    start: int
    end: int
    type: EntityType
    kind: Kind | None = None
    lexicon_id: str | None = None
    rule: str = ""
    anaphor: bool = False
    entity: int = -1
    margin: float = 0.0


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
    inside: list[Mention] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    dates: list[DateSpan] = field(default_factory=list)
    posts: list[tuple[Mention, str, Mention, str]] = field(default_factory=list)
    faint: list[Mention] | None = None

    @property
    def in_hong_kong(self) -> bool:
        """Whether 元 and 政府 without a country are Hong Kong's: by the words it writes in, never by its script."""
        return writes_as_hong_kong(self.folded)

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
        words = self.text[sentence.start : sentence.end].strip()
        page = self.document.page_at(first)
        paragraph = self.document.flow.passage_number(start) if page is None else None
        return Quote(first, last, self.document.text[first:last], words, page, paragraph)

    def name(self, mention: Mention) -> str:
        """Return the words of a mention as the flow has them."""
        return self.text[mention.start : mention.end]

    def join(self, index: int, mention: Mention) -> None:
        """Make a mention one of a group's, and its words a name of it."""
        target = self.groups[index]
        mention.entity = index
        target.mentions.append(mention)
        target.lexicon_id = target.lexicon_id or mention.lexicon_id
        name = self.name(mention)
        if name not in target.names:
            target.names.append(name)

    def add(self, mention: Mention) -> int:
        """Return the index of a new group that a mention begins."""
        self.groups.append(Group(mention.type, mention.kind, [], [], mention.lexicon_id))
        self.join(len(self.groups) - 1, mention)
        return len(self.groups) - 1
