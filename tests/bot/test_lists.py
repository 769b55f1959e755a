"""The lists in Slack: asked for, paged through and drawn privately, whatever hangs or is away."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import (
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    GUEST,
    STRANGER,
    SlackInstallation,
)
from tests.databases import SqliteDatabases, engine_on
from tests.edge.block_kit import list_pings
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_state import PATIENT_TRIGGER_SECONDS
from tests.reviews import stand_ins
from tests.reviews.samples import review
from tests.reviews.stand_ins import JURIS, make_stand_in, put_stand_ins, remember_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import Review

PAPERS = 12


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackInstallation]:
    """An installation with twelve papers that wait for the owner, of which nothing below changes any."""
    engine = engine_on(SqliteDatabases(tmp_path_factory.mktemp("lists")).new())
    with FakeSlack(hang_seconds=0.5, trigger_seconds=PATIENT_TRIGGER_SECONDS) as slack:
        installation = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))
        for number in range(1, PAPERS + 1):
            installation.desk.clock.advance(hours=1)
            installation.card(file_id=f"f{number}", title=f"Paper {number}.docx")
        yield installation
        installation.close()
    engine.dispose()


def ask(installation: SlackInstallation, text: str, user: str = STRANGER) -> dict[str, Any]:
    """Type a command and return what Slack shows for it, be it in the response or a little later."""
    before = len(installation.slack.private_replies(user))
    answer = installation.side.slash(user, "/reviews", text, CHANNEL)
    assert answer.status == 200
    shown: dict[str, Any] = installation.slack.wait_for(
        lambda: installation.slack.private_replies(user)[before:]
    )[-1]
    assert list_pings(shown) == []
    return shown


def turn(
    installation: SlackInstallation, shown: dict[str, Any], action: str, user: str = STRANGER
) -> dict[str, Any]:
    """Click on a page button and return the answer as it is shown afterwards."""
    before = shown["blocks"]
    assert installation.side.click(user, shown, action).status == 200

    def turned() -> list[dict[str, Any]]:
        replies = installation.slack.private_replies(user)
        return [dict(each) for each in replies if each["ts"] == shown["ts"] and each["blocks"] != before]

    return installation.slack.wait_for(turned)[0]


def papers(shown: dict[str, Any]) -> list[int]:
    """Return which papers are listed, in their order."""
    texts = [block["text"]["text"] for block in shown["blocks"] if block["type"] == "section"]
    return [int(text.partition("|Paper ")[2].partition(".")[0]) for text in texts if "|Paper " in text]


def buttons(shown: dict[str, Any]) -> list[str]:
    elements = [each for block in shown["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return [each["text"]["text"] for each in elements]


def test_the_newest_changes_are_paged_to_the_oldest_and_back(busy: SlackInstallation) -> None:
    first = ask(busy, "recent 5")
    assert (papers(first), buttons(first)) == ([12, 11, 10, 9, 8], ["Older"])

    second = turn(busy, first, "page_ahead")
    assert (papers(second), buttons(second)) == ([7, 6, 5, 4, 3], ["Newer", "Older"])
    third = turn(busy, second, "page_ahead")
    assert (papers(third), buttons(third)) == ([2, 1], ["Newer"])

    assert papers(turn(busy, turn(busy, third, "page_behind"), "page_behind")) == [12, 11, 10, 9, 8]


def test_what_waits_is_paged_from_the_oldest_on(busy: SlackInstallation) -> None:
    first = ask(busy, "pending")
    assert (papers(first), buttons(first)) == ([*range(1, 11)], ["Newer"])

    assert papers(turn(busy, first, "page_ahead")) == [11, 12]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("recent 3 in 539564", [12, 11, 10]),
        ("recent 2 in compliance", [12, 11]),
        ('recent 1 in "Legal / Compliance"', [12]),
        ("recent 1 in <https://acme.example.com/rooms/shared/filter?folder=539564|acme>", [12]),
        ("recent 2 by alice@example.com", [12, 11]),
        ("recent 2 by “Alice Moreau”", [12, 11]),
        ("recent 2 by Alice Moreau kind created in 2", []),
        ("recent 2 by <@U3|alice> in compliance", [12, 11]),
        ("recent 2 by <@U2|ilze>", []),
        ("recent kind moved_out", []),
        ("recent 20 since 3h", [12, 11, 10, 9]),
        ("recent 20 since 2026-03-10", [12, 11, 10]),
    ],
)
def test_changes_are_found_by_folder_route_person_kind_and_time(
    busy: SlackInstallation, text: str, numbers: list[int]
) -> None:
    assert papers(ask(busy, text)) == numbers


def test_an_unknown_folder_is_said_to_be_unknown(busy: SlackInstallation) -> None:
    assert "There is no folder or route with that name" in ask(busy, "recent in Nowhere")["text"]


@pytest.mark.parametrize("user", [DANA, DEPUTY_USER, AUTHOR])
@pytest.mark.parametrize("text", ["pending mine", "mine"])
def test_owners_and_deputies_see_what_waits_for_them(busy: SlackInstallation, user: str, text: str) -> None:
    shown = ask(busy, text, user)

    assert papers(shown) == [*range(1, 11)]
    assert papers(turn(busy, shown, "page_ahead", user)) == [11, 12]


def test_nothing_waits_for_anything_else(busy: SlackInstallation) -> None:
    assert "Nothing is waiting for your review" in ask(busy, "pending mine", STRANGER)["text"]


def test_a_guest_with_an_owners_address_is_told_that_their_own_can_not_be_known(
    busy: SlackInstallation,
) -> None:
    assert "shows no e-mail address" in ask(busy, "mine", GUEST)["text"]


def test_someone_who_can_not_be_looked_up_is_told_so(busy: SlackInstallation) -> None:
    busy.slack.add_person("U78", "Newcomer", "newcomer@example.com")
    busy.slack.fail("users.info", "internal_error")

    assert "could not be looked up" in ask(busy, "pending mine", "U78")["text"]


def test_figures_are_told_in_words(busy: SlackInstallation) -> None:
    text = ask(busy, "stats 2d")["text"]

    assert re.search(r"Reviews since \d\d \w{3} \d{4}, 00:00 UTC", text)
    assert "12 reviews were opened" in text
    assert "12 are open now" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recent 5 form compliance", "`/reviews recent 5 in compliance`"),
        ("recnt", "`/reviews recent`"),
        ("help stats", "`/reviews stats [30d]`"),
        ("subscribe 12", "Folder not found"),
        ("subscriptions", "has no subscriptions"),
        ("unsubscribe 12", "has no subscriptions"),
        ("overdue", "Nothing is overdue"),
    ],
)
def test_every_verb_is_answered(busy: SlackInstallation, text: str, words: str) -> None:
    assert words in ask(busy, text)["text"]


@pytest.mark.parametrize("value", ["", "recent 5 before 1", "recent 99 before 4d00", "\0", "x" * 2000])
def test_a_button_that_is_none_of_ours_gets_an_answer_all_the_same(
    busy: SlackInstallation, value: str
) -> None:
    shown = ask(busy, "recent 5")
    button = shown["blocks"][-1]["elements"][0]
    forged = {**shown, "blocks": [{"type": "actions", "elements": [{**button, "value": value}]}]}

    assert busy.side.click(STRANGER, forged, "page_ahead").status == 200


def test_what_is_overdue_comes_the_longest_overdue_first(installation: SlackInstallation) -> None:
    def waiting(number: int, hours: int) -> Review:
        due = (
            installation.desk.clock() - hours * (installation.desk.clock() - review().opened_at)
            if hours
            else None
        )
        return review(id=f"r{number}", file_id=f"f{number}", title=f"Paper {number}.docx", due_at=due)

    installation.desk.clock.advance(hours=1)
    with installation.desk.transactions() as work:
        for number, hours in ((1, 2), (2, 9), (3, 0)):
            work.reviews.add(waiting(number, hours))
        work.commit()

    shown = ask(installation, "overdue")

    assert papers(shown) == [2, 1]
    assert "the longest overdue first" in shown["text"]


def test_what_lapsed_is_listed_alone_and_counted(installation: SlackInstallation) -> None:
    assert "No open review has lapsed" in ask(installation, "overdue lapsed")["text"]
    at = installation.desk.clock()
    with installation.desk.transactions() as work:
        for number, lapsed_at in ((1, None), (2, at), (3, at)):
            title, due_at = f"Paper {number}.docx", at - timedelta(hours=number)
            more = {"title": title, "due_at": due_at, "lapsed_at": lapsed_at}
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", **more))
        work.commit()

    shown = ask(installation, "overdue lapsed")

    assert papers(shown) == [3, 2]
    assert "Lapsed" in shown["text"]
    assert "3 of them overdue. 2 have lapsed without an answer." in ask(installation, "stats")["text"]


def test_what_a_person_answered_recently_is_among_their_own(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(title="Paper 1.docx"), "acknowledge_review")

    text = ask(installation, "mine", DANA)["text"]

    assert "Nothing is waiting for your review" in text
    assert text.index("Recently answered by you") < text.index("Paper 1.docx")


@pytest.mark.parametrize("text", ["mine", "pending mine"])
def test_one_who_stands_in_learns_for_whom(installation: SlackInstallation, text: str) -> None:
    installation.card(title="Paper 1.docx")
    opened = installation.review()
    put_stand_ins(installation.desk, opened, make_stand_in(str(JURIS.email)))
    remember_names(installation.desk, stand_ins.DANA)

    own, of_stand_in, of_deputy = (
        ask(installation, text, user)["text"] for user in (AUTHOR, STRANGER, DEPUTY_USER)
    )

    assert "Waiting for review. You stand in for Dana Ozola." in of_stand_in
    assert "Paper 1.docx" in own
    assert "stand in for" not in own + of_deputy + ask(installation, "pending", STRANGER)["text"]


def test_while_the_database_is_away_the_command_says_so(installation: SlackInstallation) -> None:
    with installation.desk.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE reviews RENAME TO elsewhere")

    for text in ("recent", "pending", "show 5", "stats"):
        with capture_logs() as logged:
            assert "could not be looked up" in ask(installation, text)["text"]
        assert [each["event"] for each in logged if each["log_level"] == "error"] == ["command_failed"]
