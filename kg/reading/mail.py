"""E-mail (.eml) → text: the body that a reader would see; attachments are named, not opened."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from kg.errors import InputError
from kg.reading.encoding import decode
from kg.reading.extract import Extract, Limits
from kg.reading.html import read_html


def read_mail(data: bytes, *, name: str, limits: Limits) -> Extract:
    """Return the text of a saved e-mail with its subject, its day (where it was sent) and its sender's name."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(message, EmailMessage) or not any(message.get(h) for h in ("From", "Date", "Subject")):
        raise InputError("E106", "the file is no e-mail", where=name, hint="save it from the mail program as .eml")
    body = message.get_body(("plain", "html"))
    if body is None:
        raise InputError("E105", "the e-mail has no text", where=name, hint="save its attachment as a file of its own")
    text, encoding, wrapped = _body(body, name, limits)
    sender = parseaddr(str(message.get("From", "")))[0]
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    notes = (f"attachments were not read: {', '.join(attached)[:300]}",) if attached else ()
    return Extract(
        text,
        title=" ".join(str(message.get("Subject", "")).split()) or None,
        date=_day(message),
        publisher=sender or None,
        encoding=encoding,
        notes=notes,
        wrapped=wrapped,
    )


def _body(body: MIMEPart, name: str, limits: Limits) -> tuple[str, str, bool]:
    """Return the text of a body, its encoding, and whether its lines are wrapped."""
    data = body.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        raise InputError("E105", "the e-mail has no text", where=name, hint="save its attachment as a file of its own")
    declared = body.get_content_charset()
    try:
        text, encoding = data.decode(declared or "no-such-encoding"), declared or ""
    except (LookupError, UnicodeDecodeError):
        text, encoding = decode(data, name=name)
    if body.get_content_type() == "text/html":
        return read_html(text.encode("utf-8", "replace"), name=name, limits=limits).text, encoding, False
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding, True


def _day(message: EmailMessage) -> str | None:
    """Return the day on which the mail was sent, in its sender's time."""
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
