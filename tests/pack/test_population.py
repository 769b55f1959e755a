"""Which reviews a pack is about, and that damaged and erased entries don't make it fail or say too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.ledger.people_commitments import commit_people, reveal_people
from reviews.pack.report_builder import build_report
from tests.pack.ledgers import SINCE, UNTIL, make_entries
from tests.pack.requests import build_request, collect_reviews
from tests.reviews.entries import values
from tests.reviews.samples import ALICE, OWNER, Clock, answer, review

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Answer, Review
    from reviews.pack.population import Population

DAY = timedelta(days=1)
LEDGER = make_entries(40)
OWNERS = (OWNER, "ilze@example.com")


def collect(
    bodies: Iterable[dict[str, Any]], *, since: datetime = SINCE, until: datetime = UNTIL
) -> Population:
    numbered = ({**body, "seq": number} for number, body in enumerate(bodies, start=1))
    return collect_reviews(numbered, since=since, until=until)


def open_at(at: datetime, **more: Any) -> Review:
    return review(**{"opened_at": at, "changed_at": at, "owners": OWNERS, **more})


def write(reviewed: Review, *answers: Answer) -> list[dict[str, Any]]:
    """Return the bodies of a review that was opened and answered."""
    answered = (ledger_entries.build_answered(reviewed, each) for each in answers)
    return [ledger_entries.build_opened(reviewed, [1]), *answered]


def erase(body: dict[str, Any]) -> dict[str, Any]:
    """Return an entry all of whose people were erased."""
    committed, _ = commit_people(body, make_salt=lambda: "salt")
    return reveal_people(committed, {})


def test_the_period_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    moments = [SINCE - timedelta(microseconds=1), SINCE, UNTIL - timedelta(microseconds=1), UNTIL]
    opened = [open_at(at, id=f"rev-{number}") for number, at in enumerate(moments)]

    population = collect(body for each in opened for body in write(each))

    assert [each.id for each in population.reviews] == ["rev-1", "rev-2"]


def test_answers_after_the_period_count() -> None:
    opened = open_at(UNTIL - DAY)

    [packed] = collect(write(opened, answer(at=UNTIL + 90 * DAY))).reviews

    assert (packed.state, packed.settled_at) == (ReviewState.ACKNOWLEDGED, UNTIL + 90 * DAY)
    assert packed.entries == (1, 2)


def test_reviews_that_were_open_when_the_period_began_are_brought_forward() -> None:
    opened = open_at(SINCE - 30 * DAY)
    before, after = answer(at=SINCE - DAY), answer(at=SINCE + DAY)
    withdrawn = replace(before, withdrawn_at=SINCE - timedelta(hours=1))
    withdrawal = ledger_entries.build_withdrawn(opened, withdrawn, identity=before.identity, proof={})

    assert collect(write(opened)).brought_forward == 1
    assert collect(write(opened, after)).brought_forward == 1
    assert collect(write(opened, before)).brought_forward == 0
    assert collect([*write(opened, before), withdrawal]).brought_forward == 1


def test_reviews_of_other_routes_are_passed_over() -> None:
    assert collect(write(open_at(SINCE + DAY, route="legal"))).reviews == ()


def test_reviews_are_by_when_they_were_opened_though_another_clock_wrote_them_in_another_order() -> None:
    later, earlier = open_at(SINCE + DAY, id="later"), open_at(SINCE, id="earlier")

    assert [each.id for each in collect([*write(later), *write(earlier)]).reviews] == ["earlier", "later"]


def test_of_two_answers_at_one_moment_the_one_of_the_same_person_is_withdrawn() -> None:
    opened = open_at(SINCE, required=2)
    dana = answer(at=SINCE + DAY, owner=OWNER)
    ilze = replace(dana, reviewer=replace(dana.reviewer, name="Ilze", email=OWNERS[1]), owner=OWNERS[1])
    withdrawn = replace(ilze, withdrawn_at=SINCE + 2 * DAY)
    withdrawal = ledger_entries.build_withdrawn(opened, withdrawn, identity=ilze.identity, proof={})

    [packed] = collect([*write(opened, dana, ilze), withdrawal]).reviews

    assert [(each.reviewer, each.withdrawn_at) for each in packed.answers] == [
        ("Dana Ozola", None),
        ("Ilze", SINCE + 2 * DAY),
    ]
    assert packed.state is ReviewState.OPEN


def test_what_was_opened_before_an_answer_is_there_where_it_was_recorded() -> None:
    opened, at = open_at(SINCE), SINCE + timedelta(minutes=1)
    [first, second] = write(opened, answer(at=SINCE + DAY))
    recorded = {"document": ledger_entries.format_moment(at), "comparison": None, "page": "never"}

    [without] = collect([first, second]).reviews
    [packed] = collect([first, {**second, "opened": recorded}]).reviews

    assert without.answers[0].opened is None
    assert packed.answers[0].opened == {"document": at, "comparison": None, "page": None}


def test_an_answer_is_withdrawn_where_its_reviewer_was_erased_in_one_entry_alone() -> None:
    opened, recorded = open_at(SINCE), answer(at=SINCE + DAY)
    withdrawn = replace(recorded, withdrawn_at=SINCE + 2 * DAY)
    withdrawal = ledger_entries.build_withdrawn(opened, withdrawn, identity=recorded.identity, proof={})

    [packed] = collect([*write(opened, recorded), erase(withdrawal)]).reviews

    assert [each.withdrawn_at for each in packed.answers] == [SINCE + 2 * DAY]


@pytest.mark.parametrize(("answers", "state"), [(1, ReviewState.OPEN), (2, ReviewState.ACKNOWLEDGED)])
def test_one_answer_of_an_erased_owner_does_not_count_for_all(answers: int, state: ReviewState) -> None:
    opened = open_at(SINCE, required=None)
    each_owner = [answer(at=SINCE + DAY, owner=owner) for owner in OWNERS]

    [packed] = collect(map(erase, write(opened, *each_owner[:answers]))).reviews

    assert packed.state is state
    assert {(each.reviewer, each.email) for each in packed.answers} == {("erased", None)}


def test_a_review_that_an_erased_author_owned_was_acknowledged_if_it_was_closed() -> None:
    author = str(ALICE.email)
    opened = open_at(SINCE, required=None, owners=(OWNER, author), contributors=(ALICE,))
    bodies = write(opened, answer(at=SINCE + DAY, owner=OWNER))
    newer = open_at(SINCE + 2 * DAY, id="rev-2")
    superseded = ledger_entries.build_superseded(opened, newer)
    removed = ledger_entries.build_removed(opened, at=SINCE + 2 * DAY)

    [before] = collect(map(erase, bodies)).reviews
    assert before.state is ReviewState.OPEN  # which of the owners wrote it is not known any more
    for closing in (superseded, removed):
        [after] = collect(map(erase, [*bodies, closing])).reviews
        assert (after.state, after.settled_at) == (ReviewState.ACKNOWLEDGED, SINCE + DAY)


def test_a_document_keeps_its_place_where_an_early_release_says_only_its_new_name() -> None:
    renamed = ledger_entries.build_relabelled(open_at(SINCE, title="New.docx", path="Moved"), at=SINCE + DAY)
    early = {name: value for name, value in renamed.items() if name != "path"}

    [packed] = collect([*write(open_at(SINCE)), early]).reviews
    [moved] = collect([*write(open_at(SINCE)), renamed]).reviews

    assert (packed.title, packed.path) == ("New.docx", "Legal / Compliance")
    assert (moved.title, moved.path) == ("New.docx", "Moved")


def test_a_number_is_no_truth_value() -> None:
    [opened] = write(open_at(SINCE))

    [packed] = collect([{**opened, "version_to": True}]).reviews

    assert packed.version is None


def test_entries_of_early_releases_say_less() -> None:
    [opened, answered] = write(open_at(SINCE), answer(at=SINCE + DAY))
    for name in ("required", "contributors", "due_at", "link", "folders"):
        del opened[name]

    [packed] = collect([opened, answered]).reviews

    assert (packed.required, packed.state) == (1, ReviewState.ACKNOWLEDGED)


@given(
    number=st.integers(0, len(LEDGER) - 1),
    name=st.sampled_from(sorted({name for entry in LEDGER for name in entry})),
    value=values,
)
def test_a_damaged_entry_never_makes_a_pack_fail(number: int, name: str, value: object) -> None:
    assert_pack_is_built(number, {name: value})


@given(
    number=st.integers(0, len(LEDGER) - 1),
    path=st.sampled_from(
        [
            *(("unanswered", name) for name in ("cause", "revision")),
            *(("review", name) for name in ("contributors", "required", "title")),
            *(("reviewer", name) for name in ("name", "email")),
            ("opened", "page"),
            ("with_folder", "file_id"),
        ]
    ),
    value=values,
)
def test_damage_within_a_member_never_makes_a_pack_fail(
    number: int, path: tuple[str, str], value: object
) -> None:
    name, inner = path
    assert_pack_is_built(number, {name: {inner: value}})


@given(
    number=st.integers(0, len(LEDGER) - 1),
    name=st.sampled_from(["contributors", "owners", "acts", "routes", "whom", "acknowledged_by"]),
    value=values,
)
def test_damage_within_a_list_never_makes_a_pack_fail(number: int, name: str, value: object) -> None:
    assert_pack_is_built(number, {name: [value]})


def assert_pack_is_built(number: int, damage: dict[str, object]) -> None:
    """Build a pack of a ledger in which an entry has other members."""
    entries = [*LEDGER]
    entries[number] = {**entries[number], **damage}
    request = build_request(sample_size=40, seed="1")

    report = build_report(
        entries,
        request=request,
        folders=[],
        fetch_entries=lambda packed: [each for each in entries if each.get("review_id") == packed.id],
        clock=Clock(),
    )

    assert len(report.reviews) >= 39


@pytest.mark.parametrize("at", [None, 7, "yesterday", "2026-03-09T14:05:12", "9999-12-31T23:59:59-23:00"])
def test_a_review_without_a_readable_beginning_is_in_no_period(at: object) -> None:
    [opened] = write(open_at(SINCE))

    assert collect([{**opened, "at": at}]).reviews == ()
