"""One text, one set of facts: in the other script, in full-width signs, with more text after it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from opencc import OpenCC

import kg
from kg.language.script import name_key
from kg.model import DocumentFacts
from kg.reading import read_bytes

SEEDS = Path(__file__).parent.parent.parent / "seeds"
REAL = Path(__file__).parent.parent.parent.parent / "shared" / "seeds"
TEXTS = sorted(SEEDS.glob("*.txt"))
CHINESE = [p for p in TEXTS if kg.read(p).language != "en"]


def facts_of(text: str) -> set[object]:
    """What a text says, with names and words folded."""
    facts: DocumentFacts = kg.extract(read_bytes(text.encode(), name="a.txt"))
    name = {e.id: (e.type, name_key(e.names[0])) for e in facts.entities}
    return {
        *name.values(),
        *((name[p.person], name_key(p.title), name[p.organisation]) for p in facts.posts),
        *((name[r.subject], r.predicate, name[r.object]) for r in facts.relations),
        *((name[a.subject], a.role, a.value, a.currency, a.bound, a.per) for a in facts.amounts),
        *((name[c.subject], name_key(c.measure), c.value, c.bound) for c in facts.counts),
    }


def currency_free(facts: set[object]) -> set[object]:
    return {f for f in facts if not (isinstance(f, tuple) and len(f) == 6)}


def test_there_are_texts_in_both_scripts() -> None:
    assert {kg.read(p).language for p in TEXTS} == {"zh-Hant", "zh-Hans", "en"}
    assert len(CHINESE) >= 8


@pytest.mark.parametrize("path", CHINESE, ids=lambda p: p.stem)
def test_the_other_script_says_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    traditional = kg.read(path).language == "zh-Hant"
    other = OpenCC("t2s" if traditional else "s2hk").convert(text)
    assert other != text
    assert facts_of(other) == facts_of(text)


@pytest.mark.skipif(not REAL.is_dir(), reason="the five real documents are not beside this checkout")
@pytest.mark.parametrize("config", ["t2s", "s2hk"])
def test_the_real_documents_say_the_same_in_either_script(config: str) -> None:
    for path in sorted(REAL.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert facts_of(OpenCC(config).convert(text)) == facts_of(text), path.name


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_full_width_digits_say_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    assert facts_of(wide) == facts_of(text)


def wrapped(text: str, width: int) -> str:
    """Break lines as a typesetter does: between Chinese characters, never inside a number or a Latin word.

    `width` is in columns, of which a Chinese character takes two.
    """
    lines, line, filled = [], "", 0
    for token in re.findall(r"[A-Za-z0-9.,%$]+|.", text):
        columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in token)
        if filled + columns > width:
            lines.append(line)
            line, filled = "", 0
        line, filled = line + token, filled + columns
    return "\n".join([*lines, line])


@pytest.mark.parametrize("path", CHINESE, ids=lambda p: p.stem)
def test_narrow_lines_say_the_same(path: Path) -> None:
    flow = kg.read(path).flow
    whole = [flow.text[p.start : p.end].strip() for p in flow.passages if p.kind in {"title", "body", "about"}]
    narrow = [wrapped(p, 68) for p in whole]
    before, after = facts_of("\n\n".join(whole)), facts_of("\n\n".join(narrow))
    assert len(before & after) > 8
    assert before ^ after == set()
