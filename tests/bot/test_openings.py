"""Who opened a document or its differences in Slack: recorded unseen, after the click is acknowledged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.identity import Identity, Reviewer
from reviews.opening import OpenedItem
from reviews.ports.reports import OpeningNotRecorded
from reviews.routes.route import Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.change_modals import BUTTON, compare, open_changes
from tests.bot.homes import open_home
from tests.bot.slack_installation import CHANNEL, DANA, STRANGER, SlackInstallation
from tests.edge.slack_signing import Spoil
from tests.reviews.opened import list_opened
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from tests.edge.fake_slack import FakeSlack

OPEN = "open_document"
OWNER_PERSON = make_proven_person(Reviewer(name="Dana Ozola", email=OWNER), identity=Identity.OIDC)
ACCOUNT = make_proven_person(Reviewer(name="Dana Ozola", chat_ids={"slack": DANA}))
STRANGER_PERSON = make_proven_person(Reviewer(name="Juris Bite", email="juris@example.com"))
DOCUMENT, COMPARISON = {OpenedItem.DOCUMENT}, {OpenedItem.COMPARISON}


def read(installation: SlackInstallation, person: Any = OWNER_PERSON) -> set[OpenedItem]:
    return list_opened(installation.desk, installation.review(), person)


def test_a_click_on_the_link_is_recorded_under_each_address_and_account(
    installation: SlackInstallation,
) -> None:
    card = installation.card()

    assert installation.side.click(DANA, card, OPEN).status == 200

    assert read(installation) == read(installation, ACCOUNT) == DOCUMENT
    assert read(installation, STRANGER_PERSON) == set()
    assert installation.slack.private_replies(DANA) == []


def test_a_person_whom_slack_has_to_be_asked_for_is_acknowledged_first(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    installation.slack.fail("users.info", "internal_error", times=9)

    answer = installation.side.click(STRANGER, card, OPEN)

    assert (answer.status, installation.slack.private_replies(STRANGER)) == (200, [])
    assert read(installation, STRANGER_PERSON) == set()
    report = OpeningNotRecorded(review_id=installation.review().id, reason="OutcomeUnknown")
    assert installation.reports == [report]


def test_a_click_that_slack_did_not_sign_is_not_recorded(installation: SlackInstallation) -> None:
    card = installation.card()

    assert installation.side.click(DANA, card, OPEN, spoil=Spoil(secret="another")).status == 401

    assert read(installation) == set()


def test_a_click_on_a_card_of_an_earlier_revision_is_not_recorded(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions[installation.review().file_id] = 9
    installation.card(event_id="2", delivery_key="d2", semantic_key="s2")

    assert installation.side.click(DANA, card, OPEN).status == 200

    assert (installation.review().revision, read(installation)) == (2, set())


def test_a_click_in_a_place_without_the_card_is_not_recorded(installation: SlackInstallation) -> None:
    card = {**installation.card(), "channel": "C2"}

    assert installation.side.click(DANA, card, OPEN).status == 200

    assert read(installation) == set()


def test_a_click_in_the_home_is_recorded(installation: SlackInstallation) -> None:
    installation.card()
    home = open_home(installation, DANA)

    installation.side.click_in_view(DANA, home, OPEN)

    assert read(installation) == DOCUMENT


def test_a_database_that_is_busy_fails_no_click(slack: FakeSlack, engine: sa.Engine) -> None:
    installation = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))
    card = installation.card()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE openings RENAME TO gone"))

    answer = installation.side.click(DANA, card, OPEN)

    assert (answer.status, slack.private_replies(DANA)) == (200, [])
    [report] = installation.reports
    assert isinstance(report, OpeningNotRecorded)
    assert report.review_id == installation.review().id
    installation.close()


def test_on_a_private_route_only_those_who_may_see_all_are_recorded(
    slack: FakeSlack, engine: sa.Engine
) -> None:
    notify = (Target(notifier="slack", address=CHANNEL),)
    rules = Routes([replace(route(notify=notify), private=True)])
    installation = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=rules)
    card = installation.card()

    for user in (STRANGER, DANA):
        assert installation.side.click(user, card, OPEN).status == 200

    assert (read(installation), read(installation, STRANGER_PERSON)) == (DOCUMENT, set())
    installation.close()


def test_the_differences_are_recorded_for_those_who_see_them(installation: SlackInstallation) -> None:
    installation.card()
    card = compare(installation)

    open_changes(installation, DANA, card)
    open_changes(installation, STRANGER, card)

    assert (read(installation), read(installation, STRANGER_PERSON)) == (COMPARISON, set())


def test_differences_that_slack_did_not_open_are_not_recorded(installation: SlackInstallation) -> None:
    installation.card()
    card = compare(installation)
    installation.slack.fail("views.open", "internal_error", times=9)

    assert installation.side.click(DANA, card, BUTTON).status == 200

    assert read(installation) == set()


def test_the_answer_to_a_command_is_recorded_as_well(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation)

    assert installation.side.slash(DANA, "/reviews", "changes rev-1", CHANNEL).status == 200
    installation.slack.wait_for(lambda: installation.slack.private_replies(DANA))

    assert read(installation) == COMPARISON
