"""Reviews that name people, and an erasure during which something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.commands.people.person_erasure import ErasedCounts, Erasure
from runtime.evidence.ledger_key import NO_KEYS
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.reviews.desk import Desk


def answer_for(desk: Desk, file_id: str, **more: Any) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id=file_id)), **more))


def survey_and_erase(
    desk: Desk,
    address: str,
    meanwhile: Callable[[], object],
    *,
    at_each_step: Callable[[], object] = lambda: None,
) -> ErasedCounts:
    """Erase a person, of whom something happens after it was surveyed, or before each step on the ledger."""

    def tell_time() -> datetime:
        at_each_step()
        return desk.clock()

    erasure = Erasure(engine=desk.engine, routes=desk.routes, address=address, clock=tell_time, keys=NO_KEYS)
    survey = erasure.survey(lambda _done, _total: None).ledger
    meanwhile()
    counts = ErasedCounts()
    erasure.erase(survey, counts, lambda _done, _total: None)
    return counts
