"""Each column of the ledger, changed by an owner of the database: found, or declared not to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.findings import LedgerPart
from runtime.commands.ledger.verdict_texts import describe_verdict
from runtime.evidence.ledger_key import LedgerKeys
from runtime.ledger_verification.ledger_check import check_ledger
from store.engine import authenticate_entries
from store.schema import answers, ledger, ledger_head, ledger_people, review_index, reviews
from tests.databases import ON_SQLITE
from tests.meta.pages_of_docs import ROOT
from tests.runtime.lived import forged, intruder, live_through
from tests.runtime.signed_ledger import make_key

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = (reviews, answers, review_index, ledger, ledger_head, ledger_people)
# What the line says where that is not the column's name.
WORDINGS = {
    "reviews.seq": "review_index lacks",
    "reviews.id": "there is no review rev-1, which the table ledger tells of",
    "reviews.saves_known": "has another saves ",
    "reviews.snoozer": "has another snoozed_by ",
    "reviews.campaign_name": "has another campaign ",
    "answers.id": "has another decision",
    "answers.review_id": "which has no such answer",
    "answers.reviewer": r"has another reviewer\.name",
    "answers.proof": r"has another proof\.team",
    "review_index.value": 'review_index has "forged"',
    "review_index.kind": "review_index lacks",
    "review_index.seq": "review_index lacks",
    "ledger.seq": "entry 1 is missing: the chain starts at entry 2",
    "ledger.entry": "entry 1 is not JSON",
    "ledger.mac": "entry 1 has a wrong MAC",
    "ledger_head.seq": "entries are missing at the end",
    "ledger_people.seq": "the table ledger_people tells of entry 91, which is not there",
    "ledger_people.disclosures": "what stands beside entry 1 is not JSON",
}
HEADING = "What `ledger verify` checks"
KEY = make_key()
KEYS = LedgerKeys(current=KEY)


def declared() -> set[str]:
    """Return the columns that the page says are not compared, in the table under its own heading."""
    page = (ROOT / "docs/ledger.md").read_text()
    [section] = re.findall(rf"^## {re.escape(HEADING)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^\| `(\w+\.\w+)`.* \| \S", section, re.MULTILINE)
    return {name for name in names if name.partition(".")[0] in {table.name for table in TABLES}}


def name_of(column: sa.Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def is_reported(column: sa.Column[Any], lines: list[str]) -> bool:
    says = WORDINGS.get(name_of(column), rf"has another {column.name}\b")
    return any(re.search(says, line) for line in lines)


def lines(engine: sa.Engine) -> list[str]:
    findings = check_ledger(engine, keys=KEYS).findings
    return [finding.says for finding in findings if finding.part is not LedgerPart.GUARD]


@pytest.fixture
def owner(engine: sa.Engine) -> Iterator[sa.Engine]:
    """Yield the engine of an owner of a database in which everything has happened."""
    authenticate_entries(engine, lambda: KEY.mac_key)
    live_through(engine)
    assert lines(engine) == []
    owner = intruder(engine)
    yield owner
    owner.dispose()


@ON_SQLITE
def test_each_column_is_compared_or_stands_in_the_list_of_those_that_are_not(
    engine: sa.Engine, owner: sa.Engine
) -> None:
    missed, unnamed = set(), {}
    for column in (column for table in TABLES for column in table.c):
        with forged(owner, column):
            findings = lines(engine)
        if not findings:
            missed.add(name_of(column))
        elif not is_reported(column, findings):
            unnamed[name_of(column)] = findings

    assert unnamed == {}
    assert missed == declared()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_searched_for_them_as_well(engine: sa.Engine, owner: sa.Engine) -> None:
    compared = [column for table in TABLES for column in table.c if name_of(column) not in declared()]
    together = [column for column in compared if column.table in {reviews, answers}]
    together = [column for column in together if name_of(column) not in WORDINGS]
    groups = [[column for column in together if column.table is table] for table in (reviews, answers)]

    for columns in (*groups, *([column] for column in compared if column not in together)):
        with forged(owner, *columns):
            findings = lines(engine)

        assert [column.name for column in columns if not is_reported(column, findings)] == []


@ON_SQLITE
def test_a_proof_that_was_emptied_and_one_that_was_made_up_are_found(
    engine: sa.Engine, owner: sa.Engine
) -> None:
    of_first, of_second = (answers.c.id == number for number in (1, 2))
    with owner.begin() as connection:
        connection.execute(sa.update(answers).where(of_first).values(proof={}, owner=None))
        connection.execute(sa.update(answers).where(of_second).values(proof={"team": "T9"}))

    findings = lines(engine)

    assert [line.partition(":")[0] for line in findings] == [
        "review rev-1 has another proof.team than entry 7 says",
        "review rev-1 has another proof.user than entry 7 says",
        "review rev-1 has another owner than entry 7 says",
        "review rev-1 has another proof.team than entry 9 says",
    ]


@ON_SQLITE
def test_a_hand_over_that_was_emptied_is_named_beside_rows_of_earlier_versions(
    engine: sa.Engine, owner: sa.Engine
) -> None:
    with owner.begin() as connection:
        emptied = {"snoozer": None, "handed_over": None}
        connection.execute(sa.update(reviews).where(reviews.c.id == "rev-1").values(emptied))

    verdict = check_ledger(engine)

    assert verdict.incomparable_members == {"handed_over": 1, "snoozed_by": 1}
    assert "someone has emptied handed_over and snoozed_by since" in describe_verdict(verdict)
