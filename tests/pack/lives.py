"""The lives of made-up reviews: one function for each way in which reviews go and end.

Each takes the numbers of as many reviews as it opens.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.bulk import BULK_ID_PREFIX
from reviews.comparison import DocumentState
from reviews.identity import Identity
from reviews.kinds import ChangeKind, Decision
from reviews.ledger import bulk_entries, delivery_entries, ledger_entries
from reviews.model import CarriedAcknowledgement
from reviews.ports.reviews import ReviewSubject
from reviews.review_request import ReviewRequest
from tests.pack.clerk import DANA, ILZE, JURIS, REVIEWERS, make_contributor
from tests.reviews.people import make_proven_person
from tests.reviews.samples import bulk_file, card_post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.model import Review
    from tests.pack.clerk import Clerk


def acknowledge(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed, wait = clerk.open(numbers[0]), clerk.wait()
    every = timedelta(hours=2)
    clerk.remind(reviewed, count=min(wait // every, 8), every=every)
    clerk.answer(reviewed, after=wait, by=clerk.random.choice((DANA, ILZE)))


def acknowledge_after_revisions(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    for _ in range(clerk.random.randint(1, 8)):
        reviewed = clerk.revise(reviewed, after=timedelta(minutes=clerk.random.randint(11, 200)))
    clerk.answer(reviewed, after=clerk.wait(), by=ILZE)


def acknowledge_late(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    clerk.remind(reviewed, count=2, every=timedelta(days=2))
    clerk.lapse(reviewed)
    clerk.answer(reviewed, after=timedelta(days=5, hours=3) + clerk.wait(), note="Sorry, I was away.")


def request_changes(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    note = "Section 4 is missing.\nPlease add it again."
    clerk.answer(clerk.open(numbers[0]), after=clerk.wait(), decision=Decision.REQUEST_CHANGES, note=note)


def lapse(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    clerk.lapse(clerk.open(numbers[0]))


def stay_open(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    clerk.open(numbers[0], due_at=None)


def withdraw(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    answered = clerk.answer(reviewed, after=clerk.wait())
    withdrawn = replace(answered, withdrawn_at=answered.at + timedelta(minutes=3))
    clerk.write(ledger_entries.build_withdrawn(reviewed, withdrawn, identity=Identity.SLACK, proof={}))
    if clerk.random.random() < 0.7:
        after = answered.at - reviewed.changed_at + timedelta(hours=1)
        clerk.answer(reviewed, after=after, decision=Decision.REQUEST_CHANGES, note="On second thought, no.")


def acknowledge_by_two(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0], required=2)
    wait = clerk.wait()
    clerk.answer(reviewed, after=wait, by=DANA)
    if clerk.random.random() < 0.8:
        clerk.answer(reviewed, after=wait + clerk.wait(), by=ILZE)


def acknowledge_by_each(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    """Each owner has to answer, but for the one who wrote it."""
    owners = tuple(str(each.email) for each in REVIEWERS)
    reviewed = clerk.open(numbers[0], required=None, owners=owners, contributors=(make_contributor(JURIS),))
    wait = clerk.wait()
    clerk.answer(reviewed, after=wait, by=DANA)
    if clerk.random.random() < 0.8:
        clerk.answer(reviewed, after=wait + clerk.wait(), by=ILZE)


def acknowledge_own_change(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0], contributors=(make_contributor(DANA),))
    clerk.answer(reviewed, after=clerk.wait())


def carry(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    first = clerk.open(numbers[0])
    answered = clerk.answer(first, after=timedelta(minutes=2))
    second = clerk.open(numbers[1], file_id=first.file_id, title=first.title)
    carried = CarriedAcknowledgement(
        review_id=first.id,
        version=first.version_to,
        people=(DANA,),
        acknowledged_at=answered.at,
        at=second.changed_at + timedelta(seconds=9),
    )
    state = DocumentState(version=second.version_to, updated=second.modified_at, sha256="0" * 64, size=1)
    clerk.write(ledger_entries.build_carried(second, carried, before=state, after=state, reason="identical"))


def supersede(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    first = clerk.open(numbers[0])
    gap = clerk.moments[numbers[1]] - first.opened_at
    clerk.answer(first, after=gap / 2)
    second = clerk.open(numbers[1], file_id=first.file_id, title=first.title)
    clerk.write(ledger_entries.build_superseded(first, second))
    clerk.answer(second, after=clerk.wait())


def absorb(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    first = clerk.open(numbers[0])
    bulk = _open_bulk(clerk, numbers[1])
    missed = clerk.describe_unanswered(first, cause="joined_bulk_review")
    clerk.write(ledger_entries.build_absorbed(first, bulk, unanswered=missed))
    clerk.answer(bulk, after=timedelta(minutes=2))
    file = bulk_file(2)
    newer = clerk.open(numbers[2], file_id=file.file_id, title=file.title)
    clerk.write(bulk_entries.build_superseded(bulk, file, newer=newer))


def take_out(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    bulk = _open_bulk(clerk, numbers[0])
    missed = clerk.describe_unanswered(bulk, cause="content")
    newer = replace(bulk, revision=bulk.revision + 1, changed_at=bulk.changed_at + timedelta(minutes=1))
    clerk.write(bulk_entries.build_revised(newer, bulk_file(2), [5], before=bulk, unanswered=missed))
    at = newer.changed_at + timedelta(seconds=1)
    clerk.write(bulk_entries.build_relabelled(newer, bulk_file(3, title="Invoice.pdf"), at=at))
    bulk, file = newer, bulk_file(1)
    separate = clerk.open(numbers[1], file_id=file.file_id, title=file.title)
    after = replace(bulk, revision=bulk.revision + 1, changed_at=separate.opened_at)
    clerk.write(
        bulk_entries.build_taken_out(
            after,
            file,
            before=bulk,
            new_review=separate,
            actor={"by": ledger_entries.describe_reviewer(DANA), "identity": "slack"},
            unanswered=clerk.describe_unanswered(bulk, cause="taken_out"),
        )
    )
    clerk.answer(after, after=clerk.wait())


def lose_document(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    clerk.lose_document(reviewed, kind=ChangeKind.DELETED, at=reviewed.opened_at + clerk.wait())


def lose_and_find_document(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    gone_at = reviewed.opened_at + clerk.wait()
    clerk.lose_document(reviewed, kind=ChangeKind.TRASHED, at=gone_at)
    back_at = gone_at + timedelta(minutes=4)
    clerk.write(ledger_entries.build_document_back(reviewed, kind=ChangeKind.RESTORED, at=back_at))
    clerk.answer(reviewed, after=back_at - reviewed.opened_at + clerk.wait())


def fail_delivery(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    """Two cards are given up, of which one is delivered later."""
    reviewed = clerk.open(numbers[0])
    subject, at = _make_subject(reviewed), reviewed.opened_at + timedelta(minutes=40)
    for target in ("C0123456789", "C9876543210"):
        post = card_post(review_id=reviewed.id, due_since=reviewed.opened_at, target=target)
        clerk.write(
            delivery_entries.build_given_up(
                subject, post, attempts=9, reason="channel_is_archived", was_posted=False, at=at
            )
        )
    clerk.write(delivery_entries.build_recovered(subject, post, at=at + timedelta(hours=2)))
    clerk.answer(reviewed, after=timedelta(hours=3) + clerk.wait())


def pass_on(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    at = reviewed.opened_at + timedelta(minutes=30)
    asked = ReviewRequest(review_id=reviewed.id, person=make_proven_person(DANA))
    snoozed = replace(reviewed, snoozed_until=at + timedelta(days=1))
    clerk.write(ledger_entries.build_snoozed(snoozed, by=DANA, review_request=asked, at=at))
    moved = replace(reviewed, title=f"Final {reviewed.title}", path="Legal / Archive")
    clerk.write(ledger_entries.build_relabelled(moved, at=at + timedelta(minutes=1)))
    clerk.write(ledger_entries.build_relinked(moved, at=at + timedelta(seconds=90)))
    passed = replace(moved, owners=(str(JURIS.email),))
    clerk.write(
        ledger_entries.build_reassigned(
            passed, by=DANA, to=JURIS, review_request=asked, at=at + timedelta(minutes=2)
        )
    )
    clerk.answer(passed, after=timedelta(hours=1) + clerk.wait(), by=JURIS)


def remove(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    reviewed = clerk.open(numbers[0])
    answered = clerk.answer(reviewed, after=clerk.wait())
    stored = replace(reviewed, answers=(answered,))
    clerk.write(ledger_entries.build_removed(stored, at=answered.at + timedelta(days=400)))


def click_through(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    """One person acknowledges several reviews within seconds."""
    opened = [clerk.open(number) for number in numbers]
    sat_down_at = opened[-1].opened_at + timedelta(minutes=10)
    for position, reviewed in enumerate(opened):
        at = sat_down_at + timedelta(seconds=4 * position, microseconds=position)
        clerk.answer(reviewed, after=at - reviewed.opened_at, by=ILZE)


def climb_ladder(clerk: Clerk, numbers: tuple[int, ...]) -> None:
    """Each step is taken, the review lapses, and the requested changes do not come."""
    reviewed = clerk.open(numbers[0])
    clerk.escalate(reviewed, after=timedelta(days=4), step="75%")
    clerk.escalate(reviewed, after=timedelta(days=5), step="100%")
    clerk.lapse(reviewed)
    after = timedelta(days=6)
    clerk.answer(reviewed, after=after, decision=Decision.REQUEST_CHANGES, note="Section 4 is missing.")
    sent_back = replace(reviewed, changed_at=reviewed.changed_at + after)
    clerk.follow_up(sent_back, count=2, every=timedelta(days=3))


LIVES: Mapping[Callable[[Clerk, tuple[int, ...]], None], tuple[int, int]] = {
    acknowledge: (1, 60),
    acknowledge_after_revisions: (1, 60),
    acknowledge_late: (1, 8),
    request_changes: (1, 8),
    lapse: (1, 3),
    stay_open: (1, 2),
    withdraw: (1, 2),
    acknowledge_by_two: (1, 5),
    acknowledge_by_each: (1, 3),
    acknowledge_own_change: (1, 2),
    carry: (2, 2),
    supersede: (2, 12),
    absorb: (3, 1),
    take_out: (2, 1),
    lose_document: (1, 1),
    lose_and_find_document: (1, 1),
    fail_delivery: (1, 2),
    pass_on: (1, 4),
    remove: (1, 3),
    click_through: (4, 1),
}
"""Each life, with how many reviews it is about and how often it is lived beside the others."""


def _open_bulk(clerk: Clerk, number: int) -> Review:
    """Open a bulk review of three files, each of which joins as the next revision."""
    bulk = clerk.open(
        number,
        file_id=f"{BULK_ID_PREFIX}{clerk.prefix}-{number:06}",
        kind=ChangeKind.BULK,
        title="Invoices",
        path="Finance / Invoices",
        version_from=None,
        version_to=None,
        modified_at=None,
        saves=None,
    )
    for position in (1, 2, 3):
        at = bulk.changed_at + timedelta(seconds=2)
        joined = replace(bulk, revision=bulk.revision + 1, changed_at=at)
        file = bulk_file(position, joined_at=at)
        clerk.write(bulk_entries.build_joined(joined, file, [position], before=bulk))
        bulk = joined
    return bulk


def _make_subject(reviewed: Review) -> ReviewSubject:
    return ReviewSubject(
        id=reviewed.id,
        route=reviewed.route,
        file_id=reviewed.file_id,
        title=reviewed.title,
        revision=reviewed.revision,
    )
