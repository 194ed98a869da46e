"""Text that stands inside a page's own elements: scripts, styles and data that nothing in a document can break out of."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from kg.errors import DataError


def encodable(text: str) -> str:
    """Return the text without lone surrogates: a file must never fail because of one name."""
    return text.encode("utf-8", "replace").decode("utf-8")


def as_json(value: Any) -> str:
    """Return JSON that can stand inside a script element: no ``<`` to end it, no line separator to break it.

    >>> "<" in as_json("</script>")
    False
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for char in "<\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return encodable(text)


def plain_block(value: Any) -> dict[str, str]:
    """Return a data element's type, form and text for JSON as it is."""
    return {"type": "application/json", "form": "json", "text": Markup(as_json(value))}


def squeezed_block(value: Any) -> dict[str, str]:
    """Return a data element's type, form and text for packed JSON, without the time that gzip would write."""
    packed = gzip.compress(as_json(value).encode("utf-8"), compresslevel=6, mtime=0)
    return {"type": "text/plain", "form": "gzip", "text": Markup(base64.b64encode(packed).decode("ascii"))}


def inline(name: str, text: str) -> str:
    """Return a script or style as the browser will hash it, or refuse one that its own element would cut short."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(mark in text.lower() for mark in ("</script", "</style", "<!--")):
        raise DataError("E221", "an asset of the page can't be inlined", where=name, hint="reinstall fundgraph")
    return text


def policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return a content security policy that allows these styles and scripts and pictures in the page, nothing else."""

    def sources(texts: Iterable[str]) -> str:
        digests = (base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in texts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {sources(scripts)}; style-src {sources(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
