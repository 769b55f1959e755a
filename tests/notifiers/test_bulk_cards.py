"""The card of a bulk review in every channel: its first files with their links, and the way to all."""

from __future__ import annotations

import html
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from notifiers import apprise, console, teams
from notifiers.comment import Comment
from notifiers.mail.message import name_thread, render_html, render_text, write_card_mail
from notifiers.shared.adaptive_bulk import MAX_LINK_LENGTH
from notifiers.slack import blocks
from notifiers.slack.card_story import MAX_FILE_LINE_LENGTH
from notifiers.teams_bot.card import draw_review_card
from reviews.cards.card_drawing import add_page, draw_card
from reviews.cards.card_sentences import summarize
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.privacy.redaction import redact_card
from tests.edge.adaptive_cards import find_flaws, read_buttons
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.samples import answer, bulk, bulk_file, bulk_review, review

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card

LINK, PAGE = "https://review.example.com/ack/x", "https://review.example.com/ack/x#files"
HOSTILE = "<!channel> *urgent* [x](https://evil.example) {{DATE(2026-01-01T00:00:00Z)}} <b>.docx"
WORKFLOW = 28 * 1024  # bytes


def card(**more: Any) -> Card:
    return add_page(draw_card(bulk_review(**more)), lambda _card: PAGE)


def reviewed(decision: Decision = Decision.ACKNOWLEDGE, **more: Any) -> Card:
    own_answer = answer(decision=decision, version=None, note="Wrong year.")
    return card(state=decision.outcome, answers=(own_answer,), **more)


def in_slack(drawn: Card) -> str:
    return json.dumps(blocks.draw_card_message(drawn, ["<@U1>"]), ensure_ascii=False)


def in_teams(drawn: Card) -> str:
    return json.dumps(teams.draw_card_message(drawn, LINK), ensure_ascii=False)


def in_the_bots_card(drawn: Card) -> str:
    return json.dumps(draw_review_card(drawn), ensure_ascii=False)


def in_mail(drawn: Card) -> str:
    return render_html(drawn, LINK)


def in_text(drawn: Card) -> str:
    return render_text(drawn, LINK)


def on_the_console(drawn: Card) -> str:
    out = io.StringIO()
    console.Console(out, lambda _drawn: LINK).post("", drawn)
    return out.getvalue()


def by_apprise(drawn: Card) -> str:
    return "\n".join(apprise.render(drawn, LINK, str))


CHANNELS = [in_slack, in_teams, in_the_bots_card, in_mail, in_text, on_the_console, by_apprise]


@pytest.mark.parametrize("drawn", CHANNELS)
def test_every_channel_says_how_many_what_where_and_who_and_leads_to_all(
    drawn: Callable[[Card], str],
) -> None:
    drawings = drawn(card())

    shown = html.unescape(drawings).replace("\u200b", "")
    for part in (
        *("10,000 files in Invoices", "8,000 added, 2,000 changed", "Legal / Compliance"),
        *("Alice Moreau", "Bob Chen", "Invoice 2026-0001.pdf", PAGE),
    ):
        assert part in shown


@pytest.mark.parametrize("drawn", CHANNELS)
def test_an_answered_one_still_leads_to_all_files(drawn: Callable[[Card], str]) -> None:
    drawings = drawn(reviewed())

    assert PAGE in drawings
    assert "Dana Ozola" in drawings
    assert "ersion unknown" not in drawings


@pytest.mark.parametrize("drawn", CHANNELS)
def test_without_a_page_no_channel_promises_one(drawn: Callable[[Card], str]) -> None:
    assert "Show all files" not in drawn(draw_card(bulk_review()))


@pytest.mark.parametrize("drawn", CHANNELS)
def test_of_a_private_route_no_channel_tells_a_file(drawn: Callable[[Card], str]) -> None:
    drawings = drawn(redact_card(card(), "Legal"))

    assert "10,000 files in Legal" in drawings
    assert "Invoice" not in drawings
    assert PAGE in drawings


@pytest.mark.parametrize("drawn", CHANNELS)
def test_no_channel_counts_how_often_files_joined(drawn: Callable[[Card], str]) -> None:
    assert "(revision 26)" not in drawn(card(revision=26))


def test_slack_lists_five_files_with_links_and_counts_the_others() -> None:
    texts = [
        block["text"]["text"] for block in blocks.draw_card_message(card(), [])["blocks"] if "text" in block
    ]
    [files] = [text for text in texts if "•" in text]

    assert files.splitlines()[:2] == [
        "• <https://acme.example.com/doceditor?fileid=700001|Invoice 2026-0001.pdf> · added",
        "• <https://acme.example.com/doceditor?fileid=700002|Invoice 2026-0002.pdf> · Q1 · changed",
    ]
    assert files.splitlines()[5:] == ["_and 9,995 more_"]


def test_slack_opens_the_page_by_a_button_which_the_server_hears_of() -> None:
    [actions] = [
        block for block in blocks.draw_card_message(card(), [])["blocks"] if block["type"] == "actions"
    ]
    buttons = {button["text"]["text"]: button for button in actions["elements"]}

    assert list(buttons) == ["Acknowledge review", "Request changes", "Show all files", "More…"]
    assert (buttons["Show all files"]["url"], buttons["Show all files"]["action_id"]) == (PAGE, "show_files")


def test_a_file_with_a_long_address_stands_in_slack_without_its_link() -> None:
    long = bulk_file(link=f"https://acme.example.com/{'x' * MAX_FILE_LINE_LENGTH}")
    drawn = card(bulk=bulk(sample_files=(long, bulk_file(2))))

    texts = [
        block["text"]["text"] for block in blocks.draw_card_message(drawn, [])["blocks"] if "text" in block
    ]

    assert any("• Invoice 2026-0001.pdf · added\n• <https" in text for text in texts)


def test_hostile_files_are_taken_by_slack_and_ping_no_one() -> None:
    files = tuple(bulk_file(number, title=HOSTILE, path=f"x / {HOSTILE}") for number in range(1, 11))
    message = blocks.draw_card_message(card(title=HOSTILE, bulk=bulk(sample_files=files)), [])

    assert find_problems(message, surface="message") == []
    assert list_pings(message) == []


def test_the_cards_of_teams_have_the_same_buttons_in_rows_of_two() -> None:
    flow = teams.draw_card_message(card(), LINK)["attachments"][0]["content"]

    assert list(read_buttons(flow)) == ["Show all files", "Acknowledge review", "Request changes"]
    assert read_buttons(flow)["Show all files"]["url"] == PAGE
    assert list(read_buttons(draw_review_card(card()))) == [
        *("Show all files", "More…", "Acknowledge review", "Request changes"),
    ]


def test_a_workflow_that_told_of_an_answer_leads_to_all_files() -> None:
    content = teams.draw_card_message(reviewed(Decision.REQUEST_CHANGES), LINK)["attachments"][0]["content"]

    assert find_flaws(content) == []
    assert list(read_buttons(content)) == ["Show all files"]


@pytest.mark.parametrize("text", ["x", "&", "🙂", "{", "<at>"])
def test_the_longest_titles_and_links_fit_into_a_workflow(text: str) -> None:
    files = tuple(
        bulk_file(title=text * 400, path=f"x / {text * 3000}", link=f"https://acme.example.com/{'x' * 2900}")
        for _number in range(10)
    )
    drawn = card(title=text * 400, path=text * 4000, bulk=bulk(sample_files=files))
    content = teams.draw_card_message(drawn, LINK)

    assert find_flaws(content["attachments"][0]["content"]) == []
    assert len(json.dumps(content)) <= WORKFLOW


def test_a_file_with_a_long_address_stands_in_teams_without_its_link() -> None:
    long = f"https://acme.example.com/{'x' * MAX_LINK_LENGTH}"

    drawn = in_teams(card(bulk=bulk(sample_files=(bulk_file(link=long),))))

    assert "Invoice 2026-0001.pdf" in drawn
    assert long not in drawn


def test_all_mails_of_a_review_have_one_subject_however_many_files_join() -> None:
    drawn = [card(), card(bulk=bulk(count=26)), reviewed()]

    subjects = [
        write_card_mail(each, recipient="a@b.example", link=LINK, domain="c")["Subject"] for each in drawn
    ]

    assert subjects[:2] == ["Please review the files in Invoices"] * 2
    assert subjects[2] == "Re: Please review the files in Invoices"
    assert name_thread("", is_bulk=True) == "many files"


def test_a_mail_lists_ten_files_and_escapes_their_titles() -> None:
    files = tuple(bulk_file(number, title=f"<b>{number}</b>.pdf") for number in range(1, 11))
    page = in_mail(card(bulk=bulk(sample_files=files)))

    assert page.count("&lt;b&gt;") == 10
    assert "<b>" not in page
    assert "and 9,990 more" in page
    assert page.count("https://acme.example.com/doceditor?fileid=7000") == 10


def test_what_happened_to_all_alike_does_not_stand_beside_each_file() -> None:
    alike = card(bulk=bulk(kinds=((ChangeKind.CREATED, 26),), count=26))

    assert (
        "• <https://acme.example.com/doceditor?fileid=700001|Invoice 2026-0001.pdf>\n"
        in (blocks.draw_card_message(alike, [])["blocks"][3]["text"]["text"])
    )


def test_nothing_is_written_into_the_history_of_a_file() -> None:
    written: list[tuple[str, int, str]] = []
    channel = Comment(lambda *what: written.append(what))

    channel.update("", channel.post("", card()), reviewed())

    assert written == []


def test_a_superseded_one_says_so_of_many_files() -> None:
    superseded = card(superseded_by="rev-2")

    assert "10,000 files in Invoices have changed again" in in_slack(superseded)
    assert summarize(superseded).endswith("They have changed again since and have a newer review.")


def test_what_became_a_part_of_a_bulk_review_does_not_say_that_it_changed_again() -> None:
    part = draw_card(review(superseded_by="rev-2", state=ReviewState.REPLACED))

    assert f"{part.title} is part of a bulk review" in in_slack(part)
    assert "changed again" not in f"{in_slack(part)} {summarize(part)}"
    assert summarize(part).endswith(part.superseded_text)
