"""The slash command: answered privately, in the HTTP response itself wherever that needs nobody else.

Where Slack has to be asked who somebody is, the command is acknowledged first and answered afterwards,
through the address that came with it: Slack may hang, and gives us three seconds (facts on Slack, 1.1, 1.6).
So is one whose answer is not there in time, because the database is slow or the history long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

import structlog

from bot.command_requests import OfSubscriptions
from bot.slack.guard import request_of, team_of
from bot.slack.lists import OPEN_HISTORY, PAGE_AHEAD, PAGE_BEHIND, drawn
from bot.words import parse
from notifiers.shared.members import objects, string
from reviews.answers.repeated_requests import Asked
from reviews.errors import FarSideError, RefusalReason, Refused
from reviews.identity import Reviewer
from reviews.language import _, speak
from reviews.text import storable

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from bot.command import Commands
    from bot.command_requests import Request
    from bot.slack.people import People
    from bot.slack.replies import Replies
    from reviews.proven_person import ProvenPerson

NAME = "slack"
ACKNOWLEDGED_AFTER = 2.0
"""Seconds after which a command is acknowledged without its answer: Slack gives up after three."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Command:
    """Hears the command, and the clicks on the page buttons under its answers."""

    name: str
    commands: Commands
    people: People
    replies: Replies
    team_id: str
    acknowledged_after: float = ACKNOWLEDGED_AFTER

    def register(self, bolt: App) -> None:
        bolt.command(self.name)(self.typed)
        bolt.action(PAGE_BEHIND)(self.turned)
        bolt.action(PAGE_AHEAD)(self.turned)
        bolt.action(OPEN_HISTORY)(self.opened)

    def typed(self, ack: Ack, body: dict[str, Any]) -> None:
        asked = parse(string(body, "text"))
        asker = self._asker(body, string(body, "user_id"), string(body, "team_id"))
        asker = replace(asker, asked=Asked(request=request_of(body)))
        acknowledge = _AcknowledgeOnce(ack)
        if self._takes_long(asked, asker):
            acknowledge()
        timer = Timer(self.acknowledged_after, acknowledge)
        timer.start()
        try:
            answer = self._drawn(asked, asker, string(body, "team_domain"))
        finally:
            timer.cancel()
        if not acknowledge(**answer):
            self.replies.answer(body, answer)
        log.info("command_answered", verb=asked.verb, user=asker.user)

    def turned(self, ack: Ack, body: dict[str, Any]) -> None:
        """Put another page in the place of the one whose button was clicked."""
        ack()
        asked = parse(string(objects(body, "actions")[0], "value"))
        asker = self._asker(body, string(body, "user", "id"), string(body, "user", "team_id"))
        self.replies.show(body, self._drawn(asked, asker, string(body, "team", "domain")))
        log.info("page_turned", verb=asked.verb, user=asker.user)

    def opened(self, ack: Ack) -> None:
        """Slack opens the address itself and tells us all the same."""
        ack()

    def _drawn(self, asked: Request, asker: SlackAsker, domain: str) -> dict[str, Any]:
        return drawn(self.commands.answer(asked, asker), name=self.name, domain=domain)

    def _asker(self, body: dict[str, Any], user: str, team: str) -> SlackAsker:
        installed = self.team_id or team_of(body) or ""
        channel = string(body, "channel_id") or string(body, "container", "channel_id")
        return SlackAsker(user=user, team=team, installed=installed, within=channel, people=self.people)

    def _takes_long(self, asked: Request, asker: SlackAsker) -> bool:
        """Tell whether Slack may have to be asked something before there is an answer.

        Where subscriptions are concerned it is asked about the channel, each time.
        """
        if isinstance(asked, OfSubscriptions):
            return True
        return self.commands.asks_the_chat(asked) and not asker.is_known(asked)


class _AcknowledgeOnce:
    """Acknowledges a command, with its answer or before it; the second call does nothing."""

    def __init__(self, ack: Ack) -> None:
        self._ack, self._lock, self._is_done = ack, Lock(), False

    def __call__(self, **answer: Any) -> bool:
        """Return whether this call was the first."""
        with self._lock:
            if self._is_done:
                return False
            self._ack(**answer)
            self._is_done = True
            return True


@dataclass(frozen=True, kw_only=True)
class SlackAsker:
    """Whoever typed or clicked, as Slack's signature says."""

    user: str
    team: str
    installed: str
    within: str
    people: People
    asked: Asked | None = None

    @property
    def channel(self) -> tuple[str, str]:
        return NAME, storable(self.within)

    @property
    def overheard(self) -> bool:
        return False

    def aliases(self) -> tuple[Reviewer, ...]:
        """Return the person; whom Slack does not tell of is nobody in particular, and no owner."""
        try:
            return self.people.who(self.user, team=self.team, installed=self.installed).aliases
        except FarSideError as error:
            log.warning("person_not_known", user=self.user, reason=str(error))
            return (Reviewer(name=self.user, slack_user=self.user),)

    def reviewer(self) -> Reviewer:
        return self.aliases()[0]

    def person(self) -> ProvenPerson:
        who = self.people.who(self.user, team=self.team, installed=self.installed)
        speak(who.locale)
        if not who.addresses:
            sentence = _("Your account shows no e-mail address to this app, so it can't tell what is yours.")
            raise Refused(RefusalReason.UNPROVEN, sentence)
        return who

    def names_of(self, mention: str) -> tuple[str, ...]:
        reviewer = self.people.reviewer(mention, team=self.installed, installed=self.installed)
        return tuple(filter(None, (reviewer.email, reviewer.name)))

    def is_known(self, asked: Request) -> bool:
        """Tell whether Slack need not be asked any more for what this is about."""
        by = getattr(asked, "by", None)
        named = {self.user, by.mention if by and by.mention else self.user}
        return all(map(self.people.knows, named))
