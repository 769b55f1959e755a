"""The history page: pages, a review's story, the charts and the spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pages.history.charts import draw_answer_times
from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.lists.archive import EXPORT_BATCH_SIZE, Archive, ReviewSearch, StatusFilter
from reviews.ports.listing import WeekFigures, WeeklyFigures
from tests.pages.past import answer, papers
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import HOSTILE, OWNER, event, review
from tests.reviews.samples import answer as sample_answer
from tests.reviews.stand_ins import DANA, ILZE, make_stand_in, put_stand_ins, remember_names

if TYPE_CHECKING:
    from tests.pages.reading import HistoryReader


def test_each_review_is_on_one_page_and_the_way_leads_back(reader: HistoryReader) -> None:
    papers(reader, 60)
    reader.sign_in(OWNER)

    seen, path, pages = [], "/reviews", []
    while path:
        pages.append(path)
        page = reader.get(path)
        seen += reader.titles(path.removeprefix("/reviews"))
        path = turned(page.text, "next")
    back = turned(reader.get(pages[-1]).text, "prev")

    assert seen == [f"Paper {number}.docx" for number in range(60, 0, -1)]
    assert len(pages) == 3
    assert reader.titles(back.removeprefix("/reviews")) == seen[25:50]
    assert "<svg" not in reader.get(pages[1]).text


def turned(page: str, way: str) -> str:
    match = re.search(rf'rel="{way}" href="([^"]+)"', page)
    return match[1].replace("&amp;", "&") if match else ""


def test_a_review_tells_its_whole_story_with_what_proved_whom_and_the_receipt(reader: HistoryReader) -> None:
    papers(reader, 1)
    answer(reader, "f1", decision=Decision.REQUEST_CHANGES, note="Section 4\nis out of date.")
    reader.desk.portal.versions["f1"] += 1
    reader.desk.open(event(file_id="f1", title="Paper 1.docx"))
    reader.sign_in(OWNER)

    page = reader.get("/reviews/rev-1").text

    assert "The review was opened for version" in page
    assert "Dana Ozola requested changes to revision 1" in page
    assert "Section 4<br>is out of date." in page
    assert "verified by their Slack account" in page
    assert 'href="/reviews/rev-2"' in page
    for entry in reader.desk.entries():
        assert (entry["hash"] in page) is (entry["review_id"] == "rev-1")
    assert "paper:p1" in page
    assert 'href="/document/' in page


def test_hostile_titles_are_shown_as_they_are_and_calculated_nowhere(reader: HistoryReader) -> None:
    reader.desk.open(event(file_id="f1", title="<script>alert(1)</script>"))
    reader.desk.open(event(file_id="f2", title='=HYPERLINK("https://evil.example","x")'))
    reader.desk.open(event(file_id="f3", title=HOSTILE))
    reader.sign_in(OWNER)

    page, sheet = reader.get("/reviews").text, reader.get("/reviews.csv").text

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page + sheet
    assert [row["title"] for row in csv.DictReader(io.StringIO(sheet.lstrip("\ufeff")))][1] == (
        '\'=HYPERLINK("https://evil.example","x")'
    )


def test_the_spreadsheet_says_what_it_is_and_holds_all_pages(reader: HistoryReader) -> None:
    papers(reader, 30)
    answer(reader, "f30")
    reader.sign_in(OWNER)

    sheet = reader.get("/reviews.csv", language="de")

    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="reviews-\d{4}-\d\d-\d\d\.csv"', sheet.headers["Content-Disposition"]
    )
    assert sheet.data.startswith(b"\xef\xbb\xbfid,route,state,")
    rows = list(csv.DictReader(io.StringIO(sheet.text.lstrip("\ufeff"))))
    assert len(rows) == 30
    assert rows[0]["state"] == "acknowledged"
    assert rows[0]["answered_by_email"] == OWNER
    assert rows[0]["identity"] == Identity.SLACK
    assert rows[0]["changed_by"] == "Alice Moreau"


def test_the_pages_and_the_spreadsheet_say_for_whom_a_stand_in_answered(reader: HistoryReader) -> None:
    papers(reader, 1)
    remember_names(reader.desk, DANA)
    review = put_stand_ins(reader.desk, reader.desk.latest("f1"), make_stand_in())
    reader.sign_in(OWNER)
    waiting = reader.get(f"/reviews/{review.id}").text
    reader.desk.answers.record_answer(build_answer_request(review, reviewer=ILZE))

    page, table = reader.get(f"/reviews/{review.id}").text, reader.get("/reviews").text
    [row] = csv.DictReader(io.StringIO(reader.get("/reviews.csv").text.lstrip("\ufeff")))

    assert "<bdi>ilze@example.com</bdi> stands in" in waiting
    assert page.count("Ilze Kalna for Dana Ozola") == 3  # the facts, the answer, and its entry
    assert "Ilze Kalna for Dana Ozola" in table
    assert (row["answered_by"], row["answered_for"]) == ("Ilze Kalna", OWNER)


def test_a_spreadsheet_ends_where_what_would_follow_was_answered_meanwhile(reader: HistoryReader) -> None:
    desk = reader.desk
    with desk.transactions() as work:
        for number in range(1, EXPORT_BATCH_SIZE + 2):
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}"))
        work.commit()
    archive = Archive(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    owner = make_proven_person(Reviewer(name="Dana Ozola", email=OWNER))

    rows = archive.iterate_reviews(ReviewSearch(status=StatusFilter.OPEN), owner)
    first = [each.id for each in islice(rows, EXPORT_BATCH_SIZE)]
    with desk.transactions() as work:
        assert work.reviews.record_answer("r1", sample_answer(), ReviewState.ACKNOWLEDGED)
        work.commit()

    assert first[-1] == "r2"
    assert [each.id for each in islice(rows, 3)] == []


def test_the_charts_have_a_table_beside_them_and_nothing_that_the_policy_forbids(
    reader: HistoryReader,
) -> None:
    papers(reader, 3)
    reader.desk.clock.advance(hours=2)
    answer(reader, "f1")
    reader.desk.clock.advance(minutes=1)
    reader.sign_in(OWNER)

    page = reader.get("/reviews")

    assert page.text.count("<svg") == 2
    assert page.text.count('role="img"') == 2
    assert "<style" not in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    row = re.search(r'<tr><th scope="row">9 Mar</th>(.*?)</tr>', page.text)
    assert row
    assert re.findall("<td>(.*?)</td>", row[1]) == ["4 h", "4 h", "1", "2"]


def test_the_charts_of_a_young_installation_have_a_point_for_each_day_since_its_first_review(
    reader: HistoryReader,
) -> None:
    papers(reader, 1)
    opened = reader.desk.clock()
    reader.desk.clock.advance(days=3)
    reader.sign_in(OWNER)

    page = reader.get("/reviews").text

    days = [f"{opened + timedelta(days=number):%-d %b}" for number in (3, 2, 1, 0)]
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', page) == days
    assert "at the end of each day" in page
    assert "Open reviews per day; 1 at the end." in page
    assert "Nothing was acknowledged in this time." in page
    assert f"<title>{days[0]}: 1</title>" in page


def test_the_charts_begin_with_the_week_of_the_first_review(reader: HistoryReader) -> None:
    papers(reader, 1)
    opened = reader.desk.clock()
    reader.desk.clock.advance(days=15)
    reader.sign_in(OWNER)

    page = reader.get("/reviews").text

    mondays = [opened - timedelta(days=opened.weekday() - 7 * number) for number in (2, 1, 0)]
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', page) == [f"{day:%-d %b}" for day in mondays]
    assert "at the end of each week" in page


def test_the_median_is_the_first_line_also_where_days_are_missing() -> None:
    began, day = datetime(2026, 3, 2, 0, 0, 0, 123_456, tzinfo=UTC), timedelta(days=1)
    some = [timedelta(hours=1), None, timedelta(hours=1)]
    weeks = tuple(
        WeekFigures(
            begin=began + n * day,
            end=began + (n + 1) * day,
            open=0,
            acknowledged=1,
            median=each,
            ninetieth=each and each * 5,
        )
        for n, each in enumerate(some)
    )
    whole = tuple(replace(each, median=some[0], ninetieth=some[0]) for each in weeks)

    gaps, full = (
        draw_answer_times(WeeklyFigures(weeks=each, by_day=True), "Times") for each in (weeks, whole)
    )

    first_dot = re.search(r"serie-0[^>]*>(?:(?!serie-1).)*?<title>2 Mar: (.*?)</title>", gaps, re.DOTALL)
    assert first_dot
    assert first_dot[1] == "1 h"
    assert ("serie-2" in gaps, "serie-2" in full) == (False, True)


def test_the_page_speaks_german(reader: HistoryReader) -> None:
    papers(reader, 1)
    reader.sign_in(OWNER)

    assert reader.get("/reviews", language="de").headers["Content-Language"] == "de"
