"""What people decide holds before every rule; taking it back gives the result of before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.model import Label
from kg.resolve import Decision, Decisions, Ref, read_ledger, resolve

Make = Callable[..., Any]
HEAD = "left,right,verdict,who,when,why\n"


def decided(tmp_path: Path, *lines: str) -> Decisions:
    """The decisions of a file with these lines."""
    path = tmp_path / "decisions.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return read_ledger([path]).decisions


@pytest.fixture
def facts(document: Make) -> list[Any]:
    """Two firms, two persons of one name, and one of a name by itself."""
    return [
        document("a.txt", ("Organisation", "海匯科技", "海匯科技獲獎。"), ("Person", "陳大文", "設計師陳大文獲獎。")),
        document("b.txt", ("Organisation", "遠洋集團", "遠洋集團獲獎。"), ("Person", "陳大文", "漁民陳大文出海。")),
        document("c.txt", ("Organisation", "海匯科技", "海匯科技參展。")),
    ]


def test_same_and_undone(tmp_path: Path, facts: list[Any], names: Make) -> None:
    before = resolve(facts)
    after = resolve(facts, decisions=decided(tmp_path, "海匯科技,Organisation/遠洋集團,same,me,2026-01-01,one firm"))
    assert {"海匯科技", "遠洋集團"} in names(after)
    assert any("decided" in w for t in after.things for w in t.why)
    assert resolve(facts, decisions=decided(tmp_path)) == before


def test_persons_of_two_files_are_one(tmp_path: Path, facts: list[Any]) -> None:
    after = resolve(facts, decisions=decided(tmp_path, "Person/陳大文 @ a.txt,Person/陳大文 @ b.txt,same,me,,"))
    assert sum(t.type == "Person" for t in after.things) == sum(t.type == "Person" for t in resolve(facts).things) - 1


def test_different(tmp_path: Path, facts: list[Any], names: Make) -> None:
    assert names(resolve(facts)).count({"海匯科技"}) == 1
    after = resolve(facts, decisions=decided(tmp_path, "海匯科技 @ a.txt,海匯科技 @ c.txt,different,me,,"))
    assert names(after).count({"海匯科技"}) == 2


def test_unsure_changes_nothing(tmp_path: Path, facts: list[Any]) -> None:
    assert resolve(facts, decisions=decided(tmp_path, "海匯科技,遠洋集團,unsure,me,,")) == resolve(facts)


def test_retype_and_rename(tmp_path: Path, facts: list[Any]) -> None:
    after = resolve(
        facts, decisions=decided(tmp_path, "遠洋集團,Facility,retype,me,,", "海匯科技,海匯科技股份,rename,me,,")
    )
    assert [t.type for t in after.things if any(x.text == "遠洋集團" for x in t.preferred)] == ["Facility"]
    (firm,) = [t for t in after.things if any(x.text == "海匯科技股份" for x in t.preferred)]
    assert "海匯科技" in {x.text for x in firm.alternative}


def test_the_order_of_decisions_does_not_matter(tmp_path: Path, facts: list[Any]) -> None:
    lines = ["海匯科技 @ a.txt,遠洋集團,same,me,,", "海匯科技 @ c.txt,遠洋集團,different,me,,"]
    assert resolve(facts, decisions=decided(tmp_path, *lines)) == resolve(
        facts, decisions=decided(tmp_path, *lines[::-1])
    )


def test_contradictions_are_named(facts: list[Any]) -> None:
    # Those of one file are found when it is read; others meet here.
    here, there = Ref("海匯科技"), Ref("遠洋集團")
    with pytest.raises(InputError, match="different"):
        resolve(facts, decisions=Decisions((Decision(here, there, "same"), Decision(there, here, "different"))))


def test_a_reference_is_read_as_it_is_written() -> None:
    for text in ("陳大文", "Person/陳大文", "陳大文 @ a.txt", "Person/陳大文 @ b/c.txt", "A/B 公司"):
        assert str(Ref.parse(text)) == text


def test_many_decisions_are_looked_up_and_not_compared_with_every_thing(
    document: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each decision looks only at things of its name: with 300 of each, not at 90,000 pairs."""
    sides = [document(f"{n}.txt", ("Organisation", f"第{n}號清泉公司", f"第{n}號清泉公司開業。")) for n in range(300)]
    pairs = tuple(Decision(Ref(f"第{n}號清泉公司"), Ref(f"第{n + 1}號清泉公司"), "same") for n in range(0, 300, 2))
    rename = tuple((Ref(f"第{n}號清泉公司"), Label(f"清泉{n}", "zh-Hant")) for n in range(0, 300, 2))
    looked = 0
    means = Ref.means

    def counted(self: Ref, *given: Any) -> bool:
        nonlocal looked
        looked += 1
        return means(self, *given)

    monkeypatch.setattr(Ref, "means", counted)
    found = resolve(sides, decisions=Decisions(pairs, rename=rename))
    assert len(found.things) == 150
    assert sum(1 for t in found.things for x in t.preferred if x.text.startswith("清泉")) == 150
    assert looked <= 2 * len(pairs) * 2
