"""A small real Bolt app behind Flask, for the tests of the Slack side."""

import re
from dataclasses import dataclass, field

from flask import Flask, request
from flask.typing import ResponseReturnValue
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_card import Json, button, mrkdwn, note_modal, plain

SECRET = "a-signing-secret"


@dataclass
class ListenerCalls:
    """What reached the listeners of the app under these tests."""

    bodies: list[Json] = field(default_factory=list)

    def hear(self, body: Json) -> Json:
        self.bodies.append(body)
        return body


def bolt(slack: FakeSlack, heard: ListenerCalls) -> App:
    client = WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[])
    fixed = AuthorizeResult(
        enterprise_id=None,
        team_id=slack.team_id,
        bot_token=slack.token,
        bot_id=slack.bot_id,
        bot_user_id=slack.bot_user_id,
    )
    app = App(signing_secret=SECRET, client=client, authorize=lambda: fixed)

    def acknowledged(ack: Ack, body: Json, respond: Respond) -> None:
        heard.hear(body)
        ack()
        respond("Recorded.", replace_original=False)

    def note_asked(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=heard.hear(body)["trigger_id"], view=note_modal())

    def note_sent(ack: Ack, body: Json) -> None:
        note = heard.hear(body)["view"]["state"]["values"]["note"]["text"]["value"]
        if note == "wait":
            ack(response_action="update", view=note_modal() | {"title": plain("Wait")})
        elif note:
            ack()
        else:
            ack(response_action="errors", errors={"note": "Say what should change."})

    def command(ack: Ack, body: Json) -> None:
        blocks = [{"type": "section", "text": mrkdwn("<@U1>")}] if body["text"] == "mine" else None
        ack("Nothing to review & done" if heard.hear(body)["text"] == "bad" else "Nothing to review", blocks)

    def acked_and_heard(ack: Ack, body: Json) -> None:
        heard.hear(body)
        ack()

    def home_opened(event: Json, client: WebClient) -> None:
        refresh = {"type": "actions", "elements": [button("refresh", "Refresh")]}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [refresh]})

    app.action("acknowledge")(acknowledged)
    app.action("request_changes")(note_asked)
    app.action(re.compile("menu|refresh"))(acked_and_heard)
    app.view("request_changes")(note_sent)
    app.command("/reviews")(command)
    app.event("app_home_opened")(home_opened)
    app.shortcut("acknowledge")(acked_and_heard)
    return app


def flask_app(slack: FakeSlack, heard: ListenerCalls) -> Flask:
    app, handler = Flask(__name__), SlackRequestHandler(bolt(slack, heard))

    def events() -> ResponseReturnValue:
        return handler.handle(request)

    app.post("/slack/events")(events)
    return app
