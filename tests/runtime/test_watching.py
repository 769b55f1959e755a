"""`events watch` and `reviews watch`: what comes in is printed until Ctrl-C, also after an outage."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import pytest
import sqlalchemy as sa

from reviews.kinds import EventState
from runtime.commands.events.event_watching import EventFeed, watch_events
from runtime.commands.printing.watching import watch
from runtime.commands.reviews.review_watching import watch_reviews
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.meta.pages_of_docs import ROOT
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import event, routes
from tests.runtime.command import CommandResult, run_command
from tests.runtime.hostile_house import HOSTILE
from tests.runtime.terminal import unprinted

if TYPE_CHECKING:
    from collections.abc import Callable


def interrupt_after(steps: list[Callable[[], object]]) -> Callable[[float], None]:
    """Return a wait that does one step at a time, and then is interrupted as by Ctrl-C."""
    pending = list(steps)

    def wait(_seconds: float) -> None:
        if not pending:
            raise KeyboardInterrupt
        pending.pop(0)()

    return wait


def watched(
    print_all: Callable[..., None], database_url: str, *steps: Callable[[], object], **options: Any
) -> CommandResult:
    """Return what a command printed while these steps happened, one between two looks."""

    @click.command()
    def command() -> None:
        print_all(interval=1, wait=interrupt_after([*steps]), **{"as_json": False, **options})

    return run_command([], command, DATABASE_URL=database_url)


def read_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_event_is_printed_when_it_comes_in_and_when_its_state_changes(
    database_url: str, engine: sa.Engine
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.receive(event(file_id="f0"))
    numbers: list[int] = []

    done = watched(
        watch_events,
        database_url,
        lambda: numbers.append(desk.receive(event(file_id="f1", title="Policy.docx"))),
        lambda: desk.intake.process(numbers[0]),
        lambda: None,
        as_json=True,
    )

    lines = read_lines(done.out)
    assert done.code == 130
    assert [(each["id"], each["state"]) for each in lines] == [
        (numbers[0], EventState.RECEIVED),
        (numbers[0], EventState.DONE),
    ]


def test_an_event_that_waits_is_followed_though_many_come_after_it(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    feed = EventFeed(engine)
    first = desk.receive(event(file_id="first"))
    feed.fetch()
    for number in range(3):
        for more in range(200):
            desk.receive(event(file_id=f"f{number}-{more}"))
        assert len(feed.fetch()) == 200

    desk.intake.process(first)

    assert [(each.id, each.state) for each in feed.fetch()] == [(first, EventState.DONE)]
    assert feed.fetch() == []


def test_a_review_is_printed_when_it_opens_and_when_it_is_answered(
    database_url: str, engine: sa.Engine
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    before = desk.open(event(file_id="f0"))

    done = watched(
        watch_reviews,
        database_url,
        lambda: desk.open(event(file_id="f1", title="Policy.docx")),
        lambda: desk.answers.record_answer(build_answer_request(before)),
        route="compliance",
    )

    opened, answered = done.out.splitlines()
    assert done.code == 130
    assert "Ctrl-C ends it" in done.err
    assert "  open  compliance  Alice Moreau changed Policy.docx." in opened
    assert f"{before.id}  acknowledged  compliance  " in answered
    assert "Dana Ozola acknowledged revision 1" in answered


def test_the_reviews_of_one_route_are_watched_as_json(database_url: str, engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    steps = [lambda: desk.open(event(file_id="f1"))]

    here = watched(watch_reviews, database_url, *steps, route="compliance", as_json=True)
    elsewhere = watched(
        watch_reviews, database_url, lambda: desk.open(event(file_id="f2")), route="another", as_json=True
    )

    [line] = read_lines(here.out)
    assert {"seq", "at", "type", "review_id", "route", "state", "revision", "title", "sentence"} <= set(line)
    assert (line["type"], line["state"]) == ("review:opened", "open")
    assert elsewhere.out == ""


def test_hostile_text_is_one_line_without_control_characters(database_url: str, engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine), routes())
    steps = [
        lambda: desk.open(event(file_id="f1", title=HOSTILE)),
        lambda: _spoil(engine),
        lambda: desk.answers.record_answer(build_answer_request(desk.latest("f1"), note=HOSTILE)),
    ]

    outputs = [watched(watch_reviews, database_url, *steps, route=None).out]
    outputs.append(
        watched(watch_events, database_url, lambda: desk.receive(event(file_id="f2", title=HOSTILE))).out
    )

    assert [len(each.splitlines()) for each in outputs] == [2, 1]
    assert unprinted("".join(outputs)) == set()


def _spoil(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(title=HOSTILE))


def test_an_outage_of_the_database_is_said_once_and_does_not_end_it() -> None:
    outcomes: list[Exception | str] = [
        "first",
        *[sa.exc.OperationalError("SELECT", {}, Exception("the server closed the connection"))] * 3,
        "later",
    ]

    @click.command()
    def command() -> None:
        def print_new() -> None:
            if isinstance(outcome := outcomes.pop(0), Exception):
                raise outcome
            click.echo(outcome)

        watch(print_new, interval=2, wait=interrupt_after([lambda: None] * 4))

    done = run_command([], command)

    assert (done.code, done.out.split()) == (130, ["first", "later"])
    assert done.err.splitlines() == [
        "DATABASE_URL: the database can't be used (the server closed the connection): trying again every 2 s",
        "the database answers again",
    ]


def start(database_url: str, words: str, **streams: Any) -> subprocess.Popen[str]:
    """Return a process that watches, once it has said so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime", *words.split()],
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )
    assert process.stderr
    assert "Ctrl-C ends it" in process.stderr.readline()
    return process


@pytest.mark.parametrize("words", ["events watch", "reviews watch --json"])
def test_ctrl_c_ends_it_and_so_does_a_reader_that_goes_away(database_url: str, words: str) -> None:
    interrupted = start(database_url, words)
    interrupted.send_signal(signal.SIGINT)
    _, complaint = interrupted.communicate()
    abandoned = start(database_url, words)
    assert abandoned.stdout
    assert abandoned.stderr
    abandoned.stdout.close()

    assert (interrupted.returncode, complaint) == (130, "")
    assert (abandoned.wait(), abandoned.stderr.read()) == (141, "")
    abandoned.stderr.close()


@pytest.mark.parametrize("interval", ["0", "0.1", "61", "nan", "never"])
def test_how_often_it_looks_is_limited(database_url: str, interval: str) -> None:
    done = run_command(["events", "watch", "--interval", interval], DATABASE_URL=database_url)

    assert (done.code, done.out) == (2, "")
    assert "--interval" in done.err
