"""The words of the command: one parser for every chat. Pure: whom and what the words name is found later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.command_hints import EXAMPLES, Misread, nearest, offer
from bot.command_requests import (
    DEFAULT_DAYS,
    HelpWanted,
    Mine,
    Overdue,
    Pending,
    Recent,
    Request,
    Show,
    Stats,
    Subscribe,
    Subscriptions,
    Unsubscribe,
    Verb,
    Web,
)
from bot.tokens import Token, id_of_address, tokens
from bot.values import count, folder, kind, kinds, since, span_of_days, turn, whom
from reviews.language import _
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_COMMAND = 2000

_RECENT = ("since", "in", "by", "kind", "before", "after")
_TURNS = ("before", "after")


def parse(text: str) -> Request:
    """Read a command; what can't be read becomes a wish for help, with a hint and an example that works."""
    if len(text) > LONGEST_COMMAND:
        return HelpWanted(hint=_("No command is that long."), example=EXAMPLES[Verb.RECENT])
    words = tokens(text)
    if not words:
        return HelpWanted()
    verb = next((each for each in Verb if each == words[0].key), None)
    if verb is None:
        return _unknown(words)
    try:
        return _PARSERS[verb](words[1:])
    except Misread as error:
        return HelpWanted(about=verb, hint=error.hint, example=_mended(words, error, verb))


def _recent(rest: Sequence[Token]) -> Recent:
    found = _Given.read(rest, _RECENT, count=True)
    given = found.values
    return Recent(
        count=found.count,
        since=since(given["since"]) if "since" in given else None,
        within=folder(given["in"]) if "in" in given else "",
        by=whom(given["by"]) if "by" in given else None,
        kind=kind(given["kind"]) if "kind" in given else None,
        turn=turn(given),
    )


def _pending(rest: Sequence[Token]) -> Pending:
    whose = rest[0].key if rest else ""
    if whose in {"mine", "all"}:
        return Pending(mine=whose == "mine", turn=turn(_Given.read(rest[1:], _TURNS).values))
    return Pending(turn=turn(_Given.read(rest, (*_TURNS,), also=("mine", "all")).values))


def _overdue(rest: Sequence[Token]) -> Overdue:
    return Overdue(turn=turn(_Given.read(rest, _TURNS).values))


def _mine(rest: Sequence[Token]) -> Mine:
    return Mine(turn=turn(_Given.read(rest, _TURNS).values))


def _show(rest: Sequence[Token]) -> Show:
    subject = id_of_address(rest[0].text) if rest else ""
    if not rest:
        raise Misread(_("show takes the link of a document, or the id of a document or of a review."))
    return Show(subject=subject)


def _stats(rest: Sequence[Token]) -> Stats:
    return Stats(days=span_of_days(rest[0]) if rest else DEFAULT_DAYS)


def _web(_rest: Sequence[Token]) -> Web:
    return Web()


def _subscribe(rest: Sequence[Token]) -> Subscribe:
    daily = [each.key for each in rest[-2:]] == ["digest", "daily"]
    rest = rest[:-2] if daily else rest
    place, after = _place(rest)
    for index, token in enumerate(after):
        if token.key == "digest" or nearest(token.key, ("digest",)):
            raise Misread(_("The only digest there is comes daily."), ("digest daily", after[index:]))
    return Subscribe(folder=place, kinds=kinds(after), daily=daily)


def _unsubscribe(rest: Sequence[Token]) -> Unsubscribe:
    if not rest:
        raise Misread(_("Say which folder: by its id, its link, or its name in quotation marks."))
    return Unsubscribe(folder=folder(rest))


def _place(rest: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    """Return the folder and what comes after it: a bare name may have several words, up to a kind's name."""
    if not rest:
        raise Misread(_("Say which folder: by its id, its link, or its name in quotation marks."))
    end = 1
    if not rest[0].quoted and not rest[0].text.isdecimal() and "://" not in rest[0].text:
        stops = (n for n, each in enumerate(rest) if n and (each.key == "digest" or _is_kind(each)))
        end = next(stops, len(rest))
    return folder(rest[:end]), rest[end:]


def _is_kind(token: Token) -> bool:
    try:
        kind([token])
    except Misread:
        return False
    return True


def _subscriptions(_rest: Sequence[Token]) -> Subscriptions:
    return Subscriptions()


def _help(rest: Sequence[Token]) -> HelpWanted:
    if not rest:
        return HelpWanted()
    verb = next((each for each in Verb if each == rest[0].key), None)
    if verb is None:
        raise _stray(rest[0], tuple(Verb))
    return HelpWanted(about=verb)


_PARSERS: dict[Verb, Callable[[Sequence[Token]], Request]] = {
    Verb.RECENT: _recent,
    Verb.PENDING: _pending,
    Verb.OVERDUE: _overdue,
    Verb.MINE: _mine,
    Verb.SHOW: _show,
    Verb.STATS: _stats,
    Verb.WEB: _web,
    Verb.SUBSCRIBE: _subscribe,
    Verb.UNSUBSCRIBE: _unsubscribe,
    Verb.SUBSCRIPTIONS: _subscriptions,
    Verb.HELP: _help,
}


@dataclass(frozen=True, kw_only=True)
class _Given:
    """The options of a command: what stands after each of its keywords."""

    values: dict[str, Sequence[Token]]
    count: int

    @classmethod
    def read(
        cls,
        rest: Sequence[Token],
        keywords: tuple[str, ...],
        *,
        count: bool = False,
        also: tuple[str, ...] = (),
    ) -> _Given:
        """Read options up to the end; `also` are words that stand first or not at all."""
        number, rest = _number(rest) if count else (0, rest)
        if rest and rest[0].key not in keywords:
            raise _stray(rest[0], (*keywords, *also))
        values: dict[str, list[Token]] = {}
        for token in rest:
            if token.key in keywords:
                if token.key in values:
                    raise Misread(_("{word} stands there twice.").format(word=token.key))
                current = values.setdefault(token.key, [])
            else:
                current.append(token)
        for word, value in values.items():
            if not value:
                raise Misread(_("Something has to stand after {word}.").format(word=word))
        return cls(values=dict(values), count=number)


def _number(rest: Sequence[Token]) -> tuple[int, Sequence[Token]]:
    if rest and rest[0].key and (rest[0].text[0] in "-+" or rest[0].text[0].isnumeric()):
        return count(rest[0]), rest[1:]
    return Recent().count, rest


def _stray(token: Token, words: tuple[str, ...]) -> Misread:
    near = nearest(token.key, [word for word in words if word not in _TURNS])
    hint = _("I don't know {word} there.").format(word=_shown(token))
    if near is None:
        return Misread(hint)
    return Misread(f"{hint} {_did_you_mean(near)}", (near, [token]))


def _unknown(words: Sequence[Token]) -> HelpWanted:
    near = nearest(words[0].key, tuple(Verb))
    hint = _("I don't know {word}.").format(word=_shown(words[0]))
    if near is None:
        return HelpWanted(hint=hint)
    verb = Verb(near)
    error = Misread(hint, (near, words[:1]))
    return HelpWanted(about=verb, hint=f"{hint} {_did_you_mean(near)}", example=_mended(words, error, verb))


def _mended(words: Sequence[Token], error: Misread, verb: Verb) -> str:
    """Return what was typed with the right words in the wrong ones' place, if that works; else an example."""
    mended = offer(words, error)
    found = parse(mended) if mended else None
    if mended and (not isinstance(found, HelpWanted) or not found.hint):
        return mended
    return found.example if isinstance(found, HelpWanted) else EXAMPLES[verb]


def _did_you_mean(word: str) -> str:
    return _("Did you mean {word}?").format(word=word)


def _shown(token: Token) -> str:
    return repr(plain(token.text)[:40])
