"""Two people at the same review through signed requests, on PostgreSQL, where both really write at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reviews.answers.menu import MenuItem
from reviews.kinds import ReviewState
from tests.bot.slack_installation import DANA, DEPUTY_USER, STRANGER
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation
    from tests.databases import PostgresDatabases


@pytest.fixture
def database_url(postgres_databases: PostgresDatabases) -> str:
    return postgres_databases.new()


def test_of_two_forms_sent_at_once_one_is_taken_and_the_other_says_so(
    installation: SlackInstallation,
) -> None:
    installation.card()
    forms = [
        (DANA, installation.form(DANA, MenuItem.ACKNOWLEDGE)),
        (DEPUTY_USER, installation.form(DEPUTY_USER, MenuItem.ACKNOWLEDGE)),
    ]

    def submit(number: int) -> str:
        user, view = forms[number]
        answer = installation.side.submit_view(user, view, {"note": {"text": f"by {user}"}})
        return "already reviewed" if "was already reviewed by" in answer.text else "taken"

    assert Counter(run_in_threads(2, submit)) == {"taken": 1, "already reviewed": 1}
    assert len(installation.review().answers) == 1
    assert installation.desk.verdict().intact


def test_an_answer_and_a_hand_over_at_once_leave_a_record_that_holds(installation: SlackInstallation) -> None:
    installation.card()
    form = installation.form(DEPUTY_USER, MenuItem.REASSIGN)
    installation.side.click(
        STRANGER, installation.standing(installation.review()), "more"
    )  # so that they are known
    installation.modal(STRANGER)

    def act(number: int) -> str:
        if number:
            installation.side.click(DANA, installation.standing(installation.review()), "acknowledge_review")
            return ""
        return installation.side.submit_view(DEPUTY_USER, form, {"person": {"chosen_person": STRANGER}}).text

    outcome = run_in_threads(2, act)[0]

    is_handed_over = "juris@example.com" in installation.review().owners
    assert ("now assigned to Juris Bite" in outcome) is is_handed_over
    assert ("can't be reassigned" in outcome) is not is_handed_over
    # Dana stays an owner by the route, so her answer counts either way.
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert installation.desk.verdict().intact
