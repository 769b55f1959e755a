"""The command that erases a person asks first, on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.commands.people.people_texts import NO_TERMINAL
from store.schema import people
from tests.databases import ON_SQLITE
from tests.erasure.closed_desk import ALICES, open_closed_desk
from tests.erasure.command import ROUTE, count_entries, erase
from tests.erasure.erasing import list_traces
from tests.reviews.samples import OWNER, START, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return open_closed_desk(engine)


def test_without_a_terminal_no_one_is_erased_unasked(desk: Desk) -> None:
    before = count_entries(desk)

    done = erase(desk, OWNER)

    assert (done.code, count_entries(desk)) == (2, before)
    assert NO_TERMINAL in done.err


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
