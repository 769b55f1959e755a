"""Requests that a command can make: one frozen dataclass for each verb.

`words` writes a request as a person would type it. A page button carries those words, and so does the hint
where there are no buttons. The parser reads them like anything typed.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.time_words import DayWords, TimeWords
    from reviews.kinds import ChangeKind
    from reviews.ports.listing import PageTurn
    from reviews.routes.digest_times import DigestTimes

DEFAULT_COUNT = 5
MAX_COUNT = 20
PAGE_SIZE = 10
CHANGES_PAGE_SIZE = 5
MAX_SKIPPED = 1_000_000
DEFAULT_DAYS = 30
MAX_DAYS = 92

_DAY = timedelta(days=1)


class Verb(StrEnum):
    RECENT = "recent"
    PENDING = "pending"
    OVERDUE = "overdue"
    MINE = "mine"
    SHOW = "show"
    CHANGES = "changes"
    RECEIPT = "receipt"
    STATS = "stats"
    WEB = "web"
    AWAY = "away"
    BACK = "back"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTIONS = "subscriptions"
    DIGEST = "digest"
    CAMPAIGN = "campaign"
    HELP = "help"


@dataclass(frozen=True, kw_only=True)
class PersonReference:
    """A person named by address, by name, or by the chat's id in a mention."""

    name: str
    mention: str | None = None

    @property
    def words(self) -> str:
        return f"<@{self.mention}|{_escape(self.name)}>" if self.mention else _quote(self.name)


@dataclass(frozen=True, kw_only=True)
class GroupReference:
    """A user group of a chat, by its name with an at sign, by the chat's id, or by both."""

    name: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class RecentRequest:
    count: int = DEFAULT_COUNT
    since: timedelta | date | None = None
    scope: str = ""
    person: PersonReference | None = None
    kind: ChangeKind | None = None
    page_turn: PageTurn | None = None
    verb = Verb.RECENT

    @property
    def words(self) -> str:
        parts = [self.verb, str(self.count)]
        if self.since is not None:
            parts.append(f"since {_format_since(self.since)}")
        if self.scope:
            parts.append(f"in {_quote(self.scope)}")
        if self.person is not None:
            parts.append(f"by {self.person.words}")
        if self.kind is not None:
            parts.append(f"kind {self.kind}")
        return _append_page(" ".join(parts), self.page_turn)


@dataclass(frozen=True, kw_only=True)
class PendingRequest:
    own_only: bool = False
    page_turn: PageTurn | None = None
    verb = Verb.PENDING

    @property
    def words(self) -> str:
        return _append_page(f"{self.verb} {'mine' if self.own_only else 'all'}", self.page_turn)


@dataclass(frozen=True, kw_only=True)
class OverdueRequest:
    lapsed_only: bool = False
    page_turn: PageTurn | None = None
    verb = Verb.OVERDUE

    @property
    def words(self) -> str:
        return _append_page(f"{self.verb} lapsed" if self.lapsed_only else self.verb, self.page_turn)


@dataclass(frozen=True, kw_only=True)
class MineRequest:
    page_turn: PageTurn | None = None
    verb = Verb.MINE

    @property
    def words(self) -> str:
        return _append_page(self.verb, self.page_turn)


@dataclass(frozen=True, kw_only=True)
class ShowRequest:
    """`subject` is the id of a review or a document, or `folder:` and the id of a folder."""

    subject: str
    verb = Verb.SHOW


@dataclass(frozen=True, kw_only=True)
class ChangesRequest:
    """What changed in the document of a review: `CHANGES_PAGE_SIZE` differences, after the first `skipped`.

    `subject` is as in `ShowRequest`.
    """

    subject: str
    skipped: int = 0
    verb = Verb.CHANGES

    @property
    def words(self) -> str:
        after = f" after {self.skipped}" if self.skipped else ""
        return f"{self.verb} {_quote(self.subject)}{after}"


@dataclass(frozen=True, kw_only=True)
class ReceiptRequest:
    """What proves the ledger entries of a review; `subject` is as in `ShowRequest`."""

    subject: str
    verb = Verb.RECEIPT


@dataclass(frozen=True, kw_only=True)
class StatsRequest:
    days: int = DEFAULT_DAYS
    verb = Verb.STATS


@dataclass(frozen=True, kw_only=True)
class WebLinkRequest:
    """A link for signing in on the history page."""

    verb = Verb.WEB


@dataclass(frozen=True, kw_only=True)
class SubscribeChannelRequest:
    """A request to subscribe a channel to a folder's changes, immediately or in a daily digest."""

    folder: str
    kinds: frozenset[ChangeKind] = frozenset()
    daily: bool = False
    verb = Verb.SUBSCRIBE


@dataclass(frozen=True, kw_only=True)
class UnsubscribeChannelRequest:
    folder: str
    verb = Verb.UNSUBSCRIBE


@dataclass(frozen=True, kw_only=True)
class ListSubscriptionsRequest:
    verb = Verb.SUBSCRIPTIONS


@dataclass(frozen=True, kw_only=True)
class AwayRequest:
    """A person says that they are away, from now on if `start` is `None`, and who stands in for them."""

    until: TimeWords
    start: TimeWords | None = None
    stand_in: PersonReference | None = None
    verb = Verb.AWAY


@dataclass(frozen=True, kw_only=True)
class ShowAbsenceRequest:
    """A person asks whether they are away."""

    verb = Verb.AWAY


@dataclass(frozen=True, kw_only=True)
class CancelAbsenceRequest:
    """A person cancels an absence that has not begun: the one of a day or time, or the only one."""

    at: TimeWords | None = None
    verb = Verb.AWAY


@dataclass(frozen=True, kw_only=True)
class BackRequest:
    verb = Verb.BACK


@dataclass(frozen=True, kw_only=True)
class DigestRequest:
    """When the channel, or the person in a private chat, gets a digest; without times, a question."""

    times: DigestTimes | None = None
    off: bool = False
    verb = Verb.DIGEST


@dataclass(frozen=True, kw_only=True)
class ListCampaignsRequest:
    verb = Verb.CAMPAIGN


@dataclass(frozen=True, kw_only=True)
class ShowCampaignRequest:
    """How far a campaign has come; `name` may be its id."""

    name: str
    verb = Verb.CAMPAIGN


@dataclass(frozen=True, kw_only=True)
class StartCampaignRequest:
    """An owner has people acknowledge each document of a folder, by the end of a day."""

    name: str
    folder: str
    until: DayWords
    people: tuple[PersonReference | GroupReference, ...]
    verb = Verb.CAMPAIGN


@dataclass(frozen=True, kw_only=True)
class EndCampaignRequest:
    name: str
    verb = Verb.CAMPAIGN


@dataclass(frozen=True, kw_only=True)
class HelpRequest:
    """A request for help, either typed or the result of a command that can't be parsed.

    `hint` says what was not understood, `example` is a whole command that works.
    """

    topic: Verb | None = None
    hint: str = ""
    example: str = ""
    verb = Verb.HELP


ListRequest = RecentRequest | PendingRequest | OverdueRequest | MineRequest
"""Requests that are answered with a paged list."""

SubscriptionRequest = SubscribeChannelRequest | UnsubscribeChannelRequest | ListSubscriptionsRequest

AbsenceRequest = AwayRequest | ShowAbsenceRequest | CancelAbsenceRequest | BackRequest

CampaignRequest = ListCampaignsRequest | ShowCampaignRequest | StartCampaignRequest | EndCampaignRequest

CommandRequest = (
    ListRequest
    | ShowRequest
    | ChangesRequest
    | ReceiptRequest
    | StatsRequest
    | WebLinkRequest
    | SubscriptionRequest
    | AbsenceRequest
    | DigestRequest
    | CampaignRequest
    | HelpRequest
)


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    """Escape text as chats do: the parser unescapes it."""
    return html.escape(text, quote=False)


def _append_page(words: str, page_turn: PageTurn | None) -> str:
    return f"{words} {page_turn.text}" if page_turn else words


def _format_since(since: timedelta | date) -> str:
    if isinstance(since, date):
        return since.isoformat()
    return f"{since // _DAY}d" if not since % _DAY else f"{since // timedelta(hours=1)}h"
