"""Without a webhook, the sweep alone finds each kind of change in time, whenever DocSpace writes its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import acts, names
from tests.reviews.trigger_cases import CASES

if TYPE_CHECKING:
    from tests.reviews.sweeping_desk import SweepingDesk
    from tests.reviews.trigger_cases import TriggerCase

pytestmark = ON_SQLITE

IN_TIME, A_SWEEP_LATER = 90.0, 150.0
IN_THE_TRASH = {
    "deleted out of the trash",
    "a folder deleted out of the trash",
    "out of the trash to elsewhere",
}
"""What happens to something in the trash is not beneath the watched folder any more: no log of it says so."""
NOT_LOGGED = {"a room deleted", "a room in the archive", "a room out of the archive"}
"""The rooms around a watched folder, whose listing shows it, but not who did it (facts on DocSpace, 10.2)."""
CHANGES = [case for case in CASES if case.kind and case.name not in IN_THE_TRASH]
OTHERS = [case for case in CASES if case not in CHANGES]


@pytest.mark.parametrize("log", ["written at once", "written late"])
@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.name)
def test_each_change_is_found_in_time(sweeping_desk: SweepingDesk, case: TriggerCase, log: str) -> None:
    portal_desk = sweeping_desk.portal_desk
    case.before(portal_desk.portal)
    sweeping_desk.settle()
    before = portal_desk.now()
    if log == "written late":
        sweeping_desk.write_log_late()

    case.act(portal_desk.portal)
    [review], seconds = sweeping_desk.find_reviews(before, within=A_SWEEP_LATER)

    assert (review.kind, review.seen_late) == (case.kind, None)
    assert case.about is None or review.file_id == str(case.about)
    assert case.name in NOT_LOGGED or "Bob Chen" in names(review).union(*acts(review).values())
    assert seconds <= (A_SWEEP_LATER if case.name == "a room out of the archive" else IN_TIME)
    assert portal_desk.desk.verdict().intact


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_what_is_no_change_or_happens_in_the_trash_opens_no_review(
    sweeping_desk: SweepingDesk, case: TriggerCase
) -> None:
    portal_desk = sweeping_desk.portal_desk
    case.before(portal_desk.portal)
    sweeping_desk.settle()
    before = portal_desk.now()

    case.act(portal_desk.portal)

    assert sweeping_desk.find_reviews(before, within=A_SWEEP_LATER)[0] == []
    assert not sweeping_desk.list_pending()
