"""People in exports: in clear with their salts, or said to be erased; and what a file without them proves."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.exported_entries import restore_stored_entry
from reviews.ledger.hash_chain import EntryType, hash_entry
from store import ledger_reading
from store.chain import SqlLedgerRepository
from store.schema import ledger_people
from tests.runtime.command import CommandResult, run_command
from tests.runtime.lived import live_through

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST_NAME, FIRST_OWNER = "/contributors/0", "/owners/0"
ANSWER = 7
"""The entry of the first answer."""


class LivedLedger:
    """A database in which everything has happened, and the files that are exported from it."""

    def __init__(self, address: str, engine: sa.Engine, folder: Path) -> None:
        self._address, self._engine, self._file = address, engine, folder / "ledger.jsonl"

    def run(self, *arguments: str) -> CommandResult:
        return run_command(["ledger", *arguments], DATABASE_URL=self._address)

    def export(self) -> list[dict[str, Any]]:
        done = self.run("export")
        assert (done.code, done.err) == (0, "")
        self._file.write_text(done.out)
        return [json.loads(line) for line in done.out.splitlines()]

    def verify(self, *arguments: str) -> CommandResult:
        """Check the last export, with no database anywhere."""
        return run_command(["ledger", "verify", str(self._file), *arguments], DATABASE_URL="nonsense")

    def cut(self, lines: slice) -> None:
        """Leave some lines of the last export."""
        self._file.write_text("".join(self._file.read_text().splitlines(keepends=True)[lines]))

    def read_head(self) -> str:
        return self.run("head").out.strip()

    def rewrite_row(self, seq: int, change: Callable[[dict[str, Any]], Any]) -> list[Any]:
        """Change what stands beside an entry; return what stood there."""
        mine = ledger_people.c.seq == seq
        with self._engine.begin() as connection:
            text = connection.execute(sa.select(ledger_people.c.disclosures).where(mine)).scalar_one()
            disclosures = change(json.loads(text))
            written = json.dumps(disclosures, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            connection.execute(sa.update(ledger_people).where(mine).values(disclosures=written))
        return list(json.loads(text).values())

    def take_away(self, seq: int, *pointers: str) -> list[str]:
        """Take values from beside an entry, and return the commitments to them."""
        self.rewrite_row(seq, lambda row: {name: pair for name, pair in row.items() if name not in pointers})
        line = self.export()[seq - 1]
        restored = restore_stored_entry(line, label="it")
        return [restored.erased[pointer] for pointer in pointers]

    def record_erasure(self, commitments: list[str]) -> None:
        body = {
            "type": EntryType.PEOPLE_ERASED.value,
            "at": "2026-03-02T09:00:00.000000Z",
            "review_id": None,
            "route": None,
            "commitments": commitments,
        }
        with self._engine.begin() as connection:
            repository = SqlLedgerRepository(connection)
            repository.append(body)
            repository.write_waiting()


@pytest.fixture
def lived(database_url: str, engine: sa.Engine, tmp_path: Path) -> LivedLedger:
    live_through(engine)
    return LivedLedger(database_url, engine, tmp_path)


def test_a_line_has_the_people_in_clear_and_leads_back_to_what_was_hashed(
    lived: LivedLedger, engine: sa.Engine
) -> None:
    lines = lived.export()

    stored = list(ledger_reading.iterate_stored(engine))
    assert [restore_stored_entry(line, label="it").encoded for line in lines] == [
        each.leaf for each in stored
    ]
    plain = [{name: value for name, value in line.items() if name != "salts"} for line in lines]
    assert plain == list(ledger_reading.iterate_entries(engine))
    assert sum(len(line.get("salts", {})) for line in lines) > len(lines)
    assert lived.verify("--head", lived.read_head()).code == 0


def test_what_was_erased_is_listed_and_the_file_holds_as_a_later_entry_says_so(lived: LivedLedger) -> None:
    lived.record_erasure(lived.take_away(1, FIRST_NAME, FIRST_OWNER))

    lines = lived.export()

    head = lived.read_head()
    done, as_json = lived.verify("--head", head), lived.verify("--head", head, "--json")
    assert lines[0]["erased"] == [FIRST_NAME, FIRST_OWNER]
    assert list(lines[0]["owners"][0]) == ["commitment"]
    assert hash_entry(restore_stored_entry(lines[0], label="it").entry) == lines[0]["hash"]
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "2 names, addresses or texts were erased, as later entries say."
    assert (json.loads(as_json.out)["erased"], json.loads(as_json.out)["unrecorded"]) == (2, 0)


def test_in_a_spreadsheet_it_reads_erased(lived: LivedLedger) -> None:
    lived.record_erasure(lived.take_away(1, FIRST_NAME, FIRST_OWNER))
    lived.record_erasure(lived.take_away(ANSWER, "/reviewer"))

    rows = list(csv.DictReader(lived.run("export", "--format", "csv").out.splitlines()))

    assert json.loads(rows[0]["owners"]) == ["erased"]
    assert json.loads(rows[0]["contributors"])[0] == {"id": None, "name": "erased", "email": None}
    assert json.loads(rows[ANSWER - 1]["reviewer"])["name"] == "erased"


def test_a_value_that_is_gone_without_an_entry_that_says_so_is_named(lived: LivedLedger) -> None:
    gone = lived.take_away(ANSWER, "/reviewer")
    head = lived.read_head()

    done = lived.verify("--head", head)
    lived.record_erasure([*gone[1:], "f" * 64])
    lived.export()
    other = lived.verify("--head", head)

    assert (done.code, other.code) == (1, 1)
    assert done.out == other.out
    assert done.out == (
        "The ledger is not intact: entry 7 has no value at '/reviewer', and no later entry says that it was "
        "erased.\n"
    )


def test_in_a_part_what_no_later_entry_explains_is_counted(lived: LivedLedger) -> None:
    lived.record_erasure(lived.take_away(1, FIRST_NAME, FIRST_OWNER))
    lived.take_away(ANSWER, "/reviewer")

    done, as_json = lived.verify("--part"), lived.verify("--part", "--json")
    lived.cut(slice(ANSWER - 1, ANSWER))
    cut = lived.verify("--part")

    assert (done.code, cut.code) == (0, 0)
    assert done.out.splitlines()[-2:] == [
        "2 names, addresses or texts were erased, as later entries say.",
        "1 name, address or text was left out, and no later entry of this part says why.",
    ]
    assert (json.loads(as_json.out)["erased"], json.loads(as_json.out)["unrecorded"]) == (3, 1)
    assert cut.out.splitlines()[-1].startswith("1 name, address or text was left out")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row: {**row, "/title": ["salt", "x"]}, "entry 7 has no commitment at '/title', and a value"),
        (list, "what stands beside entry 7 is no object"),
        (
            lambda row: {**row, "/reviewer": "Eve"},
            "what stands beside entry 7 is no list of salts and values",
        ),
    ],
)
def test_what_can_not_be_exported_ends_the_export_with_a_sentence(
    lived: LivedLedger, change: Callable[[dict[str, Any]], Any], says: str
) -> None:
    lived.rewrite_row(ANSWER, change)

    done = lived.run("export")

    assert done.code == 1
    assert done.err.startswith(f"The ledger is not intact: {says}")
    assert done.err.count("\n") == 1
    assert len(done.out.splitlines()) == ANSWER - 1


def test_another_value_beside_an_entry_is_exported_and_found_in_the_file(lived: LivedLedger) -> None:
    lived.rewrite_row(ANSWER, lambda row: {**row, "/reviewer": ["salt", {"name": "Eve"}]})

    lived.export()

    assert "entry 7 was changed after it was written" in lived.verify("--part").out
