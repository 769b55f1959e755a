"""Requesting changes: the form, the note, and what may happen while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviews.kinds import ReviewState
from tests.bot.office import AUTHOR, DANA, DEPUTY_USER
from tests.edge.block_kit import list_pings
from tests.reviews.samples import HOSTILE

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation
    from tests.edge.slack_send import AppAnswer


def form(office: SlackInstallation, user: str = DANA) -> dict[str, Any]:
    office.side.click(user, office.card(), "request_changes")
    return office.modal(user)


def submit(office: SlackInstallation, view: dict[str, Any], note: str | None, user: str = DANA) -> AppAnswer:
    return office.side.submit_view(user, view, {"note": {"text": note}})


def test_a_note_is_recorded_and_shown_on_the_card(office: SlackInstallation) -> None:
    view = form(office)

    answer = submit(office, view, "The date is wrong")
    office.desk.deliver_all()

    review = office.review()
    assert answer.status == 200
    assert office.slack.modals(DANA) == []
    assert (review.state, review.answers[0].note) == (ReviewState.CHANGES_REQUESTED, "The date is wrong")
    assert "The date is wrong" in str(office.standing(review)["blocks"])
    assert office.desk.entries()[-1]["note"] == "The date is wrong"


@pytest.mark.parametrize(
    ("note", "words"), [(None, "Describe briefly"), ("  ", "Describe briefly"), ("x" * 3001, "3001")]
)
def test_a_note_that_is_missing_or_too_long_keeps_the_form_open(
    office: SlackInstallation, note: str | None, words: str
) -> None:
    view = form(office)

    answer = submit(office, view, note)

    assert answer.json()["response_action"] == "errors"
    assert words in answer.json()["errors"]["note"]
    assert len(office.slack.modals(DANA)) == 1
    assert submit(office, view, "The date is wrong").status == 200
    assert office.review().state is ReviewState.CHANGES_REQUESTED


def test_someone_who_is_overtaken_while_writing_is_told_so_in_the_form(office: SlackInstallation) -> None:
    view = form(office)
    office.side.click(DEPUTY_USER, office.standing(office.review()), "acknowledge_review")

    answer = submit(office, view, "The date is wrong")

    assert answer.json()["response_action"] == "update"
    for part in ("was already reviewed by Ilze Kalna", "Your text was not sent:", "The date is wrong"):
        assert part in str(office.modal(DANA)["blocks"])
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_a_note_on_an_older_revision_stands_in_the_form_of_the_newest(office: SlackInstallation) -> None:
    view = form(office)
    office.desk.portal.versions["3358285"] = 9
    office.card()

    answer = submit(office, view, "The date is wrong")
    fresh = office.modal(DANA)
    state = office.review().state
    office.side.submit_view(DANA, fresh, {})

    assert answer.json()["response_action"] == "update"
    assert "revision 1, now revision 2" in str(fresh["blocks"])
    assert state is ReviewState.OPEN
    [recorded_answer] = office.review().answers
    assert (recorded_answer.decision, recorded_answer.note, recorded_answer.revision) == (
        "request_changes",
        "The date is wrong",
        2,
    )


def test_a_note_with_an_acknowledgement_that_is_overtaken_is_kept_as_well(office: SlackInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, "more")
    office.side.click_in_view(DANA, office.modal(DANA), "menu_acknowledge")
    view = office.modal(DANA)
    office.desk.portal.versions["3358285"] = 9
    office.card()

    submit(office, view, "Agreed with Legal")
    office.side.submit_view(DANA, office.modal(DANA), {})

    [answer] = office.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("acknowledge", "Agreed with Legal", 2)


def test_a_hostile_note_and_title_are_shown_as_they_are(office: SlackInstallation) -> None:
    office.desk.portal.titles["3358285"] = HOSTILE
    view = form(office)

    submit(office, view, "<!channel> *now* & then")
    office.desk.deliver_all()

    card = office.standing(office.review())
    assert set(list_pings(card)) <= {f"<@{DANA}>", f"<@{AUTHOR}>"}
    assert office.review().answers[0].note == "<!channel> *now* & then"


@pytest.mark.parametrize("mode", ["expired_trigger_id", "fatal_error", "drop_before"])
def test_a_form_that_does_not_open_is_said_so(office: SlackInstallation, mode: str) -> None:
    card = office.card()
    office.slack.fail("views.open", mode)

    office.side.click(DANA, card, "request_changes")

    assert "Please click again" in office.wait_for_reply(DANA)


def test_a_form_is_kept_open_while_slack_does_not_say_who_it_is(office: SlackInstallation) -> None:
    view = form(office, DANA)
    office.slack.fail("users.info", "fatal_error")

    answer = submit(office, view, "The date is wrong", user=DEPUTY_USER)

    assert answer.json()["response_action"] == "errors"
    assert office.review().state is ReviewState.OPEN


def test_a_note_with_half_a_character_is_recorded_all_the_same(office: SlackInstallation) -> None:
    view = form(office)

    answer = submit(office, view, "wrong \ud83d date")

    assert answer.status == 200
    assert office.review().state is ReviewState.CHANGES_REQUESTED
