"""What is really in people's folders: old government pages, tables in Word files, mail, odd names and places."""

from __future__ import annotations

import os
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx
import pytest

import kg
from kg.errors import InputError
from kg.pipeline import extract
from kg.reading import read_bytes

HEAD = "創新科技署推出「藍灣創新計劃」"
STORY = (
    "創新科技署今日（三月五日）宣布，政府撥款五億元成立「藍灣創新計劃」，由香港生產力促進局負責推行，每間企業最高可獲三百萬元資助。",
    "生產力局主席陳錦榮說，計劃已收到逾120宗申請，其中初創企業佔46間。",
)


def gazette(charset: str) -> str:
    """A page as the government's news service made them for twenty years: tables, breaks, unclosed paragraphs."""
    body = "".join(f"　　{line}<br><br>" for line in STORY)
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{HEAD}</title></head>
<body bgcolor="#ffffff"><div id="header"><a href="/">新聞公報</a> | <a href="/tc">繁體版</a> | <a href="/sc">簡体版</a> | <a href="/en">English</a></div>
<table width="760"><tr><td class="menu"><a href="a">主頁</a><br><a href="b">政府資訊</a><br><a href="c">往日新聞</a></td>
<td><span><b>{HEAD}</b></span><br>**********************<br><div id="pressrelease"><p>{body}完<br><br>２０２４年３月５日（星期二）<br>香港時間１１時３０分</div></td></tr></table>
<div id="footer"><a href="x">列印版</a> <a href="y">新聞資料庫</a> <a href="z">即日新聞</a></div></body></html>"""


@pytest.mark.parametrize(
    ("written", "said"),
    [("big5hkscs", "big5"), ("utf-8", "utf-8"), ("utf-8", "big5"), ("big5hkscs", ""), ("gb18030", "gb2312")],
)
def test_old_government_pages(written: str, said: str) -> None:
    """Also where the page tells the wrong encoding, or none."""
    found = read_bytes(gazette(said).encode(written), name="a.htm")
    assert found.title == HEAD
    assert found.date == "2024-03-05"
    for word in ("政府資訊", "列印版", "English"):
        assert word not in found.text
    facts = extract(found)
    assert {str(a.value) for a in facts.amounts} == {"500000000", "3000000"}
    assert {str(c.value) for c in facts.counts} == {"120", "46"}


ROWS = (
    ("藍灣創新計劃", "5億元", "香港生產力促進局", "500000000"),
    ("青山科研基金", "12億港元", "香港科技大學", "1200000000"),
    ("白沙初創資助計劃", "8,000萬元", "香港數碼港管理有限公司", "80000000"),
)


def table(head: tuple[str, str, str], order: tuple[int, int, int] = (0, 1, 2)) -> bytes:
    """A Word file with a table of schemes."""
    document = docx.Document()
    document.add_heading("創新科技署資助計劃一覽")
    document.add_paragraph("創新科技署公布各項計劃如下：")
    grid = document.add_table(rows=1, cols=3)
    for row in (head, *(r[:3] for r in ROWS)):
        cells = grid.rows[0].cells if row is head else grid.add_row().cells
        for place, which in enumerate(order):
            cells[place].text = row[which]
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
@pytest.mark.parametrize(
    ("head", "role"), [("撥款額", "budget"), ("資助上限", "cap"), ("獲批金額", "grant"), ("每項上限", "cap")]
)
def test_money_in_a_table_is_its_rows(head: str, role: str, order: tuple[int, int, int]) -> None:
    """It had gone to the body in the next cell."""
    facts = extract(read_bytes(table(("計劃", head, "推行機構"), order), name="a.docx"))
    names = {e.id: e.names[0] for e in facts.entities}
    assert {(names[a.subject], str(a.value), a.role) for a in facts.amounts} == {(r[0], r[3], role) for r in ROWS}


def test_a_mail_is_called_by_its_subject() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "創新科技署 <press@example.org>", HEAD
    mail["Date"] = "Tue, 5 Mar 2024 10:00:00 +0800"
    mail.set_content("\n\n".join(STORY))
    mail.add_alternative("".join(f"<p>{line}</p>" for line in STORY), subtype="html")
    mail.add_attachment("政府撥款九億元。".encode(), maintype="text", subtype="plain", filename="稿.txt")
    inner = EmailMessage()
    inner.set_content("政府撥款四億元。")
    mail.add_attachment(inner)
    found = read_bytes(mail.as_bytes(), name="a.eml")
    assert (found.title, found.date, found.publisher) == (HEAD, "2024-03-05", "創新科技署")
    assert found.text.count("五億元") == 1 and "九億元" not in found.text and "四億元" not in found.text
    assert any("稿.txt" in f.message for f in found.findings)


@pytest.mark.parametrize("start", ["", "\ufeff", "\n <!-- saved from -->\n"])
def test_a_page_that_is_called_text(start: str) -> None:
    with pytest.raises(InputError, match=r"E103 .*web page.*\.html"):
        read_bytes(f"{start}{gazette('utf-8')}".encode(), name="a.txt")


@pytest.mark.skipif(os.name == "nt", reason="names and files that Windows does not have")
def test_odd_places(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    stories = {
        "a\nb.txt": "七",
        "😀 & <b>.txt": "八",
        "UPPER.TXT": "三",
        "x.pdf/inside.txt": "六",
        "-rf.txt": "九",
        "空 白.txt": "四",
    }
    for number, (name, value) in enumerate(stories.items()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"政府撥款{value}億元成立「橙湖{number}號計劃」。", encoding="utf-8")
    (folder / "loop").symlink_to(folder.parent)
    (folder / "self.txt").symlink_to("self.txt")
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (folder / "again.txt").symlink_to("UPPER.TXT")
    os.mkfifo(folder / "pipe.txt")
    for name in ("zero.txt", "zero.pdf", "zero.docx", "zero.html", "zero.eml", ".DS_Store", "~$a.docx", "Thumbs.db"):
        (folder / name).write_bytes(b"")
    report = kg.build([folder], out=tmp_path / "out", view=False)
    read = {i["file"] for i in report.data["inputs"]}
    assert read - {"again.txt", "UPPER.TXT"} == set(stories) - {"UPPER.TXT"} and len(read) == len(stories)
    skipped = {f.where: f.code for f in report.skipped}
    assert {k for k in skipped if k.startswith("zero")} == {f"zero.{x}" for x in ("txt", "pdf", "docx", "html", "eml")}
    assert set(skipped.values()) == {"E102"}
