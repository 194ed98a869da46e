"""Writing that leaves either the old file or the new one, never half of either."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

from kg.errors import OutputError


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file through a temporary one beside it, on disk before it takes the old one's place."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, on disk before it takes the old one's place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise OutputError(
            "E401", f"can't write here ({error.strerror})", where=str(path), hint="choose another place"
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise OutputError(
            "E402", f"writing failed ({error.strerror})", where=str(path), hint="free some space, then run again"
        ) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def linked(old: Path, new: Path) -> bool:
    """Give a file a second name; False where the file system can't."""
    try:
        os.link(old, new)
    except (OSError, NotImplementedError):
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Return when every file below a folder is on the disk, whatever happens to the machine then.

    A file that has another name elsewhere was there already.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1:
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())


def swap_folders(new: Path, place: Path, *, spare: Path) -> None:
    """Put a finished folder in its place; what stood there is deleted.

    Linux exchanges the two in one step. Elsewhere the old folder is moved to `spare` first: a process killed between
    the two moves leaves it there, whole.
    """
    if not place.exists():
        os.replace(new, place)
    elif _exchange(new, place):
        shutil.rmtree(new, ignore_errors=True)
    else:
        os.replace(place, spare)
        os.replace(new, place)
        shutil.rmtree(spare, ignore_errors=True)


def _exchange(left: Path, right: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system can't."""
    if not sys.platform.startswith("linux"):
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(here, os.fsencode(left), here, os.fsencode(right), exchange) == 0)
