"""An earlier state that can't be had: said with its reason, and the next change is compared all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from demo import ALICE, COMPLIANCE
from store.schema import comparisons
from tests.databases import ON_SQLITE
from tests.reviews.comparing_desk import FIRST, MAX_BYTES, SECOND, THIRD, write

if TYPE_CHECKING:
    from tests.reviews.comparing_desk import ComparingDesk

pytestmark = ON_SQLITE
DATE = ("It is due on 1 May 2026.", "It is due on 9 May 2026.")


def test_after_replaced_content_the_next_save_is_compared(comparing_desk: ComparingDesk) -> None:
    created = comparing_desk.upload(FIRST)
    forced = comparing_desk.save(created, FIRST, force=True)
    comparing_desk.acknowledge(forced)
    with comparing_desk.desk.engine.begin() as connection:
        connection.execute(sa.delete(comparisons))
    second = comparing_desk.save(forced, SECOND, force=True)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)

    third = comparing_desk.save(second, THIRD, force=True)
    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(second) == ("withheld", "earlier_replaced")
    assert comparing_desk.get_texts(third) == [DATE]


def test_after_a_state_that_was_too_large_the_next_is_compared(comparing_desk: ComparingDesk) -> None:
    large = comparing_desk.upload("word " * (MAX_BYTES // 4))
    comparing_desk.compare_due()
    comparing_desk.acknowledge(large)
    second = comparing_desk.save(large, SECOND)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)

    third = comparing_desk.save(second, THIRD)
    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(second) == ("too_large", "file_size")
    assert comparing_desk.get_texts(third) == [DATE]


def test_after_a_version_that_is_gone_the_next_is_compared(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.acknowledge(first)
    with comparing_desk.desk.engine.begin() as connection:
        connection.execute(sa.delete(comparisons))
    second = comparing_desk.save(first, SECOND)
    comparing_desk.portal.delete_version(int(first.file_id), 1, by=ALICE.id)
    comparing_desk.compare_due()
    comparing_desk.house.let_happen()
    comparing_desk.acknowledge(comparing_desk.review(second))

    third = comparing_desk.save(second, THIRD)
    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(second) == ("withheld", "not_visible")
    assert comparing_desk.get_texts(third) == [DATE]


def test_a_document_that_is_first_seen_when_it_changes_is_compared_with_the_version_before(
    comparing_desk: ComparingDesk,
) -> None:
    file = comparing_desk.portal.upload("Terms.txt", COMPLIANCE, by=ALICE.id, content=write(FIRST))
    comparing_desk.house.sender.lose_queue()

    changed = comparing_desk.change(
        lambda: comparing_desk.portal.save(file.id, by=ALICE.id, content=write(SECOND))
    )
    comparing_desk.compare_due()

    summary = comparing_desk.summary(changed)
    assert changed.version_from is None
    assert summary is not None
    assert summary.counts == {"replaced": 1, "inserted": 0, "deleted": 0, "moved": 0, "mark": 0}
