"""Two people at the same review through signed requests, on PostgreSQL, where both really write at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reviews.answers.menu import MenuItem
from reviews.kinds import ReviewState
from tests.bot.office import DANA, DEPUTY_USER, STRANGER
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation
    from tests.databases import PostgresDatabases


@pytest.fixture
def database_url(postgres_databases: PostgresDatabases) -> str:
    return postgres_databases.new()


def test_of_two_forms_sent_at_once_one_is_taken_and_the_other_says_so(office: SlackInstallation) -> None:
    office.card()
    forms = [
        (DANA, office.form(DANA, MenuItem.ACKNOWLEDGE)),
        (DEPUTY_USER, office.form(DEPUTY_USER, MenuItem.ACKNOWLEDGE)),
    ]

    def submit(number: int) -> str:
        user, view = forms[number]
        answer = office.side.submit_view(user, view, {"note": {"text": f"by {user}"}})
        return "already reviewed" if "was already reviewed by" in answer.text else "taken"

    assert Counter(run_in_threads(2, submit)) == {"taken": 1, "already reviewed": 1}
    assert len(office.review().answers) == 1
    assert office.desk.verdict().intact


def test_an_answer_and_a_hand_over_at_once_leave_a_record_that_holds(office: SlackInstallation) -> None:
    office.card()
    form = office.form(DEPUTY_USER, MenuItem.REASSIGN)
    office.side.click(STRANGER, office.standing(office.review()), "more")  # so that they are known
    office.modal(STRANGER)

    def act(number: int) -> str:
        if number:
            office.side.click(DANA, office.standing(office.review()), "acknowledge_review")
            return ""
        return office.side.submit_view(DEPUTY_USER, form, {"person": {"chosen_person": STRANGER}}).text

    outcome = run_in_threads(2, act)[0]

    is_handed_over = "juris@example.com" in office.review().owners
    assert ("now assigned to Juris Bite" in outcome) is is_handed_over
    assert ("can't be reassigned" in outcome) is not is_handed_over
    # Dana stays an owner by the route, so her answer counts either way.
    assert office.review().state is ReviewState.ACKNOWLEDGED
    assert office.desk.verdict().intact
