"""The slash command: answered privately, in the body of the response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.office import DANA, STRANGER
from tests.edge.block_kit import pings
from tests.reviews.samples import HOSTILE

if TYPE_CHECKING:
    from tests.bot.office import Office


def ask(office: Office, text: str, user: str = STRANGER) -> dict[str, Any]:
    answer = office.side.slash(user, "/reviews", text, "C1")
    assert answer.status == 200
    reply: dict[str, Any] = answer.json()
    assert reply["response_type"] == "ephemeral"
    return reply


def lines(reply: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in reply["blocks"]]


def test_nothing_waiting_and_nothing_changed_are_said_so(office: Office) -> None:
    assert "Nothing is waiting" in ask(office, "pending")["text"]
    assert "Nothing has changed" in ask(office, "recent")["text"]


def test_what_waits_is_listed_the_oldest_first_with_a_way_to_its_card(office: Office) -> None:
    for number in range(3):
        office.card(file_id=f"f{number}", title=f"Policy {number}.docx")
    office.side.click(DANA, office.standing(office.desk.latest("f1")), "acknowledge_review")

    head, first, second = lines(ask(office, "pending"))

    assert "Waiting for review" in head
    assert "Policy 0.docx" in first
    assert "Policy 2.docx" in second
    assert "https://fake.slack.com/archives/C1/p" in first


def test_what_changed_is_listed_the_newest_first_and_says_what_became_of_it(office: Office) -> None:
    for number in range(3):
        office.card(file_id=f"f{number}", title=f"Policy {number}.docx")
    office.side.click(DANA, office.standing(office.desk.latest("f2")), "acknowledge_review")

    head, first, second = lines(ask(office, "recent 2"))

    assert "Recent compliance changes" in head
    assert "Policy 2.docx" in first
    assert "Reviewed by Dana Ozola" in first
    assert "Policy 1.docx" in second


@pytest.mark.parametrize(
    ("text", "words"), [("", "pending"), ("help", "recent [N]"), ("recnt", "Did you mean recent?")]
)
def test_help_is_given_with_a_hint(office: Office, text: str, words: str) -> None:
    reply = ask(office, text)

    assert words in " ".join(lines(reply))
    assert "/reviews pending" in " ".join(lines(reply))


@pytest.mark.parametrize("text", ["<!channel>", "recent <@U1>", "*x* & y", "recent 0000000199", "\0"])
def test_nonsense_is_answered_in_words_that_ping_nobody(office: Office, text: str) -> None:
    reply = ask(office, text)

    assert pings(reply) == []
    assert "/reviews help" in " ".join(lines(reply))


def test_hostile_titles_are_listed_as_they_are(office: Office) -> None:
    for number, title in enumerate([HOSTILE, "&" * 3000, "*" * 3000]):
        office.card(file_id=f"f{number}", title=title)

    reply = ask(office, "recent")

    assert len(lines(reply)) == 4
    assert pings(reply) == []


def test_nobody_else_sees_the_answer_and_slack_is_not_called(office: Office) -> None:
    before = len(office.slack.calls())

    ask(office, "pending")

    assert len(office.slack.calls()) == before
    assert office.slack.messages("C1") == []
    assert len(office.slack.private_replies(STRANGER)) == 1
