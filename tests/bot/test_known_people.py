"""Whom the routes name by hand, and groups that stand for owners: who answers by them, whom cards mention."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from notifiers.slack import make_client
from notifiers.slack.groups import SlackGroups
from reviews.identity import LinkedAccounts
from reviews.kinds import ReviewState
from reviews.people.identification import Directory
from reviews.routes.route import Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER, SlackInstallation
from tests.edge.block_kit import list_pings
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ACKNOWLEDGE = "acknowledge_review"
TEAM = "@compliance-team"


class SlackInstallations:
    """Makes installations by routes, and closes them."""

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
def installations(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallations]:
    made = SlackInstallations(slack, engine)
    yield made
    for installation in made.made:
        installation.close()


def groups_of(installation: SlackInstallation) -> SlackGroups:
    desk = installation.desk
    directory = Directory(transactions=desk.transactions, clock=desk.clock, people=desk.routes.people)
    return SlackGroups(make_client(installation.slack.token, installation.slack.api_url), directory)


def test_a_member_whom_the_routes_name_is_mentioned_and_answers_as_that_address(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(
        "boss@elsewhere.example",
        people={"boss@elsewhere.example": LinkedAccounts(chat_ids={"slack": STRANGER})},
    )

    card = installation.card()
    installation.side.click(STRANGER, card, ACKNOWLEDGE)

    assert list_pings(card) == [f"<@{STRANGER}>"]
    assert installation.slack.calls("users.lookupByEmail") == []
    assert installation.review().answers[0].reviewer.email == "boss@elsewhere.example"


def test_a_guest_whom_the_routes_name_may_answer_and_one_who_is_deactivated_may_not(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(
        "boss@elsewhere.example", people={"boss@elsewhere.example": LinkedAccounts(chat_ids={"slack": GUEST})}
    )
    card = installation.card()
    installation.slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True, deleted=True)
    installation.side.click(GUEST, card, ACKNOWLEDGE)
    assert installation.review().state is ReviewState.OPEN

    installation.slack.add_person(GUEST, "Dana's Guest", OWNER, guest=True)
    installation.desk.clock.advance(hours=2)
    installation.side.click(GUEST, card, ACKNOWLEDGE)

    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_an_address_that_the_routes_give_to_one_member_is_no_one_elses(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(OWNER, people={OWNER: LinkedAccounts(chat_ids={"slack": STRANGER})})

    installation.side.click(DANA, installation.card(), ACKNOWLEDGE)

    assert "no e-mail address" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


def test_someone_who_is_deactivated_can_answer_no_longer_than_an_hour(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(OWNER)
    card = installation.card()
    installation.slack.add_person(DANA, "Dana Ozola", OWNER, deleted=True)
    installation.desk.clock.advance(minutes=61)

    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert "no e-mail address" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


def test_someone_who_claims_an_owners_address_is_not_mentioned_for_it(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(OWNER)
    installation.slack.add_person("U9", "Dana Ozola", OWNER, team_id="T0ELSEWHERE")
    installation.slack.fail("users.lookupByEmail", "429")
    first = installation.card()

    installation.side.click("U9", first, ACKNOWLEDGE)
    second = installation.card(file_id="f2")

    assert list_pings(first) == []
    assert list_pings(second) == [f"<@{DANA}>"]


def test_a_group_is_mentioned_as_one_and_its_members_may_answer(installations: SlackInstallations) -> None:
    installation = installations.of(TEAM)
    installation.slack.add_group("S1TEAM", "compliance-team", DANA, STRANGER)

    card = installation.card()
    installation.side.click(DEPUTY_USER, card, "request_changes")
    installation.side.click(STRANGER, card, ACKNOWLEDGE)

    assert list_pings(card) == ["<!subteam^S1TEAM>"]
    [answer] = installation.review().answers
    assert (answer.reviewer.name, answer.owner) == ("Juris Bite", TEAM)


def test_who_leaves_a_group_can_no_longer_answer_by_it(installations: SlackInstallations) -> None:
    installation = installations.of(TEAM)
    installation.slack.add_group("S1TEAM", "compliance-team", DANA, STRANGER)
    card = installation.card()
    installation.slack.add_group("S1TEAM", "compliance-team", DANA)

    groups_of(installation).look_up([TEAM])
    installation.side.click(STRANGER, card, ACKNOWLEDGE)

    assert TEAM in installation.wait_for_reply(STRANGER)
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("trouble", ["unknown", "disabled", "missing_scope"])
def test_by_a_group_that_can_not_be_read_no_one_answers_and_the_card_goes_out(
    installations: SlackInstallations, trouble: str
) -> None:
    installation = installations.of(TEAM)
    if trouble == "disabled":
        installation.slack.add_group("S1TEAM", "compliance-team", DANA, disabled=True)
    elif trouble == "missing_scope":
        installation.slack.add_group("S1TEAM", "compliance-team", DANA)
        installation.slack.scopes.discard("usergroups:read")
    groups = groups_of(installation)

    with capture_logs() as logs:
        groups.look_up([TEAM])
        groups.look_up([TEAM])
    card = installation.card()
    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert [entry["group"] for entry in logs if entry["event"] == "group_not_read"] == [TEAM]
    assert (list_pings(card), TEAM in str(card["blocks"])) == ([], True)
    assert installation.review().state is ReviewState.OPEN


def test_while_slack_does_not_answer_a_group_stays_as_it_was(installations: SlackInstallations) -> None:
    installation = installations.of(TEAM)
    installation.slack.add_group("S1TEAM", "compliance-team", DANA)
    card = installation.card()
    installation.slack.fail("usergroups.list", "drop_before")

    groups_of(installation).look_up([TEAM])
    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_card_that_waits_for_two_says_who_has_answered_and_who_is_missing(
    installations: SlackInstallations,
) -> None:
    installation = installations.of(OWNER, "ilze@example.com", "juris@example.com", required=2)
    card = installation.card()

    installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()
    waiting = installation.standing(installation.review())
    installation.side.click(DANA, waiting, ACKNOWLEDGE)
    again = installation.wait_for_reply(DANA)
    installation.side.click(STRANGER, waiting, ACKNOWLEDGE)
    installation.desk.deliver_all()

    assert "*1 of 2 reviews*" in str(waiting["blocks"])
    assert f"One more answer from: ilze@example.com, <@{STRANGER}>" in str(waiting["blocks"])
    assert "was already reviewed by you on" in again
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    done = str(installation.standing(installation.review())["blocks"])
    assert f"*Reviewed* by <@{STRANGER}>" in done
    assert f"Also reviewed by <@{DANA}>, <!date^" in done


def test_newer_content_asks_everybody_again_and_says_so(installations: SlackInstallations) -> None:
    installation = installations.of(OWNER, "juris@example.com", required=2)
    installation.side.click(DANA, installation.card(), ACKNOWLEDGE)
    installation.desk.portal.versions["3358285"] = 9

    card = installation.card()

    assert "*0 of 2 reviews*" in str(card["blocks"])
    assert "everyone is asked again" in str(card["blocks"])
