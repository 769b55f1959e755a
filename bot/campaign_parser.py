"""Parser of the command `campaign` and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command_hints import CommandSyntaxError, build_stray_word_error, find_nearest_word
from bot.command_requests import (
    EndCampaignRequest,
    ListCampaignsRequest,
    ShowCampaignRequest,
    StartCampaignRequest,
)
from bot.command_values import parse_folder, parse_person_or_group
from bot.time_parser import parse_time_words
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.command_requests import CampaignRequest
    from bot.command_tokens import Token
    from bot.time_words import DayWords

_ACTIONS = ("start", "show", "end", "list")
_UNTIL = "until"
_BETWEEN_PEOPLE = frozenset({",", ";", "&", "and", "und"})


def parse_campaign(tokens: Sequence[Token]) -> CampaignRequest:
    """Read what is to be done; a name in quotation marks alone means to show it."""
    if not tokens:
        return ListCampaignsRequest()
    if tokens[0].quoted:
        return ShowCampaignRequest(name=_parse_name(tokens))
    match tokens[0].key:
        case "start":
            return _parse_start(tokens[1:])
        case "show":
            return ShowCampaignRequest(name=_parse_name(tokens[1:]))
        case "end":
            return EndCampaignRequest(name=_parse_name(tokens[1:]))
        case "list" if len(tokens) == 1:
            return ListCampaignsRequest()
    raise build_stray_word_error(tokens[0], _ACTIONS)


def _parse_name(tokens: Sequence[Token]) -> str:
    if not tokens:
        raise CommandSyntaxError(_("Name the campaign, or give its id."))
    return " ".join(token.text for token in tokens)


def _parse_start(tokens: Sequence[Token]) -> StartCampaignRequest:
    """Read the name, the folder, the day, and the people, who may stand anywhere."""
    people = [token for token in tokens if _is_person(token)]
    words = [token for token in tokens if not any(token is person for person in people)]
    before, after = _split_at_until(words)
    if not before:
        raise CommandSyntaxError(_("Give the campaign a name, in quotation marks."))
    folder = before[2:] if len(before) > 2 and before[1].key == "in" else before[1:]
    if not folder:
        raise CommandSyntaxError(_("Give the folder: its id, its link, or its name in quotation marks."))
    _require_quoted_name(before[0], folder)
    until = _parse_day(after)
    if not people:
        raise CommandSyntaxError(_("Name the people who have to acknowledge: by mentions or addresses."))
    return StartCampaignRequest(
        name=before[0].text,
        folder=parse_folder(folder),
        until=until,
        people=tuple(parse_person_or_group(token) for token in people),
    )


def _is_person(token: Token) -> bool:
    """Return whether a token is a mention of a person or group, or an address."""
    is_mention = token.mention is not None or token.group is not None
    return is_mention or ("@" in token.text and not token.quoted and "://" not in token.text)


def _split_at_until(words: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    place = next((index for index, token in enumerate(words) if token.key == _UNTIL), None)
    if place is not None:
        return words[:place], [token for token in words[place + 1 :] if token.key not in _BETWEEN_PEOPLE]
    hint = _("Say until which day the people have to acknowledge.")
    meant = next((each for each in words[1:] if find_nearest_word(each.key, (_UNTIL,))), None)
    raise CommandSyntaxError(hint, (_UNTIL, [meant]) if meant else None)


def _require_quoted_name(name: Token, folder: Sequence[Token]) -> None:
    """Refuse a name of several words without quotation marks before a folder's id, link or quoted name."""
    *others, last = folder
    is_clear = last.quoted or last.text.isdecimal() or "://" in last.text
    if name.quoted or not others or not is_clear:
        return
    words = " ".join(token.text for token in (name, *others))
    hint = _("Put the name of the campaign in quotation marks.")
    raise CommandSyntaxError(hint, (f'"{words}"', [name, *others]))


def _parse_day(tokens: Sequence[Token]) -> DayWords:
    words = parse_time_words(tokens, _UNTIL)
    if words.day is None or words.time is not None:
        raise CommandSyntaxError(
            _("A campaign ends with a day, such as Friday, 18 December or 2026-12-18: leave the time out.")
        )
    return words.day
