"""Parser of commands, one for every chat. Pure: people and folders are looked up later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.campaign_parser import parse_campaign
from bot.command_hints import (
    EXAMPLES,
    CommandSyntaxError,
    build_stray_word_error,
    correct_command,
    find_nearest_word,
    format_suggestion,
    quote_token,
)
from bot.command_requests import (
    DEFAULT_DAYS,
    AwayRequest,
    BackRequest,
    CancelAbsenceRequest,
    ChangesRequest,
    CommandRequest,
    DigestRequest,
    HelpRequest,
    ListSubscriptionsRequest,
    MineRequest,
    OverdueRequest,
    PendingRequest,
    ReceiptRequest,
    RecentRequest,
    ShowAbsenceRequest,
    ShowRequest,
    StatsRequest,
    SubscribeChannelRequest,
    UnsubscribeChannelRequest,
    Verb,
    WebLinkRequest,
)
from bot.command_tokens import Token, read_id_from_address, tokenize
from bot.command_values import (
    parse_count,
    parse_days,
    parse_digest_times,
    parse_folder,
    parse_kind,
    parse_kinds,
    parse_page,
    parse_person,
    parse_since,
    parse_skipped,
)
from bot.time_parser import parse_time_words
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_COMMAND_LENGTH = 2000
MAX_CORRECTIONS = 10

_RECENT_KEYWORDS = ("since", "in", "by", "kind", "before", "after")
_PAGE_KEYWORDS = ("before", "after")
_ABSENCE_KEYWORDS = ("from", "until")
_PLURALS = {"campaigns": Verb.CAMPAIGN}
_CANCEL = "cancel"


def parse(text: str) -> CommandRequest:
    """Parse a command; an invalid one becomes a help request, with a hint and an example that works."""
    return _parse(text, corrections=MAX_CORRECTIONS)


def _parse(text: str, *, corrections: int) -> CommandRequest:
    """Do the same; an example corrects at most so many of the typed words."""
    if len(text) > MAX_COMMAND_LENGTH:
        return HelpRequest(hint=_("This command is too long."), example=EXAMPLES[Verb.RECENT])
    words = tokenize(text)
    if not words:
        return HelpRequest()
    verb = _find_verb(words[0])
    if verb is None:
        return _suggest_known_command(words, corrections=corrections)
    try:
        return _PARSERS[verb](words[1:])
    except CommandSyntaxError as error:
        example = _suggest_command(words, error, verb, corrections=corrections)
        return HelpRequest(topic=verb, hint=error.hint, example=example)


def _find_verb(token: Token) -> Verb | None:
    key = _PLURALS.get(token.key, token.key)
    return next((each for each in Verb if each == key), None)


def _parse_recent(tokens: Sequence[Token]) -> RecentRequest:
    options = _Options.read(tokens, _RECENT_KEYWORDS, count=True)
    values = options.values
    return RecentRequest(
        count=options.count,
        since=parse_since(values["since"]) if "since" in values else None,
        scope=parse_folder(values["in"]) if "in" in values else "",
        person=parse_person(values["by"]) if "by" in values else None,
        kind=parse_kind(values["kind"]) if "kind" in values else None,
        page_turn=parse_page(values),
    )


def _parse_pending(tokens: Sequence[Token]) -> PendingRequest:
    keyword = tokens[0].key if tokens else ""
    if keyword in {"mine", "all"}:
        return PendingRequest(
            own_only=keyword == "mine", page_turn=parse_page(_Options.read(tokens[1:], _PAGE_KEYWORDS).values)
        )
    return PendingRequest(
        page_turn=parse_page(_Options.read(tokens, (*_PAGE_KEYWORDS,), other_keywords=("mine", "all")).values)
    )


def _parse_overdue(tokens: Sequence[Token]) -> OverdueRequest:
    if tokens and tokens[0].key == "lapsed":
        page_turn = parse_page(_Options.read(tokens[1:], _PAGE_KEYWORDS).values)
        return OverdueRequest(lapsed_only=True, page_turn=page_turn)
    options = _Options.read(tokens, _PAGE_KEYWORDS, other_keywords=("lapsed",))
    return OverdueRequest(page_turn=parse_page(options.values))


def _parse_mine(tokens: Sequence[Token]) -> MineRequest:
    return MineRequest(page_turn=parse_page(_Options.read(tokens, _PAGE_KEYWORDS).values))


def _parse_show(tokens: Sequence[Token]) -> ShowRequest:
    subject = read_id_from_address(tokens[0].text) if tokens else ""
    if not tokens:
        raise CommandSyntaxError(
            _("show takes the link of a document, or the id of a document or of a review.")
        )
    return ShowRequest(subject=subject)


def _parse_changes(tokens: Sequence[Token]) -> ChangesRequest:
    if not tokens:
        raise CommandSyntaxError(_("changes takes the id of a review, the link of a document, or its id."))
    values = _Options.read(tokens[1:], ("after",)).values
    skipped = parse_skipped(values["after"]) if "after" in values else 0
    return ChangesRequest(subject=read_id_from_address(tokens[0].text), skipped=skipped)


def _parse_receipt(tokens: Sequence[Token]) -> ReceiptRequest:
    if not tokens:
        raise CommandSyntaxError(_("receipt takes the id of a review, the link of a document, or its id."))
    return ReceiptRequest(subject=read_id_from_address(tokens[0].text))


def _parse_stats(tokens: Sequence[Token]) -> StatsRequest:
    return StatsRequest(days=parse_days(tokens[0]) if tokens else DEFAULT_DAYS)


def _parse_web(_rest: Sequence[Token]) -> WebLinkRequest:
    return WebLinkRequest()


def _parse_away(tokens: Sequence[Token]) -> AwayRequest | ShowAbsenceRequest | CancelAbsenceRequest:
    """Read from when, until when, and the stand-in, who may stand anywhere; or what is cancelled."""
    if not tokens:
        return ShowAbsenceRequest()
    if tokens[0].key == _CANCEL:
        return _parse_cancellation(tokens[1:])
    people = [token for token in tokens if _is_person(token)]
    others = [token for token in tokens if token not in people]
    values = _Options.read(others, _ABSENCE_KEYWORDS, other_keywords=(_CANCEL,)).values
    if len(people) > 1:
        raise CommandSyntaxError(_("Only one person can stand in for you."))
    if "until" not in values:
        raise CommandSyntaxError(_("Say until when you are away."))
    return AwayRequest(
        until=parse_time_words(values["until"], "until"),
        start=parse_time_words(values["from"], "from") if "from" in values else None,
        stand_in=parse_person(people) if people else None,
    )


def _parse_cancellation(tokens: Sequence[Token]) -> CancelAbsenceRequest:
    if tokens and tokens[0].key == "from":
        tokens = tokens[1:]
    if not tokens:
        return CancelAbsenceRequest()
    try:
        return CancelAbsenceRequest(at=parse_time_words(tokens, _CANCEL))
    except CommandSyntaxError as error:
        raise CommandSyntaxError(error.hint, error.correction or ("Monday", tokens)) from None


def _is_person(token: Token) -> bool:
    """Return whether a token is a mention, an address, or a name in quotation marks."""
    return token.mention is not None or token.quoted or "@" in token.text


def _parse_back(tokens: Sequence[Token]) -> BackRequest:
    if tokens:
        raise build_stray_word_error(tokens[0], ())
    return BackRequest()


def _parse_subscribe(tokens: Sequence[Token]) -> SubscribeChannelRequest:
    daily = [each.key for each in tokens[-2:]] == ["digest", "daily"]
    tokens = tokens[:-2] if daily else tokens
    folder, remaining = _split_folder(tokens)
    for index, token in enumerate(remaining):
        if token.key == "digest" or find_nearest_word(token.key, ("digest",)):
            raise CommandSyntaxError(
                _("The only digest is the daily one."), ("digest daily", remaining[index:])
            )
    return SubscribeChannelRequest(folder=folder, kinds=parse_kinds(remaining), daily=daily)


def _parse_unsubscribe(tokens: Sequence[Token]) -> UnsubscribeChannelRequest:
    if not tokens:
        raise CommandSyntaxError(_("Give the folder: its id, its link, or its name in quotation marks."))
    return UnsubscribeChannelRequest(folder=parse_folder(tokens))


def _split_folder(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    """Return the folder and the tokens after it. An unquoted name may be several words, up to a kind name."""
    if not tokens:
        raise CommandSyntaxError(_("Give the folder: its id, its link, or its name in quotation marks."))
    end = 1
    if not tokens[0].quoted and not tokens[0].text.isdecimal() and "://" not in tokens[0].text:
        stops = (n for n, each in enumerate(tokens) if n and (each.key == "digest" or _is_kind(each)))
        end = next(stops, len(tokens))
    return parse_folder(tokens[:end]), tokens[end:]


def _is_kind(token: Token) -> bool:
    try:
        parse_kind([token])
    except CommandSyntaxError:
        return False
    return True


def _parse_subscriptions(_rest: Sequence[Token]) -> ListSubscriptionsRequest:
    return ListSubscriptionsRequest()


def _parse_digest(tokens: Sequence[Token]) -> DigestRequest:
    if [each.key for each in tokens] == ["off"]:
        return DigestRequest(off=True)
    return DigestRequest(times=parse_digest_times(tokens) if tokens else None)


def _parse_help(tokens: Sequence[Token]) -> HelpRequest:
    if not tokens:
        return HelpRequest()
    verb = _find_verb(tokens[0])
    if verb is None:
        raise build_stray_word_error(tokens[0], tuple(Verb))
    return HelpRequest(topic=verb)


_PARSERS: dict[Verb, Callable[[Sequence[Token]], CommandRequest]] = {
    Verb.RECENT: _parse_recent,
    Verb.PENDING: _parse_pending,
    Verb.OVERDUE: _parse_overdue,
    Verb.MINE: _parse_mine,
    Verb.SHOW: _parse_show,
    Verb.CHANGES: _parse_changes,
    Verb.RECEIPT: _parse_receipt,
    Verb.STATS: _parse_stats,
    Verb.WEB: _parse_web,
    Verb.AWAY: _parse_away,
    Verb.BACK: _parse_back,
    Verb.SUBSCRIBE: _parse_subscribe,
    Verb.UNSUBSCRIBE: _parse_unsubscribe,
    Verb.SUBSCRIPTIONS: _parse_subscriptions,
    Verb.DIGEST: _parse_digest,
    Verb.CAMPAIGN: parse_campaign,
    Verb.HELP: _parse_help,
}


@dataclass(frozen=True, kw_only=True)
class _Options:
    """The options of a command: the tokens after each keyword."""

    values: dict[str, Sequence[Token]]
    count: int

    @classmethod
    def read(
        cls,
        tokens: Sequence[Token],
        keywords: tuple[str, ...],
        *,
        count: bool = False,
        other_keywords: tuple[str, ...] = (),
    ) -> _Options:
        """Read all options; `other_keywords` are words that are valid only before the options."""
        number, tokens = _split_count(tokens) if count else (0, tokens)
        if tokens and tokens[0].key not in keywords:
            raise build_stray_word_error(tokens[0], (*keywords, *other_keywords), unsuggested=_PAGE_KEYWORDS)
        values: dict[str, list[Token]] = {}
        for token in tokens:
            if token.key in keywords:
                if token.key in values:
                    raise CommandSyntaxError(_("{word} is given twice.").format(word=token.key))
                current = values.setdefault(token.key, [])
            else:
                current.append(token)
        for word, value in values.items():
            if not value:
                raise CommandSyntaxError(_("Something is missing after {word}.").format(word=word))
        return cls(values=dict(values), count=number)


def _split_count(tokens: Sequence[Token]) -> tuple[int, Sequence[Token]]:
    if tokens and tokens[0].key and (tokens[0].text[0] in "-+" or tokens[0].text[0].isnumeric()):
        return parse_count(tokens[0]), tokens[1:]
    return RecentRequest().count, tokens


def _suggest_known_command(tokens: Sequence[Token], *, corrections: int) -> HelpRequest:
    near = find_nearest_word(tokens[0].key, tuple(Verb))
    hint = _("I don't understand {word}.").format(word=quote_token(tokens[0]))
    if near is None:
        return HelpRequest(hint=hint)
    verb = Verb(near)
    error = CommandSyntaxError(hint, (near, tokens[:1]))
    example = _suggest_command(tokens, error, verb, corrections=corrections)
    return HelpRequest(topic=verb, hint=f"{hint} {format_suggestion(near)}", example=example)


def _suggest_command(
    tokens: Sequence[Token], error: CommandSyntaxError, verb: Verb, *, corrections: int
) -> str:
    """Return the typed command with the wrong words corrected, if that parses; else an example."""
    corrected = correct_command(tokens, error) if corrections else None
    request = _parse(corrected, corrections=corrections - 1) if corrected else None
    if corrected and (not isinstance(request, HelpRequest) or not request.hint):
        return corrected
    return request.example if isinstance(request, HelpRequest) else EXAMPLES[verb]
