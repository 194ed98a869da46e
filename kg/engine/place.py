"""Where a build works: a hidden folder beside the output folder, which takes its place in the end."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from types import TracebackType

from kg.engine.kept import JOURNAL, Journal
from kg.errors import OutputError
from kg.files import swap_folders, sync_folder

OURS = frozenset({"graph.nq", "graph.ttl", "graph.html", "facts.ndjson", "report.json", "store", "text", ".kept"})


def may_replace(target: Path) -> None:
    """Raise `OutputError` if the folder can't be an output folder. An old one that was left beside its place goes back."""
    # A build killed between the two renames: the old folder still stands beside its place.
    old = _spare(target)
    if old.is_dir():
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(old, target)
    if target.is_file():
        raise OutputError("E403", "is a file", where=str(target), hint="name a folder")
    if target.is_dir() and any(target.iterdir()) and not _is_ours(target):
        raise OutputError(
            "E404", "holds files that no build made", where=str(target), hint="name a new or empty folder"
        )


def _is_ours(folder: Path) -> bool:
    """Tell whether a build made a folder: its report has the mark, whatever other program writes a report.json."""
    try:
        data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and {"version", "ontology", "inputs"} <= data.keys()


def _spare(target: Path) -> Path:
    return target.parent / f".{target.name}.old"


class Workshop:
    """The hidden folder ``.NAME.building`` of one build: its journal, and in `new` what will be the output folder.

    Only one build at a time may have it. When a build is killed or interrupted, the journal stays, and the next build
    goes on from it; else nothing stays.
    """

    def __init__(self, target: Path) -> None:
        """Make or take over the folder. Raises `OutputError` if it can't be written, or another build is at work."""
        self.target = target
        self.folder = target.parent / f".{target.name}.building"
        self.new = self.folder / "new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.journal = Journal(self.folder / JOURNAL)
            self.clear()
        except OSError as error:
            message = f"can't write here ({error.strerror})"
            raise OutputError("E401", message, where=str(target), hint="choose another place") from error

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt) and len(self.journal):
            self._clear()
            self.journal.close()
            return
        # Deleted before the lock is let go: a build that waits for it must find nothing, not half of it.
        shutil.rmtree(self.folder, ignore_errors=True)
        self.journal.close()

    def clear(self) -> None:
        """Leave nothing of what was made, but for the journal."""
        self._clear()
        self.new.mkdir()

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.name != JOURNAL:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def finish(self) -> None:
        """Put the new folder, whole and on disk, in the place of the old one; files of the user's come along."""
        _keep_others(self.target, self.new)
        sync_folder(self.new)
        swap_folders(self.new, self.target, spare=_spare(self.target))


def _keep_others(old: Path, new: Path) -> None:
    """Bring what the user put into the old folder into the new one."""
    for path in sorted(old.iterdir()) if old.is_dir() else []:
        if path.name in OURS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)
