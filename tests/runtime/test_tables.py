"""Tables on narrow terminals: what is copied is never broken, and in a pipe nothing is folded."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from runtime.cli import cli
from runtime.commands.printing.folding import fold, limit_lines
from runtime.commands.printing.table_layout import Styled, TableContent, lay_out, lay_out_pairs
from store.schema import cards, events
from tests.databases import engine_on
from tests.keys import SECRET_KEY
from tests.runtime.command import run_command
from tests.runtime.hostile_house import fill
from tests.runtime.terminal import COLOUR, on_terminal

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases

COLUMNS = ("id", "opened", "target", "title", "reason")
ID, OPENED, TARGET = "3hJk2mN9pQ2x", "2026-03-09 14:05:12", "slack:C0123456789"
TITLE = "Information security policy of the whole group, for external auditors (final).docx"
REASON = "HTTPSConnectionPool(host='acme-international.onlyoffice.com',port=443) 契約書_2026年度_秘密保持契約"
ROUTES = '[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'
SETTINGS = {"SECRET_KEY": SECRET_KEY, "ROUTES": ROUTES}


def draw(width: int | None, *, title: str = TITLE, reason: str = REASON, target: str = TARGET) -> list[str]:
    rows = [[Styled(text, "") for text in (ID, OPENED, target, title, reason)] for _ in range(2)]
    content = TableContent(
        columns=COLUMNS, rows=rows, folding=("title", "reason"), moving=("target",)
    )  # fmt: skip
    return [line.plain.rstrip() for line in lay_out(content, width)]


def test_what_is_copied_is_whole_in_a_line_at_each_width(subtests: pytest.Subtests) -> None:
    for width in range(20, 200):
        with subtests.test(width=width):
            lines = draw(width)

            for text in (ID, OPENED, TARGET):
                assert sum(text in line for line in lines) == 2


def test_no_line_is_wider_than_a_terminal_of_sixty_columns_or_more(subtests: pytest.Subtests) -> None:
    for width in range(60, 200):
        with subtests.test(width=width):
            lines = draw(width, reason="DocSpace does not answer, and is asked again in a minute")

            assert max(map(cell_len, lines)) <= width


def test_where_all_fits_a_row_is_a_line() -> None:
    assert draw(90, title="Policy.docx", reason="done") == [
        "id            opened               target             title        reason",
        "3hJk2mN9pQ2x  2026-03-09 14:05:12  slack:C0123456789  Policy.docx  done",
        "3hJk2mN9pQ2x  2026-03-09 14:05:12  slack:C0123456789  Policy.docx  done",
    ]


def test_at_eighty_columns_the_texts_stand_below_their_row() -> None:
    assert draw(80, reason="done")[:4] == [
        "id            opened               target",
        "3hJk2mN9pQ2x  2026-03-09 14:05:12  slack:C0123456789",
        "    title   Information security policy of the whole group, for external",
        "            auditors (final).docx",
    ]


def test_a_target_that_leaves_no_room_stands_below_its_row_unbroken() -> None:
    target = "mail:compliance-department-of-all-subsidiaries@company.example.com"

    lines = draw(80, target=target)

    assert lines[0] == "id            opened"
    assert f"    target  {target}" in lines


def test_the_narrowest_terminal_gets_a_paragraph_for_each_row() -> None:
    row = ["id      3hJk2mN9pQ2x", f"opened  {OPENED}", f"target  {TARGET}", "title   Policy.docx"]

    assert draw(24, title="Policy.docx", reason="") == [*row, "", *row]


def test_in_a_pipe_nothing_is_folded() -> None:
    heading, *rows = draw(None)

    assert heading.split() == list(COLUMNS)
    assert rows == [f"{ID}  {OPENED}  {TARGET}  {TITLE}  {REASON}"] * 2


def test_a_very_long_text_in_a_table_ends_with_an_ellipsis() -> None:
    lines = draw(140, reason="word " * 200)

    assert len(lines) == 1 + 2 * 4
    assert lines[4].rstrip().endswith("…")


def test_a_label_that_repeats_stands_once() -> None:
    pairs = [("owner", Styled("olga", "")), ("owner", Styled("dana", "")), ("due", Styled("today", ""))]

    assert [line.plain for line in lay_out_pairs(pairs, 80)] == ["owner  olga", "       dana", "due    today"]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60), st.integers(2, 40))
def test_folding_loses_nothing(text: str, width: int) -> None:
    lines = fold(text, width)

    assert "".join(lines) == text
    assert len(limit_lines(lines, 3, width=width)) <= 3


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=30)), st.integers(1, 40))
def test_words_have_lines_of_their_own_before_they_are_broken(words: list[str], width: int) -> None:
    assert " ".join(fold(" ".join(words), width, breaks_words=False)).split() == words


@pytest.fixture(scope="module")
def address(sqlite_databases: SqliteDatabases) -> str:
    """Return a database with long errors, targets and reasons."""
    new = sqlite_databases.new()
    fill(new)
    engine = engine_on(new)
    with engine.begin() as connection:
        connection.execute(sa.update(events).values(reason=REASON * 3))
        target = sa.literal("C0123456789") + sa.cast(cards.c.id, sa.Text)
        connection.execute(sa.update(cards).values(error=REASON * 3, notifier="slack", target=target))
    engine.dispose()
    return new


IDS = {
    "events list": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "reviews list": r"rev-\d+",
    "deliveries list": r"slack:C\d+",
    "campaign list": r"cam-\d+",
    "campaign show cam-3": r"rev-\d+",
}


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("words", IDS)
def test_each_listing_has_its_ids_whole_at_eighty_columns(address: str, words: str, columns: int) -> None:
    settings = {**SETTINGS, "DATABASE_URL": address}
    piped = run_command(words.split(), cli, **settings).out
    expected = re.findall(IDS[words], piped)

    drawn = COLOUR.sub("", on_terminal(words.split(), settings, columns=columns))

    assert expected
    assert set(expected) <= set(re.findall(IDS[words], drawn))


@pytest.mark.parametrize("words", ["events list", "deliveries list", "reviews show rev-1", "doctor"])
def test_without_colour_there_is_none(address: str, words: str) -> None:
    settings = {**SETTINGS, "DATABASE_URL": address}

    drawn = on_terminal(words.split(), settings, NO_COLOR="1")

    assert not [code for code in COLOUR.findall(drawn) if code not in {"\x1b[0m", "\x1b[1m"}]
