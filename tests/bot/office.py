"""Our side and Slack's side of the same workspace, for the tests of clicks and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask

import notifiers.slack
from bot.slack.app import build_bolt, slack_blueprint
from notifiers.slack import Slack
from notifiers.slack.people import People
from reviews.delivery import Delivery
from reviews.routing import Routes, Target
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Review
    from reviews.ports import Transactions
    from tests.edge.fake_slack import FakeSlack

SECRET = "a-signing-secret"
DANA, DEPUTY_USER, AUTHOR, STRANGER, GUEST = "U1", "U2", "U3", "U4", "U5"
CHANNEL = "C1"


class Office:
    def __init__(self, slack: FakeSlack, engine: sa.Engine, transactions: Transactions) -> None:
        self.slack = slack
        slack.add_person(DANA, "Dana Ozola", OWNER)
        slack.add_person(DEPUTY_USER, "Ilze Kalna", DEPUTY)
        slack.add_person(AUTHOR, "Alice Moreau", str(ALICE.email))
        slack.add_person(STRANGER, "Juris Bite", "juris@example.com")
        slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True)
        slack.add_channel(CHANNEL, "compliance")
        slack.add_channel("C2", "elsewhere")
        self.desk = Desk(engine, transactions, office_routes())
        web = notifiers.slack.client(slack.token, slack.api_url)
        self.desk.delivery = Delivery(
            clock=self.desk.clock,
            transactions=transactions,
            notifiers={"slack": Slack(web, People(web))},
            random=lambda: 0.0,
        )
        self._bolt = build_bolt(
            client=web,
            signing_secret=SECRET,
            command_name="/reviews",
            answers=self.desk.answers,
            transactions=transactions,
        )
        app = Flask(__name__)
        app.register_blueprint(slack_blueprint(self._bolt, team_id=slack.team_id))
        self.client = app.test_client()
        self.side = SlackSide(slack, SECRET, through_flask(self.client))

    def close(self) -> None:
        self._bolt.listener_runner.listener_executor.shutdown()

    def card(self, **more: Any) -> dict[str, Any]:
        """Open or revise the review of a file and return its card as it stands in the channel."""
        review = self.desk.open(event(**more))
        self.desk.deliver_all()
        return self.standing(review)

    def standing(self, review: Review) -> dict[str, Any]:
        [post] = self.desk.latest(review.file_id).cards
        return next(each for each in self.slack.messages(CHANNEL) if each["ts"] == post.message_id)

    def review(self) -> Review:
        return self.desk.latest("3358285")

    def told(self, user: str) -> str:
        """Wait for the last private reply to somebody and return its text."""
        replies = self.slack.wait_for(lambda: self.slack.private_replies(user), 2)
        return str(replies[-1]["text"])

    def modal(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = self.slack.wait_for(lambda: self.slack.modals(user))[-1]
        return found


def office_routes() -> Routes:
    owners = (OWNER, str(ALICE.email))
    return Routes([route(owners=owners, notify=(Target(notifier="slack", address=CHANNEL),))])
