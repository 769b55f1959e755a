"""The digest of reviews of a channel or person, as the command sets it in every chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.command_hints import EXAMPLES
from bot.command_replies import SentenceReply
from bot.command_requests import Verb
from reviews.subscriptions.subscriptions import find_account_id

if TYPE_CHECKING:
    from bot.command_requests import DigestRequest
    from bot.requester import Requester
    from reviews.digests.digest_commands import DigestCommands


@dataclass(frozen=True, kw_only=True)
class ChatDigests:
    """Runner of the command: it may ask the chat who a person is, so acknowledge it before."""

    digest_commands: DigestCommands

    def carry_out(self, digest_request: DigestRequest, requester: Requester) -> SentenceReply:
        """Return the outcome; raises `Refused` where there can be no digest."""
        commands = self.digest_commands
        chat = requester.private_chat
        person = requester.identify() if chat else requester.find_reader()
        place = commands.find_place_of_person(chat, person) if chat else requester.channel
        made_by = find_account_id(person)
        if digest_request.times is not None:
            sentence = commands.choose(digest_request.times, place, made_by=made_by)
        elif digest_request.off:
            sentence = commands.end(place, made_by=made_by)
        else:
            sentence = commands.show(place, example=requester.write_command(EXAMPLES[Verb.DIGEST]))
        return SentenceReply(sentence=sentence)
