"""What people decided about identity: which names are one thing, which are not, what a thing is and is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from kg.errors import InputError
from kg.language.script import name_key
from kg.model import DocumentFacts, Entity, EntityType, Label, Thing
from kg.resolve.clusters import Clusters, Reason, Traits
from kg.resolve.items import Item

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Points at entities: those of a name, of a type if one is given, in one document if its file name is given."""

    name: str
    type: EntityType | None = None
    file: str | None = None

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Return what a written reference means: ``[Type/]name[ @ file]``.

        >>> Ref.parse("Person/陳大文 @ 2024-03.txt")
        Ref(name='陳大文', type='Person', file='2024-03.txt')
        """
        head, at, file = text.partition(" @ ")
        type_, slash, name = head.partition("/")
        if slash and type_ in get_args(EntityType):
            return cls(name.strip(), cast(EntityType, type_), file.strip() if at else None)
        return cls(head.strip(), None, file.strip() if at else None)

    def __str__(self) -> str:
        """The written form that `parse` reads."""
        return (f"{self.type}/" if self.type else "") + self.name + (f" @ {self.file}" if self.file else "")

    def means(self, entity: Entity, file: str) -> bool:
        """Tell whether an entity of a file is meant."""
        return self.fits(entity.type, entity.names, file)

    def fits(self, type_: EntityType, names: Iterable[str], file: str) -> bool:
        """Tell whether an entity of this type, with these names, in this file is meant."""
        if (self.type and type_ != self.type) or (self.file and file != self.file):
            return False
        key = name_key(self.name)
        return any(name_key(n) == key for n in names)


@dataclass(frozen=True, slots=True)
class Decision:
    """Two references and whether they are one thing."""

    left: Ref
    right: Ref
    verdict: Verdict
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided. Undoing one is leaving it out.

    `pairs` are must-links (same) and cannot-links (different); `retype` gives entities another type, `rename` a thing
    another preferred label.
    """

    pairs: tuple[Decision, ...] = ()
    retype: tuple[tuple[Ref, EntityType], ...] = ()
    rename: tuple[tuple[Ref, Label], ...] = ()
    # Which of `retype` and of `rename` a folded name may be meant by: thousands of rows and things are not compared
    # all with all.
    _index: dict[str, dict[str, list[int]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def _of_names(self, which: str, refs: Sequence[tuple[Ref, object]], keys: Iterable[str]) -> list[int]:
        """Return the places in `refs` of those that have one of the folded names, in order."""
        if which not in self._index:
            found: dict[str, list[int]] = defaultdict(list)
            for place, (ref, _) in enumerate(refs):
                found[name_key(ref.name)].append(place)
            self._index[which] = dict(found)
        index = self._index[which]
        return sorted({place for key in keys for place in index.get(key, ())})

    def applied(self, facts: DocumentFacts) -> DocumentFacts:
        """Return the facts of one document with the types decided."""
        if not self.retype:
            return facts
        entities = []
        for entity in facts.entities:
            for place in self._of_names("retype", self.retype, {name_key(n) for n in entity.names}):
                ref, type_ = self.retype[place]
                if ref.means(entity, facts.document.file_name):
                    kind = (entity.kind or "other") if type_ == "Organisation" else None
                    entity = replace(entity, type=type_, kind=kind, lexicon_id=None)
            entities.append(entity)
        return replace(facts, entities=tuple(entities))

    def prepare(self, items: Sequence[Item], clusters: Clusters) -> None:
        """Join what was decided to be one, and keep apart what was decided to be two.

        Raises `InputError` when the decisions contradict each other.
        """
        chosen = [d for d in self.pairs if d.verdict != "unsure"]
        index = _by_name(items) if chosen else {}
        sides = [(d, _found(d.left, items, index), _found(d.right, items, index)) for d in sorted(chosen, key=_order)]
        for decision, left, right in sides:
            if decision.verdict == "same":
                for other in [*left[1:], *right]:
                    if left:
                        names = sorted((decision.left.name, decision.right.name))
                        clusters.join(left[0], other, Reason(1.0, "decided", *names), forced=True)
        for number, (decision, left, right) in enumerate(sides):
            if decision.verdict != "different":
                continue
            both = {clusters.find(i) for i in left} & {clusters.find(i) for i in right}
            if both:
                raise InputError(
                    "E130",
                    "these are decided to be different, and other decisions or their names make them one",
                    where=f"{decision.left} | {decision.right}",
                    hint="name a file in each (NAME @ FILE), or take back one of the decisions",
                )
            for side, members in ((0, left), (1, right)):
                for root in {clusters.find(i) for i in members}:
                    clusters.add_traits(root, Traits(apart=frozenset([(number, side)])))

    def renamed(self, thing: Thing) -> Thing:
        """Return a thing with the preferred label decided; the old one becomes another name."""
        if not self.rename:
            return thing
        keys = {name_key(x.text) for x in (*thing.preferred, *thing.alternative)}
        for place in self._of_names("rename", self.rename, keys):
            ref, label = self.rename[place]
            if ref.type in (None, thing.type):
                old = tuple(x for x in thing.preferred if x.language == label.language and not x.converted)
                rest = tuple(x for x in thing.preferred if x.language != label.language)
                others = {x for x in (*thing.alternative, *old) if x.text != label.text}
                thing = replace(
                    thing,
                    preferred=(label, *rest),
                    alternative=tuple(sorted(others, key=lambda x: (x.language, x.text))),
                )
        return thing


def _order(decision: Decision) -> tuple[str, str, str]:
    return str(decision.left), str(decision.right), decision.verdict


def _by_name(items: Sequence[Item]) -> dict[str, list[int]]:
    """Return the items by each of their folded names, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for key in {name_key(n) for n in item.spelt}:
            found[key].append(i)
    return dict(found)


def _found(ref: Ref, items: Sequence[Item], index: Mapping[str, list[int]]) -> list[int]:
    return [i for i in index.get(name_key(ref.name), ()) if ref.fits(items[i].type, items[i].spelt, items[i].file)]
