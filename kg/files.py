"""Writing that leaves either the old file or the new one, never half of either."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from kg.errors import OutputError

_LONG = 200  # bytes; most file systems allow 255


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


def text_places(files: Iterable[str]) -> dict[str, str]:
    """Return for each document's name the file below ``text/`` that holds its text: each one of its own.

    The names must be sorted, so that the same ones give the same files.

    >>> text_places(["../b", "a.html", "a.txt"])
    {'../b': '_/b.txt', 'a.html': 'a.html.txt', 'a.txt': 'a.txt'}
    """
    names = list(files)
    taken = set(names)
    used: set[str] = set()
    places = {}
    for file in names:
        name = file.replace("..", "_")
        if taken.intersection("/".join(name.split("/")[:n]) for n in range(1, name.count("/") + 1)):
            name = name.replace("/", "_")  # another document has the name of this one's folder
        name = "/".join(map(_short, name.split("/")))
        while not name.endswith((".txt", ".md")) or name in used or (name != file and name in taken):
            name += ".txt"
        used.add(name)
        places[file] = name
    return places


def _short(part: str) -> str:
    """Return one part of a name as it is, or, where it is too long or no UTF-8, its beginning and a digest."""
    data = part.encode("utf-8", "surrogatepass")
    if len(data) <= _LONG and data.decode("utf-8", "replace") == part:
        return part
    return f"{data[: _LONG // 2].decode('utf-8', 'ignore')}-{hashlib.sha256(data).hexdigest()[:16]}"


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
