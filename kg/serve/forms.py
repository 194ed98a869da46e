"""What comes with a request: parameters and bodies, read within limits, in UTF-8 only."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FORM = "application/x-www-form-urlencoded"
LARGEST = 1024**2


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818
    """A request that is not answered: the HTTP status and why."""

    status: int
    why: str


def plain_error(status: int, why: str) -> Response:
    """Return an error as plain text: short, and nothing in it is ever run by a browser."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    return PlainTextResponse(why + "\n", status, headers)


def pairs(text: str) -> list[tuple[str, str]]:
    """Return the names and values of a query string or form. Raises `Refused` for one that is not UTF-8, or too long."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError as error:
        raise Refused(400, "the parameters are not UTF-8, or too many") from error


def content_type(header: str) -> tuple[str, str]:
    """Return the media type and the name of the charset as Python knows it, nothing if it is not said."""
    kind, *parameters = (part.strip() for part in header.lower().split(";"))
    charset = next((p[8:].strip("\"' ") for p in parameters if p.startswith("charset=")), "")
    try:
        return kind, codecs.lookup(charset).name if charset else ""
    except LookupError:
        return kind, "unknown"


async def read_body(request: Request) -> str:
    """Return the body of a request. Raises `Refused` for one that is too large, or not UTF-8."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise Refused(413, f"more than {LARGEST} bytes are not read")
        parts.append(part)
    try:
        return b"".join(parts).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "the query is not UTF-8") from error
