"""What the documentation says can be done, can be done."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SHELL = [line for language, text in BLOCKS if language == "sh" for line in text.strip().split("\n")]
# They run until they are stopped, or need another server: tests/serve and tests/graph/test_remote.py run them. What
# differs ends with 1: tests/test_diff.py.
ELSEWHERE = {"diff", "push", "serve"}
TOUR = [shlex.split(line, comments=True)[1:] for line in SHELL if line.startswith("kg ")]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place that has what the commands name."""
    place = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "seeds", place / "seeds")
    shutil.copytree(ROOT / "tests" / "gold", place / "tests" / "gold")
    return place


def test_tour_shows_every_command() -> None:
    commands = {c.callback.__name__ for c in app.registered_commands if c.callback}
    assert {arguments[0] for arguments in TOUR} == commands
    assert len(TOUR) >= 10


def test_tour_runs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    for arguments in TOUR:
        if arguments[0] in ELSEWHERE:
            continue
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"kg {shlex.join(arguments)}: {done.output}"
        assert done.stdout.strip(), arguments


def test_first_command_builds_the_samples(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = SHELL[0].split("&&")[-1].strip()
    assert last.startswith(".venv/bin/kg build seeds")
    monkeypatch.chdir(checkout)
    done = CliRunner().invoke(app, shlex.split(last)[1:])
    assert done.exit_code == 0, done.output
    assert "next:" in done.stdout


def test_second_command_runs_the_tests() -> None:
    assert SHELL[1].endswith("-m pytest")
    # CI runs that very line.
    assert "Run the tests:" in README and "Run the tests:" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_python_example_runs(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    (example,) = [text for language, text in BLOCKS if language == "python"]
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_output_table_names_the_files_of_a_build(checkout: Path) -> None:
    kg.build([checkout / "seeds"], out=checkout / "files")
    named = {name.rstrip("/") for name in re.findall(r"^\| `([\w./]+)` \|", README, re.MULTILINE)}
    assert named == {p.name for p in (checkout / "files").iterdir()}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_named_files_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/])((?:kg|tests|ontology|notebooks|benchmarks|seeds|\.ci)/[\w./*-]*)", text)
    missing = [name for name in named if "NAME" not in name and not list(ROOT.glob(name.rstrip("./")))]
    assert not missing


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == kg.__version__
    assert f"version: {kg.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_constraints_pin_and_name_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").strip().split("\n")
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 40
    assert not [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)]
    assert not [line for line in lines if "://" in line]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {re.split("==", line)[0].lower().replace("_", "-") for line in pins}
    assert {re.split("[><=]", d)[0].lower().replace("_", "-") for d in project["dependencies"]} <= pinned


def test_ci_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
