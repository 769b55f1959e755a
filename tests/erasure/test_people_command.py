"""The command that erases a person: what it refuses, what it says, and what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.commands.people_texts import (
    CLEANING_FAILED,
    FORMER_TABLES,
    NO_COMMAND,
    NO_TERMINAL,
    NOT_COMPLETE,
    NOT_OWNER,
    STATISTICS_KEPT,
    UNKNOWN,
)
from store.engine import read_only
from store.schema import alarms, ledger, ledger_people, people, unrouted_changes
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.erasure.command import ROUTE, count_entries, erase, verify
from tests.erasure.erasing import list_traces, reopen
from tests.erasure.people import insert
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, OWNER, START, event, routes
from tests.runtime.command import run_command
from tests.runtime.record import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


ALICES = str(ALICE.email)


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """An installation with a closed review."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    desk.deliver_all()
    return desk


def test_a_person_is_gone_and_the_ledger_verifies(desk: Desk) -> None:
    done = erase(desk, OWNER.upper(), "--yes")

    assert (done.code, done.err) == (0, "")
    assert "Erased from 1 review, 2 entries of the ledger" in done.out
    assert OWNER not in (done.out + done.err).casefold()
    assert list_traces(desk.engine, OWNER, "Dana Ozola") == []
    assert verify(desk).code == 0


def test_counts_are_printed_as_json_without_the_address(desk: Desk) -> None:
    done = erase(desk, OWNER, "--yes", "--json")

    printed = json.loads(done.out)
    assert printed["erased"]["reviews"] == 1
    assert printed["erased"]["entries"] == 2
    assert printed["person"] == {"names": 1, "accounts": 2}
    assert printed["obstacles"] == []
    assert (printed["clear_entries"], printed["complete"], printed["free_pages_cleaned"]) == (0, True, True)
    assert OWNER not in done.out


def test_an_address_is_read_from_standard_input(desk: Desk) -> None:
    done = erase(desk, "-", "--yes", entered=f"{OWNER}\n")

    assert done.code == 0
    assert list_traces(desk.engine, OWNER) == []


def test_nothing_is_written_of_an_address_that_nothing_names(desk: Desk) -> None:
    before = count_entries(desk)

    done = erase(desk, "nobody@example.com")

    assert (done.code, done.out.splitlines()[-1], done.err) == (0, UNKNOWN, "")
    assert count_entries(desk) == before


def test_what_is_no_address_is_unusable(desk: Desk) -> None:
    done = erase(desk, "dana.ozola@@example.com", "--yes")

    assert done.code == 2
    assert "what was given is not an e-mail address" in done.err
    assert "dana" not in done.err.casefold()


@pytest.mark.parametrize(
    "written",
    [
        "owner@example.com\u202e",
        "owner@exam\u200bple.com",
        "\uff4fwner@example.com",
        "owner@example.com\nother@example.com",
        "owner@example.com\tx",
        "mailto:owner@example.com",
        "owner@example.com,",
        "<<owner@example.com>>",
    ],
    ids=["direction", "no width", "wide", "two lines", "tab", "link", "comma", "twice in brackets"],
)
def test_an_address_that_is_not_what_it_seems_is_unusable(desk: Desk, written: str) -> None:
    for arguments, entered in (([written], ""), (["-"], f"{written}\n")):
        done = erase(desk, *arguments, "--yes", entered=entered)

        assert done.code == 2
        assert "example.com" not in done.err + done.out
    assert list_traces(desk.engine, OWNER) == [OWNER]


@ON_SQLITE
@pytest.mark.parametrize("address", ['"ozola,dana"@example.com', "D.Ozola+tag@M\u00fcller.example"])
def test_an_address_of_any_form_is_taken(desk: Desk, address: str) -> None:
    insert(desk.engine, people, {"id": "g-8", "name": "Eve", "email": address, "seen_at": START})

    assert erase(desk, address, "--yes").code == 0
    assert list_traces(desk.engine, address) == []


@ON_SQLITE
@pytest.mark.parametrize(
    "arguments", [[OWNER, "ann@example.com"], ["--ann@example.com"], [OWNER, "--wait", "a@b"]]
)
def test_what_is_wrong_with_the_arguments_is_said_without_an_address(
    desk: Desk, arguments: list[str]
) -> None:
    done = erase(desk, *arguments, "--yes")

    assert done.code == 2
    assert "@" not in done.err + done.out


def test_an_address_in_place_of_a_command_is_not_repeated() -> None:
    done = run_command(["people", "ann@example.com"])

    assert (done.code, done.err) == (2, f"docspace-review: {NO_COMMAND}\n")


@ON_SQLITE
@pytest.mark.parametrize("decoding", ["strict", "surrogateescape"])
def test_an_address_that_is_not_text_in_utf_8_is_unusable(desk: Desk, decoding: str) -> None:
    address = desk.engine.url.render_as_string(hide_password=False)
    settings = {"DATABASE_URL": address, "ROUTES": ROUTE, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run(
        [sys.executable, "-m", "runtime", "people", "erase", "-", "--yes"],
        input="m\u00fcller@example.com\n".encode("latin-1"),
        env={**settings, "PYTHONIOENCODING": f"utf-8:{decoding}"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"what was given is not an e-mail address" in done.stderr


@ON_SQLITE
def test_a_wait_has_an_end(desk: Desk) -> None:
    assert erase(desk, OWNER, "--yes", "--wait", "nan").code == 2
    assert list_traces(desk.engine, OWNER) == [OWNER]


@pytest.mark.parametrize("written", [f"  {OWNER} ", f"<{OWNER}>", f" < {OWNER}>\t"])
def test_what_mail_programs_put_around_an_address_does_not_count(desk: Desk, written: str) -> None:
    assert erase(desk, written, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []


def test_tables_of_earlier_versions_that_may_name_people_are_named(desk: Desk) -> None:
    is_sqlite = desk.engine.dialect.name == "sqlite"
    table = "workflow_status" if is_sqlite else "dbos.workflow_status"
    with desk.engine.begin() as connection:
        if not is_sqlite:
            connection.exec_driver_sql("CREATE SCHEMA dbos")
        connection.exec_driver_sql(f"CREATE TABLE {table} (error text)")

    for address in (OWNER, "nobody@example.com"):
        assert FORMER_TABLES.format(tables=table) in erase(desk, address, "--yes").out


def test_without_a_terminal_no_one_is_erased_unasked(desk: Desk) -> None:
    before = count_entries(desk)

    done = erase(desk, OWNER)

    assert (done.code, count_entries(desk)) == (2, before)
    assert NO_TERMINAL in done.err


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("owners", f'["{OWNER.upper()}"]', "an owner of the route 'compliance'"),
        ("deputies", f'["{OWNER}"]', "a deputy of the route 'compliance'"),
        ("notify", f'["mail:{OWNER}"]', "a target of the route 'compliance'"),
        (
            "ladder",
            f'[{{after = "50%", do = "escalate", to = "{OWNER.upper()}"}}]\ndue = "8h"',
            "in the ladder of the route 'compliance'",
        ),
        (
            "ladder",
            f'[{{after = "50%", do = "escalate", to = "mail:{OWNER}"}}]\ndue = "8h"',
            "a target of the route 'compliance'",
        ),
        ("[people]", f'"{OWNER}" = {{ slack = "U0123456789" }}', "in the table [people]"),
    ],
)
@ON_SQLITE
def test_who_stands_in_the_routing_file_is_not_erased(desk: Desk, key: str, value: str, says: str) -> None:
    lines = [line for line in ROUTE.splitlines() if not line.startswith(f"{key} =")]
    line = f"{key}\n{value}" if key == "[people]" else f"{key} = {value}"

    done = erase(desk, OWNER, "--yes", route="\n".join([*lines, line]))

    assert done.code == 1
    assert f"it is {says}" in done.err
    assert list_traces(desk.engine, OWNER) == [OWNER]


def test_a_route_under_legal_hold_keeps_its_people(desk: Desk) -> None:
    done = erase(desk, OWNER, "--yes", route=f"{ROUTE}legal_hold = true\n")

    assert done.code == 1
    assert "The route 'compliance' is under legal hold" in done.err
    assert "Nothing was changed." in done.err
    assert list_traces(desk.engine, OWNER) == [OWNER]


def test_a_hold_on_another_route_is_no_obstacle(desk: Desk) -> None:
    person = {"key": f"owner:{OWNER}", "sentence": "", "since": START, "seen_at": START}
    other = ROUTE.replace("compliance", "legal").replace("539564", "1") + "legal_hold = true\n"
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(alarms), [{**person, "told": False, "flaps": False}])

    assert erase(desk, OWNER, "--yes", route=ROUTE + other).code == 0


def test_open_reviews_keep_their_people(desk: Desk) -> None:
    opened = [desk.open(event(file_id=f"f{number}")).id for number in range(7)]

    done = erase(desk, ALICES, "--yes", "--json")

    assert done.code == 1
    need = "7 reviews that name this person are still open or sent back"
    assert f"{need}: {', '.join(opened[:5])} and 2 more" in done.err
    assert json.loads(done.out)["obstacles"] == [done.err.splitlines()[0]]
    assert list_traces(desk.engine, ALICES) == [ALICES]


def test_changes_that_wait_keep_their_people(desk: Desk) -> None:
    desk.receive(event(file_id="f9", actor=ALICE))

    done = erase(desk, ALICES, "--yes")

    assert done.code == 1
    assert "1 change by this person still waits to be handled" in done.err


def test_changes_that_are_not_recorded_yet_keep_their_people(desk: Desk) -> None:
    members = {"people": [{"id": ALICE.id, "name": ALICE.name, "email": ALICES}]}
    change = {"route": "compliance", "kind": "content", "cause": "c", "first_event": 1, "last_event": 1}
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(unrouted_changes), [{**change, "members": members, "at": START}])

    done = erase(desk, ALICES, "--yes")

    assert done.code == 1
    assert "1 change by this person still waits to be handled" in done.err


def test_entries_of_earlier_versions_are_counted(desk: Desk) -> None:
    rewrite(desk.engine)

    done = erase(desk, OWNER, "--yes")

    assert done.code == 0
    assert "2 entries of earlier versions name the person in clear. They can't be changed" in done.out
    assert desk.latest("3358285").answers[0].reviewer.email == OWNER
    assert verify(desk).code == 0


def test_a_damaged_ledger_is_left_as_it_is(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.update(ledger_people).values(disclosures=f'["{OWNER}"]'))

    done = erase(desk, OWNER, "--yes")

    assert done.code == 1
    assert "docspace-review ledger verify says more" in done.err
    printed = json.loads(erase(desk, OWNER, "--yes", "--json").out)
    assert printed == {"erased": None, "obstacles": done.err.splitlines()[:1]}


@ON_SQLITE
def test_bytes_in_place_of_people_are_left_as_they_are(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_people SET disclosures = x'ff00'")
        connection.exec_driver_sql("UPDATE accounts SET said = 'no JSON'")

    done = erase(desk, OWNER, "--yes")

    assert done.code == 1
    assert "what stands beside entry 1 is not text" in done.err


def test_all_entries_are_without_a_person_also_those_without_a_review(desk: Desk) -> None:
    desk.follow(routes(review=frozenset()))
    desk.intake.process(desk.receive(event(file_id="f5", actor=ALICE)))
    assert desk.entries()[-1]["review_id"] is None

    assert erase(desk, ALICES, "--yes").code == 0
    assert list_traces(desk.engine, ALICES, ALICE.name) == []
    assert verify(desk).code == 0


@ON_SQLITE
def test_free_pages_are_cleaned_by_the_next_run_where_a_process_was_in_the_way(desk: Desk) -> None:
    with reading(desk):
        done = erase(desk, OWNER, "--yes", "--wait", "0")
    assert (done.code, done.err) == (1, f"{CLEANING_FAILED}\n")
    assert "Erased from 1 review" in done.out
    assert list_traces(desk.engine, OWNER) == [OWNER]

    again = erase(desk, OWNER, "--yes")

    assert (again.code, again.out.splitlines()[-1]) == (0, UNKNOWN)
    assert list_traces(desk.engine, OWNER) == []


@ON_SQLITE
def test_the_cleaning_of_free_pages_waits_for_who_is_in_the_way(desk: Desk) -> None:
    address = desk.engine.url.render_as_string(hide_password=False)
    before, other = count_entries(desk), reopen(desk.engine)
    is_over = threading.Event()

    def read_until_erased() -> None:
        with read_only(other).connect() as connection:
            connection.execute(sa.select(ledger)).all()
            while count_entries(desk) == before and not is_over.wait(0.01):
                pass
            is_over.wait(0.5)  # by then the command waits; without waiting it is over

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read_until_erased)
        done = run_command(["people", "erase", OWNER, "--yes"], DATABASE_URL=address, ROUTES=ROUTE)
        is_over.set()
        reader.result()
    other.dispose()

    assert done.code == 0
    assert list_traces(desk.engine, OWNER) == []


@ON_POSTGRESQL
def test_statistics_that_a_view_keeps_are_named(desk: Desk) -> None:
    names = [
        {"id": f"g-{number}", "name": "D. Ozola", "email": OWNER, "seen_at": START} for number in range(9)
    ]
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.insert(people), names)
        connection.exec_driver_sql("ANALYZE people")
        connection.exec_driver_sql("CREATE VIEW names AS SELECT name FROM people")
        connection.exec_driver_sql("DELETE FROM people WHERE email <> 'owner@example.com'")

    done = erase(desk, OWNER, "--yes")

    assert (done.code, done.err) == (1, f"{STATISTICS_KEPT.format(tables='people')}\n")
    assert "Erased from 1 review" in done.out


@ON_POSTGRESQL
def test_a_role_that_does_not_own_the_tables_is_told_that_they_are_not_vacuumed(desk: Desk) -> None:
    with granted_role(desk.engine) as role:
        url = desk.engine.url.update_query_dict({"options": f"-c role={role}"})
        address = url.render_as_string(hide_password=False)

        done = run_command(["people", "erase", OWNER, "--yes"], DATABASE_URL=address, ROUTES=ROUTE)

    assert (done.code, done.err) == (1, f"{NOT_OWNER}\n")
    assert "Erased from 1 review" in done.out


@contextmanager
def granted_role(engine: sa.Engine) -> Iterator[str]:
    """Yield a role that may read and write all tables, and owns none."""
    role = f"granted_{os.getpid()}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role}")
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        connection.exec_driver_sql(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        yield role
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")


@ON_SQLITE
def test_what_others_keep_writing_of_a_person_is_told(desk: Desk) -> None:
    row = {"key": f"owner:{OWNER}", "sentence": "", "since": START, "seen_at": START}
    names = ", ".join(column.name for column in alarms.columns)
    old_values = ", ".join(f"OLD.{column.name}" for column in alarms.columns)
    again = f"INSERT INTO alarms ({names}) VALUES ({old_values});"  # noqa: S608 - our own names
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(alarms), [{**row, "told": False, "flaps": False}])
        connection.exec_driver_sql(f"CREATE TRIGGER again AFTER DELETE ON alarms BEGIN {again} END")

    done = erase(desk, OWNER, "--yes", "--json")

    assert (done.code, done.err.splitlines()[-1]) == (1, NOT_COMPLETE)
    assert json.loads(done.out)["complete"] is False
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER again")
    assert erase(desk, OWNER, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []


@contextmanager
def reading(desk: Desk) -> Iterator[None]:
    """Have another process read the database meanwhile."""
    other = reopen(desk.engine)
    with read_only(other).connect() as connection:
        connection.execute(sa.select(ledger)).all()
        yield
    other.dispose()


@ON_SQLITE
def test_on_a_terminal_it_asks_first(desk: Desk) -> None:
    before = count_entries(desk)

    with desk.engine.begin() as connection:
        seen = {"id": "g-1", "name": "Dana Ozola", "email": OWNER, "seen_at": START}
        connection.execute(sa.insert(people), [seen])

    code, out, err = erase_on_terminal(desk, OWNER, "--json", answer=b"n\n")

    assert "Names: dana ozola." in err
    assert "DocSpace g-1" in err
    assert "slack U1" in err

    assert code == 1
    assert json.loads(out) == {"erased": None, "obstacles": []}
    assert err.splitlines()[-1].endswith("Nothing was changed.")
    assert (list_traces(desk.engine, OWNER), count_entries(desk)) == ([OWNER], before)


@ON_SQLITE
def test_what_came_in_the_way_before_the_answer_is_seen(desk: Desk) -> None:
    code, _, err = erase_on_terminal(
        desk, ALICES, answer=b"y\n", meanwhile=lambda: desk.open(event(file_id="f9"))
    )

    assert code == 1
    assert "1 review that names this person is still open" in err
    assert list_traces(desk.engine, ALICES) == [ALICES]


def erase_on_terminal(
    desk: Desk, *arguments: str, answer: bytes, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str, str]:
    """Erase on a terminal; return the code, the output and the errors. `meanwhile` runs before the answer."""
    address = desk.engine.url.render_as_string(hide_password=False)
    ours, terminal_end = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "runtime", "people", "erase", *arguments],
        env={"DATABASE_URL": address, "ROUTES": ROUTE, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=terminal_end,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(terminal_end)
        stop = threading.Timer(120, process.kill)
        stop.start()
        assert process.stderr is not None
        asked = b""
        while b"Erase this person for good?" not in asked:
            piece = os.read(process.stderr.fileno(), 4096)
            assert piece, asked
            asked += piece
        meanwhile()
        os.write(ours, answer)
        out, err = process.communicate()
        stop.cancel()
    os.close(ours)
    return process.returncode, out.decode(), (asked + err).decode()
