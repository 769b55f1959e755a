"""What was opened before an answer, in words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack import menu_view
from notifiers.teams_bot import menu_card
from reviews.answers.menu import HistoryPage
from reviews.bulk import BULK_ID_PREFIX
from reviews.ledger import history
from reviews.ledger.ledger_entries import build_answered, format_moment
from reviews.privacy.redaction import redact_entry
from reviews.tree import FOLDER_ID_PREFIX
from tests.reviews.samples import START, answer, review

AT = format_moment(START)
BEGINNING = "Opened through our links before, which doesn't mean read: "


def build_entry(opened: object, **more: Any) -> dict[str, Any]:
    return {**build_answered(review(), answer()), "opened": opened, **more}


def describe(opened: object, **more: Any) -> str:
    return history.describe_entry(build_entry(opened, **more)).opened


def test_what_was_opened_is_listed() -> None:
    assert describe({"page": AT, "comparison": None, "document": AT}) == f"{BEGINNING}the document, the page"
    assert describe({"page": None, "comparison": AT, "document": None}) == f"{BEGINNING}the comparison"


@pytest.mark.parametrize("prefix", [FOLDER_ID_PREFIX, BULK_ID_PREFIX])
def test_a_folder_is_not_called_a_document(prefix: str) -> None:
    assert describe({"document": AT}, file_id=f"{prefix}1") == f"{BEGINNING}the folder"


@pytest.mark.parametrize(
    "opened",
    [None, {}, [], "x", {"document": None}, {"document": 5}, {"page": "noon"}, {"other": AT}],
    ids=str,
)
def test_nothing_is_said_where_nothing_was_opened_or_the_entry_is_spoilt(opened: object) -> None:
    assert describe(opened) == ""


def test_an_entry_of_an_earlier_version_says_nothing() -> None:
    assert history.describe_entry(build_answered(review(), answer())).opened == ""


def test_readers_who_may_not_see_a_title_do_not_see_what_others_opened() -> None:
    redacted = redact_entry(build_entry({"document": AT}), "Compliance")

    assert redacted["opened"] is None
    assert "opened" not in redact_entry(build_answered(review(), answer()), "Compliance")


def test_the_history_in_chats_has_the_line() -> None:
    step = history.describe_entry(build_entry({"page": AT}))
    page = HistoryPage(review=review(), steps=(step,), start=0, has_more=False)

    drawn = [str(menu_view.draw_history(page)), str(menu_card.draw_history(page, {}))]

    assert all("which doesn't mean read: the page" in each for each in drawn)
