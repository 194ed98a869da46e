"""Documents with gold facts as training examples: their contexts, and which of their things is which gold entity."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from corpus import HERE, TYPES, Sample, document_of, prepare, read_gold

from kg.language.script import fold, name_key
from kg.pipeline import anaphora, entities, held, posts, served, told
from kg.pipeline.components import layout_of, quantities_of, read
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.lexicon import packaged
from kg.reading import read_document

Gold = dict[str, Any]


def load_gold(path: Path) -> Gold:
    """Return a gold file."""
    gold: Gold = json.loads(path.read_text(encoding="utf-8"))
    return gold


def find_text(path: Path, folders: list[Path]) -> Path:
    """Return the text that a gold file is about."""
    name = load_gold(path)["document"]
    return next(f / name for f in [path.parent, *folders] if (f / name).is_file())


def with_gold_names(path: Path, folders: list[Path]) -> tuple[Context, dict[int, str]]:
    """Return a context whose names are the gold ones, and the gold id of each group."""
    gold = load_gold(path)
    ruled, spans = read_gold(path, folders)
    context = Context(ruled.document, ruled.text, ruled.folded)
    layout_of(context)
    quantities_of(context)
    owner = {}
    for e in gold["entities"]:
        for name in e["names"]:
            owner.setdefault((name_key(name), e["type"]), e)
    places: dict[str, int] = {}
    lexicon = packaged()
    for start, end, type_ in spans:
        if type_ == "Title":
            continue
        entity = owner.get((name_key(context.text[start:end]), type_))
        if entity is None:
            continue
        if entity["id"] not in places:
            places[entity["id"]] = len(context.groups)
            context.groups.append(Group(entity["type"], entity.get("kind"), [], []))
        group = context.groups[places[entity["id"]]]
        entry = lexicon.by_key.get(name_key(context.text[start:end]))
        if entry is not None and entry.type == type_ and group.lexicon_id is None:
            group.lexicon_id = entry.id
        if name_key(context.text[start:end]) in {"政府", "特区政府", "香港特区政府"}:
            group.lexicon_id = "hk-government"
        mention = Mention(start, end, type_, entity.get("kind"), group.lexicon_id, "gold", entity=places[entity["id"]])
        group.mentions.append(mention)
        if context.name(mention) not in group.names:
            group.names.append(context.name(mention))
        context.mentions.append(mention)
    for post in gold["posts"]:
        for person in context.mentions:
            if places.get(post["person"]) != person.entity or person.type != "Person":
                continue
            for body in context.mentions:
                if places.get(post["organisation"]) == body.entity and 0 <= person.start - body.end <= 24:
                    context.posts.append((person, fold(post["title"]), body, "gold"))
    entities.mark_sentences(context)
    posts.members(context)
    served.serve(context)
    anaphora.point_back(context)
    entities.mark_sentences(context)
    held.chaired(context)
    held.pointed(context)
    held.behind(context)
    told.told(context)
    entities.mark_sentences(context)
    return context, {group: id_ for id_, group in places.items()}


def with_found_names(path: Path, folders: list[Path]) -> tuple[Context, dict[int, str]]:
    """Return a context as the pipeline makes it, and the gold id of each group that shares a name with a gold entity."""
    context: Context = read(read_document(find_text(path, folders)))
    gold = load_gold(path)
    names = {e["id"]: {name_key(n) for n in e["names"]} for e in gold["entities"]}
    types = {e["id"]: e["type"] for e in gold["entities"]}
    rows = []
    for number, group in enumerate(context.groups):
        keys = {name_key(n) for n in group.names}
        for id_, wanted in names.items():
            if shared := len(keys & wanted):
                rows.append((types[id_] != group.type, -shared, number, id_))
    pairs: dict[int, str] = {}
    for _, _, number, id_ in sorted(rows):
        if number not in pairs and id_ not in pairs.values():
            pairs[number] = id_
    return context, pairs


def place_of(context: Context, quote: str) -> tuple[int, int]:
    """Return the range of the flow that a gold quote stands in; the whole text if it is not found in one piece."""
    parts = [p for p in re.split("…|\\.\\.\\.", quote) if p.strip()]
    ranges = []
    for part in parts:
        pattern = r"\s*".join(re.escape(c) for c in fold(part) if not c.isspace())
        match = re.search(pattern, context.folded)
        if match:
            ranges.append(match.span())
    if not ranges:
        return 0, len(context.folded)
    return min(r[0] for r in ranges), max(r[1] for r in ranges)


Stated = tuple[str, str, str]


def digest(text: str) -> str:
    """Return what the relations of a passage are filed under, wherever it stands in its file."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def read_relations(path: Path = HERE / "corpus" / "relations.tsv") -> dict[str, list[Stated]]:
    """Return what each passage of the corpus says, by the digest of its text; a passage without relations has none."""
    found: dict[str, list[Stated]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, predicate, *names = line.split("\t")
            said = found.setdefault(key, [])
            if predicate != "none":
                said.append((predicate, names[0], names[1]))
    return found


def with_passage_names(sample: Sample, said: list[Stated]) -> tuple[Context, dict[int, str]]:
    """Return a passage of the corpus as a document with its own names, and the name of each of its things."""
    document = document_of(sample.text)
    ruled = prepare(document)
    kinds = {(m.start, m.end): (m.kind, m.lexicon_id) for m in ruled.mentions}
    context = Context(document, ruled.text, ruled.folded)
    layout_of(context)
    quantities_of(context)
    same = {b: a for predicate, a, b in said if predicate == "same"}
    places: dict[str, int] = {}
    for start, end, type_ in sample.spans:
        if type_ == "Title":
            continue
        name = sample.text[start:end]
        key = same.get(name, name)
        kind, lexicon_id = kinds.get((start, end), (None, None))
        if key not in places:
            places[key] = len(context.groups)
            context.groups.append(Group(type_, kind, [], [], lexicon_id))  # type: ignore[arg-type]
        group = context.groups[places[key]]
        mention = Mention(start, end, group.type, kind, lexicon_id, "gold", entity=places[key])
        group.mentions.append(mention)
        if name not in group.names:
            group.names.append(name)
        context.mentions.append(mention)
    anaphora.point_back(context)
    entities.mark_sentences(context)
    return context, {group: name for name, group in places.items()}


_NAME = re.compile(r"\{([POGFLE]):([^}]+)\}")
_SAID = {
    "o": "operates",
    "f": "funds",
    "w": "owns",
    "u": "partOf",
    "p": "partnersWith",
    "c": "commissionedBy",
    "l": "locatedIn",
    "n": "announcedIn",
    "j": "participatesIn",
}


def read_passages(path: Path = HERE / "said" / "passages.txt") -> list[tuple[Sample, list[Stated]]]:
    """Return the passages written for relations, each with what it says; a broken line raises ValueError."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        marked, _, said = line.partition("##")
        text, last = "", 0
        spans: list[tuple[int, int, str]] = []
        names: list[str] = []
        for match in _NAME.finditer(marked.strip()):
            text += marked[last : match.start()]
            last = match.end()
            spans.append((len(text), len(text) + len(match[2]), TYPES[match[1]]))
            text += match[2]
            if match[2] not in names:
                names.append(match[2])
        text += marked.rstrip()[last:]
        stated = []
        for item in said.split():
            parts = re.fullmatch(r"(\d+)([a-z])(\d+)", item)
            if parts is None or parts[2] not in _SAID or max(int(parts[1]), int(parts[3])) > len(names):
                raise ValueError(f"{path.name}:{number}: {item!r} is no relation of the passage")
            stated.append((_SAID[parts[2]], names[int(parts[1]) - 1], names[int(parts[3]) - 1]))
        found.append((Sample(text, tuple(spans), f"{path.name}:{number}"), stated))
    return found
