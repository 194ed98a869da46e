"""Writing that leaves either the old file or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kg.errors import OutputError


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file through a temporary one beside it, on disk before it takes the old one's place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise OutputError("E401", f"can't write here ({error.strerror})", where=str(path), hint="choose another place") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n", errors="replace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise OutputError("E402", f"writing failed ({error.strerror})", where=str(path), hint="free some space, then run again") from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
