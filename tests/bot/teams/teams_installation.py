"""Our side and Teams' side of the same tenant, for the tests of the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask

from bot.absences import ChatAbsences
from bot.command import Commands
from bot.teams.app import build_bot, build_teams_blueprint
from bot.teams.signing_keys import Keys
from bot.teams.token_verifier import Verifier
from notifiers.teams_bot import NAME, TeamsBot
from notifiers.teams_bot.connector import Connector
from notifiers.teams_bot.hosts import ServiceHosts
from notifiers.teams_bot.tokens import Tokens
from reviews.cards.card_drawing import omit_page
from reviews.delivery.delivery import ChannelDelivery
from reviews.people.identification import Directory
from reviews.routes.route import MayAcknowledge, Routes, SegregationOfDuties, ShowChanges, Target
from reviews.subscriptions.conversations import make_lookup_where_joined
from tests.bot.chat_parts import make_review_address, make_use_cases
from tests.bot.subscribing import campaigns, digests, subscriptions
from tests.edge.bot_issuer import METADATA
from tests.edge.slack_send import through_flask
from tests.edge.teams_activities import texts
from tests.edge.teams_person import TeamsSide
from tests.reviews.compared import make_change_pages
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from reviews.cards.card_drawing import PageOf
    from reviews.identity import LinkedAccounts
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions
    from tests.bot.slack_installation import WayIn
    from tests.edge.fake_teams import FakeTeams

DANA, DEPUTY_USER, AUTHOR, STRANGER = "29:dana", "29:ilze", "29:alice", "29:juris"
CHANNEL, ELSEWHERE = "19:compliance@thread.tacv2", "19:elsewhere@thread.tacv2"
TEAM = "19:team@thread.tacv2"
UNSEEN = dict.fromkeys((0x34F, 0x200B))
ALONE, GROUP = "a:alone", "19:group@thread.v2"


class TeamsInstallation:
    """Of a tenant with a team and two chats. What may wait until after the answer is done at once."""

    def __init__(
        self,
        teams: FakeTeams,
        engine: sa.Engine,
        transactions: Transactions,
        *,
        may_acknowledge: MayAcknowledge = MayAcknowledge.OWNERS,
        guests: bool = False,
        private: bool = False,
        show_changes: ShowChanges = ShowChanges.ASK,
        people: Mapping[str, LinkedAccounts] | None = None,
        way_in: WayIn | None = None,
        find_page: PageOf = omit_page,
    ) -> None:
        self.teams = teams
        teams.add_person(DANA, "Dana Ozola", OWNER, oid="oid-dana")
        teams.add_person(DEPUTY_USER, "Ilze Kalna", DEPUTY, oid="oid-ilze")
        teams.add_person(AUTHOR, "Alice Moreau", str(ALICE.email), oid="oid-alice")
        teams.add_person(STRANGER, "Juris Bite", "juris@example.com", oid="oid-juris")
        teams.add_channel(CHANNEL, "compliance", team_id=TEAM)
        teams.add_channel(ELSEWHERE, "elsewhere", team_id=TEAM)
        teams.add_chat(ALONE, DANA)
        teams.add_chat(GROUP, DANA, STRANGER)
        owners = (OWNER, str(ALICE.email))
        notify = (Target(notifier=NAME, address=CHANNEL),)
        duties = SegregationOfDuties.OFF if guests else SegregationOfDuties.ENFORCE
        rule = route(
            owners=owners,
            notify=notify,
            may_acknowledge=may_acknowledge,
            guests=guests,
            segregation_of_duties=duties,
            private=private,
            show_changes=show_changes,
        )
        routes = Routes([rule])
        self.transactions = transactions
        self.desk = Desk(engine, transactions, routes)
        hosts = ServiceHosts.parse("127.0.0.1")
        tokens = Tokens(teams.root, app_id=teams.app_id, password=teams.password, tenant=teams.tenant_id)
        connector = Connector(tokens, hosts, read_seconds=2)
        directory = Directory(transactions=transactions, clock=self.desk.clock, people=people or {})
        self.desk.delivery = ChannelDelivery(
            clock=self.desk.clock,
            transactions=transactions,
            notifiers={NAME: TeamsBot(connector, self.find_conversation, directory)},
            random=lambda: 0.0,
            get_page_url=find_page,
        )
        bots = self.desk.delivery.notifiers[NAME]
        self.commands = Commands(
            transactions=transactions,
            routes=routes,
            clock=self.desk.clock,
            absences=ChatAbsences(declarations=self.desk.absences),
            subscriptions=subscriptions(self.desk, {NAME: make_lookup_where_joined(bots.is_public)}),
            digests=digests(self.desk),
            campaigns=campaigns(self.desk),
            change_pages=make_change_pages(transactions, routes, self.desk.clock, find_page=find_page),
            receipts=self.desk.receipts,
            find_page=find_page,
            make_sign_in_address=way_in,
            make_review_address=make_review_address if way_in else None,
        )
        bot = build_bot(
            connector=connector,
            use_cases=make_use_cases(self.desk.answers, self.commands, directory),
            clock=self.desk.clock,
            tenant=teams.tenant_id,
            run_later=lambda task: task(),
        )
        keys = Keys(f"{teams.root}{METADATA}")
        verifier = Verifier(keys=keys, app_id=teams.app_id, tenant=teams.tenant_id, hosts=hosts)
        app = Flask(__name__)
        app.register_blueprint(build_teams_blueprint(bot, verifier))
        self.client = app.test_client()
        self.side = TeamsSide(teams, through_flask(self.client))

    def find_conversation(self, notifier: str, address: str) -> Mapping[str, str] | None:
        """Return what is kept of a conversation."""
        with self.transactions(reading=True) as work:
            return work.conversations.get(notifier, address)

    def card(self, **more: Any) -> dict[str, Any]:
        """Open or revise the review of a file and return its card as it stands in the channel."""
        if self.find_conversation(NAME, CHANNEL) is None:
            self.side.install(DANA, CHANNEL)
        review = self.desk.open(event(**more))
        self.desk.deliver_all()
        return self.standing(review)

    def standing(self, review: Review) -> dict[str, Any]:
        [post] = self.desk.latest(review.file_id).cards
        message_id = str(post.message_id).rpartition("|")[2]
        return next(each for each in self.teams.messages(CHANNEL) if each["id"] == message_id)

    def review(self) -> Review:
        return self.desk.latest("3358285")


def read_text(content: Any) -> str:
    """Return all that a person reads of cards or messages, in one line."""
    return " ".join(" ".join(texts(content)).translate(UNSEEN).split())
