"""Lists of reminders, and requests for changes that no one followed, as each channel shows them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.command_parser import parse
from bot.command_requests import MineRequest
from notifiers import apprise
from notifiers.console import Console
from notifiers.mail.notices import render_html, render_text, write_notice_mail
from notifiers.shared.adaptive_card import MAX_CARD_BYTES, Owner
from notifiers.shared.notice_card import draw_notice_card
from notifiers.shared.reminder_text import MINE_COMMAND
from notifiers.slack import Slack
from notifiers.slack.notices import draw_notice_message
from notifiers.slack.people import SlackOwners
from notifiers.teams_bot.card import draw_notice_message as draw_bot_message
from reviews.notice import FollowUpNotice, NoticeKind, ReminderListNotice
from tests.edge.adaptive_cards import (
    elements,
    find_flaws,
    find_schema_problems,
    list_mentioned,
    read_card_text,
)
from tests.edge.block_kit import find_problems, list_pings
from tests.edge.http_sink import HttpSink
from tests.language.drawings import read_html
from tests.notifiers.books import make_directory
from tests.notifiers.clients import web_client
from tests.notifiers.surroundings import make_channel_context
from tests.notifiers.workflows import channel
from tests.reviews.samples import HOSTILE, NOTE, OWNER, START, notice, reminder_line

if TYPE_CHECKING:
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.workflows_sink import WorkflowsSink

PAGE = "https://reviews.example.com/ack/token-1"
DOCUMENT = "https://acme.example.com/doceditor?fileid=3358285&version=8"
LATE = reminder_line(kind=NoticeKind.OVERDUE, title="Late.docx", due_at=START, is_overdue=True, page_url=PAGE)
SOON = reminder_line(2, title="Soon.docx", page_url="https://reviews.example.com/ack/token-2")
SENT_BACK = reminder_line(3, NoticeKind.FOLLOW_UP, title="Back.docx", due_at=None)
MANY_FILES = reminder_line(4, title="Invoices", due_at=None, files=240)
OPS_LINES = tuple(replace(line, recipients=(OWNER, "second@example.com")) for line in (LATE, SOON))
DANA = Owner(name="Dana Ozola", mention=OWNER)
TEAMS_TEXT = "<at>Dana Ozola</at> **now** {{DATE(2026-01-01T00:00:00Z)}}\n[a](https://evil.example)"
LONG = reminder_line(
    title="é" * 9000,
    path="\U0001f642" * 9000,
    link=f"https://acme.example.com/{'x' * 2900}",
    recipients=tuple(f"{'a' * 60}{number}@example.com" for number in range(30)),
)


def listed(*lines: object, **more: object) -> ReminderListNotice:
    built = notice(
        NoticeKind.REMINDER_LIST, reminders=lines or (LATE, SOON, SENT_BACK), **{"mention": (OWNER,), **more}
    )
    assert isinstance(built, ReminderListNotice)
    return built


ALL = listed(LATE, SOON, SENT_BACK, MANY_FILES, unlisted_count=990)
OPS = listed(*OPS_LINES, mention=())
WORST = [
    listed(*(replace(LATE, title=text, path=text, recipients=(text,)) for _ in range(10)), unlisted_count=990)
    for text in (HOSTILE, TEAMS_TEXT, "&" * 3000, "<" * 5000, "_" * 400, "")
] + [listed(*[LONG] * 10, mention=()), listed(*[replace(LONG, page_url=PAGE)] * 10)]


@pytest.mark.parametrize(
    ("drawn", "heading"),
    [
        (listed(), "3 reviews are waiting for you."),
        (listed(LATE), "1 review is waiting for you."),
        (ALL, "994 reviews are waiting for you."),
        (OPS, "2 reviews have no answer yet."),
        (listed(*OPS_LINES, mention=(), unlisted_count=1234), "1,236 reviews have no answer yet."),
        (listed(SENT_BACK), "1 document is waiting for the changes that were requested."),
        (listed(SENT_BACK, SENT_BACK), "2 documents are waiting for the changes that were requested."),
    ],
)
def test_the_heading_counts_what_waits_and_for_whom(drawn: ReminderListNotice, heading: str) -> None:
    assert draw_notice_message(drawn, [])["text"] == heading
    assert render_text(drawn, "").splitlines()[0] == heading
    assert heading in read_card_text(draw_notice_card(drawn))


def test_slack_shows_each_review_with_its_link_its_deadline_and_its_place() -> None:
    message = draw_notice_message(listed(), ["<@U1>"])

    head, late, soon, back = [block["text"]["text"] for block in message["blocks"]]
    assert head == "<@U1> *3 reviews are waiting for you.*"
    assert message["text"] == "<@U1> 3 reviews are waiting for you."
    assert late.startswith(f"*<{PAGE}|Late.docx>*\n*Overdue since <!date^")
    assert late.endswith(" · Legal / Compliance")
    assert "\nDue <!date^" in soon
    document = DOCUMENT.replace("&", "&amp;")
    assert back == f"*<{document}|Back.docx>*\nChanges requested, no newer version yet · Legal / Compliance"


@pytest.mark.parametrize("drawn", [listed(), ALL, OPS, *WORST])
def test_slack_takes_every_list_and_no_text_pings_anyone(drawn: ReminderListNotice) -> None:
    message = draw_notice_message(drawn, [], command="/reviews")

    assert find_problems(message, surface="message") == []
    assert list_pings(message) == []


def test_slack_says_which_command_lists_the_others(fake: FakeSlack) -> None:
    client = web_client(fake)
    slack = Slack(client, SlackOwners(client, make_directory()), command="/reviews")

    slack.post_notice("C1", ALL)
    slack.post_notice(f"@{OWNER}", ALL)
    slack.post_notice("C1", replace(ALL, mention=()))

    [in_channel, for_ops] = fake.messages("C1")
    [alone] = fake.messages("U1")
    hint = "and 990 more. `/reviews mine` lists all of them."
    assert in_channel["blocks"][-1]["elements"][0]["text"] == hint
    assert alone["blocks"][-1]["elements"][0]["text"] == hint
    assert for_ops["blocks"][-1]["elements"][0]["text"] == "and 990 more"
    assert in_channel["text"].startswith("<@U1> ")
    assert alone["text"] == "994 reviews are waiting for you."


def test_teams_shows_each_review_with_its_link_its_deadline_and_its_place() -> None:
    card = draw_notice_card(ALL, mentions=[DANA])

    lines = read_card_text(card).splitlines()
    assert lines[:4] == [
        "@Dana Ozola",
        "994 reviews are waiting for you.",
        "Late.docx",
        "Overdue since {{DATE(2026-03-09T14:05:12Z, SHORT)}} at {{TIME(2026-03-09T14:05:12Z)}}",
    ]
    assert lines[4] == "Legal / Compliance"
    assert "Changes requested, no newer version yet" in lines
    assert "240 files in Invoices" in lines
    assert lines[-1] == "and 990 more"
    addresses = [each["url"] for each in elements(card) if each["type"] == "Action.OpenUrl"]
    assert addresses == [PAGE, SOON.page_url, DOCUMENT, DOCUMENT]
    assert list_mentioned(card) == [OWNER]
    assert find_flaws(card) == []


@pytest.mark.parametrize("drawn", [listed(), ALL, OPS, *WORST])
def test_teams_takes_every_list_and_no_text_is_read_as_a_mention(drawn: ReminderListNotice) -> None:
    card = draw_notice_card(drawn)

    assert find_schema_problems(card) == []
    assert list_mentioned(card) == []
    assert len(json.dumps(card)) <= MAX_CARD_BYTES


def test_what_there_is_no_room_for_in_teams_is_counted() -> None:
    long_link = f"https://acme.example.com/{'x' * 2900}"
    card = draw_notice_card(listed(*[replace(SOON, page_url=long_link)] * 10, unlisted_count=4))

    assert len(json.dumps(card)) <= MAX_CARD_BYTES
    assert read_card_text(card).splitlines()[-1] == "and 9 more"


def test_a_workflow_takes_a_list(sink: WorkflowsSink) -> None:
    channel(sink.url, sink.host).post_notice("eu-1", ALL)

    [card] = sink.posts
    assert list_mentioned(card) == [OWNER]
    assert "Late.docx" in read_card_text(card)


def test_the_bot_says_which_command_lists_the_others() -> None:
    shown, for_ops, follow_ups = (
        read_card_text(draw_bot_message(each)["attachments"][0]["content"])
        for each in (ALL, replace(ALL, mention=()), listed(SENT_BACK, unlisted_count=990))
    )

    assert shown.endswith("and 990 more. Write mine to the bot to see all of them.")
    assert for_ops.endswith("and 990 more")
    assert follow_ups.endswith("and 990 more")
    assert isinstance(parse(MINE_COMMAND), MineRequest)


def test_the_bots_notification_says_how_many_reviews_wait() -> None:
    assert draw_bot_message(listed())["summary"] == "3 reviews are waiting for you."


def test_a_mail_lists_the_reviews_in_both_its_parts() -> None:
    mail = write_notice_mail(ALL, recipient=OWNER, link="", domain="example.com")
    text, html = render_text(ALL, ""), render_html(ALL, "")

    assert str(mail["Subject"]) == "994 reviews are waiting for you."
    assert mail["In-Reply-To"] is None
    assert "\n• Late.docx · Overdue since 09 Mar 2026, 14:05 UTC · Legal / Compliance\n  " + PAGE in text
    assert text.rstrip().endswith("and 990 more")
    for part in (
        "Late.docx",
        "Overdue since 09 Mar 2026, 14:05 UTC",
        "240 files in Invoices",
        "and 990 more",
    ):
        assert part in list(read_html(html))
    assert html.count(f'href="{PAGE}"') == 1
    assert "these reviews or documents are waiting for you" in html


def test_hostile_titles_stay_text_in_a_mail() -> None:
    html = render_html(listed(replace(LATE, title="<b>x</b>", path="<i>y</i>")), "")

    assert "<b>x" not in html
    assert "<i>y" not in html


def test_the_console_lists_the_reviews_with_their_links() -> None:
    out = io.StringIO()
    Console(out, lambda _: PAGE).post_notice("", listed(LATE, replace(SOON, title="\x1b[2J")))

    lines = out.getvalue().splitlines()
    assert "  2 reviews are waiting for you." in lines
    assert "  • Late.docx · Overdue since 09 Mar 2026, 14:05 UTC · Legal / Compliance" in lines
    assert f"    {PAGE}" in lines
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("scheme", ["json", "mmost"])
def test_a_service_is_sent_the_reviews_with_their_addresses(scheme: str) -> None:
    with HttpSink() as sink:
        place = f"json://{sink.place}/hook" if scheme == "json" else f"mmost://{sink.place}/{'a' * 24}"
        built = apprise.build(make_channel_context(APPRISE_OPS=place, addresses=["ops"]))
        built.post_notice("ops", listed(LATE, replace(SOON, title="@channel [a](https://evil.example)")))
        [sent] = sink.sent

    body = sent.body.decode()
    assert PAGE in body
    assert "Late.docx" in body
    assert "@channel" not in body
    assert "](https://evil" not in body


def test_a_list_for_others_names_who_is_waited_for() -> None:
    in_slack, in_teams = draw_notice_message(OPS, [])["blocks"], read_card_text(draw_notice_card(OPS))
    in_html = "\n".join(read_html(render_html(OPS, "")))
    for shown in (str(in_slack), in_teams, in_html, render_text(OPS, "")):
        assert f"aiting for {OWNER}, second@example.com" in shown
        assert "for you" not in shown


def test_who_is_waited_for_stands_on_a_line_of_its_own() -> None:
    whom = f"Waiting for {OWNER}, second@example.com"
    in_slack = [block["text"]["text"] for block in draw_notice_message(OPS, [])["blocks"] if "text" in block]

    assert whom in "\n".join(in_slack).splitlines()
    assert whom in read_card_text(draw_notice_card(OPS)).splitlines()
    assert whom in read_html(render_html(OPS, ""))


def test_a_list_for_several_people_says_which_review_is_whose() -> None:
    same = listed(LATE, SOON)
    different = listed(LATE, replace(SOON, recipients=("@team",)), mention=(OWNER, "@team"))

    assert "waiting for" not in render_text(same, "").partition("\n")[2]
    assert f"waiting for {OWNER}" in render_text(different, "")
    assert "waiting for @team" in render_text(different, "")


def follow_up(**more: object) -> FollowUpNotice:
    built = notice(NoticeKind.FOLLOW_UP, note=NOTE, requested_at=START - timedelta(days=2), **more)
    assert isinstance(built, FollowUpNotice)
    return built


def test_a_follow_up_says_who_requested_what_and_when_in_every_channel() -> None:
    drawn, out = follow_up(mention=(OWNER,)), io.StringIO()
    Console(out, lambda _: PAGE).post_notice("", drawn)
    message, card = draw_notice_message(drawn, ["<@U1>"]), draw_notice_card(drawn, mentions=[DANA])

    sentence = "Dana Ozola requested changes to AML Policy 2026.docx. There is no newer version yet."
    assert message["text"] == f"<@U1> {sentence}"
    assert "Requested <!date^1772892312^" in str(message["blocks"])
    assert "Requested {{DATE(2026-03-07T14:05:12Z, SHORT)}}" in read_card_text(card)
    for shown in (str(message["blocks"]), read_card_text(card), render_text(drawn, ""), out.getvalue()):
        assert sentence in shown
        assert NOTE in shown
    for shown in (render_text(drawn, ""), render_html(drawn, ""), out.getvalue()):
        assert "Requested 07 Mar 2026, 14:05 UTC" in shown
    assert find_problems(message, surface="message") == []
    assert find_flaws(card) == []


def test_a_reminder_that_waited_overnight_says_that_the_deadline_has_passed() -> None:
    waited = notice(NoticeKind.REMINDER, is_overdue=True)

    assert "Was due 09 Mar 2026, 22:05 UTC" in render_text(waited, "")
    assert "Due 09 Mar 2026, 22:05 UTC" in render_text(notice(NoticeKind.REMINDER), "")


def test_no_one_is_sent_to_a_page_to_answer_for_changes_that_are_requested(sink: WorkflowsSink) -> None:
    channel(sink.url, sink.host).post_notice("eu-1", follow_up())

    titles = [each["title"] for each in elements(sink.posts) if each["type"] == "Action.OpenUrl"]
    assert titles == ["Open document"]
