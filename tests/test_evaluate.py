"""Figures are those of the definition, and equal to an independent scorer where one is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import InputError
from kg.evaluate import KINDS, Tally, key

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
TEXT = (
    "二〇二四年三月五日\n\n香港特別行政區政府撥款五億元成立「藍灣創新計劃」，每間企業最高可獲二百萬元資助。\n\n"
    "香港大學校長張文表示歡迎。香港大學與香港城市大學簽署合作協議。\n"
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built document."""
    place = tmp_path_factory.mktemp("evaluate")
    (place / "a.txt").write_text(TEXT, encoding="utf-8")
    kg.build([place / "a.txt"], out=place / "out", view=False)
    return place / "out"


def gold_of(out: Path) -> dict[str, Any]:
    """What the build found, as if a person had annotated it."""
    facts = json.loads((out / "facts.ndjson").read_text(encoding="utf-8").split("\n")[0])
    return {"document": "a.txt", **{kind: facts[kind] for kind in KINDS}}


def write(gold: dict[str, Any], place: Path) -> Path:
    path = place / "gold.json"
    path.write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
    return path


def test_itself_is_perfect(out: Path, tmp_path: Path) -> None:
    found = kg.evaluate(out, write(gold_of(out), tmp_path))
    assert {kind: t.f1 for kind, t in found.total.items() if t.right} == {
        kind: 1.0 for kind, t in found.total.items() if t.right
    }
    assert found.total["entities"].right >= 4
    assert found.total["amounts"].right == 2
    assert not [m for t in found.total.values() for m in (*t.missed, *t.spurious)]
    assert sum(t.right for t in found.types.values()) == found.total["entities"].right


def test_the_other_script_makes_no_difference(out: Path, tmp_path: Path) -> None:
    from kg.language.script import to_simplified

    text = to_simplified(json.dumps(gold_of(out), ensure_ascii=False))
    found = kg.evaluate(out, write(json.loads(text), tmp_path))
    assert all(t.f1 == 1.0 for t in found.total.values() if t.right)


def test_missed_and_spurious(out: Path, tmp_path: Path) -> None:
    gold = gold_of(out)
    full = len(gold["amounts"])
    gold["amounts"][0] = {**gold["amounts"][0], "value": 1}
    gold["entities"].append({"id": "new", "type": "Facility", "names": ["白石實驗室"]})
    found = kg.evaluate(out, write(gold, tmp_path))
    assert (found.total["amounts"].right, len(found.total["amounts"].missed), len(found.total["amounts"].spurious)) == (
        full - 1,
        1,
        1,
    )
    assert found.total["entities"].missed == ["Facility 白石實驗室"]
    assert found.types["Facility"].recall == 0.0
    table = found.table(errors=True)
    assert "- entities: Facility 白石實驗室" in table
    assert f"{found.total['amounts'].f1:.3f}" in table


def test_a_wrong_type_is_an_error_on_both_sides(out: Path, tmp_path: Path) -> None:
    gold = gold_of(out)
    programme = next(e for e in gold["entities"] if e["type"] == "Programme")
    programme["type"] = "Facility"
    found = kg.evaluate(out, write(gold, tmp_path))
    assert [len(found.total["entities"].missed), len(found.total["entities"].spurious)] == [1, 1]
    # … but the pairing still helps the facts about it.
    assert found.total["amounts"].f1 == 1.0


def test_partners_are_symmetric(out: Path, tmp_path: Path) -> None:
    gold = gold_of(out)
    partners = [r for r in gold["relations"] if r["predicate"] == "partnersWith"]
    assert partners
    for r in partners:
        r["subject"], r["object"] = r["object"], r["subject"]
    assert not kg.evaluate(out, write(gold, tmp_path)).total["relations"].missed


def test_a_document_that_was_not_built_counts_as_missed(out: Path, tmp_path: Path) -> None:
    gold = {**gold_of(out), "document": "other.txt"}
    found = kg.evaluate(out, write(gold, tmp_path))
    assert found.total["entities"].right == 0
    assert len(found.total["entities"].missed) == len(gold["entities"])


@pytest.mark.parametrize(("content", "code"), [("{", "E121"), ("[]", "E122"), ('{"document": "a"}', "E122")])
def test_bad_gold(out: Path, tmp_path: Path, content: str, code: str) -> None:
    (tmp_path / "g.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=code):
        kg.evaluate(out, [tmp_path / "g.json"])


def test_no_gold(out: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="E120"):
        kg.evaluate(out, tmp_path)


def test_tally_of_nothing() -> None:
    assert (Tally().precision, Tally().recall, Tally().f1) == (0.0, 0.0, 0.0)
    assert Tally(right=1, missed=["a"], spurious=[]).f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("left", "right"),
    [("「拍住上」計劃", "拍住上计划"), ("ＡＩ 中心", "ai中心"), ("Web3.0", "WEB30"), ("臺灣", "台湾")],
)
def test_equal_names(left: str, right: str) -> None:
    assert key(left) == key(right)


@pytest.mark.skipif(not (SHARED / "eval" / "score.py").is_file(), reason="the independent scorer is not at hand")
def test_equal_to_the_independent_scorer(tmp_path: Path) -> None:
    golds = sorted((SHARED / "gold").glob("*.json"))
    kg.build([SHARED / "seeds"], out=tmp_path / "out", view=False)
    command = [
        sys.executable,
        str(SHARED / "eval" / "score.py"),
        str(tmp_path / "out" / "graph.nq"),
        *map(str, golds),
        "--json",
    ]
    theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)
    ours = kg.evaluate(tmp_path / "out", golds).to_dict()

    def figures(tallies: dict[str, Any]) -> dict[str, Any]:
        return {kind: {name: tallies[kind][name] for name in ("precision", "recall", "f1")} for kind in KINDS}

    assert figures(ours["total"]) == figures(theirs["total"])
    assert {d: figures(t) for d, t in ours["documents"].items()} == {
        d: figures(t) for d, t in theirs["documents"].items()
    }


def test_names_in_the_lexicon_and_others_are_told_apart(out: Path, tmp_path: Path) -> None:
    found = kg.evaluate(out, write(gold_of(out), tmp_path))
    assert sum(t.right for t in found.names.values()) == found.total["entities"].right
    assert set(found.to_dict()["names"]) == {"listed", "not listed"}
    assert "· not listed" in found.table()
