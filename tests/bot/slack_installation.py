"""Our side and Slack's side of the same workspace, for the tests of clicks and commands."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask

import notifiers.slack
from bot.absences import ChatAbsences
from bot.command import Commands
from bot.slack.app import build_bolt, build_slack_blueprint
from bot.slack.dispatcher import SlackDispatcher
from bot.slack.listener_threads import ACK_TIMEOUT_SECONDS
from bot.slack.unfurling import Unfurls
from notifiers.slack import Slack
from notifiers.slack.conversations import fetch_conversation
from notifiers.slack.groups import SlackGroups
from notifiers.slack.people import SlackOwners
from reviews.delivery.delivery import ChannelDelivery
from reviews.people.identification import Directory
from reviews.routes.route import MayAcknowledge, Routes, Target
from store.outages import DATABASE_ERRORS
from tests.bot.chat_parts import make_home, make_review_address, make_use_cases
from tests.bot.counted_listeners import CountedListeners
from tests.bot.subscribing import campaigns, digests, subscriptions
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.compared import make_change_pages
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa
    from slack_bolt import App

    from reviews.answers.menu import MenuItem
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_send import AppAnswer, Send

    WayIn = Callable[[ProvenPerson], str]

SECRET = "a-signing-secret"
SIGN_IN_LINK = "https://review.example.com/reviews/sign-in/token"
DANA, DEPUTY_USER, AUTHOR, STRANGER, GUEST = "U1", "U2", "U3", "U4", "U5"
CHANNEL = "C1"
PORTAL = "acme.onlyoffice.com"
SETTLING = 60.0  # seconds


class SlackInstallation:
    """Our application in Slack, in the workspace of its app; with `team_id` empty no setting names it."""

    def __init__(
        self,
        slack: FakeSlack,
        engine: sa.Engine,
        transactions: Transactions,
        *,
        team_id: str | None = None,
        may_acknowledge: MayAcknowledge = MayAcknowledge.OWNERS,
        rules: Routes | None = None,
        reaction: str = "",
        way_in: WayIn | None = None,
        acknowledged_after: float = SETTLING,
    ) -> None:
        self.slack = slack
        named = slack.team_id if team_id is None else team_id
        slack.add_person(DANA, "Dana Ozola", OWNER)
        slack.add_person(DEPUTY_USER, "Ilze Kalna", DEPUTY)
        slack.add_person(AUTHOR, "Alice Moreau", str(ALICE.email))
        slack.add_person(STRANGER, "Juris Bite", "juris@example.com")
        slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True)
        slack.add_channel(CHANNEL, "compliance")
        slack.add_channel("C2", "elsewhere")
        self.desk = Desk(engine, transactions, rules or office_routes(may_acknowledge, reaction))
        web = notifiers.slack.make_client(slack.token, slack.api_url)
        directory = self.directory = Directory(
            transactions=transactions, clock=self.desk.clock, people=self.desk.routes.people
        )
        self.desk.delivery = ChannelDelivery(
            clock=self.desk.clock,
            transactions=transactions,
            notifiers={"slack": Slack(web, SlackOwners(web, directory, SlackGroups(web, directory)))},
            random=lambda: 0.0,
        )
        self.commands = Commands(
            transactions=transactions,
            routes=self.desk.routes,
            clock=self.desk.clock,
            absences=ChatAbsences(declarations=self.desk.absences),
            subscriptions=subscriptions(self.desk, {"slack": partial(fetch_conversation, web)}),
            digests=digests(self.desk),
            campaigns=campaigns(self.desk),
            change_pages=make_change_pages(transactions, self.desk.routes, self.desk.clock),
            receipts=self.desk.receipts,
            make_sign_in_address=way_in,
            make_review_address=make_review_address if way_in else None,
        )
        self.reports: list[Report] = []
        use_cases = make_use_cases(self.desk.answers, self.commands, directory, report=self.reports.append)
        self.bolt = build_bolt(
            client=web,
            signing_secret=SECRET,
            command_name="/reviews",
            use_cases=use_cases,
            home=make_home(web, use_cases, team_id=named),
            team_id=named,
            ack_after=acknowledged_after,
            listeners=CountedListeners(),
        )
        self.unfurls = Unfurls(
            notifiers.slack.make_client(slack.token, slack.api_url, timeout=1),
            host=PORTAL,
            routes=self.desk.routes,
            transactions=transactions,
            clock=self.desk.clock,
        )
        self.unfurls.register(self.bolt)
        self.dispatcher = SlackDispatcher(directory=directory, team_id=named, outage_errors=DATABASE_ERRORS)
        app = Flask(__name__)
        app.register_blueprint(build_slack_blueprint(self.bolt, self.dispatcher))
        self.client = app.test_client()
        self.settles = True
        self.side = SlackSide(slack, SECRET, self.settling(through_flask(self.client), self.bolt))

    def settling(self, send: Send, bolt: App) -> Send:
        """Return a `send` that returns when what a listener does after its answer is done too.

        What a busy machine answers later than Slack would wait for counts as answered, unless the test is
        about the time: then it does not settle.
        """
        listeners = bolt.listener_runner.listener_executor
        assert isinstance(listeners, CountedListeners)

        def sent(path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
            listeners.ack_timeout = SETTLING if self.settles else ACK_TIMEOUT_SECONDS
            answer = send(path, body, headers)
            if self.settles:
                assert listeners.wait_until_done(SETTLING), "a listener does not end"
            return answer

        return sent

    def close(self) -> None:
        self.bolt.listener_runner.listener_executor.shutdown()

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

    def wait_for_reply(self, user: str) -> str:
        """Wait for the last private reply to a person and return its text."""
        replies = self.slack.wait_for(lambda: self.slack.private_replies(user))
        return str(replies[-1]["text"])

    def menu(self, user: str, card: dict[str, Any]) -> dict[str, Any]:
        """Click on "More…" and return the modal that opens."""
        before = len(self.slack.modals(user))
        self.side.click(user, card, "more")
        return dict(self.slack.wait_for(lambda: self.slack.modals(user)[before:])[-1])

    def form(self, user: str, item: MenuItem) -> dict[str, Any]:
        """Choose something from the menu of the review's card and return the form that takes its place."""
        menu = self.menu(user, self.standing(self.review()))
        self.side.click_in_view(user, menu, f"menu_{item}")
        return self.turned(user, menu)

    def turned(self, user: str, before: dict[str, Any]) -> dict[str, Any]:
        """Wait until a modal has become another, or another lies over it, and return that."""

        def list_views() -> list[dict[str, Any]]:
            others = [each for each in self.slack.modals(user) if each["blocks"] != before["blocks"]]
            return [each for each in others if before["id"] in {each["id"], each.get("previous_view_id")}]

        return dict(self.slack.wait_for(list_views)[-1])

    def modal(self, user: str) -> dict[str, Any]:
        view: dict[str, Any] = self.slack.wait_for(lambda: self.slack.modals(user))[-1]
        return view


def speaks_german(installation: SlackInstallation, user: str = DANA) -> None:
    installation.slack.people[user] = replace(installation.slack.people[user], locale="de-DE")


def office_routes(may_acknowledge: MayAcknowledge, reaction: str = "") -> Routes:
    owners = (OWNER, str(ALICE.email))
    notify = (Target(notifier="slack", address=CHANNEL),)
    rule = route(owners=owners, notify=notify, may_acknowledge=may_acknowledge, acknowledge_reaction=reaction)
    return Routes([rule])
