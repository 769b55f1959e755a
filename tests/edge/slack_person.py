"""People in the fake Slack: they click, submit, type commands, and Slack signs what it sends to our app.

The payloads follow facts on Slack, 1.6 and 2. What the app answers in the HTTP body (a command's text, a
modal's update) is carried out in the fake, and refused there if Slack would refuse it.
"""

import json
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_elements import elements_by_id, entry, pressed
from tests.edge.slack_methods import refuse_bad_message
from tests.edge.slack_send import AppAnswer, Send
from tests.edge.slack_signing import HONEST, Spoil, signed
from tests.edge.slack_state import Json
from tests.edge.slack_views import refuse_bad_view, replace_view

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class SlackSide:
    """Sends to the app at `path` through `send`; with `spoil` each method sends what Slack would not."""

    def __init__(
        self,
        slack: FakeSlack,
        signing_secret: str,
        send: Send,
        *,
        team_id: str | None = None,
        api_app_id: str | None = None,
        path: str = "/slack/events",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.slack, self.signing_secret, self.send = slack, signing_secret, send
        self.team_id, self.api_app_id = team_id or slack.team_id, api_app_id or slack.api_app_id
        self.path, self.clock = path, clock

    def click(
        self,
        user_id: str,
        message: Mapping[str, Any],
        action_id: str,
        *,
        option: str | None = None,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Press the element `action_id` of a message as stored; `option` is the value chosen in a menu.

        Raises LookupError when the message has no such element, or hides it from this person.
        """
        channel_id, ts = str(message["channel"]), str(message["ts"])
        private = "via" in message
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel_id,
            "is_ephemeral": private,
        }
        payload = {
            "container": container,
            "channel": self._channel(channel_id),
            "response_url": self.slack.new_response_url(user_id, channel_id, message_ts=ts),
            "actions": [self._action(user_id, message, action_id, option)],
        }
        if not private:
            payload["message"] = deepcopy({n: v for n, v in message.items() if n != "channel"})
        return self._interact("block_actions", user_id, payload, spoil)

    def click_in_view(
        self,
        user_id: str,
        view: Mapping[str, Any],
        action_id: str,
        *,
        option: str | None = None,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Press an element of App Home or of an open modal."""
        payload = {
            "container": {"type": "view", "view_id": view["id"]},
            "view": _sent(view),
            "actions": [self._action(user_id, view, action_id, option)],
        }
        return self._interact("block_actions", user_id, payload, spoil)

    def submit_view(
        self,
        user_id: str,
        view: Mapping[str, Any],
        values: Mapping[str, Mapping[str, Any]],
        *,
        spoil: Spoil = HONEST,
    ) -> AppAnswer:
        """Fill in a modal and send it; a value is the text typed, or the value of the option chosen.

        Where nothing is typed an input for text is sent as it stands.
        The modal closes unless the answer keeps it open with errors or puts another view in its place.
        """
        elements = elements_by_id(view["blocks"])
        state = {
            block_id: {
                action_id: entry(elements[block_id, action_id], value) for action_id, value in entries.items()
            }
            for block_id, entries in values.items()
        }
        state = {**deepcopy(view["state"]["values"]), **state}
        installed = spoil.team_id or self.team_id
        filled = {**_sent(view), "state": {"values": state}, "app_installed_team_id": installed}
        submitted = {
            "view": filled,
            "team": {"id": self._home(user_id, spoil), "domain": "fake"},
            "response_urls": [],
        }
        answer = self._interact("view_submission", user_id, submitted, spoil)
        if answer.status == 200:
            self._close_or_change(str(view["id"]), answer, state)
        return answer

    def shortcut(
        self, user_id: str, message: Mapping[str, Any], callback_id: str, *, spoil: Spoil = HONEST
    ) -> AppAnswer:
        """Choose our entry in the menu of a message."""
        channel_id, ts = str(message["channel"]), str(message["ts"])
        payload = {
            "callback_id": callback_id,
            "channel": self._channel(channel_id),
            "message_ts": ts,
            "message": deepcopy(dict(message)),
            "response_url": self.slack.new_response_url(user_id, channel_id, message_ts=ts),
        }
        return self._interact("message_action", user_id, payload, spoil)

    def slash(
        self, user_id: str, command: str, text: str, channel_id: str, *, spoil: Spoil = HONEST
    ) -> AppAnswer:
        """Type a slash command; what the app answers in the body is a private reply."""
        form = {
            "token": "deprecated",
            "team_id": spoil.team_id or self.team_id,
            "team_domain": "fake",
            "channel_id": channel_id,
            "channel_name": self._channel(channel_id)["name"],
            "user_id": user_id,
            "user_name": self._user(user_id)["username"],
            "command": command,
            "text": text,
            "api_app_id": self.api_app_id,
            "is_enterprise_install": "false",
            "response_url": self.slack.new_response_url(user_id, channel_id),
            "trigger_id": self.slack.new_trigger(user_id),
        }
        answer = self._post(urlencode(form).encode(), FORM, spoil)
        if answer.status == 200 and answer.body.strip():
            content = answer.json() if answer.is_json else {"text": answer.text}
            refuse_bad_message(content)
            self.slack.tell_privately(user_id, channel_id, content, "command")
        return answer

    def url_verification(self, challenge: str = "challenge", *, spoil: Spoil = HONEST) -> AppAnswer:
        body = {"token": "deprecated", "challenge": challenge, "type": "url_verification"}
        return self._post(json.dumps(body).encode(), JSON, spoil)

    def open_home(self, user_id: str, *, spoil: Spoil = HONEST) -> AppAnswer:
        """Open the app's Home tab."""
        channel = self.slack.channel(user_id).id
        home = {"type": "app_home_opened", "user": user_id, "channel": channel, "tab": "home"}
        return self.event(home | {"event_ts": self._now()}, spoil=spoil)

    def event(
        self, event: Mapping[str, Any], *, event_id: str | None = None, spoil: Spoil = HONEST
    ) -> AppAnswer:
        """Send any event of the Events API; Slack sends one again under the same id."""
        body = {
            "token": "deprecated",
            "team_id": spoil.team_id or self.team_id,
            "api_app_id": self.api_app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": event_id or self.slack.new_id("Ev"),
            "event_time": int(self.clock()),
        }
        return self._post(json.dumps(body).encode(), JSON, spoil)

    def react(
        self,
        user_id: str,
        message: Mapping[str, Any],
        reaction: str,
        *,
        removed: bool = False,
        at: float | None = None,
        event_id: str | None = None,
    ) -> AppAnswer:
        """Put a reaction on a message, or take it away; `at` is when, `event_id` that of one sent before."""
        event = {
            "type": "reaction_removed" if removed else "reaction_added",
            "user": user_id,
            "reaction": reaction,
            "item": {"type": "message", "channel": message["channel"], "ts": message["ts"]},
            "item_user": message.get("user", ""),
            "event_ts": self._now() if at is None else f"{at:.6f}",
        }
        return self.event(event, event_id=event_id)

    def _interact(self, kind: str, user_id: str, payload: Json, spoil: Spoil) -> AppAnswer:
        team_id = spoil.team_id or self.team_id
        whole = {
            "type": kind,
            "user": self._user(user_id) | {"team_id": self._home(user_id, spoil)},
            "api_app_id": self.api_app_id,
            "token": "deprecated",
            "trigger_id": self.slack.new_trigger(user_id),
            "team": {"id": team_id, "domain": "fake"},
            "enterprise": None,
            "is_enterprise_install": False,
            **payload,
        }
        return self.interaction(whole, spoil=spoil)

    def interaction(self, payload: Any, *, spoil: Spoil = HONEST) -> AppAnswer:
        """Send this payload, whatever it holds."""
        return self._post(urlencode({"payload": json.dumps(payload)}).encode(), FORM, spoil)

    def _home(self, user_id: str, spoil: Spoil) -> str:
        """The workspace that a person comes from; through Slack Connect it is not the app's."""
        return spoil.team_id or self.slack.people[user_id].team_id or self.team_id

    def _post(self, body: bytes, content_type: str, spoil: Spoil) -> AppAnswer:
        body, headers = signed(body, secret=self.signing_secret, now=self.clock(), spoil=spoil)
        return self.send(self.path, body, {"Content-Type": content_type, **headers})

    def _user(self, user_id: str) -> Json:
        name = self.slack.people[user_id].name.lower().replace(" ", ".")
        return {"id": user_id, "username": name, "name": name}

    def _channel(self, channel_id: str) -> Json:
        return {"id": channel_id, "name": self.slack.channels[channel_id].name}

    def _now(self) -> str:
        return f"{self.clock():.6f}"

    def _action(self, user_id: str, holder: Mapping[str, Any], action_id: str, option: str | None) -> Json:
        action = pressed(holder["blocks"], action_id, by=user_id, option=option)
        return {**action, "action_ts": self._now()}

    def _close_or_change(self, view_id: str, answer: AppAnswer, typed: Json) -> None:
        content: Json = answer.json() if answer.body.strip() else {}
        with self.slack.changed:
            if content.get("response_action") == "update":
                refuse_bad_view(content["view"], "modal")
                replace_view(self.slack, view_id, content["view"], typed)
            elif content.get("response_action") != "errors":
                self.slack.views.pop(view_id, None)
            self.slack.changed.notify_all()


def _sent(view: Mapping[str, Any]) -> Json:
    """The view as Slack sends it: whose it is stands beside it, not in it."""
    return deepcopy({name: value for name, value in view.items() if name != "user_id"})
