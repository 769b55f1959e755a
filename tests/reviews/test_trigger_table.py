"""Each cause of the trigger table (facts on DocSpace, 2.5), done on the stand-in portal: which card appears.

The files are known before, from a first look at the watched folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.kinds import EventState
from tests.databases import ON_SQLITE
from tests.reviews.trigger_cases import CASES

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk
    from tests.reviews.trigger_cases import TriggerCase

pytestmark = ON_SQLITE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_cause_opens_the_review_that_it_asks_for(portal_desk: PortalDesk, case: TriggerCase) -> None:
    case.before(portal_desk.portal)
    portal_desk.let_happen()
    portal_desk.know_everything()
    before = portal_desk.now()

    case.act(portal_desk.portal)
    events = portal_desk.let_happen()

    reviews = portal_desk.reviews_since(before)
    assert [review.kind for review in reviews] == ([case.kind] if case.kind else [])
    assert {stored.state for stored in events} == ({EventState.DONE} if case.kind else {EventState.IGNORED})
    assert all(case.why in (stored.reason or "") for stored in events)
    if case.kind and case.about is not None:
        assert reviews[0].file_id == str(case.about)
    assert portal_desk.desk.verdict().intact
