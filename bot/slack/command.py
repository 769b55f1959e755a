"""The slash command: answered privately, in the HTTP response itself unless that takes too long.

Slack gives us three seconds (facts on Slack, 1.1, 1.6). A command that is not answered after two, because
Slack itself, DocSpace or the database is slow, is acknowledged and answered afterwards, through its response
URL. So is one whose answer has a table, which a workspace may refuse (facts on Slack, 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

import structlog

from bot.command_parser import parse
from bot.slack.reply_view import NEXT_PAGE, OPEN_HISTORY, PREVIOUS_PAGE, draw_reply
from bot.slack.request_checks import get_team, name_request
from bot.slack.tables import has_table
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.account import CHAT_NAME
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.language import _, switch_language
from reviews.people.identification import make_unnamed_person
from reviews.repeated_requests import SignedQuestion
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from bot.command import Commands
    from bot.slack.people import SlackPeople
    from bot.slack.replies import SlackReplies
    from reviews.identity import ProvenPerson

ACKNOWLEDGE_AFTER_SECONDS = 2.0
"""Seconds after which a command is acknowledged without its answer: Slack gives up after three."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class SlackCommand:
    """Listener for the command and for the page buttons under its answers."""

    name: str
    commands: Commands
    people: SlackPeople
    replies: SlackReplies
    team_id: str
    ack_after: float = ACKNOWLEDGE_AFTER_SECONDS

    def register(self, bolt: App) -> None:
        bolt.command(self.name)(self.handle_command)
        bolt.action(PREVIOUS_PAGE)(self.handle_page_click)
        bolt.action(NEXT_PAGE)(self.handle_page_click)
        bolt.action(OPEN_HISTORY)(self.ack_link_click)

    def handle_command(self, ack: Ack, body: dict[str, Any]) -> None:
        command_request = parse(get_text(body, "text"))
        requester = self._make_requester(body, get_text(body, "user_id"), get_text(body, "team_id"))
        requester = replace(requester, question=SignedQuestion(request_name=name_request(body)))
        acknowledge = _AcknowledgeOnce(ack)
        timer = Timer(self.ack_after, acknowledge)
        timer.start()
        try:
            answer = self.commands.answer(command_request, requester)
            draw = partial(draw_reply, answer, name=self.name, domain=get_text(body, "team_domain"))
            reply = draw()
        finally:
            timer.cancel()
        if has_table(reply):
            # Of blocks in the response itself, no one learns that Slack refused them.
            acknowledge()
            self.replies.answer_command(body, reply, plain=draw(with_table=False))
        elif not acknowledge(**reply):
            self.replies.answer_command(body, reply)
        log.info("command_answered", verb=command_request.verb, user=requester.user)

    def handle_page_click(self, ack: Ack, body: dict[str, Any]) -> None:
        """Replace the page whose button was clicked with the requested one."""
        ack()
        command_request = parse(get_text(list_objects(body, "actions")[0], "value"))
        requester = self._make_requester(
            body, get_text(body, "user", "id"), get_text(body, "user", "team_id")
        )
        answer = self.commands.answer(command_request, requester)
        page = draw_reply(answer, name=self.name, domain=get_text(body, "team", "domain"), with_table=False)
        self.replies.replace_message(body, page)
        log.info("page_turned", verb=command_request.verb, user=requester.user)

    def ack_link_click(self, ack: Ack) -> None:
        """Acknowledge a click on a link: Slack opens the address itself, but still reports the click."""
        ack()

    def _make_requester(self, body: dict[str, Any], user: str, team: str) -> SlackRequester:
        installation_team = self.team_id or get_team(body) or ""
        channel = get_text(body, "channel_id") or get_text(body, "container", "channel_id")
        return SlackRequester(
            user=user,
            team=team,
            installation_team=installation_team,
            channel_id=channel,
            people=self.people,
            command_name=self.name,
        )


class _AcknowledgeOnce:
    """One-time acknowledgement of a command, with its answer or before it; a second call does nothing."""

    def __init__(self, ack: Ack) -> None:
        self._ack, self._lock, self._is_done = ack, Lock(), False

    def __call__(self, **reply: Any) -> bool:
        """Return whether this call was the first."""
        with self._lock:
            if self._is_done:
                return False
            self._ack(**reply)
            self._is_done = True
            return True


@dataclass(frozen=True, kw_only=True)
class SlackRequester:
    """The person who typed or clicked, as signed by Slack."""

    user: str
    team: str
    installation_team: str
    channel_id: str
    people: SlackPeople
    command_name: str
    question: SignedQuestion | None = None

    def write_command(self, words: str) -> str:
        return f"{self.command_name} {words}"

    @property
    def request_name(self) -> str:
        return self.question.request_name if self.question else ""

    @property
    def channel(self) -> tuple[str, str]:
        return CHAT_NAME, strip_unstorable(self.channel_id)

    @property
    def private_chat(self) -> str:
        """Slack, in a direct message; their ids begin with D (facts on Slack, 1.6)."""
        return CHAT_NAME if self.channel_id.startswith("D") else ""

    @property
    def is_overheard(self) -> bool:
        return False

    def find_reader(self) -> ProvenPerson:
        """Return the person; if Slack does not provide them, their id alone, which is no owner."""
        try:
            return self.people.identify(self.user, team=self.team, installation_team=self.installation_team)
        except RemoteError as error:
            log.warning("person_not_known", user=self.user, reason=str(error))
            return make_unnamed_person(CHAT_NAME, self.user)

    def identify(self) -> ProvenPerson:
        person = self.people.identify(self.user, team=self.team, installation_team=self.installation_team)
        switch_language(person.locale)
        if not person.addresses:
            sentence = _("Your account shows no e-mail address, so this app can't list your reviews.")
            raise Refused(RefusalReason.UNPROVEN, sentence)
        return person

    def resolve_mention(self, mention: str) -> tuple[str, ...]:
        person = self.identify_mention(mention)
        return tuple(filter(None, (person.email, person.name)))

    def identify_mention(self, mention: str) -> ProvenPerson:
        return self.people.identify(
            mention, team=self.installation_team, installation_team=self.installation_team
        )
