"""A build again changes lines in the old files: whatever has changed, all bytes are those of a build from nothing."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.engine.memory import KEPT, StaleError
from kg.engine.patch import Change, Swap, opened, patch
from kg.graph import excerpt
from kg.graph.turtle import to_turtle

from .conftest import beside, contents, text

BUILD = importlib.import_module("kg.build")
# Names that several documents share, in two languages, short and whole, of several persons and bodies.
SENTENCES = (
    "創新科技署撥款三億元成立「遠洋青年計劃」，由海事發展局主席林海生主持啟動禮。",
    "海事發展局主席林海生說，「遠洋青年計劃」每家企業最多可獲50萬元。",
    "海事局與香港城市大學合作，林海生表示計劃已有120家企業參與。",
    "The Maritime Development Board chairman, Lam Hoi Sang, said that the Ocean Youth Scheme had 120 companies.",
    "The Innovation and Technology Commission (ITC) allocated HK$300 million to the Ocean Youth Scheme.",
    "ITC signed an agreement with City University of Hong Kong. Professor Chan Tai Man is the president.",
    "香港城市大學校長陳大文教授表示，與創科署簽署合作協議。",
    "陳大文是青山中學校長，他說學校獲政府資助二百萬元。",
    "深圳市人民政府宣布支持遠洋青年計劃，投入超過3億元人民幣。",
    "青山科技有限公司行政總裁王小明表示，公司獲創新及科技基金資助一千萬元。",
    "青山科技與白沙企業合作，王小明出任主席。",
    "第28屆香港國際影視展在灣仔會議展覽中心舉行，超過700家公司參展。",
    "香港國際影視展今年有820家公司參展，貿發局總裁林海生出席。",
    "香港貿易發展局（貿發局）主辦影視展，特區政府撥款五千萬元。",
    "財政預算案提出撥款五十億元成立「紅磡基金」，財政司司長陳茂波說。",
    "Financial Secretary Paul Chan said that HK$5 billion would go to the Hung Hom Fund.",
    "商務及經濟發展局前稱工商及科技局，局長丘應樺致辭。",
    "Oxford University and the University of Hong Kong opened the Banyan Laboratory.",
    '引文：「<https://w3id.org/fundgraph/id/build/00000000000000000000> \\ " 」由海事發展局撥款十萬元。',
)
DECISIONS = (
    "Person/林海生 @ 1.txt,Person/林海生 @ 2.txt,different,,,",
    "海事局,海事發展局,same,,,",
    "遠洋青年計劃,遠洋少年計劃,rename,,,",
    "青山科技,Facility,retype,,,",
    "香港城市大學,City University of Hong Kong,same,,,",
    "王小明,王細明,rename,,,",
)
FACTS = (
    "青山科技,,reject,,,,amount,,10000000,,",
    "創新科技署,,reject,,,,amount,,300000000,,",
    "海事發展局,遠洋青年計劃,add,,,,funds,,,3.txt,海事發展局主席林海生",
)


def write(folder: Path, number: int, luck: random.Random) -> None:
    """Write a document of some of the sentences."""
    some = luck.sample(SENTENCES, luck.randint(1, 5))
    title = luck.choice(("通告", "Press release", "遠洋青年計劃", f"第{number}號"))
    date = f"2024年{luck.randint(1, 12)}月{luck.randint(1, 28)}日"
    (folder / f"{number}.txt").write_text(f"{title}\n\n{date}\n\n" + "\n\n".join(some) + "\n", encoding="utf-8")


def decide(folder: Path, luck: random.Random) -> None:
    """Write some decisions, or none."""
    rows = [*luck.sample(DECISIONS, luck.randint(0, 3)), *luck.sample(FACTS, luck.randint(0, 2))]
    place = folder / "decisions.csv"
    place.unlink(missing_ok=True)
    if rows:
        head = "left,right,verdict,who,when,why,kind,what,value,file,quote"
        place.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Tell of each build that went on from another whether its files were patched, or else made anew."""
    ways: list[bool] = []
    real = BUILD.write_again

    def again(*args: object, **options: object) -> object:
        ways.append(False)
        done = real(*args, **options)
        ways[-1] = True
        return done

    monkeypatch.setattr(BUILD, "write_again", again)
    yield ways


def same_as_fresh(folder: Path, out: Path, number: int, *, view: bool = False, **options: object) -> None:
    """Build again, and from nothing; all files have the same bytes, those for the next build too."""
    kg.build([folder], out=out, view=view, jobs=1, **options)  # type: ignore[arg-type]
    fresh = out.parent / f"fresh-{number}"
    kg.build([folder], out=fresh, view=view, jobs=1, **options)  # type: ignore[arg-type]
    left, right = contents(out), contents(fresh)
    assert left.keys() == right.keys()
    assert not [name for name in left if left[name] != right[name]]
    assert not beside(out)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes(tmp_path: Path, patched: list[bool], seed: int) -> None:
    """Documents come, go, change and get other names, decisions too: the bytes are those of a build from nothing."""
    luck, folder = random.Random(seed), tmp_path / "documents"
    folder.mkdir()
    for number in range(7):
        write(folder, number, luck)
    decide(folder, luck)
    for step in range(9):
        same_as_fresh(folder, tmp_path / "out", step)
        for _ in range(luck.choice((1, 1, 1, 2, 4))):
            place = folder / f"{luck.randrange(9)}.txt"
            what = luck.randrange(8)
            if what == 0:
                place.unlink(missing_ok=True)
            elif what == 1 and place.exists():
                place.rename(folder / f"{luck.randrange(9)}.txt")
            elif what == 2 and place.exists():
                (folder / f"{luck.randrange(20, 30)}.txt").write_bytes(place.read_bytes())
            else:
                write(folder, int(place.stem), luck)
        if luck.random() < 0.15:
            decide(folder, luck)
        if not list(folder.glob("*.txt")):
            write(folder, 1, luck)
    assert all(patched) and len(patched) >= 5


@pytest.mark.parametrize("part", [True, False])
def test_the_page_of_what_has_changed(
    tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch, part: bool
) -> None:
    """The page is that of a build from nothing, whether it shows all of the graph or what most documents state."""
    if part:
        for module, name, least in ((BUILD, "THINGS", 8), (excerpt, "THINGS", 8), (excerpt, "FACTS", 12)):
            monkeypatch.setattr(module, name, least)
    folder, luck = tmp_path / "documents", random.Random(11)
    folder.mkdir()
    for number in range(9):
        write(folder, number, luck)
    for step in range(5):
        # Without a page, too, what the next one needs is kept.
        same_as_fresh(folder, tmp_path / "out", step, view=step != 1)
        write(folder, luck.randrange(11), luck)
    assert patched == [True] * 4
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert any(problem["code"] == "W401" for problem in report["problems"]) == part


def test_a_small_change_of_many_documents(tmp_path: Path, patched: list[bool]) -> None:
    """So many that the process makes copies of itself."""
    folder = tmp_path / "documents"
    folder.mkdir()
    luck = random.Random(7)
    for number in range(45):
        write(folder, number, luck)
    same_as_fresh(folder, tmp_path / "out", 0)
    place = folder / "17.txt"
    place.write_text(place.read_text(encoding="utf-8").replace("。", "！", 1) + "\n", encoding="utf-8")
    same_as_fresh(folder, tmp_path / "out", 1)
    write(folder, 50, luck)
    (folder / "3.txt").unlink()
    same_as_fresh(folder, tmp_path / "out", 2, base="https://example.org/things#")
    write(folder, 51, luck)
    same_as_fresh(folder, tmp_path / "out", 3, base="https://example.org/things#")
    assert patched == [True, True]


def test_where_much_has_changed_all_is_written_anew(
    folder: Path, tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.engine.again.MOST", 1)
    kg.build([folder], out=tmp_path / "out", view=False, jobs=1)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    same_as_fresh(folder, tmp_path / "out", 1)
    assert patched == [False], "one document that goes and one that comes"
    for number in (7, 8):
        (folder / f"{number}.txt").write_text(text(number), encoding="utf-8")
    same_as_fresh(folder, tmp_path / "out", 2)
    assert patched == [False], "not even tried"


@pytest.mark.parametrize("way", ["cut", "other", "gone", "no json"])
@pytest.mark.parametrize(
    "victim", ["heads", "items", "counted", "stated", "known", "paths", "numbers", "told.json", "things", "check.json"]
)
def test_a_damaged_memory_is_not_used(folder: Path, tmp_path: Path, patched: list[bool], victim: str, way: str) -> None:
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    place = out / KEPT / victim
    data = place.read_bytes()
    if way == "gone":
        place.unlink()
    else:
        place.write_bytes({"cut": data[:-3], "other": data[:20] + b"x" + data[21:], "no json": b"\xff"}[way])
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    same_as_fresh(folder, out, 1)
    assert not patched


@pytest.mark.parametrize("victim", ["graph.nq", "graph.ttl", "facts.ndjson", "report.json"])
def test_a_changed_output_is_not_patched(folder: Path, tmp_path: Path, patched: list[bool], victim: str) -> None:
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    data = (out / victim).read_bytes()
    (out / victim).write_bytes(data.replace(b"2024", b"2025", 1))
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    same_as_fresh(folder, out, 1)
    assert not patched


def test_a_memory_of_another_version_is_not_used(
    folder: Path, tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    monkeypatch.setattr(BUILD, "whole_fingerprint", lambda: "another")
    same_as_fresh(folder, out, 1)
    assert not patched


def test_what_does_not_fit_is_made_anew(
    folder: Path, tmp_path: Path, patched: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should lines be missing that must be there, nothing is patched."""
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    check = json.loads((out / KEPT / "check.json").read_text(encoding="utf-8"))
    lines = (out / "graph.nq").read_bytes().splitlines(keepends=True)
    (out / "graph.nq").write_bytes(b"".join(line for line in lines if b"/evidence/" not in line))
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    monkeypatch.setattr("kg.engine.kept.Previous.holds", lambda *args: True)
    same_as_fresh(folder, out, 1)
    assert patched == [False]
    assert check["files"]


def test_with_a_page(folder: Path, tmp_path: Path) -> None:
    """What was kept of each document serves a build with a page as well."""
    out = tmp_path / "out"
    kg.build([folder], out=out)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    kg.build([folder], out=out)
    kg.build([folder], out=tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("seed", range(30))
def test_lines_and_their_turtle(tmp_path: Path, seed: int) -> None:
    """Any lines can go and come, at both ends too, and an address can have another's place."""
    luck = random.Random(seed)
    where = b"<http://g/x>"
    old_name, new_name = b"<http://b/build/aaaa>", b"<http://b/build/bbbb>"

    def line(name: bytes) -> bytes:
        subject = luck.choice(
            [b"build/aaaa", *(b"fact/%d" % n for n in range(9)), *(b"thing/%d" % n for n in range(9))]
        )
        node = old_name if subject.startswith(b"build") else b"<http://b/%s>" % subject
        value = name if subject.startswith(b"fact") and luck.random() < 0.5 else b'"%d\\n"' % luck.randrange(5)
        return b"%s <http://p/%d> %s %s .\n" % (node.replace(old_name, name), luck.randrange(4), value, where)

    old = {line(old_name) for _ in range(luck.randrange(1, 60))}
    now = {one.replace(old_name, new_name) for one in old}
    gone = set(luck.sample(sorted(now), luck.randrange(len(now))))
    new = {line(new_name) for _ in range(luck.randrange(20))} | set(sorted(gone)[:2])
    for name, lines in (("old", old), ("new", (now - gone) | new)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "graph.nq").write_bytes(b"".join(sorted(lines)))
        turtle = to_turtle(one.decode().rstrip("\n") for one in lines)
        (tmp_path / name / "graph.ttl").write_text(turtle, encoding="utf-8", newline="\n")
    (tmp_path / "made").mkdir()
    swap = Swap(old_name, new_name, (b"<http://b/build/", b"<http://b/fact/"))
    with opened(tmp_path / "old") as graph:
        patch(graph, tmp_path / "old", tmp_path / "made", Change(set(gone), set(new)), swap)
        assert contents(tmp_path / "made") == contents(tmp_path / "new")
        missing = Change({b"<http://b/thing/0> <http://p/9> <http://none> <http://g/x> .\n"}, set())
        with pytest.raises(StaleError):
            patch(graph, tmp_path / "old", tmp_path / "made", missing, swap)
