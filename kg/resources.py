"""Finds the files that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kg.errors import DataError


def data_path(*parts: str) -> Path:
    """Return a file of ``kg/data``."""
    return Path(str(files("kg"))).joinpath("data", *parts)


def ontology_path(name: str) -> Path:
    """Return a file of the ontology: in the installed package, or beside it in a checkout."""
    package = Path(str(files("kg")))
    for folder in (package / "ontology", package.parent / "ontology"):
        if (folder / name).is_file():
            return folder / name
    raise DataError("E220", "the ontology is missing from the installation", where=name, hint="reinstall fundgraph")


def seeds_path() -> Path:
    """Return the folder of sample documents: in the installed package, or beside it in a checkout."""
    package = Path(str(files("kg")))
    for folder in (package / "seeds", package.parent / "seeds"):
        if folder.is_dir():
            return folder
    raise DataError("E221", "the sample documents are missing from the installation", hint="reinstall fundgraph")
