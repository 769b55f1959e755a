"""Socket Mode: a connection that ends at any moment loses nothing, and what comes twice counts once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.schema import absences
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, SlackInstallation
from tests.bot.socket_installation import keep_socket, make_socket, open_socket
from tests.edge.slack_links import Drop
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_send import AppAnswer

MARK = "white_check_mark"
DROPS = [*Drop, None]


@pytest.fixture
def installation(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), reaction=MARK)
    with open_socket(made):
        yield made
    made.close()


def count_answers(installation: SlackInstallation) -> tuple[int, int]:
    """Return how many answers the review has, and how many entries of one the ledger has."""
    entries = [entry for entry in installation.desk.entries() if entry["type"].startswith("review:")]
    answers = [entry for entry in entries if "acknowledged" in entry["type"] or "requested" in entry["type"]]
    return len(installation.review().answers), len(answers)


def insist(act: Callable[[], AppAnswer]) -> None:
    """Do as a person does: where Slack shows that it failed, try again."""
    for _ in range(5):
        if act().status == 200:
            return
    raise AssertionError("it never succeeds")


@pytest.mark.parametrize("moment", DROPS)
def test_a_click_is_recorded_once(installation: SlackInstallation, moment: Drop | None) -> None:
    card = installation.card()
    if moment:
        installation.slack.sockets.drop(moment)

    insist(lambda: installation.side.click(DANA, card, "acknowledge_review"))

    assert count_answers(installation) == (1, 1)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


@pytest.mark.parametrize("moment", DROPS)
def test_a_form_is_recorded_once(installation: SlackInstallation, moment: Drop | None) -> None:
    installation.card()
    installation.side.click(DANA, installation.standing(installation.review()), "request_changes")
    form = installation.modal(DANA)
    if moment:
        installation.slack.sockets.drop(moment)

    insist(
        lambda: installation.side.submit_view(DANA, form, {"note": {"text": "Compared with the contract."}})
    )

    assert count_answers(installation) == (1, 1)
    assert installation.review().answers[0].note == "Compared with the contract."


@pytest.mark.parametrize("moment", DROPS)
def test_an_event_is_recorded_once_without_the_person_doing_more(
    installation: SlackInstallation, moment: Drop | None
) -> None:
    card = installation.card()
    if moment:
        installation.slack.sockets.drop(moment)

    answer = installation.side.react(DANA, card, MARK)

    assert answer.status == 200
    assert count_answers(installation) == (1, 1)


@pytest.mark.parametrize("moment", DROPS)
def test_a_command_takes_effect_once(
    installation: SlackInstallation, engine: sa.Engine, moment: Drop | None
) -> None:
    if moment:
        installation.slack.sockets.drop(moment)

    insist(lambda: installation.side.slash(DANA, "/reviews", "away until Monday", CHANNEL))

    with engine.connect() as connection:
        planned = connection.execute(sa.select(absences.c.person).where(absences.c.ended_at.is_(None))).all()
    assert planned == [(OWNER,)]


@pytest.mark.parametrize("moment", list(Drop))
def test_an_event_survives_three_drops_in_a_row(installation: SlackInstallation, moment: Drop) -> None:
    card = installation.card()
    installation.slack.sockets.drop(moment, times=3)

    assert installation.side.react(DANA, card, MARK).status == 200

    assert count_answers(installation) == (1, 1)


def test_an_envelope_that_comes_twice_counts_once(installation: SlackInstallation) -> None:
    card = installation.card()
    sockets = installation.slack.sockets
    sockets.repeat = True

    insist(lambda: installation.side.click(DANA, card, "acknowledge_review"))
    installation.slack.wait_for(lambda: len(sockets.acknowledgements) == 2)

    assert count_answers(installation) == (1, 1)


def test_two_workers_share_what_comes(installation: SlackInstallation) -> None:
    sockets = installation.slack.sockets
    with keep_socket(make_socket(installation)):
        sockets.wait_for_links(2)
        cards = [installation.card(file_id=f"f{number}") for number in range(4)]

        for card in cards:
            assert installation.side.click(DANA, card, "acknowledge_review").status == 200

        assert {len(installation.desk.latest(f"f{number}").answers) for number in range(4)} == {1}
        assert all(link.delivered for link in sockets.open_links())

    sockets.wait_for_links(1)
    assert installation.side.open_home(DEPUTY_USER).status == 200
