"""Help and figures are a table each in Slack; a workspace that refuses tables gets them as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.command_replies import FiguresReply, HelpReply
from bot.figure_table import MAX_ROUTE_COLUMNS, tabulate_figures
from bot.slack.reply_view import draw_reply
from bot.slack.tables import MAX_TABLE_LENGTH, make_table
from reviews.ports.listing import RouteFigures
from tests.bot.slack_installation import CHANNEL, DANA, SlackInstallation
from tests.bot.tables import list_table_rows
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.samples import HOSTILE, START

if TYPE_CHECKING:
    from tests.edge.slack_send import AppAnswer


def ask(installation: SlackInstallation, text: str) -> tuple[AppAnswer, dict[str, Any]]:
    """Type a command; return the response, and what Slack shows in the end."""
    response = installation.side.slash(DANA, "/reviews", text, CHANNEL)
    return response, dict(installation.slack.wait_for(lambda: installation.slack.private_replies(DANA))[-1])


def list_kinds(reply: dict[str, Any]) -> list[str]:
    return [block["type"] for block in reply["blocks"]]


def make_figures(*routes: str) -> FiguresReply:
    figures = tuple(RouteFigures(route=route, opened=12, acknowledged=8, late=2) for route in routes)
    return FiguresReply(since=START, figures=figures)


def test_help_is_one_table_after_an_acknowledgement(installation: SlackInstallation) -> None:
    response, reply = ask(installation, "help")

    rows = list_table_rows(reply)
    assert (response.status, response.body) == (200, b"")
    assert list_kinds(reply) == ["table"]
    assert rows[0] == ["Command", "What it does"]
    assert ["/reviews stats [30d]", "statistics for the last days, at most 92"] in rows
    assert "`/reviews stats [30d]`" in reply["text"]


def test_a_hint_stands_above_the_table() -> None:
    reply = draw_reply(HelpReply(hint=HOSTILE), name="/reviews", domain="acme")

    assert list_kinds(reply) == ["section", "table"]
    assert list_pings(reply) == []


def test_a_few_commands_need_no_table(installation: SlackInstallation) -> None:
    response, reply = ask(installation, "help stats")

    assert response.body
    assert list_kinds(reply) == ["section"]


def test_figures_are_one_table(installation: SlackInstallation) -> None:
    installation.card()

    _response, reply = ask(installation, "stats")

    assert list_kinds(reply) == ["section", "section", "table"]
    assert list_table_rows(reply)[:2] == [["Route", "compliance"], ["Open", "1"]]
    assert "1 review was opened" in reply["text"]


@pytest.mark.parametrize("text", ["help", "stats"])
def test_a_workspace_that_refuses_tables_gets_text(installation: SlackInstallation, text: str) -> None:
    installation.card()
    installation.slack.fail("response_url", "invalid_blocks")

    _response, reply = ask(installation, text)

    assert set(list_kinds(reply)) == {"section"}
    assert len(installation.slack.calls("response_url")) == 2


def test_another_refusal_is_not_answered_with_text(installation: SlackInstallation) -> None:
    installation.slack.fail("response_url", "expired_url")

    installation.side.slash(DANA, "/reviews", "help", CHANNEL)

    assert installation.slack.private_replies(DANA) == []
    assert len(installation.slack.calls("response_url")) == 1


def test_a_few_routes_are_columns_and_many_are_rows() -> None:
    few = tabulate_figures(make_figures("a", "b").figures)
    many = tabulate_figures(make_figures(*"abcd").figures)

    assert (few[0], few[1], few[4], few[-1]) == (
        ["Route", "a", "b"],
        ["Open", "0", "0"],
        ["Opened", "12", "12"],
        ["Answered late", "25 %", "25 %"],
    )
    assert [row[0] for row in many] == ["Route", *"abcd"]
    assert len(many) - 1 > MAX_ROUTE_COLUMNS


@pytest.mark.parametrize("count", [1, 3, 4, 60])
@pytest.mark.parametrize("name", [HOSTILE, "x" * 3000, "\N{SLIGHTLY SMILING FACE}" * 800, "&" * 3000])
def test_slack_takes_a_table_with_any_names(name: str, count: int) -> None:
    drawn = draw_reply(make_figures(*[name] * count), name="/reviews", domain="acme")

    assert find_problems({**drawn, "channel": CHANNEL}, surface="message") == []
    assert list_pings(drawn) == []


def test_rows_that_do_not_fit_are_left_out() -> None:
    table = make_table([["a", "b"], *([["x" * 400, "y" * 400]] * 99)])

    drawn = list_table_rows({"blocks": [table]})
    assert 2 < len(drawn) < 100
    assert sum(len(cell) for row in drawn for cell in row) <= MAX_TABLE_LENGTH
    assert find_problems({"text": "x", "blocks": [table]}, surface="message") == []
