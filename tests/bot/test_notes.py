"""Requesting changes: the form, the note, and what may happen while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviews.kinds import ReviewState
from tests.bot.slack_installation import AUTHOR, DANA, DEPUTY_USER
from tests.bot.socket_installation import BOTH_WAYS
from tests.edge.block_kit import list_pings
from tests.reviews.samples import HOSTILE

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation
    from tests.edge.slack_send import AppAnswer

WAYS_IN = BOTH_WAYS


def form(installation: SlackInstallation, user: str = DANA) -> dict[str, Any]:
    installation.side.click(user, installation.card(), "request_changes")
    return installation.modal(user)


def submit(
    installation: SlackInstallation, view: dict[str, Any], note: str | None, user: str = DANA
) -> AppAnswer:
    return installation.side.submit_view(user, view, {"note": {"text": note}})


def test_a_note_is_recorded_and_shown_on_the_card(installation: SlackInstallation) -> None:
    view = form(installation)

    answer = submit(installation, view, "The date is wrong")
    installation.desk.deliver_all()

    review = installation.review()
    assert answer.status == 200
    assert installation.slack.modals(DANA) == []
    assert (review.state, review.answers[0].note) == (ReviewState.CHANGES_REQUESTED, "The date is wrong")
    assert "The date is wrong" in str(installation.standing(review)["blocks"])
    assert installation.desk.entries()[-1]["note"] == "The date is wrong"


@pytest.mark.parametrize(
    ("note", "words"), [(None, "Describe briefly"), ("  ", "Describe briefly"), ("x" * 3001, "3001")]
)
def test_a_note_that_is_missing_or_too_long_keeps_the_form_open(
    installation: SlackInstallation, note: str | None, words: str
) -> None:
    view = form(installation)

    answer = submit(installation, view, note)

    assert answer.json()["response_action"] == "errors"
    assert words in answer.json()["errors"]["note"]
    assert len(installation.slack.modals(DANA)) == 1
    assert submit(installation, view, "The date is wrong").status == 200
    assert installation.review().state is ReviewState.CHANGES_REQUESTED


def test_someone_who_is_overtaken_while_writing_is_told_so_in_the_form(
    installation: SlackInstallation,
) -> None:
    view = form(installation)
    installation.side.click(DEPUTY_USER, installation.standing(installation.review()), "acknowledge_review")

    answer = submit(installation, view, "The date is wrong")

    assert answer.json()["response_action"] == "update"
    for part in ("was already reviewed by Ilze Kalna", "Your text was not sent:", "The date is wrong"):
        assert part in str(installation.modal(DANA)["blocks"])
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_note_on_an_older_revision_stands_in_the_form_of_the_newest(
    installation: SlackInstallation,
) -> None:
    view = form(installation)
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    answer = submit(installation, view, "The date is wrong")
    fresh = installation.modal(DANA)
    state = installation.review().state
    installation.side.submit_view(DANA, fresh, {})

    assert answer.json()["response_action"] == "update"
    assert "revision 1, now revision 2" in str(fresh["blocks"])
    assert state is ReviewState.OPEN
    [recorded_answer] = installation.review().answers
    assert (recorded_answer.decision, recorded_answer.note, recorded_answer.revision) == (
        "request_changes",
        "The date is wrong",
        2,
    )


def test_a_note_with_an_acknowledgement_that_is_overtaken_is_kept_as_well(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    installation.side.click(DANA, card, "more")
    installation.side.click_in_view(DANA, installation.modal(DANA), "menu_acknowledge")
    view = installation.modal(DANA)
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    submit(installation, view, "Agreed with Legal")
    installation.side.submit_view(DANA, installation.modal(DANA), {})

    [answer] = installation.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("acknowledge", "Agreed with Legal", 2)


def test_a_hostile_note_and_title_are_shown_as_they_are(installation: SlackInstallation) -> None:
    installation.desk.portal.titles["3358285"] = HOSTILE
    view = form(installation)

    submit(installation, view, "<!channel> *now* & then")
    installation.desk.deliver_all()

    card = installation.standing(installation.review())
    assert set(list_pings(card)) <= {f"<@{DANA}>", f"<@{AUTHOR}>"}
    assert installation.review().answers[0].note == "<!channel> *now* & then"


@pytest.mark.parametrize("mode", ["expired_trigger_id", "fatal_error", "drop_before"])
def test_a_form_that_does_not_open_is_said_so(installation: SlackInstallation, mode: str) -> None:
    card = installation.card()
    installation.slack.fail("views.open", mode)

    installation.side.click(DANA, card, "request_changes")

    assert "Please click again" in installation.wait_for_reply(DANA)


def test_a_form_is_kept_open_while_slack_does_not_say_who_it_is(installation: SlackInstallation) -> None:
    view = form(installation, DANA)
    installation.slack.fail("users.info", "fatal_error")

    answer = submit(installation, view, "The date is wrong", user=DEPUTY_USER)

    assert answer.json()["response_action"] == "errors"
    assert installation.review().state is ReviewState.OPEN


def test_a_note_with_half_a_character_is_recorded_all_the_same(installation: SlackInstallation) -> None:
    view = form(installation)

    answer = submit(installation, view, "wrong \ud83d date")

    assert answer.status == 200
    assert installation.review().state is ReviewState.CHANGES_REQUESTED
