"""Reviews that were closed long ago: they go with all that is theirs, and the ledger stays and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision, ReviewState
from reviews.ledger.findings import LedgerPart
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import build_removed
from runtime.commands.ledger.verdict_texts import describe_verdict
from store.removed_reviews import MAX_REMOVED, remove_reviews
from store.schema import answers, cards, review_index, reviews
from tests.retention.removing import LATEST, YEAR, count_rows, let_years_pass, pass_days, remove
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import event, notice, routes
from tests.runtime.command import run_command
from tests.store.recount import assert_sums_agree, recount

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk


def acknowledge(desk: Desk, file_id: str, **more: Any) -> Review:
    """Have a change of a file reviewed, with all cards drawn."""
    desk.portal.versions[file_id] += 1
    review = desk.answers.record_answer(build_answer_request(desk.open(event(file_id=file_id)), **more))
    desk.deliver_all()
    return review


def removals(desk: Desk) -> list[dict[str, Any]]:
    return [entry for entry in desk.entries() if entry["type"] == EntryType.REVIEW_REMOVED]


def test_a_review_goes_with_its_answers_its_cards_and_its_rows_in_the_index(desk: Desk) -> None:
    gone = acknowledge(desk, "f1")
    let_years_pass(desk)

    assert remove(desk) == [LATEST]

    with desk.engine.connect() as connection:
        seqs = set(connection.execute(sa.select(review_index.c.seq)).scalars())
        assert set(connection.execute(sa.select(reviews.c.seq)).scalars()) == seqs
        owned = set(connection.execute(sa.select(cards.c.review_id)).scalars())
    assert (count_rows(desk, answers), gone.id in owned) == (0, False)


def test_a_review_of_a_route_under_legal_hold_stays(desk: Desk) -> None:
    held = acknowledge(desk, "f1")
    let_years_pass(desk)
    desk.follow(routes(legal_hold=True))

    assert remove(desk) == [held.file_id, LATEST]

    desk.follow(routes())
    assert remove(desk) == [LATEST]


def test_the_record_keeps_all_entries_says_what_was_removed_and_holds(desk: Desk) -> None:
    gone = acknowledge(desk, "f1")
    let_years_pass(desk)
    before = desk.entries()

    remove(desk)

    assert desk.entries()[: len(before)] == before
    [entry] = removals(desk)
    assert (entry["review_id"], entry["file_id"], entry["answers"]) == (gone.id, "f1", 1)
    verdict = desk.verdict()
    assert (verdict.problem, verdict.removed) == (None, 1)
    assert "1 review was removed after KEEP_REVIEWS" in describe_verdict(verdict)


def test_what_was_removed_stays_counted_in_the_figures_of_its_route(desk: Desk) -> None:
    acknowledge(desk, "f1")
    let_years_pass(desk)
    counted = recount(desk.engine)

    remove(desk)

    assert recount(desk.engine) != counted
    assert_sums_agree(desk.engine, counted)


def test_what_someone_deleted_by_hand_is_still_found(desk: Desk) -> None:
    acknowledge(desk, "f1")
    by_hand = acknowledge(desk, "f2")
    let_years_pass(desk, days=10)
    with desk.engine.begin() as connection:
        for table in (answers, cards):
            connection.execute(sa.delete(table).where(table.c.review_id == by_hand.id))
        connection.execute(sa.delete(reviews).where(reviews.c.id == by_hand.id))
    pass_days(desk, 366)
    remove(desk)

    findings = [each for each in desk.verdict().findings if each.part is LedgerPart.REVIEW]

    assert [(each.review_id, "table ledger tells of" in each.says) for each in findings] == [
        (by_hand.id, True)
    ]


NOT_OVER = (
    "entry 2 says that review {} was removed, but no entry before it says that it was answered or replaced"
)
MISCOUNTED = "entry 3 says that review {} was removed with 0 answers, but the entries before it tell of 1"


@pytest.mark.parametrize(
    ("answered", "days", "says"), [(False, 0, [NOT_OVER]), (True, 0, [MISCOUNTED]), (True, 1, [])]
)
def test_a_removal_that_retention_would_not_have_written_is_found(
    desk: Desk, *, answered: bool, days: int, says: list[str]
) -> None:
    review = acknowledge(desk, "f1") if answered else desk.open(event(file_id="f1"))
    with desk.transactions() as work:
        work.ledger.append({**build_removed(review, at=desk.clock()), "answers": days})
        work.commit()
    with desk.engine.begin() as connection:
        for table in (answers, cards, review_index, reviews):
            connection.execute(sa.delete(table))

    findings = [each for each in desk.verdict().findings if each.part is LedgerPart.REVIEW]

    assert [each.says for each in findings] == [text.format(review.id) for text in says]


def test_a_removed_review_that_is_there_again_is_found(desk: Desk) -> None:
    review = acknowledge(desk, "f1")
    with desk.transactions() as work:
        work.ledger.append(build_removed(review, at=desk.clock()))
        work.commit()

    [finding] = desk.verdict().findings

    assert finding.says == f"review {review.id} is there, which entry 3 says was removed"


def test_answers_of_a_removed_review_that_are_there_again_are_found(desk: Desk) -> None:
    acknowledge(desk, "f1")
    let_years_pass(desk)
    with desk.engine.connect() as connection:
        [row] = connection.execute(sa.select(answers)).mappings()
    remove(desk)
    careless = sa.create_engine(desk.engine.url)  # nothing asks here whether the review is there
    with careless.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(sa.insert(answers), dict(row))
    careless.dispose()

    [finding] = desk.verdict().findings

    assert "which the table answers tells of" in finding.says


def test_what_is_still_needed_stays(desk: Desk) -> None:
    """An open review, what was sent back, what was asked for before an open one, and what is being drawn."""
    desk.open(event(file_id="open"))
    acknowledge(desk, "sent back", decision=Decision.REQUEST_CHANGES, note="Section 4 is missing")
    acknowledge(desk, "again", decision=Decision.REQUEST_CHANGES, note="Section 4 is missing")
    desk.portal.versions["again"] += 1
    desk.open(event(file_id="again"))
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id="not drawn"))))
    pass_days(desk, 366)
    desk.open(event(file_id=LATEST))

    assert remove(desk) == ["open", "sent back", "again", "again", "not drawn", LATEST]
    assert removals(desk) == []


def test_what_was_sent_back_goes_once_a_newer_review_is_closed(desk: Desk) -> None:
    acknowledge(desk, "f1", decision=Decision.REQUEST_CHANGES, note="Section 4 is missing")
    acknowledge(desk, "f1")
    let_years_pass(desk)

    assert remove(desk) == [LATEST]
    assert desk.verdict().problem is None


def test_an_answer_that_was_taken_back_leaves_an_open_review_which_stays(desk: Desk) -> None:
    review = acknowledge(desk, "f1")
    desk.answers.withdraw(make_review_request(review))
    desk.deliver_all()
    let_years_pass(desk)

    assert remove(desk) == ["f1", LATEST]


def test_no_number_of_a_card_is_given_out_again(desk: Desk) -> None:
    gone = desk.open(event(file_id="f1"))
    desk.open(event(file_id=LATEST))
    with desk.transactions() as work:
        work.cards.owe_notice(("paper", "C1"), notice(), cause="reminder:1", review_id=gone.id)
        work.commit()
    desk.answers.record_answer(build_answer_request(gone))
    desk.deliver_all()
    newest = max(numbers_of_cards(desk))
    pass_days(desk, 366)

    assert remove(desk) == ["f1", LATEST]
    desk.open(event(file_id="f2"))
    assert min(numbers_of_cards(desk, "f2")) > newest
    assert remove(desk) == [LATEST, "f2"]


def numbers_of_cards(desk: Desk, file_id: str = "") -> list[int]:
    """Return the numbers of the cards of a file's reviews; without a file those of all."""
    query = sa.select(cards.c.id)
    if file_id:
        query = query.join(reviews).where(reviews.c.file_id == file_id)
    with desk.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def test_a_card_of_a_removed_review_answers_that_it_is_not_tracked_any_more(desk: Desk) -> None:
    gone = acknowledge(desk, "f1")
    let_years_pass(desk)
    remove(desk)
    before = desk.entries()

    with pytest.raises(Refused, match="no longer tracked here") as raised:
        desk.answers.record_answer(build_answer_request(gone))

    assert (raised.value.reason, desk.entries()) == (RefusalReason.UNKNOWN, before)


def test_a_change_after_the_removal_opens_a_review_as_the_first_one_did(desk: Desk) -> None:
    acknowledge(desk, "f1")
    let_years_pass(desk)
    remove(desk)
    desk.portal.versions["f1"] += 1

    opened = desk.open(event(file_id="f1"))

    assert (opened.state, opened.version_from, opened.version_to) == (ReviewState.OPEN, 9, 10)
    assert desk.verdict().problem is None


def test_what_was_answered_anew_meanwhile_is_not_removed(desk: Desk) -> None:
    """A step looks first and removes afterwards; what it would remove is asked once more."""
    review = acknowledge(desk, "f1")
    let_years_pass(desk)
    steps = remove_reviews(desk.engine, 0, before=desk.clock() - 2 * YEAR, now=desk.clock())
    assert (steps.removed, steps.after) == (0, None)
    desk.answers.withdraw(make_review_request(review))

    assert remove(desk) == ["f1", LATEST]


def test_many_reviews_go_in_steps_of_a_few(desk: Desk) -> None:
    for number in range(MAX_REMOVED + 3):
        acknowledge(desk, f"f{number}")
    let_years_pass(desk)

    first = remove_reviews(desk.engine, 0, before=desk.clock() - YEAR, now=desk.clock())
    assert (first.removed, len(desk.reviews())) == (MAX_REMOVED, 4)
    second = remove_reviews(desk.engine, first.after, before=desk.clock() - YEAR, now=desk.clock())

    assert (second.removed, len(desk.reviews())) == (3, 1)
    assert desk.verdict().removed == MAX_REMOVED + 3


def test_who_asks_for_a_removed_review_hears_when_it_went(desk: Desk, database_url: str) -> None:
    gone = acknowledge(desk, "f1")
    let_years_pass(desk)
    remove(desk)

    done = run_command(["reviews", "show", gone.id], DATABASE_URL=database_url)

    day = f"{desk.clock():%Y-%m-%d}"
    sentence = f"there is no review '{gone.id}' any more: it was removed on {day} after KEEP_REVIEWS"
    assert (done.code, sentence in done.err) == (2, True)
