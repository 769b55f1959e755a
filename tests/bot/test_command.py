"""The slash command: answered privately, in the body of the response."""

from __future__ import annotations

from functools import partial
from threading import Event, current_thread
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import DANA, STRANGER, SlackInstallation
from tests.bot.socket_installation import OVER_BOTH_WAYS
from tests.bot.tables import list_table_rows
from tests.edge.block_kit import list_pings
from tests.reviews.samples import HOSTILE, review

if TYPE_CHECKING:
    from tests.edge.fake_slack import FakeSlack

LONG = 60.0
"""Seconds; a database that takes so long to answer, unless it is let go."""


def ask(installation: SlackInstallation, text: str, user: str = STRANGER) -> dict[str, Any]:
    """Type a command and return what Slack shows for it, be it in the response or a little later."""
    before = len(installation.slack.private_replies(user))
    assert installation.side.slash(user, "/reviews", text, "C1").status == 200
    replies = installation.slack.wait_for(lambda: installation.slack.private_replies(user)[before:])
    return dict(replies[-1])


def lines(reply: dict[str, Any]) -> list[str]:
    """Return the sections of a reply, and the rows of its table."""
    sections = [block["text"]["text"] for block in reply["blocks"] if block["type"] == "section"]
    return [*sections, *map(" ".join, list_table_rows(reply))]


@OVER_BOTH_WAYS
def test_nothing_waiting_and_nothing_changed_are_said_so(installation: SlackInstallation) -> None:
    assert "Nothing is waiting" in ask(installation, "pending")["text"]
    assert "Nothing has changed" in ask(installation, "recent")["text"]


@OVER_BOTH_WAYS
def test_what_waits_is_listed_the_oldest_first_with_a_way_to_its_card(
    installation: SlackInstallation,
) -> None:
    for number in range(3):
        installation.card(file_id=f"f{number}", title=f"Policy {number}.docx")
    installation.side.click(DANA, installation.standing(installation.desk.latest("f1")), "acknowledge_review")

    head, first, second = lines(ask(installation, "pending"))

    assert "Waiting for review" in head
    assert "Policy 0.docx" in first
    assert "Policy 2.docx" in second
    assert "https://fake.slack.com/archives/C1/p" in first


def test_what_changed_is_listed_the_newest_first_and_says_what_became_of_it(
    installation: SlackInstallation,
) -> None:
    for number in range(3):
        installation.card(file_id=f"f{number}", title=f"Policy {number}.docx")
    installation.side.click(DANA, installation.standing(installation.desk.latest("f2")), "acknowledge_review")

    head, first, second = lines(ask(installation, "recent 2"))

    assert "Recent compliance changes" in head
    assert "Policy 2.docx" in first
    assert "Reviewed by Dana Ozola" in first
    assert "Policy 1.docx" in second


@pytest.mark.parametrize(
    ("text", "words"), [("", "pending"), ("help", "recent [N]"), ("recnt", "Did you mean recent?")]
)
def test_help_is_given_with_a_hint(installation: SlackInstallation, text: str, words: str) -> None:
    reply = ask(installation, text)

    assert words in " ".join(lines(reply))
    assert "/reviews help" in " ".join(lines(reply))


@pytest.mark.parametrize("text", ["<!channel>", "recent <@U1>", "*x* & y", "recent 0000000199", "\0"])
def test_nonsense_is_answered_in_words_that_ping_no_one(installation: SlackInstallation, text: str) -> None:
    reply = ask(installation, text)

    assert list_pings(reply) == []
    assert "/reviews help" in " ".join(lines(reply))


def test_hostile_titles_are_listed_as_they_are(installation: SlackInstallation) -> None:
    for number, title in enumerate([HOSTILE, "&" * 3000, "*" * 3000]):
        installation.card(file_id=f"f{number}", title=title)

    reply = ask(installation, "recent")

    assert len(lines(reply)) == 4
    assert list_pings(reply) == []


def test_no_one_else_sees_the_answer_and_slack_is_not_called(installation: SlackInstallation) -> None:
    before = len(installation.slack.calls())

    ask(installation, "pending")

    assert len(installation.slack.calls()) == before
    assert installation.slack.messages("C1") == []
    assert len(installation.slack.private_replies(STRANGER)) == 1


LINK = "https://acme.example.com/doceditor?fileid=3358285&version=2"


@pytest.mark.parametrize("subject", ["3358285", "rev-1", LINK, f"<{LINK}|acme.example.com>"])
def test_one_document_is_shown_as_its_card_without_buttons_to_answer(
    installation: SlackInstallation, subject: str
) -> None:
    installation.card()

    reply = ask(installation, f"show {subject}")

    assert "AML Policy 2026.docx needs your review" in reply["blocks"][0]["text"]["text"]
    assert "https://fake.slack.com/archives/C1/p" in reply["blocks"][-1]["text"]["text"]
    [buttons] = [block["elements"] for block in reply["blocks"] if block["type"] == "actions"]
    assert [button["action_id"] for button in buttons] == ["open_document"]


def test_of_a_document_that_changed_again_the_newest_review_is_shown_and_by_id_the_older_one(
    installation: SlackInstallation,
) -> None:
    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.portal.versions["3358285"] += 1
    installation.card()

    newest, older = ask(installation, "show 3358285"), ask(installation, "show rev-1")

    assert "needs your review" in newest["blocks"][0]["text"]["text"]
    assert "has changed again" in older["blocks"][0]["text"]["text"]
    assert "|Go to the newer review>" in str(older["blocks"])
    assert "|Go to the newer review>" in lines(ask(installation, "recent 2"))[2]


@pytest.mark.parametrize("subject", ["999", "https://acme.example.com/", "http://[", "x?fileid=3"])
def test_what_is_not_known_is_said_to_be_so(installation: SlackInstallation, subject: str) -> None:
    installation.card()

    assert "Review not found" in ask(installation, f"show {subject}")["text"]


@pytest.mark.parametrize("subject", ["", "<>", "\0"])
def test_what_to_show_has_to_be_said(installation: SlackInstallation, subject: str) -> None:
    assert "show takes the link of a document" in ask(installation, f"show {subject}")["text"]


@pytest.mark.parametrize("name", ["folder", "folderId"])
def test_the_review_of_a_folder_is_found_by_its_address(installation: SlackInstallation, name: str) -> None:
    with installation.desk.transactions() as work:
        work.reviews.add(review(file_id="folder:12", title="Contracts"))
        work.commit()

    reply = ask(installation, f"show https://acme.example.com/rooms/shared/12/filter?{name}=12")

    assert "Contracts needs your review" in reply["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [("recent", "AML Policy 2026"), ("stats 30d", "Compliance"), ("show 3358285", "AML Policy 2026")],
)
def test_an_answer_that_takes_long_comes_after_an_acknowledgement(
    slack: FakeSlack, engine: sa.Engine, asked: str, says: str
) -> None:
    installation = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), acknowledged_after=0.05)
    installation.card()
    installation.settles = False
    acknowledged = Event()

    def take_long(*_: object) -> None:
        if current_thread().name.startswith("slack-listener"):
            acknowledged.wait(LONG)

    sa.event.listen(engine, "before_cursor_execute", take_long)

    answer = installation.side.slash(STRANGER, "/reviews", asked, "C1")

    assert (answer.status, answer.body) == (200, b"")
    assert installation.slack.private_replies(STRANGER) == []
    acknowledged.set()
    [reply] = installation.slack.wait_for(lambda: installation.slack.private_replies(STRANGER))
    assert says in str(reply)
    installation.close()


@pytest.mark.parametrize(
    ("text", "hint", "example"),
    [
        ("digest hourly", "digest takes daily or a day such as Mon", "digest daily 09:00"),
        ("digest daily 25:00", "a time such as 09:00; or off.", "digest daily 09:00"),
        ("digest Mon", "Not 'Mon'.", "digest Mon 09:00"),
        ("digest weekly friday", "Not 'weekly friday'.", "digest Fri 09:00"),
        ("digest Donnerstag 9", "Not 'Donnerstag 9'.", "digest Thu 09:00"),
        ("digest Mondays 9:00", "Not 'Mondays 9:00'.", "digest Mon 09:00"),
        ("digest off please", "Not 'off please'.", "digest daily 09:00"),
    ],
)
def test_a_wrong_time_of_a_digest_is_answered_with_one_that_works(
    installation: SlackInstallation, text: str, hint: str, example: str
) -> None:
    answer = " ".join(lines(ask(installation, text)))

    assert hint in answer
    assert f"/reviews {example}" in answer
