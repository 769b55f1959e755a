"""What people read of a person who was erased, and of one who calls themselves so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.identity import ERASED, NAMED_ERASED, Person, Reviewer, is_erased
from reviews.wording.labels import format_people, split_note
from reviews.wording.placeholders import format_name, format_names
from tests.erasure.erasing import erase
from tests.erasure.people import make_desk
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ALICE, event

if TYPE_CHECKING:
    import sqlalchemy as sa


def test_a_name_or_a_note_that_was_erased_reads_as_a_placeholder() -> None:
    assert format_name(ERASED) == "[erased]"
    assert format_names("erased\nBob") == "[erased] and Bob"
    assert split_note(ERASED) == ["[erased]"]
    assert split_note("erased\nby mistake") == ["erased", "by mistake"]


@pytest.mark.parametrize(
    ("name", "shown"), [(ERASED, NAMED_ERASED), ("[erased]", "“[erased]”"), ("[gelöscht]", "“[gelöscht]”")]
)
def test_a_person_who_calls_themselves_so_is_told_from_one_who_was_erased(name: str, shown: str) -> None:
    person = Person(id="e-1", name=name)

    assert not is_erased(person)
    assert not is_erased(Reviewer(name=name, email="e@example.com"))
    assert format_people((person,)) == shown
    assert format_people((Person(id=None, name=ERASED),)) == "[erased]"


def test_a_review_keeps_who_calls_themselves_so(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    named_erased = Person(id="e-1", name=ERASED, email="e@example.com")
    for file_id, who in (("f1", named_erased), ("f2", ALICE)):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=file_id, actor=who))))

    erase(engine, str(ALICE.email))

    shown = [format_people(desk.latest(file_id).contributors) for file_id in ("f1", "f2")]
    assert shown == [NAMED_ERASED, "[erased]"]
