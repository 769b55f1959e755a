"""What the PDF says of folders: from and up to when they are complete, and when they were not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reviews.language import use_language
from reviews.pack.completeness import MANY_FOLDERS
from reviews.pack.printed.completeness import build_completeness, describe_completeness
from reviews.pack.report import FolderCompleteness, IncompletePart
from reviews.sweep.incomplete_periods import NO_SWEEPS
from tests.pack.printed_tables import list_rows
from tests.pack.reports import SINCE, UNTIL, make_report


def test_it_is_complete_only_if_each_folder_is_from_the_beginning_to_the_end() -> None:
    whole = FolderCompleteness(folder_id="1", title="Policies", since=SINCE, up_to=UNTIL, incomplete=())
    report = replace(make_report(1), completeness=(whole,))
    gap = IncompletePart(since=SINCE, to=None, reason="DocSpace could not be reached")

    assert describe_completeness(report).startswith("Yes: ")
    for folder in (
        replace(whole, up_to=UNTIL - timedelta(seconds=1)),
        replace(whole, up_to=None),
        replace(whole, since=SINCE + timedelta(seconds=1)),
        replace(whole, since=None),
        replace(whole, incomplete=(gap,)),
    ):
        sentence = describe_completeness(replace(report, completeness=(whole, folder)))
        assert "to its end: 1 of 2 watched folders." in sentence
    assert describe_completeness(replace(report, completeness=())).startswith("Unknown: ")


def test_it_says_how_many_folders_were_watched_only_from_a_later_time_on() -> None:
    whole = FolderCompleteness(folder_id="1", title="Policies", since=SINCE, up_to=UNTIL, incomplete=())
    later = replace(whole, folder_id="2", since=UNTIL - timedelta(days=1))
    report = make_report(1)

    one, two, none = (
        describe_completeness(replace(report, completeness=folders))
        for folders in ((whole, later), (later, later), (whole, replace(whole, up_to=None)))
    )

    assert "1 folder was watched only from a later time on." in one
    assert "2 folders were watched only from a later time on." in two
    assert "later time" not in none


def test_a_folder_lists_the_times_for_which_it_is_incomplete() -> None:
    rows = list_rows(build_completeness(make_report(1)), "Completeness by folder")

    assert rows[1][0] == ["Contracts #[EMEA]", "539565"]
    assert rows[1][1:3] == [["1 Jan 2026, 00:00"], ["1 Jan 2027, 00:00"]]
    assert rows[1][3][0] == "3 Mar 2026, 04:05 to 5 Mar 2026, 06:00"
    assert rows[1][3][2] == "since 3 Mar 2026, 04:05, and still is"
    assert rows[2][1:] == [["not known"], ["not known"], ["None"]]


def test_times_of_many_folders_or_of_former_ones_are_no_folders_of_the_route() -> None:
    gap = IncompletePart(since=SINCE, to=SINCE + timedelta(days=1), reason="")
    whole = FolderCompleteness(folder_id="1", title="Policies", since=SINCE, up_to=UNTIL, incomplete=())
    many = replace(whole, folder_id=MANY_FOLDERS, title="Many folders", incomplete=(gap,))
    former = replace(
        whole, folder_id="9", title="", since=None, up_to=None, incomplete=(gap,), is_watched=False
    )
    report = make_report(1)

    for other in (many, former):
        sentence = describe_completeness(replace(report, completeness=(whole, other)))
        assert "to its end: 1 of 1 watched folder." in sentence
        assert "It also has times for which many folders" in sentence
    rows = list_rows(
        build_completeness(replace(report, completeness=(many, former))), "Completeness by folder"
    )
    assert [row[0] for row in rows] == [["Many folders"], ["9", "no longer watched"]]


def test_the_reason_of_a_gap_is_in_the_language_if_it_is_one_of_ours() -> None:
    def describe(reason: str) -> str:
        part = IncompletePart(since=SINCE, to=None, reason=reason)
        folder = FolderCompleteness(
            folder_id="1", title="Policies", since=SINCE, up_to=UNTIL, incomplete=(part,)
        )
        report = replace(make_report(1), completeness=(folder,))
        with use_language("de"):
            [row] = list_rows(build_completeness(report), "Vollständigkeit nach Ordnern")
        return row[3][1]

    assert describe(NO_SWEEPS) == "Abgleiche sind ausgeschaltet"
    assert describe("DocSpace could not be reached") == "DocSpace could not be reached"
