"""What is written under the names of fields has a column for each: a name without one is passed over."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from reviews.tree import FileState
from store import rows
from store.schema import answers, files, reviews
from tests.reviews.samples import START, answer, review

if TYPE_CHECKING:
    import sqlalchemy as sa

FILE = FileState(file_id="7", parent_id="1", title="Policy.docx", version=1, modified_at=START)


@pytest.mark.parametrize(
    ("written", "table"),
    [
        (rows.build_review_values(review()), reviews),
        (asdict(answer()), answers),
        (rows.build_file_values(FILE), files),
    ],
    ids=["review", "answer", "file"],
)
def test_every_field_has_a_column(written: dict[str, Any], table: sa.Table) -> None:
    assert set(written) - set(table.c.keys()) == set()
