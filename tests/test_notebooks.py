"""The notebooks run from the first cell to the last, show what they promise, and hold no stored output."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What each has to show: frames of the view, pictures, tables of pandas at least.
SHOWS = {
    "01-first-look": (1, 0, 2),
    "02-sparql-to-pandas": (0, 0, 11),
    "03-money": (0, 3, 4),
    "04-networks": (1, 0, 4),
    "05-time": (0, 1, 7),
    "06-own-documents": (0, 0, 3),
}
EMPTY = re.compile(r"<tbody>\s*</tbody>")


def code(notebook: Any) -> list[Any]:
    """The code cells."""
    return [c for c in notebook.cells if c.cell_type == "code"]


def test_notebooks_found() -> None:
    assert [p.stem for p in NOTEBOOKS] == sorted(SHOWS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_stored_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not [c for c in code(notebook) if c.outputs or c.execution_count]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_step_is_explained(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith("# ")
    assert sum(c.cell_type == "markdown" for c in cells) >= 0.4 * len(cells)


def test_ten_competency_questions() -> None:
    (path,) = [p for p in NOTEBOOKS if p.stem.startswith("02")]
    texts = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"]
    assert [m[1] for t in texts if (m := re.match(r"## (\d+)\. .+\?", t))] == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shutil.copy(path, tmp_path)
    notebook = nbformat.read(tmp_path / path.name, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o for c in code(notebook) for o in c.outputs]
    said = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stderr")
    # The first run on a machine may have to look for its fonts.
    assert not [line for line in said.splitlines() if line.strip() and "font cache" not in line]
    data = [o.get("data", {}) for o in outputs]
    pages = [str(d.get("text/html", "")) for d in data]
    frames, tables = sum("<iframe" in p for p in pages), [p for p in pages if 'class="dataframe"' in p]
    shown = frames, sum("image/png" in d for d in data), len(tables)
    assert all(a >= b for a, b in zip(shown, SHOWS[path.stem], strict=True)), shown
    assert not [t for t in tables if EMPTY.search(t)], "a table is empty"
