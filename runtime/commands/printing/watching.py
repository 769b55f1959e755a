"""Printing what comes in until it is interrupted: the loop of the commands `watch`."""

from __future__ import annotations

import io
import select
import sys
import time
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from runtime.commands.database_errors import explain_database_error

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = "Ctrl-C ends it."


def watch(
    print_new: Callable[[], None], *, interval: int, wait: Callable[[float], None] | None = None
) -> None:
    """Print what is new, every `interval` seconds; while the database is out of reach, say so once.

    `print_new` prints since its last success. `wait` is told how long to wait.
    """
    wait = wait or wait_for_interval
    is_out = False
    while True:
        try:
            print_new()
        except sa.exc.DBAPIError as error:
            reason = explain_database_error(error)
            if reason is None:
                raise
            if not is_out:
                click.echo(f"{reason}: trying again every {interval} s", err=True)
            is_out = True
        else:
            if is_out:
                click.echo("the database answers again", err=True)
            is_out = False
        wait(interval)


def wait_for_interval(seconds: float) -> None:
    """Wait; raise `BrokenPipeError` as soon as the reader of a pipe is gone, though nothing is printed."""
    try:
        descriptor = sys.stdout.fileno()
    except (io.UnsupportedOperation, ValueError):
        time.sleep(seconds)
        return
    poll = select.poll()
    poll.register(descriptor, 0)  # errors and hang-ups are always reported
    if poll.poll(seconds * 1000):
        raise BrokenPipeError
