"""Documents for the tests of the engine, and what compares two output folders."""

from __future__ import annotations

from pathlib import Path

import pytest

NAMES = "藍灣", "青山", "白沙", "紅磡", "金鐘", "銀河", "紫荊", "綠洲", "黑石", "橙湖"


def text(number: int) -> str:
    """A short release of its own."""
    name = NAMES[number % len(NAMES)]
    return (
        f"香港城市大學推出「{name}創新計劃」\n\n二〇二四年三月五日\n\n香港特別行政區政府撥款{number + 2}億元成立「{name}創新計劃」，"
        f"每間企業最高可獲{number + 3}百萬元資助。\n\n香港大學校長張文說，香港大學與香港城市大學簽署合作協議，已有{number + 20}家企業參與。\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six documents."""
    place = tmp_path / "documents"
    place.mkdir()
    for number in range(6):
        (place / f"{number}.txt").write_text(text(number), encoding="utf-8")
    return place


def contents(out: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def beside(out: Path) -> list[str]:
    """Hidden leftovers next to a folder."""
    return [p.name for p in out.parent.iterdir() if p.name.startswith(f".{out.name}")]
