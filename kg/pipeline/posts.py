"""Posts: which title, of which body, a person holds."""

from __future__ import annotations

import bisect
import re

from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import Worded, rules, with_words
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_MAX_TITLE = 16
SPLIT = Worded("titles", "{joint}|[、,]")
BAD_TITLE = Worded("titles", r"[,。;:!?「」『』《》()\n\d]|{no_title}")
# A title's own field in brackets behind it: 「副總監(創新及科技)甲」.
BRANCH = re.compile(r"\([\u4e00-\u9fff、]{2,14}\)")
_GUESSED = {"post.before", "post.bare", "post.government", "post.named-after", "post.appointed", "post.chairs"}


def before_branch(folded: str, end: int) -> int:
    """Return the place before the brackets with a title's field, where one ends there: 「館長(非物質文化遺產)甲」."""
    opened = folded.rfind("(", max(0, end - _MAX_TITLE), end) if folded[end - 1 : end] == ")" else -1
    return opened if opened > 0 and BRANCH.fullmatch(folded, opened, end) else end


def posts_again(context: Context) -> None:
    """Read the posts before names anew, where the names have changed since they were first read."""
    context.posts = [p for p in context.posts if p[3] not in _GUESSED]
    folded = context.folded
    bodies = sorted((m for m in context.mentions if m.type == "Organisation"), key=lambda m: m.end)
    title, _, _, _ = title_patterns()
    ended = re.compile(f"(?:{title.pattern})$")
    previous: tuple[Mention, list[tuple[Mention, str, Mention, str]]] | None = None
    for person in sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start):
        first = len(context.posts)
        if context.sentence_at(person.start).passage.kind != "contact":
            end = person.start
            if folded[end - 1 : end] == "(" and folded[person.end : person.end + 1] == ")":
                # 「管制人員：甲局常任秘書長（乙）」
                end -= 1
            while end and folded[end - 1] in " \n·-:" and person.start - end < 2:
                end -= 1
            end = before_branch(folded, end)
            if ended.search(folded, max(0, end - _MAX_TITLE), end) is None:
                # 「A會主席、B系校友甲」
                described = _DESCRIBED.pattern.search(folded, max(0, end - _LONGEST), end)
                end = described.start() if described else end
            if ended.search(folded, max(0, end - _MAX_TITLE), end):
                posts_before(context, person, end, bodies)
        found = context.posts[first:]
        if not found and previous is not None:
            gap = folded[previous[0].end : person.start]
            if _NEXT.pattern.fullmatch(gap):
                for _, words, body, rule in previous[1]:
                    context.posts.append((person, words, person if body is previous[0] else body, rule))
                found = context.posts[first:]
        previous = (person, found) if found else None
    appointed(context, bodies)


def _body_before(bodies: list[Mention], place: int, reach: int) -> Mention | None:
    """Return the body that ends nearest before a place, if no farther away than `reach`."""
    index = bisect.bisect_right([b.end for b in bodies], place) - 1
    if index >= 0 and place - bodies[index].end <= reach:
        return bodies[index]
    return None


def posts_before(context: Context, person: Mention, end: int, bodies: list[Mention]) -> None:
    """Add the posts of the titles that stand before a name: 「A局主席、B會委員、C」."""
    folded = context.folded
    government = rules("titles")["government"]
    title, _, _, _ = title_patterns()
    for _ in range(4):
        body = _body_before(bodies, end, _MAX_TITLE)
        low = max(0, end - _MAX_TITLE)
        own = next((g for g in government if folded.endswith(g, low, end)), None)
        # A bracket with the body's short name may stand between it and the title.
        words, shared = _title_words(context, body, end)
        if shared and own is None and not title.fullmatch(words):
            return
        if body is not None and own is None and not BAD_TITLE.pattern.search(words):
            if not words:
                return
            parts = [p.strip() for p in SPLIT.pattern.split(words)]
            ended = [re.search(f"(?:{title.pattern})$", p) is not None for p in parts]
            # Behind another person a bare title still serves the same body, 「某市市長」 another one.
            if not all(ended[:-1]) and not title.fullmatch(parts[-1]):
                return
            for part, is_title in zip(parts, ended, strict=True):
                if is_title and _RULER.pattern.fullmatch(part) and folded[body.end - 1] == "委":
                    # 「县委副书记、县长甲」 heads the government.
                    context.posts.append((person, part, person, "post.bare"))
                elif is_title:
                    context.posts.append((person, part, body, "post.before"))
            end = body.start
        else:
            match = re.search(f"(?:{own or title.pattern})$", folded[low:end])
            if match is None:
                return
            words = match.group()
            whole = re.search(rf"[{_HAN}]*\Z", folded[low : low + match.start()])
            longer = (whole.group() if whole else "") + words
            same = [b for b in bodies if _shared(folded[b.start : b.end], longer) >= 4]
            if same:
                # 「文創產業發展專員」 serves 文創產業發展處: the title begins as the body's name does.
                words = longer[_shared_at(folded[same[0].start : same[0].end], longer) :]
                context.posts.append((person, words, same[0], "post.named-after"))
                return
            joined = re.search(with_words("titles", f"(?:{title.pattern})(?:{{joint}}|、)$"), longer[: -len(words)])
            rest = longer[: joined.start()] if joined else longer[: -len(words)]
            if words not in government and of_another(rest) and not _CONSTITUENCY.pattern.search(longer):
                return
            guess = "post.government" if words in government else "post.bare"
            words = longer if rest in rules("titles")["fields"] else words
            context.posts.append((person, words, person, guess))
            end = low + match.start()
        joint = _JOINT.pattern.search(folded, max(0, end - 4), end)
        if joint is None:
            return
        end -= len(joint.group())
        if not re.search(f"(?:{title.pattern})$", folded[max(0, end - 12) : end]):
            return


def _title_words(context: Context, body: Mention | None, end: int) -> tuple[str, bool]:
    """Return what stands between a body and a place behind it, and whether another person's title stands there too.

    「甲局副局長乙、專員丙」 has one title more of the same body, 「甲日報記者 乙 通訊員丙」 too.
    """
    if body is None:
        return "", False
    words = context.folded[body.end : end].strip().lstrip("」』》”) ")
    if " " in words and not words.isascii():
        words = words.rpartition(" ")[2]
    if title_patterns()[0].fullmatch(words):
        return words, False
    other = _named_between(context, body.end, end)
    if other is not None:
        words = _PAST.pattern.sub("", context.folded[other.end : end].strip())
    return words, other is not None


_RULER = Worded("titles", "副?{rules}长")


def _named_between(context: Context, start: int, end: int) -> Mention | None:
    """Return the person nearest before a title, where one stands between it and a body."""
    people = [m for m in context.mentions if m.type == "Person" and start <= m.start and m.end <= end]
    return max(people, key=lambda m: m.end, default=None)


def of_another(before: str) -> bool:
    """Tell whether characters right before a title belong to a body that nobody recognised, so that no other may be guessed."""
    return bool(before) and before not in rules("titles")["fields"] and _BEFORE_BARE.pattern.search(before) is None


# 「漁農界議員甲」 is of the council, by the trade that elected him.
_CONSTITUENCY = Worded("titles", "{constituency}{member}$")
_BEFORE_BARE = Worded("titles", "{before_bare}$")
_MEMBER = Worded("titles", "{member}")
_NEXT = Worded("titles", r"\s?{common.polite}?\s?(?:、|{common.and})\s?")
_JOINT = Worded("titles", r"(?:[、,]|{joint_names})\s?{once}?$")
_DESCRIBED = Worded("titles", rf"、[{_HAN}]{{0,14}}{{described}}$")
_LONGEST = 20
_PAST = Worded("titles", r"^{common.polite}?\s?(?:[、,]|{between_names})*")
_APPOINTED = Worded("titles", r"(?:{becomes}|(?<=,)是|当选为?|获选为|{appoints}(?:[^,。;\n]{0,12}?){as})")
_BY_HIM = Worded("titles", "由{common.he}$")


def members(context: Context) -> None:
    """Add the posts of members that only a word behind their name tells: 「甲議員的提問」."""
    known = {id(p) for p, *_ in context.posts}
    for person in [m for m in context.mentions if m.type == "Person" and id(m) not in known]:
        if found := _MEMBER.pattern.match(context.folded, person.end):
            context.posts.append((person, found.group(), person, "post.bare"))


def _shared_at(body: str, title: str) -> int:
    """Return where in a title the beginning of a body's name stands, or -1."""
    return title.find(body[:4]) if len(body) > 4 else -1


def _shared(body: str, title: str) -> int:
    """Return how many characters of a body's name a title begins with, from where that name begins in it."""
    place = _shared_at(body, title)
    if place < 0:
        return 0
    count = 0
    while count < len(body) and place + count < len(title) and body[count] == title[place + count]:
        count += 1
    return count


def appointed(context: Context, bodies: list[Mention]) -> None:
    """Add posts told by a verb: 「甲獲委任為A局主席」, 「委任甲為A局主席」, 「由甲擔任主席的A委員會」."""
    folded = context.folded
    title, _, _, _ = title_patterns()
    people = sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start)
    titled = re.compile(rf"\s?((?:{title.pattern}))的(?:[{_HAN}]{{0,12}})")
    for match in _APPOINTED.pattern.finditer(folded):
        sentence = context.sentence_at(match.start())
        behind = titled.match(folded, match.end())
        named = next((p for p in people if behind and behind.end(1) < p.start <= behind.end()), None)
        if behind and named and not any(behind.end(1) < b.start < named.start for b in bodies):
            # 「擔任行政總裁的甲說」
            context.posts.append((named, behind.group(1), named, "post.bare"))
            continue
        before = [p for p in people if sentence.start <= p.start < match.end()]
        person = before[-1] if before else None
        if person is None and match.start() - sentence.start <= 8:
            # 「…由他擔任主席的委員會」 speaks of the person last named.
            earlier = [p for p in people if p.end <= match.start() and match.start() - p.end < 80]
            person = earlier[-1] if earlier else None
        pronoun = _BY_HIM.pattern.search(folded, max(0, match.start() - 2), match.start())
        if pronoun:
            earlier = [p for p in people if p.end <= match.start()]
            person = earlier[-1] if earlier else None
        if person is None:
            continue
        rest = folded[match.end() : match.end() + 40]
        of = re.match(rf"\s?((?:{title.pattern}))的", rest)
        if of:
            later = [b for b in bodies if b.start == match.end() + of.end()]
            if later:
                context.posts.append((person, of.group(1), later[0], "post.chairs"))
            continue
        later = [
            b
            for b in bodies
            if 0 <= b.start - match.end() <= 16 and not re.search("[,。;]", folded[match.end() : b.start])
        ]
        if later:
            words = re.match(
                rf"[」』》”\s的]*((?:[{_HAN}]{{0,8}}?)(?:{title.pattern}|成员(?=[,。;])))", folded[later[0].end :]
            )
            if words:
                context.posts.append((person, words.group(1), later[0], "post.appointed"))
