"""The page that asks which names are one thing, and writes the answers: only with ``kg serve --review``."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.errors import KgError
from kg.resolve.propose import Proposal, Side
from kg.review import Desk
from kg.serve.forms import FORM, Refused, content_type, pairs, plain_error, read_body
from kg.serve.pages.respond import Pages
from kg.serve.pages.show import Piece
from kg.serve.words import Words

_VERDICTS = ("same", "different", "unsure")
_REASON = re.compile(r"(\d\.\d+) (.+?)(?:, both beside (.+))?")


@dataclass(frozen=True, slots=True)
class Told:
    """One of the two things as the page shows it. `quotes` are the file, its node or None, and the marked sentence."""

    side: Side
    quotes: tuple[tuple[str, object, tuple[Piece, ...]], ...]


class _Reviews:
    """Shows pair after pair, and takes answers that come from this page itself."""

    def __init__(self, pages: Pages, desk: Desk) -> None:
        self.pages, self.desk = pages, desk
        # Whoever has not read the page can't answer: other pages in the same browser know no secret of this server.
        self.secret = secrets.token_urlsafe(32)
        self.files = {d.file: node for node, d in pages.site.documents.items()}

    def show(self, request: Request) -> Response:
        """Return the page of one open pair, the most valuable that has not been skipped."""
        if not _own(request, reading=True):
            return plain_error(403, "only the pages of this server may read this")
        text = request.query_params.get("n", "0")
        skipped = int(text) if re.fullmatch("[0-9]{1,6}", text) else 0
        try:
            found = self.desk.open()
        except KgError as error:
            return self._page(request, 500, problem=str(error), file="", pair=None, open_=0, skipped=0)
        at = min(skipped, max(0, len(found.proposals) - 1))
        pair = found.proposals[at] if found.proposals else None
        said = request.query_params.get("said", "")
        problem = self.pages.words(request).text["review_gone"] if said == "gone" else ""
        return self._page(
            request,
            200,
            problem=problem,
            file=str(found.file),
            pair=pair,
            open_=len(found.proposals),
            skipped=at,
            said=said if said in (*_VERDICTS, "back") else "",
        )

    async def answer(self, request: Request) -> Response:
        """Write an answer and show the next pair."""
        if not _own(request):
            return plain_error(403, "answers come from the page of this server only")
        if content_type(request.headers.get("content-type", ""))[0] != FORM:
            return plain_error(415, f"send {FORM}")
        try:
            given = dict(pairs(await read_body(request)))
        except Refused as refused:
            return plain_error(refused.status, refused.why)
        if not hmac.compare_digest(given.get("token", "").encode(), self.secret.encode()):
            return plain_error(403, "this page is of an earlier start of the server: load it again")
        skipped = given.get("n", "0") if re.fullmatch("[0-9]{1,6}", given.get("n", "")) else "0"
        try:
            said = await run_in_threadpool(self._said, given)
        except KgError as error:
            problem = str(error)
            return await run_in_threadpool(
                lambda: self._page(request, 500, problem=problem, file="", pair=None, open_=0, skipped=0)
            )
        if said is None:
            return plain_error(400, f"verdict must be one of {', '.join(_VERDICTS)}, back")
        return RedirectResponse("/review?" + urlencode({"n": skipped, "said": said}), 303)

    def _said(self, given: Mapping[str, str]) -> str | None:
        verdict = given.get("verdict", "")
        if verdict == "back":
            return "back" if self.desk.undo() else "gone"
        if verdict not in _VERDICTS:
            return None
        done = self.desk.answer(given.get("left", ""), given.get("right", ""), verdict, given.get("why", ""))
        return verdict if done else "gone"

    def _page(
        self,
        request: Request,
        status: int,
        *,
        problem: str,
        file: str,
        pair: Proposal | None,
        open_: int,
        skipped: int,
        said: str = "",
    ) -> Response:
        words = self.pages.words(request)
        answer = self.pages.render(
            request,
            "review.html",
            status=status,
            title=words.text["review_title"],
            token=self.secret,
            problem=problem,
            file=file,
            pair=pair,
            sides=[self._told(side) for side in (pair.left, pair.right)] if pair else [],
            reason=_reason(pair, words) if pair else "",
            open=open_,
            skipped=skipped,
            said=said,
            answered=self.desk.answered,
        )
        # With no-referrer a browser says nothing of where a form comes from, and `_own` asks for it.
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _told(self, side: Side) -> Told:
        return Told(
            side,
            tuple((file, self.files.get(file), _marked(sentence, side.names)) for file, sentence in side.quotes),
        )


def _marked(sentence: str, names: tuple[str, ...]) -> tuple[Piece, ...]:
    """Return a sentence in pieces, the names of a thing marked."""
    either = "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n)) if n)
    parts = re.split(f"({either})", sentence, flags=re.IGNORECASE) if either else [sentence]
    return tuple(Piece(part, bool(i % 2)) for i, part in enumerate(parts) if part)


def _reason(pair: Proposal, words: Words) -> str:
    """Return why a pair is asked about, in the language of the page."""
    match = _REASON.fullmatch(pair.reason)
    if match is None:
        return pair.reason
    score, rule, beside = match.groups()
    told = words.text.get(f"reason {rule}", rule)
    return f"{told} ({score})" + (f" · {words.text['review_beside']} {beside}" if beside else "")


def _own(request: Request, *, reading: bool = False) -> bool:
    """Tell whether a request comes from a page of this server, as far as its browser says; to read, or to write.

    A program that is no browser says nothing, and is let in: it could write the file itself.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"} and not (reading and request.headers.get("sec-fetch-mode") == "navigate"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin)[:2] == (request.url.scheme, request.url.netloc)


def routes(pages: Pages, desk: Desk) -> list[BaseRoute]:
    """Return the routes of the page for decisions."""
    found = _Reviews(pages, desk)
    return [Route("/review", found.show, methods=["GET"]), Route("/review", found.answer, methods=["POST"])]
