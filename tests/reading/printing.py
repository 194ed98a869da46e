"""PDFs made here by several programs: one document, set in columns, with running heads, feet and page numbers."""

from __future__ import annotations

import html
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD, FOOT = "海事園通訊 Harbour Park Bulletin", "內部編號 HB-07 · 版權所有"
SIDE = ["延伸閱讀", "讀者可到圖書館借閱舊刊", "或於網上瀏覽舊刊目錄", "開放時間見於門前告示板"]
_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")


def paragraphs_of(path: Path) -> list[str]:
    """The lines of a text file that holds a paragraph a line, the first one its title."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def page(lines: list[str], *, columns: int, indent: bool, side: bool = False, size: float = 10.5) -> str:
    """An HTML page that a browser or LibreOffice prints."""
    box = "<aside>" + "".join(f"<p>{html.escape(x)}</p>" for x in SIDE) + "</aside>" if side else ""
    style = f"""@page {{ size: A4; margin: 22mm 18mm }} body {{ font: {size}pt/1.6 'Noto Sans CJK TC', 'Noto Sans CJK SC', serif; margin: 0 }}
    h1 {{ font-size: {size * 1.7}pt }} main {{ columns: {columns}; column-gap: 8mm; text-align: justify }}
    p {{ margin: 0 {"; text-indent: 2em" if indent else "0 0.8em"} }}
    aside {{ border: 1px solid #888; background: #eee; padding: 6pt; font-size: {size * 0.8}pt; break-inside: avoid; margin: 6pt 0 }} aside p {{ text-indent: 0 }}"""
    body = [f"<p>{html.escape(x)}</p>" for x in lines[1:]]
    body.insert(len(body) // 2, box)
    return f"<html><head><meta charset=utf-8><title>t</title><style>{style}</style></head><body><h1>{html.escape(lines[0])}</h1><main>{''.join(body)}</main></body></html>"


def chromium(
    browser: Any, lines: list[str], *, columns: int = 1, indent: bool = False, side: bool = False, size: float = 10.5
) -> bytes:
    """What Chromium prints, with its own head and foot on each page."""
    tab = browser.new_page()
    try:
        tab.set_content(page(lines, columns=columns, indent=indent, side=side, size=size))
        style = "style='font-size:8px;width:100%;text-align:center'"
        data: bytes = tab.pdf(
            format="A4",
            display_header_footer=True,
            prefer_css_page_size=True,
            header_template=f"<div {style}>{HEAD}</div>",
            footer_template=f"<div {style}>{FOOT} <span class=pageNumber></span> / <span class=totalPages></span></div>",
        )
        return data
    finally:
        tab.close()


def reportlab(
    lines: list[str], *, columns: int = 1, indent: bool = False, font: str = "MSung-Light", size: float = 10.5
) -> bytes:
    """What ReportLab sets: frames side by side, head and foot drawn on each page."""
    from reportlab.lib.enums import TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    pdfmetrics.registerFont(UnicodeCIDFont(font))
    width, height = A4
    each = (width - 100 - 20 * (columns - 1)) / columns
    frames = [Frame(50 + n * (each + 20), 60, each, height - 130, 0, 0, 0, 0) for n in range(columns)]

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(50, height - 36, HEAD)
        canvas.drawRightString(width - 50, 30, f"{FOOT}  第 {canvas.getPageNumber()} 頁")

    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, invariant=1)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    # ReportLab lays out Latin words only without the rules for Chinese, and the other way round.
    han = sum(1 for c in "".join(lines) if c >= "\u4e00") * 3 > len("".join(lines))
    space = 0 if indent else 7
    body = ParagraphStyle(
        "body",
        fontName=font,
        fontSize=size,
        leading=size * 1.6,
        spaceAfter=space,
        firstLineIndent=2 * size if indent else 0,
        wordWrap="CJK" if han else None,
        alignment=TA_JUSTIFY,
    )
    head = ParagraphStyle("head", parent=body, fontSize=size * 1.3, leading=size * 2, firstLineIndent=0, spaceAfter=10)
    document.build([Paragraph(html.escape(x), body if n else head) for n, x in enumerate(lines)])
    return out.getvalue()


def fpdf(lines: list[str], *, columns: int = 1, size: float = 10.5) -> bytes:
    """What fpdf2 sets: text columns, an embedded font, head and foot by its own hooks."""
    from fpdf import FPDF

    face = font_file()

    class Bulletin(FPDF):
        def header(self) -> None:
            self.set_font("han", size=8)
            self.cell(0, 8, HEAD, new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("han", size=8)
            self.cell(0, 8, f"- {self.page_no()} -", align="C")

    pdf = Bulletin()
    pdf.add_font("han", fname=face)
    pdf.set_font("han", size=size)
    pdf.set_auto_page_break(True, 25)
    pdf.add_page()
    pdf.set_font("han", size=size * 1.6)
    pdf.multi_cell(0, size * 0.9, lines[0], new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("han", size=size)
    with pdf.text_columns(ncols=columns, gutter=8, text_align="L", line_height=1.5) as block:
        for line in lines[1:]:
            with block.paragraph(
                bottom_margin=3, wrapmode="CHAR" if any(c >= "\u4e00" for c in line) else "WORD"
            ) as words:
                words.write(line)
    return bytes(pdf.output())


def libreoffice(lines: list[str], folder: Path, *, columns: int = 1) -> bytes:
    """What LibreOffice Writer prints of a Word file."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("no LibreOffice")
    document = docx.Document()
    document.add_heading(lines[0])
    section = document.add_section(0)
    kind = OxmlElement("w:cols")
    kind.set(qn("w:num"), str(columns))
    section._sectPr.append(kind)
    section.header.paragraphs[0].text = HEAD
    for line in lines[1:]:
        document.add_paragraph(line)
    document.save(str(folder / "a.docx"))
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / "a.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "a.pdf").read_bytes()


def weasyprint(lines: list[str], *, columns: int = 1, size: float = 10.5) -> bytes:
    """What WeasyPrint prints of a web page: head and foot in the boxes of the page's margin."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):
        pytest.skip("needs WeasyPrint and Pango (pip install weasyprint)")
    font_file()
    boxes = f"""@page {{ @top-center {{ content: '{HEAD}'; font-size: 8pt }}
    @bottom-center {{ content: '{FOOT} ' counter(page) ' / ' counter(pages); font-size: 8pt }} }}</style>"""
    source = page(lines, columns=columns, indent=columns == 2, size=size).replace("</style>", boxes)
    data: bytes = HTML(string=source).write_pdf()
    return data


def typst(lines: list[str], folder: Path, *, columns: int = 1, size: float = 10.5) -> bytes:
    """What Typst sets: its own line breaking, columns, head and foot."""
    compiler = pytest.importorskip("typst", reason="needs typst (pip install typst)")
    font_file()

    def escaped(text: str) -> str:
        return "".join(f"\\{c}" if c in "\\#$*_`<>@[]=-+/~'\"" else c for c in text)

    language = "zh" if any(c >= "\u4e00" for c in lines[1]) else "en"
    source = f"""#set page(paper: "a4", columns: {columns}, header: [#set text(8pt); {escaped(HEAD)}],
      footer: context [#set text(8pt); {escaped(FOOT)} #h(1fr) #counter(page).display()])
#set text(font: "Noto Sans CJK TC", size: {size}pt, lang: "{language}")
#set par(justify: true)
= {escaped(lines[0])}

""" + "\n\n".join(map(escaped, lines[1:]))
    (folder / "a.typ").write_text(source, encoding="utf-8")
    data: bytes = compiler.compile(str(folder / "a.typ"))
    return data


def font_file() -> str:
    """A font with Chinese characters on this machine; the test is skipped where there is none."""
    for path in _FONTS:
        if Path(path).is_file():
            return path
    pytest.skip("no font with Chinese characters: apt install fonts-noto-cjk")


Make = Callable[..., bytes]
