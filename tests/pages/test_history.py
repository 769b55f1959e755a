"""The history page: what is found, and by whom."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.kinds import Decision
from reviews.routes.route import MayAcknowledge
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.pages.past import GROUP, ROUND_THE_CLOCK, STRANGER, answer, foreign, papers, two_routes
from tests.pages.reading import HistoryReader
from tests.reviews.desk import Desk, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, WATCHED, event


def test_someone_who_is_not_known_is_told_how_to_sign_in_and_sees_nothing(reader: HistoryReader) -> None:
    papers(reader)

    for path in ("/reviews", "/reviews.csv", "/reviews/rev-1", "/reviews/no-such"):
        page = reader.get(path)
        assert page.status_code == 401
        assert "<code>/reviews web</code>" in page.text
        assert "Paper" not in page.text
        assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("email", [OWNER, OWNER.upper(), DEPUTY, "member@example.com"])
def test_owners_deputies_and_members_of_a_group_see_their_route_and_no_other(
    reader: HistoryReader, email: str
) -> None:
    with reader.desk.transactions() as work:
        work.groups.remember(GROUP, ["member@example.com"], description={}, at=reader.desk.clock())
        work.commit()
    papers(reader)
    foreign(reader)

    reader.sign_in(email)

    assert reader.titles() == ["Paper 3.docx", "Paper 2.docx", "Paper 1.docx"]
    assert "Foreign" not in reader.get("/reviews").text
    assert "Foreign" not in reader.get("/reviews.csv").text
    assert reader.titles("?route=other") == []


def test_a_review_of_a_foreign_route_is_answered_like_one_that_does_not_exist(reader: HistoryReader) -> None:
    papers(reader)
    hidden = foreign(reader)
    reader.sign_in(OWNER)

    there, nowhere = reader.get(f"/reviews/{hidden}"), reader.get("/reviews/no-such-review")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    without_token = partial(re.sub, r'value="[^"]+"', "")
    assert without_token(there.text) == without_token(nowhere.text)


def test_whom_a_review_was_handed_to_sees_that_one_alone(reader: HistoryReader) -> None:
    papers(reader)
    reader.desk.hand_over.reassign(
        make_review_request(reader.desk.latest("f2")),
        new_owner=make_proven_person(Reviewer(name="J", email=STRANGER)),
    )
    reader.sign_in(STRANGER)

    assert reader.titles() == ["Paper 2.docx"]
    assert reader.get("/reviews/rev-2").status_code == 200
    assert reader.get("/reviews/rev-1").status_code == 404


def test_someone_who_answered_sees_what_they_answered(engine: sa.Engine) -> None:
    rules = two_routes(may_acknowledge=MayAcknowledge.CHANNEL)
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), rules))
    papers(reader)
    answer(reader, "f3", STRANGER)
    reader.sign_in(STRANGER)

    assert reader.titles() == ["Paper 3.docx"]
    assert reader.get("/reviews/rev-3").status_code == 200
    assert "<svg" not in reader.get("/reviews").text


def test_someone_who_contributed_sees_an_honest_empty_page(reader: HistoryReader) -> None:
    papers(reader)
    reader.sign_in(str(ALICE.email))

    page = reader.get("/reviews").text

    assert "There is nothing here for you yet" in page
    assert str(ALICE.email) in page
    assert "Paper" not in page


def test_of_a_private_route_who_only_answered_sees_no_title_and_no_note(engine: sa.Engine) -> None:
    rules = two_routes(may_acknowledge=MayAcknowledge.CHANNEL, private=True)
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), rules))
    reader.desk.open(event(file_id="f1", title="Merger with Globex.docx"))
    answer(reader, "f1", STRANGER, decision=Decision.REQUEST_CHANGES, note="No Globex.")
    other = reader.other().sign_in(OWNER)
    reader.sign_in(STRANGER)

    for path in ("/reviews", "/reviews/rev-1", "/reviews.csv"):
        assert "Globex" not in reader.get(path).text
        assert "Globex" in other.get(path).text
    assert "rev-1" in reader.get("/reviews").text
    for guess in ("person=alice@example.com", f"folder={WATCHED}", "kind=content"):
        assert "rev-1" not in reader.get(f"/reviews?{guess}").text
        assert "rev-1" in other.get(f"/reviews?{guess}").text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [4, 3, 2, 1]),
        ("?state=open", [4, 3]),
        ("?state=overdue", [3]),
        ("?state=acknowledged", [1]),
        ("?state=changes_requested", [2]),
        ("?route=own", [4, 3, 2, 1]),
        (f"?folder={WATCHED}", [4, 3, 2, 1]),
        ("?folder=12", []),
        ("?folder=Legal+/+Nowhere", []),
        (f"?person={BOB.email}", [4]),
        ("?person=Alice+Moreau", [3, 2, 1]),
        (f"?person={OWNER}", [2, 1]),
        ("?kind=content", [4, 3, 2, 1]),
        ("?kind=trashed", []),
        ("?from=2026-03-10", [4, 3]),
        ("?to=2026-03-09", [2, 1]),
        ("?from=2026-03-10&to=2026-03-10", [3]),
        (f"?state=acknowledged&person={OWNER}&kind=content&folder={WATCHED}&to=2026-03-09", [1]),
        ("?state=nonsense&kind=nonsense&from=nonsense&to=99999-99-99&before=nonsense", [4, 3, 2, 1]),
        ("?before=%00&person=%00", [4, 3, 2, 1]),
    ],
)
def test_reviews_are_found_by_what_is_asked_for(engine: sa.Engine, query: str, numbers: list[int]) -> None:
    rules = two_routes(due=timedelta(hours=30), working_hours=ROUND_THE_CLOCK)
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), rules))
    papers(reader, 2)
    answer(reader, "f1")
    answer(reader, "f2", decision=Decision.REQUEST_CHANGES, note="Again.")
    reader.desk.clock.advance(days=1)
    reader.desk.open(event(file_id="f3", title="Paper 3.docx"))
    reader.desk.clock.advance(days=1)
    reader.desk.open(event(file_id="f4", title="Paper 4.docx", actor=BOB))
    reader.desk.clock.advance(hours=7)
    reader.sign_in(OWNER)

    assert reader.titles(query) == [f"Paper {number}.docx" for number in numbers]
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/reviews.csv{query}").text.lstrip("\ufeff"))))
    assert [row["title"] for row in rows] == [f"Paper {number}.docx" for number in numbers]


def test_what_lapsed_has_a_list_of_its_own(engine: sa.Engine) -> None:
    rules = two_routes(due=timedelta(hours=2), working_hours=ROUND_THE_CLOCK)
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), rules))
    papers(reader, 3)
    answer(reader, "f2")
    reader.desk.clock.advance(hours=3)
    while reader.desk.reminders.process_due_reviews():
        pass
    reader.desk.open(event(file_id="f4", title="Paper 4.docx"))
    reader.sign_in(OWNER)

    assert reader.titles("?state=lapsed") == ["Paper 1.docx", "Paper 3.docx"]
    page = reader.get("/reviews?state=lapsed").text
    assert "Lapsed, the longest overdue first" in page
    assert (page.count(">Lapsed</span>"), page.count(">Overdue</span>")) == (2, 0)
    rows = list(csv.DictReader(io.StringIO(reader.get("/reviews.csv").text.lstrip("\ufeff"))))
    assert [bool(row["lapsed_at"]) for row in rows] == [False, True, False, True]


def test_a_folder_is_found_by_its_path(reader: HistoryReader) -> None:
    papers(reader, 1)
    reader.sign_in(OWNER)
    with reader.desk.transactions(reading=True) as work:
        [title] = [name for each, name in work.folders.get_place_before(WATCHED).folders if each == WATCHED]  # type: ignore[union-attr]

    assert reader.titles(f"?folder={title}") == ["Paper 1.docx"]


def test_what_is_overdue_stands_first_and_then_what_is_open(engine: sa.Engine) -> None:
    reader = HistoryReader(
        Desk(
            engine,
            partial(SqlUnitOfWork, engine),
            two_routes(due=timedelta(hours=2), working_hours=ROUND_THE_CLOCK),
        )
    )
    papers(reader, 4)
    answer(reader, "f2")
    reader.sign_in(OWNER)

    assert reader.first() == ["Paper 1.docx", "Paper 3.docx", "Paper 4.docx"]
    assert reader.titles("?state=overdue") == ["Paper 1.docx"]
    assert reader.first("?state=open") == []


@pytest.mark.parametrize("count", [4, 8], ids=["all open ones at hand", "more open ones than shown"])
def test_what_is_overdue_the_longest_stands_first(engine: sa.Engine, count: int) -> None:
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), two_routes()))
    papers(reader, count)
    now = reader.desk.clock()
    due_at = {"f1": now - timedelta(hours=1), "f2": now - timedelta(hours=2), "f3": None}
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(due_at=now + timedelta(hours=1)))
        for file_id, due in due_at.items():
            connection.execute(sa.update(reviews).where(reviews.c.file_id == file_id).values(due_at=due))
    reader.sign_in(OWNER)

    assert reader.first() == [f"Paper {number}.docx" for number in (2, 1, 3, 4, 5) if number <= count]


REMOVED_NOTE = "Only ledger entries are stored for reviews closed before:"


def test_where_reviews_are_removed_the_end_of_the_list_says_since_when(engine: sa.Engine) -> None:
    reader = HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine)), keep=timedelta(days=365))
    papers(reader)
    reader.sign_in(OWNER)

    since = reader.desk.clock() - timedelta(days=365)
    end = reader.get("/reviews").text.partition(REMOVED_NOTE)[2]

    assert f'<time datetime="{since.isoformat(timespec="seconds")}">' in end


def test_where_they_are_kept_for_ever_the_list_says_nothing_of_it(reader: HistoryReader) -> None:
    papers(reader)
    reader.sign_in(OWNER)

    page = reader.get("/reviews").text

    assert "Paper 1.docx" in page
    assert REMOVED_NOTE not in page
