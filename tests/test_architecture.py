"""The layers, sizes and import costs that keep the code readable and `kg --help` quick."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "kg").rglob("*.py"))
# A module may import from its own layer and from those above it in this list.
LAYERS = [
    ("errors", "vocab", "model"),
    ("resources", "files", "facts"),
    ("cards",),
    ("language",),
    ("reading",),
    ("pipeline",),
    ("resolve",),
    ("graph",),
    ("ask",),
    ("series", "review"),
    ("export", "evaluate", "diff", "view"),
    ("serve",),
    ("engine",),
    ("build", "notebook"),
    ("__init__",),
    ("cli_serve",),
    ("cli_claims", "cli_build"),
    ("cli",),
]
ONLY_IN = {
    "spacy": {"pipeline"},
    "pyvis": {"view"},
    "networkx": {"export", "notebook", "view"},
    "pyshacl": {"graph"},
    "rdflib": {"ask", "build", "evaluate", "export", "graph", "notebook", "series", "serve", "view"},
    "oxrdflib": {"graph"},
    "pyoxigraph": {"export", "graph", "serve"},
    "pyarrow": {"export"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "typer": {"cli", "cli_claims", "cli_build", "cli_serve"},
    "rich": {"cli", "cli_build"},
}


def name_of(path: Path) -> str:
    """The dotted name below `kg`, `__init__` for the package itself."""
    parts = path.relative_to(ROOT / "kg").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def internal(path: Path) -> set[str]:
    """The modules of ours that a file imports."""
    known = {name_of(p) for p in MODULES} - {"__init__"}
    return {
        name.removeprefix("kg.")
        for name in imports(path)
        if name.removeprefix("kg.") in known and name.startswith("kg.")
    }


def test_modules_found() -> None:
    assert len(MODULES) > 30


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_layers_import_upwards_only(path: Path) -> None:
    rank = {package: i for i, packages in enumerate(LAYERS) for package in packages}
    own = name_of(path).split(".")[0]
    lower = {other for other in internal(path) if rank[other.split(".")[0]] > rank[own]}
    assert not lower, f"{name_of(path)} imports from a layer below it"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_libraries_stay_in_their_place(path: Path) -> None:
    own = name_of(path).split(".")[0]
    used = {name.split(".")[0] for name in imports(path)}
    assert not {library for library, places in ONLY_IN.items() if library in used and own not in places}


def test_no_import_cycle() -> None:
    edges = {name_of(p): internal(p) - {name_of(p)} for p in MODULES}
    # A package's __init__ that hands on its parts is imported by them only in name.
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"cycle: {' → '.join((*path, module))}"
        if module in done:
            return
        for other in sorted(edges[module]):
            if not (other in module and module.startswith(other + ".")):
                walk(other, (*path, module))
        done.add(module)

    for module in sorted(edges):
        walk(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_sizes(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 450, "split the module"
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert not [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 60], "split the function"
    if name_of(path) not in {
        "cli",
        "cli_claims",
        "cli_build",
        "cli_serve",
    }:  # typer reads a command's options from its arguments
        assert not [f.name for f in functions if len(f.args.args) + len(f.args.posonlyargs) > 7], (
            "make options keyword-only"
        )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_objects_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "say what the module is for"
    public = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and not n.name.startswith("_")]
    assert not [n.name for n in public if not ast.get_docstring(n)]


def fresh(code: str) -> str:
    """What a new Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


HEAVY = "spacy", "rdflib", "pyvis", "pyshacl", "networkx", "pandas", "opencc"


def test_help_imports_nothing_heavy() -> None:
    code = f"""
import sys
sys.argv = ["kg", "--help"]
try:
    import kg.cli
    kg.cli.main()
except SystemExit as end:
    assert end.code == 0
print("heavy:", [m for m in {HEAVY!r} if m in sys.modules])
"""
    assert "heavy: []" in fresh(code)


def test_import_kg_imports_nothing_heavy() -> None:
    assert fresh(f"import sys, kg; print([m for m in {HEAVY!r} if m in sys.modules])").strip() == "[]"


def test_public_names_are_sorted_and_load() -> None:
    kg = importlib.import_module("kg")
    assert sorted(kg.__all__) == list(kg.__all__)
    for name in kg.__all__:
        assert callable(getattr(kg, name)), name
        assert getattr(kg, name).__doc__, name
    assert set(kg.__all__) <= set(dir(kg))


def test_a_submodule_does_not_hide_a_function() -> None:
    code = "import kg.build, kg.export, kg.evaluate, kg; print([callable(getattr(kg, n)) for n in kg.__all__])"
    assert "False" not in fresh(code)


def test_unknown_public_name() -> None:
    kg = importlib.import_module("kg")
    with pytest.raises(AttributeError, match="no attribute 'biuld'"):
        _ = kg.biuld
