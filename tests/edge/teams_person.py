"""People in the fake Teams: they click, type, add the app, and the issuer signs what Teams sends to the bot.

The activities follow facts on Teams, 2.4. What the bot answers to a click is shown to the person who clicked
alone, and is refused here if Teams could not show it.
"""

import json
import uuid
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from tests.edge.fake_teams import FakeTeams
from tests.edge.slack_send import AppAnswer, Send
from tests.edge.teams_activities import CARD_TYPE, LARGEST_ACTIVITY, card_problems, cards
from tests.edge.teams_elements import pressed
from tests.edge.teams_signing import HONEST, Spoil, authorization
from tests.edge.teams_state import Conversation, Json, Person

MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
BOT_NAME = "DocSpace reviews"


class TeamsSide:
    """Sends to the bot at `path` through `send`; with `spoil` each method sends what Teams would not.

    What a person's own client shows after a click, by (person, message): `shown` the card in the message's
    place, `replies` the sentence beside it.
    """

    def __init__(self, teams: FakeTeams, send: Send, *, path: str = "/teams/messages") -> None:
        self.teams, self.send, self.path = teams, send, path
        self.shown: dict[tuple[str, str], Json] = {}
        self.replies: dict[tuple[str, str], str] = {}
        self.locale = "en-GB"

    def click(
        self,
        person_id: str,
        message: Mapping[str, Any],
        verb: str,
        *,
        typed: Mapping[str, str] | None = None,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Press a button of a message as stored, with what was `typed` into the inputs around it.

        LookupError when the card has no such button.
        """
        action = pressed(cards(dict(message))[0], verb, typed or {})
        sent = {name: action[name] for name in ("type", "title", "verb", "data") if name in action}
        answer = self.invoke(person_id, message, {"action": sent, "trigger": "manual"}, spoil=spoil)
        if answer.status == 200:
            self._show(person_id, str(message["id"]), answer)
        return answer

    def click_in_old_client(
        self,
        person_id: str,
        message: Mapping[str, Any],
        verb: str,
        *,
        typed: Mapping[str, str] | None = None,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Press a button where the client knows no `Action.Execute`: its fallback arrives as a message."""
        action = pressed(cards(dict(message))[0], verb, typed or {})
        value = {**action["fallback"]["data"], **(typed or {})}
        activity = {**self._about(person_id, message), "type": "message", "value": value}
        return self.activity(activity, spoil=spoil)

    def invoke(
        self, person_id: str, message: Mapping[str, Any], value: Any, *, spoil: Spoil = HONEST
    ) -> AppAnswer:
        """Send a click on a message with this value, whatever it holds."""
        name = "adaptiveCard/action"
        return self.activity(
            {**self._about(person_id, message), "type": "invoke", "name": name, "value": value}, spoil=spoil
        )

    def say(
        self,
        person_id: str,
        place_id: str,
        text: str,
        *,
        slash: bool = False,
        below: Mapping[str, Any] | None = None,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Type something to the bot: with a mention where others read, or as a slash command.

        `below` is the message in whose thread it is typed.
        """
        place = self.teams.places[place_id]
        mentioned = place.kind != "personal" and not slash
        at = f"<at>{BOT_NAME}</at>"
        activity = self._from(person_id, place, thread=str(below["conversation"]) if below else "")
        recipient = {"id": self.teams.bot_id, "name": BOT_NAME, **({"isTargeted": True} if slash else {})}
        bot = {"id": self.teams.bot_id, "name": BOT_NAME}
        message = {
            **activity,
            "type": "message",
            "text": f"{at} {text}" if mentioned else text,
            "textFormat": "plain",
            "recipient": recipient,
            "entities": [{"type": "mention", "mentioned": bot, "text": at}] if mentioned else [],
        }
        thread = activity["conversation"]["id"]
        stored = self.teams.keep(
            place,
            message,
            by=person_id,
            thread=thread if ";" in thread else "",
            only=person_id if slash else "",
        )
        if place.kind == "channel":
            activity["conversation"]["id"] = stored["conversation"]
        return self.activity({**message, "id": stored["id"]}, spoil=spoil)

    def install(self, person_id: str, place_id: str, *, spoil: Spoil = HONEST) -> AppAnswer:
        """Add the app to a team or a chat, in this place of it."""
        return self._be_installed(person_id, place_id, "add", spoil)

    def uninstall(self, person_id: str, place_id: str, *, spoil: Spoil = HONEST) -> AppAnswer:
        """Remove the app: the bot is told so, and may write there no more."""
        return self._be_installed(person_id, place_id, "remove", spoil)

    def activity(self, activity: Mapping[str, Any], *, spoil: Spoil = HONEST) -> AppAnswer:
        """Send any activity."""
        body = json.dumps({**activity, **spoil.activity}).encode()
        vouched = authorization(self.teams.issuer, self.teams.service_url, spoil)
        return self.send(self.path, body, {"Content-Type": "application/json; charset=utf-8", **vouched})

    def _be_installed(self, person_id: str, place_id: str, action: str, spoil: Spoil) -> AppAnswer:
        """Add or remove the app in all channels of the team at once."""
        place = self.teams.places[place_id]
        for each in self.teams.places.values():
            if each is place or (each.team_id and each.team_id == place.team_id):
                each.installed = action == "add"
        update = {**self._from(person_id, place), "type": "installationUpdate", "action": action}
        return self.activity(update, spoil=spoil)

    def _about(self, person_id: str, message: Mapping[str, Any]) -> Json:
        place = self.teams.places[str(message["place"])]
        about = self._from(person_id, place, thread=str(message["conversation"]))
        return {**about, "replyToId": str(message["id"])}

    def _from(self, person_id: str, place: Conversation, *, thread: str = "") -> Json:
        """Return what every activity of Teams says: who, where, to whom, through which service."""
        person = self.teams.people[person_id]
        now = datetime.fromtimestamp(self.teams.clock(), UTC).isoformat()
        return {
            "id": f"f:{uuid.uuid4()}",
            "timestamp": now,
            "channelId": "msteams",
            "serviceUrl": self.teams.service_url,
            "from": {"id": person.id, "name": person.name, "aadObjectId": person.oid},
            "recipient": {"id": self.teams.bot_id, "name": BOT_NAME},
            "conversation": {
                "id": thread or place.id,
                "conversationType": place.kind,
                "isGroup": place.kind != "personal",
                "tenantId": self._home(person),
            },
            "channelData": self._channel_data(person, place),
            "locale": self.locale,
        }

    def _channel_data(self, person: Person, place: Conversation) -> Json:
        tenant = {"tenant": {"id": self._home(person)}}
        if place.kind != "channel":
            return tenant
        return {
            **tenant,
            "team": {"id": place.team_id, "name": "Compliance"},
            "channel": {"id": place.id, "name": place.name},
            "teamsChannelId": place.id,
            "teamsTeamId": place.team_id,
        }

    def _home(self, person: Person) -> str:
        return person.tenant_id or self.teams.tenant_id

    def _show(self, person_id: str, message_id: str, answer: AppAnswer) -> None:
        """Show what the bot answered to a click; AssertionError where Teams would say that it failed."""
        body: Json = answer.json()
        kind, value, status = body.get("type"), body.get("value"), body.get("statusCode")
        if kind == CARD_TYPE:
            problems = card_problems(self.teams, value)
            # As much as a message may have (facts on Teams, 2.4): of answers to clicks nothing else is said.
            assert len(json.dumps(body)) <= LARGEST_ACTIVITY, "the card is too large"
            assert (status, problems) == (200, []), f"{status}: {problems}"
            assert isinstance(value, dict)
            self.shown[person_id, message_id] = deepcopy(value)
        elif kind == MESSAGE_TYPE:
            assert status == 200
            assert isinstance(value, str)
            self.replies[person_id, message_id] = value
        else:
            assert (kind, status in {400, 401, 412, 500}) == (ERROR_TYPE, True), f"{kind}, {status}"
            assert isinstance(value, dict)
            assert isinstance(value.get("code"), str)
            assert isinstance(value.get("message"), str)
            self.replies[person_id, message_id] = value["message"]
