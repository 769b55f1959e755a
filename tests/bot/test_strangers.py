"""Slack Connect and Enterprise Grid: an address counts only for people of the workspace of the app."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.kinds import ReviewState
from reviews.routes.route import MayAcknowledge, Routes, SegregationOfDuties, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import CHANNEL, SlackInstallation
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ELSEWHERE, IMPOSTOR = "T0ELSEWHERE", "U9"
BUTTONS = ["acknowledge_review", "request_changes"]


@pytest.fixture(params=["named", "not named"])
def shared(
    request: pytest.FixtureRequest, slack: FakeSlack, engine: sa.Engine
) -> Iterator[SlackInstallation]:
    """Give an installation whose channel is shared with another company, with and without SLACK_TEAM_ID."""
    team_id = slack.team_id if request.param == "named" else ""
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), team_id=team_id)
    yield made
    made.close()


@pytest.fixture
def permissive(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    notify = (Target(notifier="slack", address=CHANNEL),)
    rule = route(
        notify=notify,
        may_acknowledge=MayAcknowledge.CHANNEL,
        guests=True,
        segregation_of_duties=SegregationOfDuties.OFF,
    )
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=Routes([rule]))
    yield made
    made.close()


@pytest.mark.parametrize("action", BUTTONS)
def test_a_person_of_another_company_with_the_owners_address_is_not_the_owner(
    shared: SlackInstallation, action: str
) -> None:
    shared.slack.add_person(IMPOSTOR, "Dana Ozola", OWNER, team_id=ELSEWHERE)

    shared.side.click(IMPOSTOR, shared.card(), action)

    assert "no e-mail address" in shared.wait_for_reply(IMPOSTOR)
    assert shared.review().state is ReviewState.OPEN
    assert shared.slack.modals(IMPOSTOR) == []


@pytest.mark.parametrize(
    "profile",
    [
        {"team_id": ELSEWHERE},
        {"team_id": None},
        {},
        {"team_id": ["T0FAKETEAM"]},
        {"team_id": ELSEWHERE, "enterprise_user": {"teams": [ELSEWHERE]}},
        {"team_id": ELSEWHERE, "enterprise_user": {"teams": "T0FAKETEAM"}},
        {"team_id": ELSEWHERE, "enterprise_user": None},
    ],
)
def test_a_person_whom_slack_does_not_confirm_as_a_member_is_not_the_owner(
    shared: SlackInstallation, profile: dict[str, Any]
) -> None:
    card = shared.card()
    shared.slack.add_person(IMPOSTOR, "Dana Ozola", OWNER)
    info = {"id": IMPOSTOR, "profile": {"real_name": "Dana", "email": OWNER}, **profile}
    card = shared.card()
    shared.slack.answer("users.info", {"ok": True, "user": info})

    shared.side.click(IMPOSTOR, card, "acknowledge_review")

    assert "no e-mail address" in shared.wait_for_reply(IMPOSTOR)
    assert shared.review().state is ReviewState.OPEN


def test_a_click_that_comes_from_another_company_is_not_the_owners(shared: SlackInstallation) -> None:
    card = shared.card()
    shared.slack.add_person(IMPOSTOR, "Dana Ozola", OWNER, team_id=ELSEWHERE)
    info = {"id": IMPOSTOR, "team_id": shared.slack.team_id, "profile": {"email": OWNER}}
    shared.slack.answer("users.info", {"ok": True, "user": info})

    shared.side.click(IMPOSTOR, card, "acknowledge_review")

    assert "no e-mail address" in shared.wait_for_reply(IMPOSTOR)
    assert shared.review().state is ReviewState.OPEN


def test_a_colleague_of_the_same_organization_answers_from_any_of_its_workspaces(
    shared: SlackInstallation,
) -> None:
    teams = ("T0SECOND", shared.slack.team_id)
    shared.slack.add_person("U7", "Dana Ozola", OWNER, team_id="T0SECOND", workspaces=teams)

    shared.side.click("U7", shared.card(), "acknowledge_review")

    assert shared.review().answers[0].reviewer.email == OWNER


@pytest.mark.parametrize("action", ["acknowledge_review", "request_changes"])
def test_where_guests_do_not_count_an_outsider_answers_nothing(
    slack: FakeSlack, engine: sa.Engine, action: str
) -> None:
    made = SlackInstallation(
        slack, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL
    )
    card = made.card()
    slack.add_person(IMPOSTOR, "Dana Ozola", OWNER, team_id=ELSEWHERE)

    made.side.click(IMPOSTOR, card, action)

    assert "Guests and members of other workspaces" in made.wait_for_reply(IMPOSTOR)
    assert made.review().state is ReviewState.OPEN
    made.close()


def test_where_guests_count_an_outsider_answers_as_one(permissive: SlackInstallation) -> None:
    card = permissive.card()
    permissive.slack.add_person(IMPOSTOR, "Dana Ozola", OWNER, team_id=ELSEWHERE)

    permissive.side.click(IMPOSTOR, card, "request_changes")
    view = permissive.modal(IMPOSTOR)
    permissive.side.submit_view(IMPOSTOR, view, {"note": {"text": "The date is wrong"}})
    permissive.desk.deliver_all()

    reviewer = permissive.review().answers[0].reviewer
    assert (reviewer.name, reviewer.email) == ("Dana Ozola (external)", None)
    assert "Changes requested by Dana Ozola (external)" in permissive.standing(permissive.review())["text"]
