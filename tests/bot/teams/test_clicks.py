"""Clicks on the card in Teams: the first answer counts, and everybody else is told why theirs does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifiers.teams_bot.actions import ACKNOWLEDGE, ACKNOWLEDGE_WITH_NOTE, MORE, REQUEST_CHANGES
from reviews.kinds import ReviewState
from tests.bot.teams.pressing import find_shown_message, press
from tests.bot.teams.teams_installation import (
    ALONE,
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    ELSEWHERE,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.edge.teams_elements import list_verbs
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.edge.fake_teams import FakeTeams

NOTE_NEEDED = "Describe briefly what has to change."


def read_reply(installation: TeamsInstallation, person: str, card: dict[str, Any]) -> str:
    return installation.side.replies[person, card["id"]]


def test_an_owners_click_is_recorded_with_its_proof_and_shown_to_everybody(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()

    answer = installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    review = installation.review()
    [recorded_answer] = review.answers
    assert review.state is ReviewState.ACKNOWLEDGED
    assert (
        recorded_answer.reviewer.name,
        recorded_answer.reviewer.email,
        recorded_answer.reviewer.chat_ids.get("teams"),
    ) == (
        "Dana Ozola",
        OWNER,
        "oid-dana",
    )
    assert recorded_answer.identity == "teams_bot"
    assert {**recorded_answer.proof, "activity": ""} == {
        "tenant": installation.teams.tenant_id,
        "object_id": "oid-dana",
        "activity": "",
    }
    assert recorded_answer.proof["activity"].startswith("f:")
    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    for drawn in (
        find_shown_message(installation, card),
        installation.standing(review)["attachments"][0]["content"],
    ):
        assert "Reviewed by Dana Ozola" in read_text(drawn)
        assert list_verbs(drawn) == ["more"]
    assert installation.desk.verdict().intact


def test_a_second_click_is_told_that_it_changed_nothing(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.click(DANA, card, ACKNOWLEDGE)

    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "was already reviewed by Dana Ozola" in read_reply(installation, DEPUTY_USER, card)
    assert len(installation.review().answers) == 1


def test_a_click_that_teams_sends_again_gets_its_answer_again(installation: TeamsInstallation) -> None:
    card = installation.card()
    sent: list[tuple[str, bytes, Any]] = []
    send = installation.side.send

    def remember(path: str, body: bytes, headers: Any) -> Any:
        sent.append((path, body, headers))
        return send(path, body, headers)

    installation.side.send = remember
    first = installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    again = send(*sent[-1])

    assert again.json() == first.json()
    assert len(installation.review().answers) == 1


def test_someone_who_may_not_answer_is_told_who_may(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click(STRANGER, card, ACKNOWLEDGE)
    installation.side.click(STRANGER, card, REQUEST_CHANGES, typed={"note": "no"})

    assert OWNER in read_reply(installation, STRANGER, card)
    assert installation.review().state is ReviewState.OPEN


def test_the_author_is_sent_to_someone_else(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click(AUTHOR, card, ACKNOWLEDGE)

    assert "someone else has to review it" in read_reply(installation, AUTHOR, card)
    assert installation.review().state is ReviewState.OPEN


def test_changes_are_requested_with_a_note(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})
    installation.desk.deliver_all()

    review = installation.review()
    assert review.state is ReviewState.CHANGES_REQUESTED
    assert review.answers[0].note == "Section 4 is old."
    assert "Changes requested by Dana Ozola" in read_text(installation.standing(review)["attachments"])


@pytest.mark.parametrize(
    ("data", "asks"),
    [
        ({"note": " \u200b "}, NOTE_NEEDED),
        ({"note": 5}, NOTE_NEEDED),
        ({"note": None}, NOTE_NEEDED),
        ({}, NOTE_NEEDED),
        ({"note": "x" * 3001}, "The note is 3001 characters long; at most 3000 fit."),
    ],
)
def test_a_note_that_is_none_or_too_long_is_asked_for(
    installation: TeamsInstallation, data: dict[str, Any], asks: str
) -> None:
    card = installation.card()
    action = {"verb": REQUEST_CHANGES, "data": {"review": "rev-1.1", **data}}

    answer = installation.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert answer.json()["type"] == "application/vnd.microsoft.activity.message"
    assert answer.json()["value"] == asks
    assert installation.review().state is ReviewState.OPEN


def test_a_note_that_comes_with_an_acknowledgement_is_none(installation: TeamsInstallation) -> None:
    card = installation.card()
    action = {"verb": ACKNOWLEDGE, "data": {"review": "rev-1.1", "note": "typed by mistake"}}

    installation.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert installation.review().answers[0].note is None


def test_a_click_on_an_older_drawing_is_stale_and_turns_into_the_fresh_card(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    newer = installation.card()
    with installation.transactions() as work:
        work.cards.redraw("rev-1")
        work.commit()
    edits = installation.standing(installation.review())["edits"]

    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert "revision 1, now revision 2" in read_reply(installation, DANA, card)
    assert installation.standing(installation.review())["edits"] == edits + 1
    installation.side.click(DANA, newer, ACKNOWLEDGE)
    assert installation.review().answers[0].revision == 2


def test_a_note_on_an_older_drawing_stands_in_the_form_of_the_newest_revision(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    installation.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})
    fresh = find_shown_message(installation, card)
    state = installation.review().state
    press(installation, card, REQUEST_CHANGES)

    assert "revision 1, now revision 2" in read_text(fresh)
    assert state is ReviewState.OPEN
    [answer] = installation.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("request_changes", "Section 4 is old.", 2)


def test_a_note_with_an_acknowledgement_that_is_overtaken_is_kept_as_well(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    installation.side.click(DANA, card, MORE)
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    press(installation, card, ACKNOWLEDGE_WITH_NOTE, note="Agreed with Legal")
    press(installation, card, ACKNOWLEDGE_WITH_NOTE)

    [answer] = installation.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("acknowledge", "Agreed with Legal", 2)


def test_a_note_that_came_too_late_can_still_be_copied(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    installation.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})

    for private_reply in ("was already reviewed by", "Your text was not sent:", "Section 4 is old."):
        assert private_reply in read_text(find_shown_message(installation, card))
    assert list_verbs(find_shown_message(installation, card)) == ["back"]


def test_an_old_client_is_given_its_note_back(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    installation.side.click_in_old_client(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})

    [private_reply] = installation.teams.private_messages(DANA, CHANNEL)
    assert "now revision 2" in private_reply["text"]
    assert private_reply["text"].endswith("Section 4 is old.")


def test_a_copy_of_a_card_is_redrawn_for_everybody_when_it_is_clicked(
    installation: TeamsInstallation,
) -> None:
    card = installation.card()
    content = {name: card[name] for name in ("type", "summary", "attachments")}
    copy = installation.teams.keep(installation.teams.places[CHANNEL], content, by=installation.teams.bot_id)

    installation.side.click(DANA, copy, ACKNOWLEDGE)

    [_, redrawn] = installation.teams.messages(CHANNEL)
    assert redrawn["id"] == copy["id"]
    assert "Reviewed by Dana Ozola" in read_text(redrawn["attachments"])


@pytest.mark.parametrize("value", ["rev-77.1", "nonsense", "", "\ud800.1", "\0.1", "rev-1." + "1" * 50])
def test_a_card_that_is_not_ours_is_no_longer_tracked(installation: TeamsInstallation, value: str) -> None:
    card = installation.card()
    action = {"verb": ACKNOWLEDGE, "data": {"review": value}}

    answer = installation.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert "no longer tracked here" in answer.json()["value"]
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("place", [ELSEWHERE, ALONE])
def test_a_card_that_was_carried_elsewhere_is_no_longer_tracked(
    installation: TeamsInstallation, place: str
) -> None:
    card = installation.card()
    content = {name: card[name] for name in ("type", "summary", "attachments")}
    copy = installation.teams.keep(installation.teams.places[place], content, by=installation.teams.bot_id)

    installation.side.click(DANA, copy, ACKNOWLEDGE)

    assert "no longer tracked here" in read_reply(installation, DANA, copy)
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("mode", ["500", "429", "drop", "hang", "ConversationNotFound"])
def test_a_click_that_teams_does_not_explain_can_be_repeated(
    installation: TeamsInstallation, teams: FakeTeams, mode: str
) -> None:
    card = installation.card()
    teams.fail("member", mode)

    installation.side.click(DANA, card, ACKNOWLEDGE)
    first = read_reply(installation, DANA, card)
    state = installation.review().state
    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert "please click again" in first
    assert state is ReviewState.OPEN
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_an_answer_counts_even_if_teams_can_not_be_reached_afterwards(
    installation: TeamsInstallation, teams: FakeTeams
) -> None:
    card = installation.card()
    copy = teams.keep(teams.places[CHANNEL], card, by=teams.bot_id)
    teams.fail("update", "drop")

    answer = installation.side.click(DANA, copy, ACKNOWLEDGE)

    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_click_that_the_database_does_not_take_is_told_so(
    installation: TeamsInstallation, engine: sa.Engine
) -> None:
    card = installation.card()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE answers RENAME TO elsewhere"))

    with capture_logs() as logs:
        answer = installation.side.click(DANA, card, ACKNOWLEDGE)

    assert answer.status == 200
    assert "please click again" in read_reply(installation, DANA, card)
    assert "click_failed" in [entry["event"] for entry in logs]
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO answers"))
    installation.side.click(DANA, card, ACKNOWLEDGE)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_the_log_says_who_was_refused_on_which_review(installation: TeamsInstallation) -> None:
    card = installation.card()

    with capture_logs() as logs:
        installation.side.click(STRANGER, card, ACKNOWLEDGE)

    [line] = [each for each in logs if each["event"] == "click_refused"]
    assert (line["review_id"], line["reason"]) == (installation.review().id, "not_allowed")
    assert line["object_id"]
