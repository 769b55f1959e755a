"""The card of a campaign, and a message to one of its people, as each channel shows them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from notifiers import apprise
from notifiers.console import Console
from notifiers.mail.notices import render_html, render_text, write_notice_mail
from notifiers.shared.adaptive_card import MAX_CARD_BYTES, Owner
from notifiers.shared.campaign_text import BAR_LENGTH, draw_progress_bar
from notifiers.shared.notice_card import draw_notice_card
from notifiers.shared.notice_text import list_notice_lines
from notifiers.slack import Slack
from notifiers.slack.campaigns import OPEN_CAMPAIGN
from notifiers.slack.notices import draw_notice_message
from notifiers.slack.people import SlackOwners
from reviews.campaign import CampaignStage
from reviews.campaign_notices import (
    MAX_NAMED_PEOPLE,
    CampaignNotice,
    CampaignTotals,
    NamedProgress,
)
from reviews.errors import MessageGone
from reviews.identity import Reviewer
from reviews.notice import NoticeKind, ReminderListNotice
from tests.edge.adaptive_cards import find_flaws, find_schema_problems, list_mentioned, read_card_text
from tests.edge.block_kit import find_problems, list_pings
from tests.edge.http_sink import HttpSink
from tests.language.drawings import read_html
from tests.notifiers.books import make_directory
from tests.notifiers.clients import web_client
from tests.notifiers.remote_services import REMOTE_SERVICES
from tests.notifiers.surroundings import make_channel_context
from tests.reviews.desk import DANA
from tests.reviews.notices import require_type
from tests.reviews.samples import HOSTILE, OWNER, START, notice, reminder_line

if TYPE_CHECKING:
    from tests.edge.fake_slack import FakeSlack

PAGE = "https://reviews.example.com/campaigns/cam-1"
TEAMS_TEXT = "<at>Dana Ozola</at> **now** {{DATE(2026-01-01T00:00:00Z)}}\n[a](https://evil.example)"
READERS = (
    NamedProgress(person=Reviewer(name="Anna Liepa"), acknowledged=3, needed=40),
    NamedProgress(person=Reviewer(name="Bruno Kalns"), acknowledged=12, needed=40),
)
SOME_TEXTS = [HOSTILE, TEAMS_TEXT, "&" * 3000, "<" * 5000, "_" * 400, "é" * 9000, ""]


def make_card(kind: NoticeKind = NoticeKind.CAMPAIGN, **more: Any) -> CampaignNotice:
    values = {"most_left": READERS, "started_by": DANA, "path": "Legal / Policies", **more}
    [made] = require_type(CampaignNotice, [notice(kind, **values)])
    return made


def make_request(**more: Any) -> ReminderListNotice:
    """Return the message to a person about a campaign alone."""
    members = {"kind": NoticeKind.CAMPAIGN_REQUEST, "link": None, "page_url": PAGE, "documents": 40, **more}
    line = replace(reminder_line(title="Policies 2026", campaign_id="cam-1"), **members)
    sent = notice(NoticeKind.REMINDER_LIST, reminders=(line,), mention=(OWNER,))
    [made] = require_type(ReminderListNotice, [sent])
    return made


CARD = make_card()
OVERDUE = make_card(NoticeKind.CAMPAIGN_OVERDUE, is_late=True)
CARDS = [
    CARD,
    OVERDUE,
    make_card(is_late=True),
    *(make_card(stage=stage) for stage in CampaignStage),
    make_card(NoticeKind.CAMPAIGN_RESULT, stage=CampaignStage.ENDED),
    make_card(
        stage=CampaignStage.COULD_NOT_BEGIN, problem="There is no document in this folder.", most_left=()
    ),
    make_card(page_url="", most_left=(), started_by=None, path="", progress=CampaignTotals()),
    *(
        make_card(
            title=text,
            path=text,
            started_by=Reviewer(name=text),
            problem=text,
            stage=stage,
            most_left=(NamedProgress(person=Reviewer(name=text), acknowledged=1, needed=500),)
            * MAX_NAMED_PEOPLE,
            page_url=f"{PAGE}/{'x' * 2900}",
        )
        for text in SOME_TEXTS
        for stage in (CampaignStage.RUNNING, CampaignStage.COULD_NOT_BEGIN)
    ),
]
REQUESTS = [
    make_request(),
    make_request(is_overdue=True, kind=NoticeKind.REMINDER),
    make_request(page_url=""),
    *(make_request(title=text, path=text, recipients=(text,)) for text in SOME_TEXTS),
    replace(make_request(recipients=(OWNER, "second@example.com")), mention=()),
]
DRAWN = [*CARDS, *REQUESTS]


def list_texts(message: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in message["blocks"] if "text" in block]


@pytest.mark.parametrize("drawn", DRAWN)
def test_slack_takes_each_message_and_no_text_pings_anyone(
    drawn: CampaignNotice | ReminderListNotice,
) -> None:
    message = draw_notice_message(drawn, [])

    assert find_problems(message, surface="message") == []
    assert list_pings(message) == []


@pytest.mark.parametrize("drawn", DRAWN)
def test_teams_takes_each_message_and_no_text_mentions_anyone(
    drawn: CampaignNotice | ReminderListNotice,
) -> None:
    card = draw_notice_card(drawn)

    assert find_flaws(card) == []
    assert find_schema_problems(card) == []
    assert len(json.dumps(card).encode()) <= MAX_CARD_BYTES
    assert list_mentioned(card) == []


@pytest.mark.parametrize("drawn", DRAWN)
def test_no_text_makes_a_mark_in_a_mail(drawn: CampaignNotice | ReminderListNotice) -> None:
    mail = write_notice_mail(drawn, recipient="a@example.com", link="", domain="example.com")

    assert "\n" not in mail["Subject"]
    assert "<script" not in render_html(drawn, "").casefold()
    assert render_text(drawn, "").splitlines()[0] == list_notice_lines(drawn)[0]


def test_slack_shows_how_far_a_campaign_has_come_and_leads_to_its_page() -> None:
    message = draw_notice_message(CARD, [])

    assert message["text"] == "Policies 2026: 65% acknowledged."
    assert list_texts(message) == [
        "*Policies 2026*\n40 documents for 50 people to acknowledge.",
        f"{'█' * 10}{'▁' * 6}  *65%*\n1,316 of 2,000 acknowledgements · 12 of 50 people have finished",
        "*Most left to acknowledge*",
    ]
    [fields] = [block["fields"] for block in message["blocks"] if "fields" in block]
    assert [field["text"] for field in fields] == ["Anna Liepa: 37 left", "Bruno Kalns: 28 left"]
    context, actions = message["blocks"][-2:]
    assert context["elements"][0]["text"].startswith("Due <!date^")
    assert context["elements"][0]["text"].endswith(" · Legal / Policies · Started by Dana Ozola")
    [button] = actions["elements"]
    assert (button["text"]["text"], button["url"]) == ("Show progress", PAGE)
    assert button["action_id"] == OPEN_CAMPAIGN


def test_slack_writes_to_a_person_about_one_campaign_without_a_list() -> None:
    message = draw_notice_message(make_request(), ["<@U1>"])

    assert message["text"] == "<@U1> Policies 2026 asks you to acknowledge 40 documents."
    assert [block["type"] for block in message["blocks"]] == ["section", "context", "actions"]
    [button] = message["blocks"][-1]["elements"]
    assert (button["text"]["text"], button["url"]) == ("Show my documents", PAGE)


def test_teams_shows_the_same_with_a_button() -> None:
    card = draw_notice_card(CARD)
    request = draw_notice_card(make_request(), mentions=[Owner(name="Dana Ozola", mention=OWNER)])

    text = read_card_text(card)
    assert f"{'█' * 10}{'▁' * 6}  65%" in text
    assert "12 of 50 people have finished" in text
    assert "37 left" in text
    assert [(each["title"], each["url"]) for each in card["actions"]] == [("Show progress", PAGE)]
    assert "Policies 2026 asks you to acknowledge 40 documents." in read_card_text(request)
    assert [each["title"] for each in request["actions"]] == ["Show my documents"]
    assert list_mentioned(request) == [OWNER]


def test_a_mail_has_a_bar_that_needs_no_picture_and_the_same_words_in_its_text() -> None:
    html, text = render_html(CARD, ""), render_text(CARD, "")

    assert html.count('class="bar"') == 1
    assert "<img" not in html
    for shown in (read_html(html), text):
        for words in ("65%", "1,316 of 2,000 acknowledgements", "Anna Liepa", "Legal / Policies"):
            assert words in shown
    assert f'href="{PAGE}"' in html
    assert f"Show progress: {PAGE}" in text
    assert "A route of docspace-review sends the campaigns for this folder to your address." in read_html(
        html
    )


def test_a_mail_to_a_person_leads_to_their_documents() -> None:
    html = render_html(make_request(), "")

    assert f'href="{PAGE}"' in html
    assert "Show my documents" in read_html(html)
    assert "You get this message because you are asked to acknowledge these documents." in read_html(html)


def test_the_overdue_notice_says_how_many_people_have_documents_left() -> None:
    lines = list_notice_lines(OVERDUE)

    assert lines[:2] == [
        "Policies 2026 is overdue, 65% acknowledged.",
        "The deadline has passed, and 38 people have documents left.",
    ]
    assert "• Anna Liepa: 37 left" in lines


def test_a_campaign_that_could_not_begin_shows_the_reason_and_no_figures() -> None:
    lines = list_notice_lines(
        make_card(stage=CampaignStage.COULD_NOT_BEGIN, problem="There is no document in this folder.")
    )

    assert lines[:2] == ["Policies 2026 could not begin.", "There is no document in this folder."]
    assert not any("acknowledgement" in line or "left" in line for line in lines)


@pytest.mark.parametrize(("percent", "full"), [(0, 0), (1, 1), (4, 1), (65, 10), (99, 15), (100, 16)])
def test_the_bar_is_full_only_if_everything_is_acknowledged(percent: int, full: int) -> None:
    parts = draw_progress_bar(percent)

    assert [len(part) for part in parts] == [full, BAR_LENGTH - full]


def test_a_terminal_shows_a_card_again_when_it_is_redrawn() -> None:
    out = io.StringIO()
    console = Console(out, lambda _card: "")

    message_id = console.post_notice("", CARD)
    console.update_notice("", message_id, make_card(stage=CampaignStage.COMPLETE))

    assert "Policies 2026: 65% acknowledged." in out.getvalue()
    assert "Policies 2026 is complete" in out.getvalue()


def test_other_services_get_the_page_as_a_link() -> None:
    with HttpSink() as sink:
        address = f"json://{sink.place}/"
        context: Any = make_channel_context(addresses=["ops"], APPRISE_OPS=address, SECRET_KEY="x" * 32)
        apprise.build(context).post_notice("ops", CARD)
        [sent] = sink.sent

    body = json.loads(sent.body)
    assert body["title"] == "Policies 2026: 65% acknowledged."
    assert f"Show progress: {PAGE}" in body["message"].splitlines()[0]
    assert body["message"].count(PAGE) == 1


def test_slack_redraws_the_card_where_it_stands(fake: FakeSlack) -> None:
    client = web_client(fake)
    slack = Slack(client, SlackOwners(client, make_directory()))
    message_id = slack.post_notice("C1", CARD)
    slack.update_notice("C1", message_id, make_card(stage=CampaignStage.COMPLETE))

    [message] = fake.messages("C1")
    assert message["ts"] == message_id
    assert "everyone has acknowledged every document" in message["text"]
    assert slack.find_message("C1", CARD, since=START) is None or message["metadata"]
    with pytest.raises(MessageGone):
        slack.update_notice("C1", "1.000001", CARD)


def test_the_bot_redraws_the_card_where_it_stands() -> None:
    import notifiers.teams_bot as module  # noqa: PLC0415

    with REMOTE_SERVICES["teams-bot"]() as service:
        context: Any = make_channel_context(
            addresses=[service.target], conversation=service.conversation, **service.settings
        )
        bot = module.build(context)
        message_id = bot.post_notice(service.target, CARD)
        bot.update_notice(service.target, message_id, OVERDUE)
        with pytest.raises(MessageGone):
            bot.update_notice(service.target, f"{message_id}9", CARD)
