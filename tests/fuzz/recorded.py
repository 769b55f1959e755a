"""What Slack and Teams send about a review, recorded instead of sent: the patterns that are bent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import AppAnswer as Sent
from tests.edge.slack_send import through_flask
from tests.edge.teams_person import TeamsSide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from reviews.model import Review
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.fake_teams import FakeTeams

CHANNEL, IN_TEAMS = "C1", "19:compliance@thread.tacv2"
DANA, DANA_IN_TEAMS, STRANGER, STRANGER_IN_TEAMS = "U1", "29:dana", "U4", "29:juris"


class ChatApplication(Protocol):
    """The application with the two chats that it speaks to."""

    @property
    def app(self) -> Flask: ...
    @property
    def slack(self) -> FakeSlack: ...
    @property
    def slack_secret(self) -> str: ...
    @property
    def teams(self) -> FakeTeams: ...


def from_slack(at: ChatApplication, review: Review) -> list[tuple[str, bytes]]:
    """Return type and bytes of what Slack sends when two people do all there is to be done about a review."""
    sent = []

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> Sent:  # noqa: ARG001 - as a `Send` is
        sent.append((headers["Content-Type"], body))
        return Sent(200, b"", {})

    card = next(each for each in at.slack.messages(CHANNEL) if review.title in json.dumps(each["blocks"]))
    SlackSide(at.slack, at.slack_secret, through_flask(at.app.test_client())).click(DANA, card, "more")
    modal = at.slack.wait_for(lambda: at.slack.modals(DANA))[-1]
    side = SlackSide(at.slack, at.slack_secret, send)
    for who in (DANA, STRANGER):
        for action in ("acknowledge_review", "request_changes", "more"):
            side.click(who, card, action)
        for text in ("pending", "show 3358285", "subscribe 539564", "web", "stats 7d", "help"):
            side.slash(who, "/reviews", text, CHANNEL)
    side.submit_view(DANA, modal, {})
    side.shortcut(DANA, card, "acknowledge_review")
    side.react(DANA, card, "white_check_mark")
    side.open_home(DANA)
    side.url_verification()
    return sent


def from_teams(at: ChatApplication, review: Review) -> list[dict[str, Any]]:
    """Return the activities that Teams sends when two people use the bot."""
    sent = []

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> Sent:  # noqa: ARG001 - as a `Send` is
        sent.append(json.loads(body))
        return Sent(404, b"", {})

    cards_there = at.teams.messages(IN_TEAMS)
    card = next(each for each in cards_there if review.title in json.dumps(each))
    side = TeamsSide(at.teams, send)
    for who in (DANA_IN_TEAMS, STRANGER_IN_TEAMS):
        for verb, typed in (
            ("acknowledge", {}),
            ("request_changes", {"note": "Section 4 is wrong."}),
            ("more", {}),
        ):
            side.click(who, card, verb, typed=typed)
        side.click_in_old_client(who, card, "acknowledge")
        for text in ("pending", "show 3358285", "subscribe 539564", "stats 7d"):
            side.say(who, IN_TEAMS, text)
        side.say(who, IN_TEAMS, "pending", slash=True)
    side.install(DANA_IN_TEAMS, IN_TEAMS)
    return sent
