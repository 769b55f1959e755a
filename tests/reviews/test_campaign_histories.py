"""In any history of a campaign its page, spreadsheet, list, card and pack have the same figures."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from reviews.campaigns.acknowledgement_rows import list_rows
from reviews.errors import Refused
from reviews.identity import ERASED
from store.erasure.ledger_erasure import erase_from_ledger
from store.erasure.ledger_survey import survey_ledger
from store.erasure.person_search import find_open_reviews, find_person
from store.erasure.table_rows import erase_identity
from tests.erasure.erasing import erase_all_rows
from tests.reviews.campaigns import (
    FILES,
    READERS,
    compute_progress,
    count_from_ledger,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

STEPS = 40


class History:
    """A campaign in which chance acts, and who acknowledged which document by an account of our own."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, Random(seed)  # noqa: S311
        put_documents(desk)
        self.campaign = start_campaign(desk)
        self.acknowledged: dict[str, set[str]] = {file_id: set() for file_id in FILES}
        self.erased_counts: Counter[str] = Counter()
        self.readers = list(READERS)
        self.gone: set[str] = set()
        self.has_ended = False

    def act(self) -> None:
        self.desk.clock.advance(
            seconds=self.random.randint(61, 9_000), microseconds=self.random.randint(1, 999_999)
        )
        acts = self.answer, self.save, self.delete, self.work, self.end, self.erase
        self.random.choices(acts, (12, 3, 1, 3, 1, 2))[0]()

    def answer(self) -> None:
        reviews = list_campaign_reviews(self.desk, self.campaign)
        if not reviews:
            return
        review, reader = self.random.choice(reviews), self.random.choice(self.readers)
        done = self.acknowledged[review.file_id]
        is_withdrawal = reader.email in done
        try:
            if is_withdrawal:
                self.desk.answers.withdraw(make_review_request(review, reader))
            else:
                self.desk.answers.record_answer(build_answer_request(review, reviewer=reader))
        except Refused:
            assert self.has_ended
            return
        assert not self.has_ended
        (done.remove if is_withdrawal else done.add)(reader.email or "")
        if is_withdrawal and review.file_id in self.gone:
            self.forget(review.file_id)

    def save(self) -> None:
        file_id = self.random.choice(FILES)
        if file_id not in self.gone:
            self.desk.portal.versions[file_id] += 1
            saved = event(
                file_id=file_id, version=self.desk.portal.versions[file_id], occurred_at=self.desk.clock()
            )
            self.desk.intake.process(self.desk.receive(saved))
            if not self.has_ended:
                self.forget(file_id)
                self.acknowledged[file_id] = set()

    def delete(self) -> None:
        """What all have acknowledged still counts when it goes, until one of them withdraws."""
        file_id = self.random.choice(FILES)
        if file_id in self.gone:
            return
        self.gone.add(file_id)
        gone = event(trigger="file.deleted", file_id=file_id, occurred_at=self.desk.clock())
        self.desk.intake.process(self.desk.receive(gone))
        if not self.has_ended and len(self.acknowledged[file_id]) < len(self.readers):
            self.forget(file_id)

    def forget(self, file_id: str) -> None:
        del self.acknowledged[file_id]
        del self.erased_counts[file_id]

    def work(self) -> None:
        work_on_campaigns(self.desk)

    def end(self) -> None:
        if not self.has_ended and self.random.random() < 0.5:
            self.desk.campaigns.end(self.campaign.id, by=None)
            self.has_ended = True

    def erase(self) -> None:
        """Erase a person whom no open review needs; what they acknowledged stays counted."""
        address = str(self.random.choice(self.readers).email)
        person = find_person(self.desk.engine, address)
        if len(self.readers) == 1 or find_open_reviews(self.desk.engine, person):
            return
        person = survey_ledger(self.desk.engine, person).person
        list(erase_from_ledger(self.desk.engine, person, now=self.desk.clock))
        erase_all_rows(self.desk.engine, person)
        erase_identity(self.desk.engine, person)
        self.readers = [each for each in self.readers if each.email != address]
        for file_id, each in self.acknowledged.items():
            self.erased_counts[file_id] += address in each
            each.discard(address)

    def check(self) -> None:
        campaign = get_campaign(self.desk, self.campaign.id)
        people = Counter(person for each in self.acknowledged.values() for person in each)
        documents = {
            file_id: len(each) + self.erased_counts[file_id] for file_id, each in self.acknowledged.items()
        }
        needed = sum(len(self.readers) + self.erased_counts[file_id] for file_id in documents)
        expected = (sum(documents.values()), needed, len(documents))

        progress = compute_progress(self.desk, campaign)
        with self.desk.transactions(reading=True) as work:
            rows = list(list_rows(work, campaign))
            line = work.campaigns.compute_figures([campaign])[campaign.id]

        assert {each.file_id: each.count.acknowledged for each in progress.documents} == documents
        assert {each.address: each.acknowledged for each in progress.people} == {
            str(person.email): people[str(person.email)] for person in self.readers
        }
        assert (progress.acknowledged, progress.needed, len(progress.documents)) == expected
        assert (line.acknowledged, line.needed, line.documents) == expected
        done = [row for row in rows if row.acknowledged_at]
        assert (len(done), len(rows), len({row.file_id for row in rows})) == expected
        assert {(row.file_id, row.person) for row in done if row.person != ERASED} == {
            (file_id, person) for file_id, each in self.acknowledged.items() for person in each
        }
        packed = count_from_ledger(self.desk, campaign)
        assert (packed.acknowledged, packed.needed, packed.documents) == expected


@pytest.mark.parametrize("seed", range(4))
def test_all_figures_of_a_campaign_agree_in_any_history(desk: Desk, seed: int) -> None:
    history = History(desk, seed)
    for _ in range(STEPS):
        history.act()
        history.check()

    assert desk.verdict().findings == ()
