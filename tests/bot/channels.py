"""An installation with channels of every sort, whose command subscribes them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask

import notifiers.slack
from bot.absences import ChatAbsences
from bot.command import Commands
from bot.slack.app import build_bolt, build_slack_blueprint
from bot.slack.dispatcher import SlackDispatcher
from notifiers.slack.conversations import fetch_conversation
from reviews.cards.card_drawing import draw_card
from reviews.routes.route import Routes, Target
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.bot.chat_parts import make_home, make_use_cases
from tests.bot.counted_listeners import CountedListeners
from tests.bot.slack_installation import SECRET, SETTLING, STRANGER, SlackInstallation
from tests.bot.subscribing import campaigns, digests, subscriptions
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.compared import make_change_pages
from tests.reviews.samples import ELSEWHERE, OWNER, WATCHED, event, route

if TYPE_CHECKING:
    import sqlalchemy as sa
    from slack_bolt import App

    from tests.edge.fake_slack import FakeSlack

COMMAND = "/reviews"
CARDS, PUBLIC, PRIVATE, FOREIGN, OLD, HIDDEN = "C1", "C5", "C6", "C7", "C8", "C9"
ROOT = (("1", "Rooms"), ("2", "Legal"))


class Channels(SlackInstallation):
    """An installation whose command subscribes channels; the cards go to a public and to a private one."""

    def __init__(self, slack: FakeSlack, engine: sa.Engine) -> None:
        super().__init__(slack, engine, partial(SqlUnitOfWork, engine))
        slack.add_channel(PUBLIC, "general")
        slack.add_channel(PRIVATE, "secrets", private=True)
        slack.add_channel(FOREIGN, "foreign", bot_is_member=False)
        slack.add_channel(OLD, "old", archived=True)
        slack.add_channel(HIDDEN, "hidden", private=True, bot_is_member=False)
        self._web = notifiers.slack.make_client(slack.token, slack.api_url)
        self._opened: list[App] = []
        self.follow(private=False)
        with self.desk.transactions() as work:
            for folder, title in ((WATCHED, "Compliance"), (ELSEWHERE, "Elsewhere")):
                work.folders.put(Place(folders=(*ROOT, (folder, title))), at=self.desk.clock())
            work.commit()

    def close(self) -> None:
        super().close()
        for bolt in self._opened:
            bolt.listener_runner.listener_executor.shutdown()

    def follow(self, **rule: Any) -> None:
        """Go by a route with these rules, behind a door of our own."""
        notify = tuple(Target(notifier="slack", address=each) for each in (CARDS, "C2"))
        rules = Routes([route(owners=(OWNER,), notify=notify, **rule)])
        channels = self.desk.delivery.notifiers
        self.desk.follow(rules)
        self.desk.delivery = replace(self.desk.delivery, notifiers=channels, routes=rules)
        self.commands = Commands(
            transactions=self.desk.transactions,
            routes=rules,
            clock=self.desk.clock,
            absences=ChatAbsences(declarations=self.desk.absences),
            subscriptions=subscriptions(self.desk, {"slack": partial(fetch_conversation, self._web)}),
            digests=digests(self.desk),
            campaigns=campaigns(self.desk),
            change_pages=make_change_pages(self.desk.transactions, rules, self.desk.clock),
            receipts=self.desk.receipts,
        )
        self._open()

    def _open(self) -> None:
        redactor = self.desk.delivery.redactor
        answers = replace(
            self.desk.answers,
            draw_card_for=lambda review, place: redactor.redact_card(draw_card(review), review, place),
        )
        use_cases = make_use_cases(answers, self.commands, self.directory)
        bolt = build_bolt(
            client=self._web,
            signing_secret=SECRET,
            command_name=COMMAND,
            use_cases=use_cases,
            home=make_home(self._web, use_cases),
            ack_after=SETTLING,
            listeners=CountedListeners(),
        )
        self._opened.append(bolt)
        app = Flask(__name__)
        app.register_blueprint(
            build_slack_blueprint(bolt, SlackDispatcher(directory=self.directory, team_id=""))
        )
        self.side = SlackSide(self.slack, SECRET, self.settling(through_flask(app.test_client()), bolt))

    def say(self, text: str, channel: str = PUBLIC, user: str = STRANGER) -> str:
        """Type the command and return what it is answered privately."""
        before = len(self.slack.private_replies(user))
        answer = self.side.slash(user, COMMAND, text, channel)
        assert answer.status == 200
        [reply] = self.slack.wait_for(lambda: self.slack.private_replies(user)[before:])
        return str(reply["text"])

    def told_later(self, user: str) -> str:
        return str(self.slack.wait_for(lambda: self.slack.private_replies(user))[-1]["text"])

    def change(self, **more: Any) -> None:
        """Let a file change, and deliver what is owed for it."""
        self.desk.portal.versions["3358285"] += 1
        self.desk.intake.process(self.desk.receive(event(**more)))
        self.desk.deliver_all()

    def told_in(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.slack.messages(channel)]

    def sent(self) -> str:
        """Everything that Slack was ever sent, in one text."""
        return json.dumps([dict(call.args) for call in self.slack.calls()], default=str)
