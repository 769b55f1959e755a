"""Which addresses the command takes that erases a person, and how it refuses others."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runtime.commands.people.address_group import NO_COMMAND
from runtime.commands.people.people_texts import UNKNOWN
from store.schema import people
from tests.databases import ON_SQLITE
from tests.erasure.closed_desk import open_closed_desk
from tests.erasure.command import ROUTE, count_entries, erase
from tests.erasure.erasing import list_traces
from tests.erasure.people import insert
from tests.reviews.samples import OWNER, START
from tests.runtime.command import run_command

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return open_closed_desk(engine)


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


@pytest.mark.parametrize("written", [f"  {OWNER} ", f"<{OWNER}>", f" < {OWNER}>\t"])
def test_what_mail_programs_put_around_an_address_does_not_count(desk: Desk, written: str) -> None:
    assert erase(desk, written, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []
