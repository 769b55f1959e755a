"""What lists, App Home, the menu and a shown review say of a bulk review, and where its files are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

import bot.slack.reply_view
import bot.teams.reply_cards
from bot.command_replies import ListReply, ReviewReply
from bot.command_requests import RecentRequest
from bot.slack import home_view, menu_view, modals, unfurling
from bot.slack.meaning_view import draw_meaning_modal
from notifiers.teams_bot import menu_card
from reviews.answers.menu import MenuItem, Offer
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparisons.reviewed_bytes import ReviewedBytes
from reviews.kinds import Decision, ReviewState
from reviews.ledger import history, ledger_entries
from reviews.lists.my_reviews import AnsweredReview
from reviews.ports.listing import ListingEntry, ReviewPage
from reviews.privacy.redaction import redact_review
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER
from tests.edge.block_kit import find_problems
from tests.reviews.flood import flood, list_bulk_reviews
from tests.reviews.meanings import make_meaning
from tests.reviews.samples import START, answer, bulk, bulk_file, bulk_review

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.bot.slack_installation import SlackInstallation

PAGE = "https://review.example.com/ack/x#files"
HOSTILE = "<!channel> *now* {{DATE(2026-01-01T00:00:00Z)}} <b>"


def reviewed(decision: Decision = Decision.ACKNOWLEDGE) -> Review:
    return bulk_review(state=decision.outcome, answers=(answer(decision=decision, version=None),))


def listed(review: Review) -> dict[str, str]:
    reply = ListReply(
        list_request=RecentRequest(), page=ReviewPage(entries=(ListingEntry(seq=1, review=review),))
    )
    slack = bot.slack.reply_view.draw_reply(reply, name="/reviews", domain="acme")
    return {
        "slack": json.dumps(slack),
        "teams": json.dumps(bot.teams.reply_cards.draw_reply(reply, tenant="t-1")),
    }


def home(*waiting: Review, recent: tuple[AnsweredReview, ...] = ()) -> dict[str, Any]:
    return home_view.draw_home(
        home_view.HomeContents(
            open_reviews=waiting,
            recent_answers=recent,
            is_responsible=True,
            drawn_at=START + timedelta(days=1),
            find_page=lambda _card: PAGE,
        )
    )


def offer(review: Review) -> Offer:
    return Offer(
        review=review,
        revision=1,
        items=tuple(MenuItem),
        refusal="",
        private=False,
        meaning=make_meaning(review, ReviewedBytes(not_read="bulk")),
        snooze_options=(),
    )


def test_a_line_of_a_list_says_how_many_files_and_what_happened_to_them() -> None:
    for line in listed(bulk_review()).values():
        shown = line.replace("\\u200b", "")
        for part in (
            "10,000 files in Invoices",
            "changed by Alice Moreau",
            "8,000 added, 2,000 changed."[:-1],
        ):
            assert part in shown
        assert "ersion" not in shown.replace('"version": "1.4"', "")


def test_home_says_the_same_and_its_button_opens_the_page() -> None:
    recent = tuple(
        AnsweredReview(review=reviewed(each), answer=reviewed(each).answers[0]) for each in Decision
    )
    view = home(bulk_review(), recent=recent)

    text = json.dumps(view, ensure_ascii=False)

    assert find_problems(view, surface="home") == []
    assert "10,000 files in Invoices" in text
    assert "8,000 added, 2,000 changed" in text
    assert f'"url": "{PAGE}"' in text
    assert "You reviewed it," in text
    assert "You requested changes," in text
    assert "ersion" not in text


@pytest.mark.parametrize("review", [bulk_review(title=HOSTILE, path=HOSTILE), bulk_review(title="")])
def test_hostile_titles_stay_text_in_every_list(review: Review) -> None:
    drawn = listed(review)

    assert find_problems(json.loads(drawn["slack"]), surface="message") == []
    assert "{{DATE(2026-01-01" not in drawn["teams"]
    assert find_problems(home(review), surface="home") == []


def test_the_menu_and_its_forms_name_the_files() -> None:
    review = bulk_review()
    views: list[Any] = [
        menu_view.draw_menu(offer(review)),
        draw_meaning_modal(offer(review)),
        *(
            modals.draw_answer_form(decision, review, private=False, meaning=offer(review).meaning)
            for decision in Decision
        ),
        modals.draw_reassign_form(review),
        menu_card.draw_confirmation(review, "Done.", {}),
    ]

    for view in views:
        assert "10,000 files in Invoices" in json.dumps(view, ensure_ascii=False).replace("\u200b", "")


def test_a_shown_review_leads_to_its_files_and_has_no_other_button() -> None:
    card = add_page(draw_card(bulk_review()), lambda _card: PAGE)
    shown = ReviewReply(review=bulk_review(), card=card)

    slack = json.dumps(bot.slack.reply_view.draw_reply(shown, name="/reviews", domain="acme"))
    teams = json.dumps(bot.teams.reply_cards.draw_reply(shown, tenant="t-1"))

    assert PAGE in slack
    assert PAGE in teams


def test_the_public_list_of_a_private_route_names_no_file() -> None:
    secret = bulk_review(
        title="Globex", path="Legal / Globex", bulk=bulk(sample_files=(bulk_file(title="Globex"),))
    )

    for line in listed(redact_review(secret, "Legal")).values():
        assert "10,000 files in Legal" in line.replace("\\u200b", "")
        assert "Globex" not in line


def test_a_pasted_link_would_say_no_version() -> None:
    assert "ersion" not in unfurling.describe_state(draw_card(reviewed()), reviewed())


def test_the_record_tells_of_a_bulk_review_without_a_version() -> None:
    review = reviewed()
    entries = [
        ledger_entries.build_opened(bulk_review(), []),
        ledger_entries.build_answered(review, review.answers[0]),
    ]

    opened, acknowledged = (history.describe_entry(entry).sentence for entry in entries)

    assert opened.startswith("A bulk review was opened for files in Invoices.")
    assert acknowledged.startswith("Dana Ozola acknowledged revision 1.")


def posted(installation: SlackInstallation, **more: Any) -> tuple[Review, dict[str, Any]]:
    """Let many files arrive; return their review and its card as it stands in the channel."""
    installation.desk.delivery = replace(installation.desk.delivery, get_page_url=lambda _card: PAGE)
    review = flood(installation.desk, 30, **more)
    installation.desk.deliver_all()
    [card] = installation.slack.messages(CHANNEL)
    return review, dict(card)


def test_thirty_files_are_one_card_in_slack_that_opens_the_page_and_is_answered_once(
    installation: SlackInstallation,
) -> None:
    # Alice Moreau, who added them, is an owner as well, so that it is Dana Ozola who answers.
    review, card = posted(installation)
    buttons = {each["action_id"]: each for block in card["blocks"] for each in block.get("elements", ())}

    opened = installation.side.click(DANA, card, "show_files")
    answered = installation.side.click(DANA, card, "acknowledge_review")
    installation.desk.deliver_all()

    assert buttons["show_files"]["url"] == PAGE
    assert (opened.status, answered.status) == (200, 200)
    [now] = list_bulk_reviews(installation.desk)
    assert (now.id, now.state, len(now.answers)) == (review.id, ReviewState.ACKNOWLEDGED, 1)
    [redrawn] = installation.slack.messages(CHANNEL)
    assert "30 files in Compliance were changed by Alice Moreau" in redrawn["text"]
    assert "Reviewed by Dana Ozola" in redrawn["text"]


def test_a_second_click_is_told_what_became_of_the_files(installation: SlackInstallation) -> None:
    _review, card = posted(installation)
    installation.side.click(DANA, card, "acknowledge_review")

    installation.side.click(DEPUTY_USER, card, "acknowledge_review")

    assert "30 files in Compliance were already reviewed by Dana Ozola" in installation.wait_for_reply(
        DEPUTY_USER
    )


def test_the_thread_of_a_card_is_told_of_the_files(installation: SlackInstallation) -> None:
    _review, card = posted(installation)
    form = installation.side.click(DANA, card, "request_changes")

    installation.side.submit_view(DANA, installation.modal(DANA), {"note": {"text": "Wrong year."}})
    installation.desk.deliver_all()

    assert form.status == 200
    [text] = [
        message["text"] for message in installation.slack.messages(CHANNEL) if message["ts"] != card["ts"]
    ]
    assert text.endswith("Dana Ozola requested changes to 30 files in Compliance.")
