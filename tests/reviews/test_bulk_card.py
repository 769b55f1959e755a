"""The card of a bulk review: how many files, what happened to them, by whom, the first ones, all of them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from reviews.acts import Act, ActKind
from reviews.answers.late_refusals import refuse_late_answer, refuse_second_answer, refuse_superseded
from reviews.cards.answer_progress import describe_outdated
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import add_page, draw_card
from reviews.cards.card_sentences import describe_news, summarize
from reviews.cards.docspace_comment import format_comment
from reviews.identity import Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.language import use_language
from reviews.ledger import ledger_entries
from reviews.ledger.history import describe_entry
from reviews.model import BULK_STATEMENT, STATEMENT, Review
from reviews.notice import NoticeKind, ReminderNotice
from reviews.privacy.redaction import hide_title, redact_card, redact_notice, redact_review
from reviews.wording.notice_sentences import describe_notice, name_item
from reviews.wording.statement import find_statement, translate_statement
from reviews.wording.subject import count_subject, name_files, name_subject
from tests.reviews.notices import require_type
from tests.reviews.samples import (
    ALICE,
    BOB,
    HOSTILE,
    NOTE,
    answer,
    bulk,
    bulk_file,
    bulk_review,
    notice,
    notice_of_any,
    review,
    route,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.errors import Refused

PAGE = "https://review.example.com/ack/x#files"


def people(count: int) -> tuple[Person, ...]:
    return tuple(Person(id=f"p{number}", name=f"Person {number}") for number in range(1, count + 1))


def reviewed(decision: Decision = Decision.ACKNOWLEDGE) -> Review:
    own_answer = answer(decision=decision, version=None, note=NOTE)
    return bulk_review(state=decision.outcome, answers=(own_answer,))


def test_a_card_says_how_many_files_of_which_folder_and_what_happened_to_them() -> None:
    card = draw_card(bulk_review())

    assert card.title == "10,000 files in Invoices"
    assert card.file_summary == "8,000 added, 2,000 changed"
    assert card.where == "in Legal / Compliance"
    assert summarize(card) == (
        "10,000 files in Invoices were changed by Alice Moreau and Bob Chen "
        "in Legal / Compliance. Please review them."
    )


def test_a_card_is_counted_in_the_language_that_is_spoken() -> None:
    with use_language("de"):
        card = draw_card(bulk_review())

        assert (card.title, describe_news(card)) == ("10.000 Dateien in Invoices", "warten auf Ihre Prüfung")
        assert card.file_summary == "8.000 hinzugefügt, 2.000 geändert"


@pytest.mark.parametrize(
    ("review", "news"),
    [
        (bulk_review(), "need your review"),
        (bulk_review(bulk=bulk(count=1)), "needs your review"),
        (reviewed(), "were reviewed"),
        (reviewed(Decision.REQUEST_CHANGES), "need changes"),
        (bulk_review(superseded_by="rev-2"), "have changed again"),
    ],
)
def test_the_headline_speaks_of_as_many_files_as_there_are(review: Review, news: str) -> None:
    assert describe_news(draw_card(review)) == news


def test_what_happened_to_all_files_alike_is_said_once() -> None:
    alike = draw_card(bulk_review(bulk=bulk(kinds=((ChangeKind.MOVED_IN, 10_000),))))
    mixed = draw_card(bulk_review())

    assert (alike.verb, mixed.verb) == ("moved in", "changed")
    assert alike.bulk
    assert mixed.bulk
    assert (alike.bulk.is_mixed, mixed.bulk.is_mixed) == (False, True)


@pytest.mark.parametrize(
    ("count", "who"),
    [
        (1, "Person 1"),
        (4, "Person 1, Person 2, Person 3 and Person 4"),
        (5, "Person 1, Person 2, Person 3 and 2 more"),
        (1234, "Person 1, Person 2, Person 3 and 1,231 more"),
    ],
)
def test_of_many_people_the_first_are_named_and_the_others_counted(count: int, who: str) -> None:
    assert draw_card(bulk_review(contributors=people(count))).who == who


def test_the_first_files_are_listed_with_their_place_below_the_folder() -> None:
    drawn = draw_card(bulk_review()).bulk
    assert drawn

    first, second = drawn.list_first(2)

    assert (first.title, first.path_below, first.verb) == ("Invoice 2026-0001.pdf", "", "added")
    assert (second.title, second.path_below, second.verb) == ("Invoice 2026-0002.pdf", "Q1", "changed")
    assert first.link == "https://acme.example.com/doceditor?fileid=700001"
    assert drawn.describe_omitted(drawn.list_first(5)) == "and 9,995 more"


@pytest.mark.parametrize(
    ("path", "above", "title", "below"),
    [
        ("Legal / Invoices", "Legal", "Invoices", ""),
        ("Legal / Invoices / 2026 / Q1", "Legal", "Invoices", "2026 / Q1"),
        ("Legal / Invoices of 2025 / Q1", "Legal", "Invoices", "Legal / Invoices of 2025 / Q1"),
        ("Legal / Q1", "", "Legal", "Q1"),
        ("Legal / Q1", "", "", "Legal / Q1"),
        ("", "Legal", "Invoices", ""),
    ],
)
def test_a_file_is_placed_below_the_folder_of_its_review(
    path: str, above: str, title: str, below: str
) -> None:
    review = bulk_review(path=above, title=title, bulk=bulk(sample_files=(bulk_file(path=path),)))

    drawn = draw_card(review).bulk

    assert drawn
    assert drawn.first[0].path_below == below


def test_hostile_titles_of_files_are_one_line_each_and_their_links_lead_to_the_web() -> None:
    file = bulk_file(title=HOSTILE, path=f"Legal / {HOSTILE}", link="javascript:alert(1)")
    drawn = draw_card(bulk_review(title="Legal", path="", bulk=bulk(sample_files=(file,)))).bulk
    assert drawn

    [listed] = drawn.first

    assert (listed.title, listed.path_below) == ("<!channel> *urgent* & co|xcod.docx <@U1>",) * 2
    assert listed.link is None


def test_the_button_leads_to_all_files_in_the_place_of_one_document() -> None:
    card = draw_card(bulk_review(link="https://acme.example.com/folder/900"))

    assert card.actions == (
        CardAction.ACKNOWLEDGE,
        CardAction.REQUEST_CHANGES,
        CardAction.FILES,
        CardAction.MORE,
    )
    assert draw_card(reviewed()).actions == (CardAction.FILES, CardAction.MORE)
    assert CardAction.FILES not in draw_card(review()).actions


def test_the_way_to_all_files_is_added_to_a_bulk_review_alone() -> None:
    drawn = add_page(draw_card(bulk_review()), lambda _card: PAGE).bulk

    assert drawn
    assert drawn.page_url == PAGE
    assert add_page(draw_card(review()), lambda _card: PAGE) == draw_card(review())


def test_files_that_join_make_no_stage_of_their_own() -> None:
    stages = [draw_card(bulk_review(revision=revision)).stage for revision in (1, 26, 10_000)]

    assert set(stages) == {"revision 1"}
    assert draw_card(reviewed()).stage == "revision 1, reviewed"


def test_nothing_is_written_into_the_history_of_a_file_for_many() -> None:
    assert format_comment(draw_card(reviewed())) is None


def test_the_public_sees_the_watched_folder_and_numbers_and_no_file() -> None:
    secret = bulk_review(
        title="Globex", path="Legal / Globex", bulk=bulk(sample_files=(bulk_file(title="Globex"),))
    )
    hidden = replace(secret, answers=reviewed().answers, state=ReviewState.ACKNOWLEDGED)

    cards = [redact_card(draw_card(hidden), "Legal"), draw_card(redact_review(hidden, "Legal"))]

    for card in cards:
        assert card.title == "10,000 files in Legal"
        assert (card.file_summary, card.who) == ("8,000 added, 2,000 changed", "Alice Moreau and Bob Chen")
        assert CardAction.FILES in card.actions
        assert not [word for word in ("Globex", "Invoice") if word in f"{asdict(card)}"]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (NoticeKind.REMINDER, "10,000 files in Invoices are still waiting for your review."),
        (NoticeKind.OVERDUE, "The review of 10,000 files in Invoices is overdue."),
        (NoticeKind.ESCALATED, "The review of 10,000 files in Invoices has no answer yet."),
        (NoticeKind.REASSIGNED, "Dana reassigned the review of 10,000 files in Invoices to Sam."),
        (
            NoticeKind.WITHDRAWN,
            "Dana withdrew their answer: 10,000 files in Invoices are waiting for review again.",
        ),
        (NoticeKind.CHANGES_REQUESTED, "Dana requested changes to 10,000 files in Invoices."),
        (NoticeKind.OUTCOME, "Dana reviewed 10,000 files in Invoices, some of which you changed."),
    ],
)
def test_notices_name_the_files_as_the_card_does(kind: NoticeKind, sentence: str) -> None:
    asks = kind in ReminderNotice.KINDS  # people who know themselves who is asked
    who = () if asks else (Reviewer(name="Dana"),)
    sam = Reviewer(name="Sam")
    notice = notice_of_any(kind, title="Invoices", path="", files=10_000, who=who, new_owner=sam)

    assert describe_notice(notice) == sentence


def test_a_notice_in_public_names_the_watched_folder() -> None:
    [reminder] = require_type(ReminderNotice, [notice(NoticeKind.REMINDER, title="Globex", files=26, who=())])

    assert (
        describe_notice(redact_notice(reminder, "Legal"))
        == "26 files in Legal are still waiting for your review."
    )


def test_a_notice_of_one_document_is_named_as_before() -> None:
    assert name_item(notice()) == "AML Policy 2026.docx"


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            lambda: refuse_second_answer(reviewed(), answer()),
            "10,000 files in Invoices were already reviewed by you",
        ),
        (
            lambda: refuse_late_answer(reviewed(), seen_revision=1),
            "10,000 files in Invoices were already reviewed by Dana",
        ),
        (
            lambda: refuse_late_answer(bulk_review(), seen_revision=1),
            "Files were added, changed or removed after the card that you saw",
        ),
        (lambda: refuse_superseded(bulk_review()), "10,000 files in Invoices have changed since"),
    ],
)
def test_refusals_name_the_files(refusal: Callable[[], Refused], sentence: str) -> None:
    assert refusal().sentence.startswith(sentence)


def test_a_refusal_about_what_is_private_tells_no_folder() -> None:
    hidden = hide_title(bulk_review(), route(private=True))

    assert (name_subject(hidden), count_subject(hidden)) == ("10,000 files", 10_000)


def test_files_that_share_no_folder_are_counted_alone() -> None:
    assert name_files(26, "") == "26 files"
    assert name_files(1, "Legal") == "1 file in Legal"


def test_the_sentence_that_is_agreed_to_is_about_the_files() -> None:
    current = reviewed()

    entry = ledger_entries.build_answered(current, current.answers[0])

    assert entry["statement"] == "I have reviewed these files."
    assert "“I have reviewed these files.”" in describe_entry(entry).sentence
    assert find_statement(review()) == STATEMENT
    with use_language("de"):
        assert translate_statement(BULK_STATEMENT) == "Ich habe diese Dateien geprüft."
        assert translate_statement("What an older version said.") == "What an older version said."


def test_an_answer_of_someone_who_changed_some_files_says_so() -> None:
    own_answer = answer(version=None, own_change=True)
    card = draw_card(bulk_review(state=ReviewState.ACKNOWLEDGED, answers=(own_answer,)))

    assert summarize(card).endswith("The reviewer had also changed some of the files.")
    assert (
        "The reviewer had also changed some of the files."
        in describe_entry(ledger_entries.build_answered(bulk_review(), own_answer)).sentence
    )


def test_everybody_is_asked_again_when_files_joined() -> None:
    card = draw_card(bulk_review(required=2, revision=9, answers=(answer(version=None, revision=8),)))

    assert (
        describe_outdated(card)
        == "Files were added or changed since the last review, so everyone is asked again."
    )


def test_everybody_who_did_something_to_a_file_is_named_once() -> None:
    moved = Act(kind=ActKind.MOVED_IN, people=(BOB, ALICE))

    assert draw_card(bulk_review(contributors=(ALICE,), acts=(moved,))).who == "Alice Moreau and Bob Chen"
