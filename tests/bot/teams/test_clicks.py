"""Clicks on the card in Teams: the first answer counts, and everybody else is told why theirs does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifiers.teams_bot.actions import ACKNOWLEDGE, ACKNOWLEDGE_WITH_NOTE, MORE, REQUEST_CHANGES
from reviews.kinds import ReviewState
from tests.bot.teams.office import (
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
from tests.bot.teams.pressing import find_shown_message, press
from tests.edge.teams_elements import list_verbs
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.edge.fake_teams import FakeTeams

NOTE_NEEDED = "Describe briefly what has to change."


def read_reply(office: TeamsInstallation, person: str, card: dict[str, Any]) -> str:
    return office.side.replies[person, card["id"]]


def test_an_owners_click_is_recorded_with_its_proof_and_shown_to_everybody(office: TeamsInstallation) -> None:
    card = office.card()

    answer = office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()

    review = office.review()
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
        "tenant": office.teams.tenant_id,
        "object_id": "oid-dana",
        "activity": "",
    }
    assert recorded_answer.proof["activity"].startswith("f:")
    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    for drawn in (find_shown_message(office, card), office.standing(review)["attachments"][0]["content"]):
        assert "Reviewed by Dana Ozola" in read_text(drawn)
        assert list_verbs(drawn) == ["more"]
    assert office.desk.verdict().intact


def test_a_second_click_is_told_that_it_changed_nothing(office: TeamsInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, ACKNOWLEDGE)

    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "was already reviewed by Dana Ozola" in read_reply(office, DEPUTY_USER, card)
    assert len(office.review().answers) == 1


def test_a_click_that_teams_sends_again_gets_its_answer_again(office: TeamsInstallation) -> None:
    card = office.card()
    sent: list[tuple[str, bytes, Any]] = []
    send = office.side.send

    def remember(path: str, body: bytes, headers: Any) -> Any:
        sent.append((path, body, headers))
        return send(path, body, headers)

    office.side.send = remember
    first = office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()

    again = send(*sent[-1])

    assert again.json() == first.json()
    assert len(office.review().answers) == 1


def test_someone_who_may_not_answer_is_told_who_may(office: TeamsInstallation) -> None:
    card = office.card()

    office.side.click(STRANGER, card, ACKNOWLEDGE)
    office.side.click(STRANGER, card, REQUEST_CHANGES, typed={"note": "no"})

    assert OWNER in read_reply(office, STRANGER, card)
    assert office.review().state is ReviewState.OPEN


def test_the_author_is_sent_to_someone_else(office: TeamsInstallation) -> None:
    card = office.card()

    office.side.click(AUTHOR, card, ACKNOWLEDGE)

    assert "someone else has to review it" in read_reply(office, AUTHOR, card)
    assert office.review().state is ReviewState.OPEN


def test_changes_are_requested_with_a_note(office: TeamsInstallation) -> None:
    card = office.card()

    office.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})
    office.desk.deliver_all()

    review = office.review()
    assert review.state is ReviewState.CHANGES_REQUESTED
    assert review.answers[0].note == "Section 4 is old."
    assert "Changes requested by Dana Ozola" in read_text(office.standing(review)["attachments"])


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
    office: TeamsInstallation, data: dict[str, Any], asks: str
) -> None:
    card = office.card()
    action = {"verb": REQUEST_CHANGES, "data": {"review": "rev-1.1", **data}}

    answer = office.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert answer.json()["type"] == "application/vnd.microsoft.activity.message"
    assert answer.json()["value"] == asks
    assert office.review().state is ReviewState.OPEN


def test_a_note_that_comes_with_an_acknowledgement_is_none(office: TeamsInstallation) -> None:
    card = office.card()
    action = {"verb": ACKNOWLEDGE, "data": {"review": "rev-1.1", "note": "typed by mistake"}}

    office.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert office.review().answers[0].note is None


def test_a_click_on_an_older_drawing_is_stale_and_turns_into_the_fresh_card(
    office: TeamsInstallation,
) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    newer = office.card()
    with office.transactions() as work:
        work.cards.redraw("rev-1")
        work.commit()
    edits = office.standing(office.review())["edits"]

    office.side.click(DANA, card, ACKNOWLEDGE)

    assert "revision 1, now revision 2" in read_reply(office, DANA, card)
    assert office.standing(office.review())["edits"] == edits + 1
    office.side.click(DANA, newer, ACKNOWLEDGE)
    assert office.review().answers[0].revision == 2


def test_a_note_on_an_older_drawing_stands_in_the_form_of_the_newest_revision(
    office: TeamsInstallation,
) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    office.card()

    office.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})
    fresh = find_shown_message(office, card)
    state = office.review().state
    press(office, card, REQUEST_CHANGES)

    assert "revision 1, now revision 2" in read_text(fresh)
    assert state is ReviewState.OPEN
    [answer] = office.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("request_changes", "Section 4 is old.", 2)


def test_a_note_with_an_acknowledgement_that_is_overtaken_is_kept_as_well(office: TeamsInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, MORE)
    office.desk.portal.versions["3358285"] = 9
    office.card()

    press(office, card, ACKNOWLEDGE_WITH_NOTE, note="Agreed with Legal")
    press(office, card, ACKNOWLEDGE_WITH_NOTE)

    [answer] = office.review().answers
    assert (answer.decision, answer.note, answer.revision) == ("acknowledge", "Agreed with Legal", 2)


def test_a_note_that_came_too_late_can_still_be_copied(office: TeamsInstallation) -> None:
    card = office.card()
    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    office.side.click(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})

    for private_reply in ("was already reviewed by", "Your text was not sent:", "Section 4 is old."):
        assert private_reply in read_text(find_shown_message(office, card))
    assert list_verbs(find_shown_message(office, card)) == ["back"]


def test_an_old_client_is_given_its_note_back(office: TeamsInstallation) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    office.card()

    office.side.click_in_old_client(DANA, card, REQUEST_CHANGES, typed={"note": "Section 4 is old."})

    [private_reply] = office.teams.private_messages(DANA, CHANNEL)
    assert "now revision 2" in private_reply["text"]
    assert private_reply["text"].endswith("Section 4 is old.")


def test_a_copy_of_a_card_is_redrawn_for_everybody_when_it_is_clicked(office: TeamsInstallation) -> None:
    card = office.card()
    content = {name: card[name] for name in ("type", "summary", "attachments")}
    copy = office.teams.keep(office.teams.places[CHANNEL], content, by=office.teams.bot_id)

    office.side.click(DANA, copy, ACKNOWLEDGE)

    [_, redrawn] = office.teams.messages(CHANNEL)
    assert redrawn["id"] == copy["id"]
    assert "Reviewed by Dana Ozola" in read_text(redrawn["attachments"])


@pytest.mark.parametrize("value", ["rev-77.1", "nonsense", "", "\ud800.1", "\0.1", "rev-1." + "1" * 50])
def test_a_card_that_is_not_ours_is_no_longer_tracked(office: TeamsInstallation, value: str) -> None:
    card = office.card()
    action = {"verb": ACKNOWLEDGE, "data": {"review": value}}

    answer = office.side.invoke(DANA, card, {"action": action, "trigger": "manual"})

    assert "no longer tracked here" in answer.json()["value"]
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("place", [ELSEWHERE, ALONE])
def test_a_card_that_was_carried_elsewhere_is_no_longer_tracked(
    office: TeamsInstallation, place: str
) -> None:
    card = office.card()
    content = {name: card[name] for name in ("type", "summary", "attachments")}
    copy = office.teams.keep(office.teams.places[place], content, by=office.teams.bot_id)

    office.side.click(DANA, copy, ACKNOWLEDGE)

    assert "no longer tracked here" in read_reply(office, DANA, copy)
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("mode", ["500", "429", "drop", "hang", "ConversationNotFound"])
def test_a_click_that_teams_does_not_explain_can_be_repeated(
    office: TeamsInstallation, teams: FakeTeams, mode: str
) -> None:
    card = office.card()
    teams.fail("member", mode)

    office.side.click(DANA, card, ACKNOWLEDGE)
    first = read_reply(office, DANA, card)
    state = office.review().state
    office.side.click(DANA, card, ACKNOWLEDGE)

    assert "please click again" in first
    assert state is ReviewState.OPEN
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_an_answer_counts_even_if_teams_can_not_be_reached_afterwards(
    office: TeamsInstallation, teams: FakeTeams
) -> None:
    card = office.card()
    copy = teams.keep(teams.places[CHANNEL], card, by=teams.bot_id)
    teams.fail("update", "drop")

    answer = office.side.click(DANA, copy, ACKNOWLEDGE)

    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_a_click_that_the_database_does_not_take_is_told_so(
    office: TeamsInstallation, engine: sa.Engine
) -> None:
    card = office.card()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE answers RENAME TO elsewhere"))

    with capture_logs() as logs:
        answer = office.side.click(DANA, card, ACKNOWLEDGE)

    assert answer.status == 200
    assert "please click again" in read_reply(office, DANA, card)
    assert "click_failed" in [entry["event"] for entry in logs]
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO answers"))
    office.side.click(DANA, card, ACKNOWLEDGE)
    assert office.review().state is ReviewState.ACKNOWLEDGED
