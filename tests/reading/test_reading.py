"""Whatever the bytes, the text is right or the error is clear, and every place of the flow points into the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.reading import collect, read_bytes

ROOT = Path(__file__).parent.parent.parent
TRADITIONAL = "香港特別行政區政府今日公布撥款五億元，成立創新基金，資助本地企業採用新技術，並邀請大學參與研究。\n"
SIMPLIFIED = "深圳市人民政府今日公布拨款五亿元，成立创新基金，资助本地企业采用新技术，并邀请大学参与研究。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "big5hkscs", "gb18030"])
def test_encodings(encoding: str) -> None:
    text = SIMPLIFIED if encoding == "gb18030" else TRADITIONAL
    marked = "\ufeff" + text if encoding in {"utf-16-le", "utf-16-be"} else text
    document = read_bytes(marked.encode(encoding), name="a.txt")
    assert document.text.lstrip("\ufeff") == text
    assert document.language == ("zh-Hans" if encoding == "gb18030" else "zh-Hant")


@pytest.mark.parametrize(
    ("data", "name"), [(b"\x00\x01\x02\x03" * 50, "a.txt"), (b"%PDF-1.4 broken", "a.pdf"), (b"PK\x03\x04", "a.docx")]
)
def test_unreadable_is_a_clear_error(data: bytes, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(data, name=name)
    assert caught.value.where == name
    assert caught.value.hint
    assert caught.value.exit_status == 3


def test_a_name_broken_by_a_line_end_is_joined() -> None:
    document = read_bytes(
        "政府宣布，由香港生產力促\n進局推行的計劃已經展開，\n詳情將於稍後公布。\n".encode(), name="a.txt"
    )
    assert "香港生產力促進局" in document.flow.text
    start = document.flow.text.index("香港生產力促進局")
    first, last = document.flow.source_range(start, start + 8)
    assert document.text[first:last] == "香港生產力促\n進局"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_flow_points_into_the_text(text: str) -> None:
    try:
        document = read_bytes(text.encode(), name="a.txt")
    except InputError:
        return
    flow = document.flow
    assert len(flow.offsets) == len(flow.text) + 1
    assert list(flow.offsets) == sorted(flow.offsets)
    for passage in flow.passages:
        for i in range(passage.start, passage.end):
            if not flow.text[i].isspace():
                assert document.text[flow.offsets[i]] == flow.text[i]


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda p: p.stem)
def test_samples_have_a_language_and_a_title(path: Path) -> None:
    document = read_bytes(path.read_bytes(), name=path.name)
    assert document.title
    assert document.language in {"zh-Hant", "zh-Hans", "en"}


def test_html_has_no_scripts_or_menus() -> None:
    page = f"<html><head><title>T</title><script>var x='撥款九億元'</script></head><body><nav>首頁</nav><p>{TRADITIONAL}</p></body></html>"
    document = read_bytes(page.encode(), name="a.html")
    assert "五億元" in document.text
    assert "九億元" not in document.text


def test_collect(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.html", ".hidden.txt", "x.bin", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found, problems = collect([tmp_path, tmp_path / "missing"])
    assert [name for _, name in found] == ["a.md", "b.txt", "sub/c.html"]
    assert [p.code for p in problems] == ["E100"]


def test_collect_tells_files_of_one_name_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(folder, encoding="utf-8")
    found, _ = collect([tmp_path / "one", tmp_path / "two"])
    assert [name for _, name in found] == ["one/a.txt", "two/a.txt"]
