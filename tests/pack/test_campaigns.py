"""A pack has the campaigns of its route, apart from the reviews of changes, and each byte is checked."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import ERASED, Reviewer
from reviews.language import use_language
from reviews.pack.campaigns import CampaignCollector
from reviews.pack.file_names import CAMPAIGNS, ENTRIES, FIGURES, POPULATION, README
from reviews.pack.printed.blocks import Facts, Heading, Paragraph
from reviews.pack.printed.campaigns import MAX_ROWS, build_campaigns
from reviews.pack.report_builder import build_report
from runtime.pack.pack_check import check_pack
from store.export_lines import iterate_lines
from store.unit_of_work import SqlUnitOfWork
from tests import databases
from tests.erasure.erasing import erase
from tests.pack.packs import KEY, MADE_AT, QuietProgress, check, find_problem, write
from tests.pack.printed_tables import list_rows
from tests.pack.requests import build_request
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    CARLA,
    PEOPLE,
    READERS,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, Clock, event
from tests.runtime.signed_ledger import SignedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from reviews.pack.campaign_report import PackedCampaign
    from reviews.pack.report import PackReport
    from tests.databases import SqliteDatabases

STARTER = Reviewer(name="Dana Ozola", email=OWNER)
MARCH = datetime.fromisoformat("2026-03-01T00:00Z")  # the edges of periods
APRIL = datetime.fromisoformat("2026-04-01T00:00Z")
JUNE = datetime.fromisoformat("2026-06-01T00:00Z")


def change(desk: Desk, file_id: str) -> None:
    desk.clock.advance(seconds=60)
    desk.portal.versions[file_id] += 1
    review = desk.open(event(file_id=file_id, version=desk.portal.versions[file_id]))
    desk.answers.record_answer(build_answer_request(review))


def run_campaign(engine: sa.Engine, *, name: str = "Policies 2026") -> Desk:
    """Run a campaign: of 501 all is acknowledged, twice; 502 lacks one, and is late; 503 goes.

    Bruno takes his acknowledgement of 502 back, and gives it again after the deadline.
    """
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    put_documents(desk)
    campaign = start_campaign(desk, name=name, by=make_proven_person(STARTER))
    first, second, third = list_campaign_reviews(desk, campaign)
    desk.clock.advance(minutes=9)
    acknowledge(desk, first, *READERS)
    change(desk, first.file_id)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], *READERS)
    acknowledge(desk, second, ANNA, BRUNO)
    desk.answers.withdraw(make_review_request(second, BRUNO))
    acknowledge(desk, third, CARLA)
    desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=third.file_id)))
    desk.answers.record_answer(build_answer_request(desk.latest(third.file_id)))
    desk.clock.now = campaign.due_at + timedelta(hours=23, microseconds=345_678)
    acknowledge(desk, second, BRUNO)
    return desk


def collect(desk: Desk, **members: Any) -> tuple[PackedCampaign, ...]:
    collector = CampaignCollector(build_request(**members))
    for entry in desk.entries():
        collector.add_entry(entry)
    return collector.build_campaigns()


def report(desk: Desk, **members: Any) -> PackReport:
    return build_report(
        desk.entries(),
        request=build_request(sample_size=0, **members),
        folders=(),
        fetch_entries=lambda _: (),
        clock=Clock(MADE_AT),
    )


@pytest.fixture(scope="module")
def signed(sqlite_databases: SqliteDatabases) -> Iterator[SignedLedger]:
    engine = databases.engine_on(sqlite_databases.new())
    signed = SignedLedger(engine)
    signed.clock.now = run_campaign(engine).clock.now
    signed.cover()
    yield signed
    engine.dispose()


@pytest.fixture(scope="module")
def written(signed: SignedLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    target = tmp_path_factory.mktemp("packs") / "pack"
    write(signed, target, sample_size=2)
    return target


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "pack")


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return run_campaign(engine)


def read_rows(pack: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((pack / CAMPAIGNS).read_text(), newline="")))


def test_a_pack_with_a_campaign_holds_and_says_what_was_acknowledged(written: Path) -> None:
    rows = read_rows(written)

    assert check(written).problem is None
    states = [(row["file_id"], row["person"], row["state"], row["version"], row["late"]) for row in rows]
    assert states == [
        *(("501", person, "replaced", "8", "no") for person in PEOPLE),
        *(("501", person, "acknowledged", "9", "no") for person in PEOPLE),
        ("502", PEOPLE[0], "acknowledged", "8", "no"),
        ("502", PEOPLE[1], "withdrawn", "8", "no"),
        ("502", PEOPLE[1], "acknowledged", "8", "yes"),
        ("502", PEOPLE[2], "missing", "8", ""),
        ("503", PEOPLE[2], "acknowledged", "8", "no"),
        ("503", PEOPLE[0], "closed", "8", ""),
        ("503", PEOPLE[1], "closed", "8", ""),
    ]
    assert {row["closed_reason"] for row in rows if row["file_id"] == "503"} == {"deleted"}


def test_each_acknowledgement_names_its_entry(written: Path) -> None:
    entries = {each["seq"]: each for each in map(json.loads, (written / ENTRIES).read_text().splitlines())}

    for row in (each for each in read_rows(written) if each["entry"]):
        entry = entries[int(row["entry"])]
        recorded = (entry["type"], entry["review_id"], entry["at"], entry["owner"])
        assert recorded == ("review:acknowledged", row["review_id"], row["acknowledged_at"], row["person"])
        assert (entry.get("sha256") or "") == row["sha256"]


def test_reviews_of_campaigns_are_no_part_of_the_population(written: Path) -> None:
    figures = json.loads((written / FIGURES).read_text())
    rows = list(csv.DictReader(io.StringIO((written / POPULATION).read_text(), newline="")))

    assert figures["figures"]["population"] == len(rows) == 2
    assert figures["figures"]["acknowledged"] == 2
    assert figures["figures"]["unanswered_revisions"] == figures["figures"]["rapid_answers"] == 0
    assert {row["kind"] for row in rows} == {"moved_in", "deleted"}
    [campaign] = figures["campaigns"]
    assert (campaign["name"], campaign["people"]) == ("Policies 2026", 3)
    assert campaign["at_deadline"] == {"acknowledged": 4, "needed": 6, "documents": 2}
    assert campaign["at_end"] == {"acknowledged": 5, "needed": 6, "documents": 2}
    assert (campaign["late"], campaign["asked_again"], campaign["closed"]) == (1, 1, 1)
    assert CAMPAIGNS in (written / README).read_text()


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ("missing", "acknowledged", 10),
        (",replaced,Anna Liepa,", ",acknowledged,Anna Liepa,", 1),
        ("campaign_id", "campaign_no", 0),
        (",yes,slack", ",no,slack", 9),
        ("deleted", "trashed", 11),
    ],
)
def test_one_changed_line_is_found(pack: Path, before: str, after: str, row: int) -> None:
    text = (pack / CAMPAIGNS).read_text()
    assert before in text
    (pack / CAMPAIGNS).write_text(text.replace(before, after, 1))

    which = f"the acknowledgement in row {row}" if row else "its head"
    assert find_problem(pack) == f"{CAMPAIGNS}: {which} is not what the entries give"


def test_a_line_that_is_left_out_or_added_is_found(pack: Path) -> None:
    lines = (pack / CAMPAIGNS).read_text().splitlines(keepends=True)
    (pack / CAMPAIGNS).write_text("".join(lines[:-1]))
    assert find_problem(pack) == f"{CAMPAIGNS}: the acknowledgement in row 13 is not what the entries give"

    (pack / CAMPAIGNS).write_text("".join([*lines, lines[-1]]))
    assert find_problem(pack) == f"{CAMPAIGNS} goes on after the last acknowledgement"


def test_a_file_that_is_missing_or_of_no_campaign_is_found(
    pack: Path, signed: SignedLedger, tmp_path: Path
) -> None:
    text = (pack / CAMPAIGNS).read_text()
    (pack / CAMPAIGNS).unlink()
    assert find_problem(pack) == f"{CAMPAIGNS} is missing"

    write(signed, tmp_path / "other", since=JUNE, sample_size=0)
    assert not (tmp_path / "other" / CAMPAIGNS).exists()
    (tmp_path / "other" / CAMPAIGNS).write_text(text)
    assert find_problem(tmp_path / "other") == f"{README} is not the one that is written for these entries"


def test_other_figures_of_a_campaign_are_found(pack: Path) -> None:
    text = (pack / FIGURES).read_text()
    (pack / FIGURES).write_text(
        text.replace('"late": 1,\n      "asked_again"', '"late": 0,\n      "asked_again"')
    )

    assert find_problem(pack) == f"{FIGURES}: campaigns is not what the entries give"


def test_a_campaign_is_in_each_pack_whose_period_it_touches(desk: Desk) -> None:
    in_march, in_april, in_june = (
        collect(desk, since=since, until=until)
        for since, until in ((MARCH, APRIL), (APRIL, JUNE), (JUNE, MADE_AT))
    )

    assert [len(each) for each in (in_march, in_april, in_june)] == [1, 1, 0]
    assert in_march == in_april
    assert collect(desk, route="legal") == ()


def test_the_count_is_that_of_the_end_of_the_period(desk: Desk) -> None:
    [campaign] = collect(desk)
    [started] = {request.versions[0].at for request in campaign.requests if request.file_id != "501"}

    assert campaign.count_at(started).acknowledged == 0
    assert campaign.count_at(started).needed == 9
    assert campaign.count_at(campaign.due_at).acknowledged == 4
    assert campaign.count_at(JUNE).acknowledged == 5
    assert [(person, each.file_id) for person, each in campaign.list_missing_at(JUNE)] == [(PEOPLE[2], "502")]


def test_a_campaign_that_was_ended_is_counted_at_its_end(desk: Desk) -> None:
    [before] = collect(desk)
    desk.campaigns.end(before.id, by=None)
    work_on_campaigns(desk)

    printed = build_campaigns(report(desk))

    facts = next(block for block in printed if isinstance(block, Facts))
    shown = {name: [line.text for line in cell] for name, cell in facts.rows}
    assert shown["Acknowledged at the end"] == ["5 of 6 (83.3%)", "18 Apr 2026, 22:59"]
    assert shown["Acknowledged at the deadline"] == ["4 of 6 (66.7%)"]
    assert [row[2] for row in list_rows(printed, "Documents no longer asked for")] == [
        ["The campaign was ended"],
        ["Deleted"],
    ]


def test_the_section_names_what_is_missing_and_how_to_check_it(desk: Desk) -> None:
    printed = build_campaigns(report(desk))

    headings = [block.text for block in printed if isinstance(block, Heading)]
    assert headings == [
        *("Campaigns", "Policies 2026", "Not acknowledged at the end", "Documents no longer asked for"),
        "How to check it",
    ]
    assert list_rows(printed, "Not acknowledged at the end") == [
        [[PEOPLE[2]], ["Policy 502.docx", ""], ["8"]]
    ]
    assert any(isinstance(block, Paragraph) and CAMPAIGNS in block.text for block in printed)


def test_a_pack_without_a_campaign_has_no_such_section(desk: Desk) -> None:
    with use_language("de"):
        assert build_campaigns(report(desk, since=JUNE)) == ()


def test_a_long_list_of_what_is_missing_is_cut(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    put_documents(desk)
    start_campaign(desk, people=tuple(f"p{number}@example.com" for number in range(40)))

    printed = build_campaigns(report(desk))

    assert len(list_rows(printed, "Not acknowledged at the end")) == MAX_ROWS
    texts = [block.text for block in printed if isinstance(block, Paragraph)]
    assert f"20 more are not printed: all are in {CAMPAIGNS}." in texts


def test_people_who_were_erased_stay_counted_where_they_had_acknowledged(desk: Desk) -> None:
    desk.campaigns.end("Policies 2026", by=None)
    work_on_campaigns(desk)
    erase(desk.engine, str(ANNA.email))
    erase(desk.engine, str(CARLA.email))

    [campaign] = collect(desk)

    assert campaign.people == (ERASED, BRUNO.email, ERASED)
    assert campaign.ended_at is not None
    count = campaign.count_at(campaign.ended_at)
    assert (count.acknowledged, count.needed) == (5, 5)
    assert list(campaign.list_missing_at(campaign.ended_at)) == []


def test_an_export_of_the_ledger_shows_that_no_entry_of_a_campaign_is_left_out(
    written: Path, signed: SignedLedger
) -> None:
    export = BytesIO("".join(f"{line}\n" for line in iterate_lines(signed.engine)).encode())

    verdict = check_pack(written, progress=QuietProgress(), keys=[KEY], export=export)

    assert verdict.problem is None
    assert verdict.verified is not None
    assert verdict.verified.is_compared
    types = {json.loads(line)["type"] for line in (written / ENTRIES).read_text().splitlines()}
    assert {"campaign:started", "review:closed", "review:superseded", "review:withdrawn"} <= types
