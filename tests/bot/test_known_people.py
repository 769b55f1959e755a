"""Whom the routes name by hand, and groups that stand for owners: who answers by them, whom cards mention."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from notifiers.slack import make_client
from notifiers.slack.groups import SlackGroups
from reviews.kinds import ReviewState
from reviews.people.directory import Directory
from reviews.routes.route import LinkedAccounts, Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.office import CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER, SlackInstallation
from tests.edge.block_kit import list_pings
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ACKNOWLEDGE = "acknowledge_review"
TEAM = "@compliance-team"


class SlackInstallations:
    """Makes offices by routes, and closes them."""

    def __init__(self, slack: FakeSlack, engine: sa.Engine) -> None:
        self._slack, self._engine = slack, engine
        self.made: list[SlackInstallation] = []

    def of(
        self, *owners: str, people: dict[str, LinkedAccounts] | None = None, **more: Any
    ) -> SlackInstallation:
        notify = (Target(notifier="slack", address=CHANNEL),)
        rules = Routes([route(owners=owners, notify=notify, **more)], people)
        self.made.append(
            SlackInstallation(self._slack, self._engine, partial(SqlUnitOfWork, self._engine), rules=rules)
        )
        return self.made[-1]


@pytest.fixture
def offices(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallations]:
    made = SlackInstallations(slack, engine)
    yield made
    for office in made.made:
        office.close()


def groups_of(office: SlackInstallation) -> SlackGroups:
    desk = office.desk
    directory = Directory(transactions=desk.transactions, clock=desk.clock, people=desk.routes.people)
    return SlackGroups(make_client(office.slack.token, office.slack.api_url), directory)


def test_a_member_whom_the_routes_name_is_mentioned_and_answers_as_that_address(
    offices: SlackInstallations,
) -> None:
    office = offices.of(
        "boss@elsewhere.example",
        people={"boss@elsewhere.example": LinkedAccounts(chat_ids={"slack": STRANGER})},
    )

    card = office.card()
    office.side.click(STRANGER, card, ACKNOWLEDGE)

    assert list_pings(card) == [f"<@{STRANGER}>"]
    assert office.slack.calls("users.lookupByEmail") == []
    assert office.review().answers[0].reviewer.email == "boss@elsewhere.example"


def test_a_guest_whom_the_routes_name_may_answer_and_one_who_is_deactivated_may_not(
    offices: SlackInstallations,
) -> None:
    office = offices.of(
        "boss@elsewhere.example", people={"boss@elsewhere.example": LinkedAccounts(chat_ids={"slack": GUEST})}
    )
    card = office.card()
    office.slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True, deleted=True)
    office.side.click(GUEST, card, ACKNOWLEDGE)
    assert office.review().state is ReviewState.OPEN

    office.slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True)
    office.desk.clock.advance(hours=2)
    office.side.click(GUEST, card, ACKNOWLEDGE)

    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_an_address_that_the_routes_give_to_one_member_is_no_one_elses(offices: SlackInstallations) -> None:
    office = offices.of(OWNER, people={OWNER: LinkedAccounts(chat_ids={"slack": STRANGER})})

    office.side.click(DANA, office.card(), ACKNOWLEDGE)

    assert "no e-mail address" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


def test_someone_who_is_deactivated_can_answer_no_longer_than_an_hour(offices: SlackInstallations) -> None:
    office = offices.of(OWNER)
    card = office.card()
    office.slack.add_person(DANA, "Dana Ozola", OWNER, deleted=True)
    office.desk.clock.advance(minutes=61)

    office.side.click(DANA, card, ACKNOWLEDGE)

    assert "no e-mail address" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


def test_someone_who_claims_an_owners_address_is_not_mentioned_for_it(offices: SlackInstallations) -> None:
    office = offices.of(OWNER)
    office.slack.add_person("U9", "Dana Ozola", OWNER, team_id="T0ELSEWHERE")
    office.slack.fail("users.lookupByEmail", "429")
    first = office.card()

    office.side.click("U9", first, ACKNOWLEDGE)
    second = office.card(file_id="f2")

    assert list_pings(first) == []
    assert list_pings(second) == [f"<@{DANA}>"]


def test_a_group_is_mentioned_as_one_and_its_members_may_answer(offices: SlackInstallations) -> None:
    office = offices.of(TEAM)
    office.slack.add_group("S1TEAM", "compliance-team", DANA, STRANGER)

    card = office.card()
    office.side.click(DEPUTY_USER, card, "request_changes")
    office.side.click(STRANGER, card, ACKNOWLEDGE)

    assert list_pings(card) == ["<!subteam^S1TEAM>"]
    [answer] = office.review().answers
    assert (answer.reviewer.name, answer.owner) == ("Juris Bite", TEAM)


def test_who_leaves_a_group_can_no_longer_answer_by_it(offices: SlackInstallations) -> None:
    office = offices.of(TEAM)
    office.slack.add_group("S1TEAM", "compliance-team", DANA, STRANGER)
    card = office.card()
    office.slack.add_group("S1TEAM", "compliance-team", DANA)

    groups_of(office).look_up([TEAM])
    office.side.click(STRANGER, card, ACKNOWLEDGE)

    assert TEAM in office.wait_for_reply(STRANGER)
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("trouble", ["unknown", "disabled", "missing_scope"])
def test_by_a_group_that_can_not_be_read_no_one_answers_and_the_card_goes_out(
    offices: SlackInstallations, trouble: str
) -> None:
    office = offices.of(TEAM)
    if trouble == "disabled":
        office.slack.add_group("S1TEAM", "compliance-team", DANA, disabled=True)
    elif trouble == "missing_scope":
        office.slack.add_group("S1TEAM", "compliance-team", DANA)
        office.slack.scopes.discard("usergroups:read")
    groups = groups_of(office)

    with capture_logs() as logs:
        groups.look_up([TEAM])
        groups.look_up([TEAM])
    card = office.card()
    office.side.click(DANA, card, ACKNOWLEDGE)

    assert [entry["group"] for entry in logs if entry["event"] == "group_not_read"] == [TEAM]
    assert (list_pings(card), TEAM in str(card["blocks"])) == ([], True)
    assert office.review().state is ReviewState.OPEN


def test_while_slack_does_not_answer_a_group_stays_as_it_was(offices: SlackInstallations) -> None:
    office = offices.of(TEAM)
    office.slack.add_group("S1TEAM", "compliance-team", DANA)
    card = office.card()
    office.slack.fail("usergroups.list", "drop_before")

    groups_of(office).look_up([TEAM])
    office.side.click(DANA, card, ACKNOWLEDGE)

    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_a_card_that_waits_for_two_says_who_has_answered_and_who_is_missing(
    offices: SlackInstallations,
) -> None:
    office = offices.of(OWNER, "ilze@example.com", "juris@example.com", required=2)
    card = office.card()

    office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()
    waiting = office.standing(office.review())
    office.side.click(DANA, waiting, ACKNOWLEDGE)
    again = office.wait_for_reply(DANA)
    office.side.click(STRANGER, waiting, ACKNOWLEDGE)
    office.desk.deliver_all()

    assert "*1 of 2 reviews*" in str(waiting["blocks"])
    assert f"One more answer from: ilze@example.com, <@{STRANGER}>" in str(waiting["blocks"])
    assert "was already reviewed by you on" in again
    assert office.review().state is ReviewState.ACKNOWLEDGED
    done = str(office.standing(office.review())["blocks"])
    assert f"Reviewed by <@{STRANGER}>" in done
    assert f"*Also reviewed by*\\n<@{DANA}>" in done


def test_newer_content_asks_everybody_again_and_says_so(offices: SlackInstallations) -> None:
    office = offices.of(OWNER, "juris@example.com", required=2)
    office.side.click(DANA, office.card(), ACKNOWLEDGE)
    office.desk.portal.versions["3358285"] = 9

    card = office.card()

    assert "*0 of 2 reviews*" in str(card["blocks"])
    assert "everyone is asked again" in str(card["blocks"])
