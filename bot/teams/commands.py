"""Commands in Teams: typed to the bot, or sent by a page button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.command_parser import parse
from bot.command_requests import Verb
from bot.teams import reply_cards
from bot.teams.clicks import CARD_ACTION, make_private_card_reply, make_sentence_reply
from bot.teams.page_buttons import read_command
from bot.teams.people import CHAT_NAME
from notifiers.shared.json_members import get_member, get_text, list_objects
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.identity import UNPROVEN_PERSON
from reviews.language import _
from reviews.people.identification import make_unnamed_person
from reviews.subscriptions.subscriptions import explain_only_channels

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.command import Commands
    from bot.teams.activity import Activity
    from bot.teams.people import TeamsPeople
    from reviews.identity import ProvenPerson
    from reviews.repeated_requests import SignedQuestion

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class TeamsCommand:
    commands: Commands
    people: TeamsPeople

    def answer_message(self, activity: Activity) -> dict[str, Any]:
        """Return the message that answers a typed command, or a click from an old client."""
        return self._answer_words(
            activity, read_command(get_member(activity.payload, "value")) or activity.command_text
        )

    def answer_page_click(self, activity: Activity) -> dict[str, Any] | None:
        """Return what was asked for by a button with a command; `None` for any other click."""
        data = get_member(activity.payload, "value", "action", "data")
        words = read_command(data, get_text(activity.payload, "value", "action", "verb") or "none")
        if get_text(activity.payload, "name") != CARD_ACTION or not words:
            return None
        return self._reply_to_click(activity, words)

    def answer_click(
        self, activity: Activity, handle_click: Callable[[Activity], dict[str, Any]]
    ) -> dict[str, Any]:
        """Answer a click on a review; in a person's own list, with that list as it is afterwards.

        Going back needs no review; a refusal is shown in place of the list.
        """
        data = get_member(activity.payload, "value", "action", "data")
        verb = get_text(activity.payload, "value", "action", "verb")
        if get_text(activity.payload, "name") != CARD_ACTION or not actions.is_in_own_list(data):
            return handle_click(activity)
        if verb in {actions.ACKNOWLEDGE, actions.BACK}:
            reply = None if verb == actions.BACK else handle_click(activity)
            if reply is None or reply["type"] == CARD_TYPE:
                return self._reply_to_click(activity, Verb.MINE)
            return reply
        return handle_click(activity)

    def _reply_to_click(self, activity: Activity, words: str) -> dict[str, Any]:
        message = self._answer_words(activity, words)
        attachments = list_objects(message, "attachments")
        return (
            make_private_card_reply(attachments[0]["content"])
            if attachments
            else make_sentence_reply(get_text(message, "text"))
        )

    def _answer_words(self, activity: Activity, words: str) -> dict[str, Any]:
        command_request = parse(words)
        answer = self.commands.answer(command_request, TeamsRequester(activity=activity, people=self.people))
        log.info("command_answered", verb=command_request.verb, object_id=activity.object_id)
        return reply_cards.draw_reply(answer, tenant=next(iter(activity.tenants), ""))


@dataclass(frozen=True, kw_only=True)
class TeamsRequester:
    """The person who typed or clicked, by the verified activity."""

    activity: Activity
    people: TeamsPeople

    def write_command(self, words: str) -> str:
        return words

    @property
    def question(self) -> None:
        """None: the answer to a message or to a click in its card is not returned to the sender."""
        return

    @property
    def request_name(self) -> str:
        return self.activity.request_name

    @property
    def channel(self) -> tuple[str, str]:
        if self.activity.is_personal:
            raise Refused(RefusalReason.UNPROVEN, explain_only_channels())
        return NAME, self.activity.channel

    @property
    def private_chat(self) -> str:
        return NAME if self.activity.is_personal else ""

    @property
    def is_overheard(self) -> bool:
        """A command with a mention is answered in the thread; a click, only to the person who clicked."""
        private = self.activity.is_personal or self.activity.is_targeted
        return self.activity.kind == "message" and not private

    def find_reader(self) -> ProvenPerson:
        try:
            return self.people.identify(self.activity)
        except (RemoteError, Refused) as error:
            log.warning("person_not_known", object_id=self.activity.object_id, reason=str(error))
            return make_unnamed_person(CHAT_NAME, self.activity.object_id)

    def identify(self) -> ProvenPerson:
        person = self.people.identify(self.activity)
        if not person.addresses:
            sentence = _("Your account shows no e-mail address, so this app can't list your reviews.")
            raise Refused(RefusalReason.UNPROVEN, sentence)
        return person

    def identify_mention(self, mention: str) -> ProvenPerson:
        return self.people.identify_mentioned(self.activity, mention)

    def resolve_mention(self, mention: str) -> tuple[str, ...]:
        return self.people.list_names(self.activity, mention)


@dataclass(frozen=True)
class UnidentifiedRequester:
    """The sender of an outgoing webhook, which can't look up anyone."""

    question: SignedQuestion | None = None

    def write_command(self, words: str) -> str:
        return words

    @property
    def request_name(self) -> str:
        return self.question.request_name if self.question else ""

    @property
    def channel(self) -> tuple[str, str]:
        sentence = _("An outgoing webhook can't subscribe a channel. Ask the bot.")
        raise Refused(RefusalReason.UNPROVEN, sentence)

    @property
    def private_chat(self) -> str:
        return ""

    @property
    def is_overheard(self) -> bool:
        return True

    def find_reader(self) -> ProvenPerson:
        return UNPROVEN_PERSON

    def identify(self) -> ProvenPerson:
        sentence = _(
            "An outgoing webhook doesn't know your address, so it can't list your reviews. Use "
            "pending all, or ask the bot."
        )
        raise Refused(RefusalReason.UNPROVEN, sentence)

    def identify_mention(self, mention: str) -> ProvenPerson:  # noqa: ARG002 - no one is looked up here
        return UNPROVEN_PERSON

    def resolve_mention(self, mention: str) -> tuple[str, ...]:  # noqa: ARG002 - the name that was typed has to do
        return ()
