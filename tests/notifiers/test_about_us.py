"""What is about the installation itself: alarms without a way to answer, tests with one, in every channel."""

from __future__ import annotations

import io

import pytest

from notifiers.console import Console
from notifiers.mail.notices import render_html, render_text
from notifiers.shared.notice_card import draw_notice_card
from notifiers.slack.notices import draw_notice_message
from notifiers.teams_bot import card
from reviews.notice import NoticeKind
from tests.edge.block_kit import list_pings
from tests.reviews.samples import HOSTILE, notice

LINK = "https://reviews.example.com/test/token"
A_TEST = notice(NoticeKind.TEST, title="compliance", canary_id="c1")
ALARM = notice(NoticeKind.ALARM, title=HOSTILE, note="Mend it.")


def on_console(console: object) -> str:
    out = io.StringIO()
    Console(out, lambda _drawn: LINK).post_notice("", console)  # type: ignore[arg-type]
    return out.getvalue()


def test_where_nothing_can_be_clicked_a_test_has_a_link() -> None:
    for text in (on_console(A_TEST), render_text(A_TEST, LINK), render_html(A_TEST, LINK)):
        assert LINK in text
        assert "Acknowledge test" in text
        assert "Acknowledge review" not in text
    [action] = draw_notice_card(A_TEST, answer_link=LINK)["actions"]
    assert (action["title"], action["url"]) == ("Acknowledge test", LINK)


def test_where_something_can_be_clicked_a_test_has_a_button_that_names_it() -> None:
    [button] = draw_notice_message(A_TEST, [])["blocks"][-1]["elements"]
    assert (button["action_id"], button["value"]) == ("acknowledge_test", "c1")
    [action] = card.draw_notice_message(A_TEST)["attachments"][0]["content"]["actions"]
    assert (action["verb"], action["data"]) == ("acknowledge_test", {"test": "c1"})


def test_an_alarm_says_what_to_do_and_has_nothing_to_answer() -> None:
    message = draw_notice_message(ALARM, [])

    assert LINK not in on_console(ALARM)
    assert [block["type"] for block in message["blocks"]] == ["section", "section"]
    assert "Mend it." in message["blocks"][1]["text"]["text"]
    assert list_pings(message) == []
    assert "actions" not in draw_notice_card(ALARM)


@pytest.mark.parametrize(
    ("kind", "style"),
    [(NoticeKind.ALARM, "attention"), (NoticeKind.ALARM_OVER, "good"), (NoticeKind.TEST, "accent")],
)
def test_it_stands_out_in_teams(kind: NoticeKind, style: str) -> None:
    first, *_ = draw_notice_card(notice(kind))["body"]

    assert first["style"] == style
