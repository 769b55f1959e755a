"""What a line of a list says of a folder, which has no version, and of a superseded review."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

import bot.slack.reply_view
import bot.teams.reply_cards
from bot.command_replies import ListReply
from bot.command_requests import MineRequest, RecentRequest
from bot.slack import home_view
from notifiers.slack.text import escape
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.kinds import Decision
from reviews.ledger import history, ledger_entries
from reviews.lists.my_reviews import AnsweredReview
from reviews.ports.listing import ListingEntry, ReviewPage
from reviews.tree import FolderContents
from tests.edge.block_kit import list_pings
from tests.language.drawings import CHANNELS
from tests.reviews.samples import HOSTILE, START, answer, answered_review, card_post, review

if TYPE_CHECKING:
    from reviews.model import Review

INSIDE = FolderContents(count=2, titles=("A.docx", "B.docx"))
TEAM = "19:a@thread.tacv2"


def folder(**more: Any) -> Review:
    values = {"file_id": "folder:77", "title": "Minutes", "version_from": None, "version_to": None, **more}
    return review(contents=INSIDE, link=None, **values)


def answered_folder(decision: Decision) -> Review:
    return folder(state=decision.outcome, answers=(answer(decision=decision, version=None),))


def listed(review: Review, context: CardContext | None = None) -> dict[str, str]:
    """Return the list of one review, as each chat draws it."""
    around = {review.id: context} if context else {}
    reply = ListReply(
        list_request=RecentRequest(),
        page=ReviewPage(entries=(ListingEntry(seq=1, review=review),)),
        contexts=around,
    )
    slack = bot.slack.reply_view.draw_reply(reply, name="/reviews", domain="acme")
    return {
        "slack": json.dumps(slack),
        "teams": json.dumps(bot.teams.reply_cards.draw_reply(reply, tenant="t-1")),
    }


def home(*waiting: Review, recent: tuple[AnsweredReview, ...] = ()) -> str:
    desk = home_view.HomeContents(
        open_reviews=waiting, recent_answers=recent, is_responsible=True, drawn_at=START + timedelta(days=1)
    )
    return json.dumps(home_view.draw_home(desk))


@pytest.mark.parametrize("channel", sorted(CHANNELS))
@pytest.mark.parametrize("decision", [None, *Decision])
def test_no_card_claims_a_version_of_a_folder(channel: str, decision: Decision | None) -> None:
    review = answered_folder(decision) if decision else folder()

    lines = " ".join(CHANNELS[channel](draw_card(review)))

    assert "ersion" not in lines.replace("reviewed this version", "")


def test_lists_and_home_say_how_many_files_a_folder_has_and_no_version() -> None:
    folders = [answered_folder(each) for each in Decision]
    recent = tuple(AnsweredReview(review=each, answer=each.answers[0]) for each in folders)

    for line in (*listed(folder()).values(), home(folder(), recent=recent)):
        assert "2 files" in line
        assert "ersion" not in line.replace('"version": "1.4"', "")


def test_lists_and_home_say_the_version_of_a_file() -> None:
    current = answered_review()
    recent = (AnsweredReview(review=current, answer=current.answers[0]),)

    for line in (*listed(review()).values(), home(review(), recent=recent)):
        assert "ersion 7" in line


def test_the_history_of_a_folder_names_no_version() -> None:
    current = folder()
    entries = [
        ledger_entries.build_opened(current, []),
        ledger_entries.build_revised(replace(current, revision=2), []),
        ledger_entries.build_answered(current, answer(version=None)),
    ]

    sentences = [history.describe_entry(entry).sentence for entry in entries]

    assert sentences[0].endswith("The review was opened.")
    assert sentences[1].endswith("The review moved to revision 2.")
    assert sentences[2].startswith("Dana Ozola acknowledged revision 1.")
    assert history.describe_entry(ledger_entries.build_opened(review(), [])).sentence.endswith(
        "opened for version 7 → 8."
    )


def test_a_superseded_review_in_a_list_says_so_and_leads_to_the_newer_one() -> None:
    older = replace(answered_review(), superseded_by="rev-2")
    slack = card_post(target="C1", message_id="1700000000.000200")
    teams = card_post(notifier="teams-bot", target=TEAM, message_id=f"{TEAM};messageid=17|18")
    newer = review(id="rev-2", cards=(slack, teams))

    lines = listed(older, CardContext(newer=newer))
    recent = home(recent=(AnsweredReview(review=older, answer=older.answers[0]),))

    for each in lines.values():
        assert "after 12 min. Superseded by a newer review." in each
        assert "Go to the newer review" in each
    assert "https://acme.slack.com/archives/C1/p1700000000000200" in lines["slack"]
    assert "https://teams.microsoft.com/l/message/19%3Aa%40thread.tacv2/18?tenantId=t-1" in lines["teams"]
    assert "Superseded by a newer review." in recent
    assert "Go to the newer review" not in "".join(listed(older).values())


def test_mine_says_for_whom_one_stands_in_within_what_fits() -> None:
    duty = f"You stand in for {HOSTILE}, {'N' * 300}."
    reply = ListReply(
        list_request=MineRequest(),
        page=ReviewPage(entries=(ListingEntry(seq=1, review=review()),)),
        duties={review().id: duty},
    )

    slack = bot.slack.reply_view.draw_reply(reply, name="/reviews", domain="acme")
    teams = json.dumps(bot.teams.reply_cards.draw_reply(reply, tenant="t-1"))

    assert f"Waiting for review. You stand in for {escape(HOSTILE)}, NNN" in slack["text"]
    assert list_pings(slack) == []
    assert "Waiting for review. You stand in for " in teams
    assert "N" * 250 not in teams
