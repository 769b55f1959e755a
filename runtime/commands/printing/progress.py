"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from reviews.text import clean_text
from runtime.observe.output import unwrap_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Task

LINE_INTERVAL_SECONDS = 5.0  # seconds
DRAW_SECONDS = 0.1


class ProgressDisplay(Protocol):
    def begin(self, title: str, *, unit: str = "files") -> None: ...

    def rename(self, title: str) -> None: ...

    def update(self, done: int, total: int) -> None:
        """Show how many of how many items are done."""
        ...

    def show_wait(self, seconds: float, reason: str) -> None:
        """Report that nothing will happen for so many seconds, and why."""
        ...


@contextmanager
def show_progress(*, to_stderr: bool, has_thread: bool = True) -> Iterator[ProgressDisplay]:
    """Yield a progress display; `to_stderr` leaves standard output to the result.

    Work that forks must not have a thread beside it: then the bar is drawn at each update.
    """
    console = Console(file=unwrap_stream(sys.stderr if to_stderr else sys.stdout))
    if not console.is_terminal:
        yield _Lines(silent=to_stderr)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[waiting]}", markup=False),
    )
    with Progress(
        *columns, console=console, auto_refresh=has_thread, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield _Bar(progress, draws_itself=not has_thread)


class _Bar:
    """One bar below the other, drawn with terminal codes: texts from outside must not contain any."""

    def __init__(self, progress: Progress, *, draws_itself: bool) -> None:
        self._progress, self._draws_itself = progress, draws_itself
        self._drawn_at = 0.0

    def begin(self, title: str, *, unit: str = "files") -> None:
        self._task = self._progress.add_task(clean_text(title), total=None, waiting="", unit=unit)
        self._unit, self._has_total = unit, False

    def rename(self, title: str) -> None:
        self._progress.update(self._task, description=clean_text(title))

    def update(self, done: int, total: int) -> None:
        if self._has_total:
            self._progress.update(self._task, completed=done, total=total, waiting="")
        else:
            # The progress of an earlier run does not show how fast this one is.
            self._progress.reset(self._task, completed=done, total=total, waiting="", unit=self._unit)
            self._has_total = True
        if self._draws_itself and (done >= total or time.monotonic() - self._drawn_at >= DRAW_SECONDS):
            self._drawn_at = time.monotonic()
            self._progress.refresh()

    def show_wait(self, seconds: float, reason: str) -> None:
        self._progress.update(self._task, waiting=f"waiting {seconds:.0f} s: {clean_text(reason)}")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {task.fields['unit']}/s" if speed else "")


class _Lines:
    """A line every few seconds, and one at the end of each folder."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent

    def begin(self, title: str, *, unit: str = "files") -> None:
        self._title, self._unit = title, unit
        self._last = time.monotonic()

    def rename(self, title: str) -> None:
        self._title = title

    def update(self, done: int, total: int) -> None:
        if self._silent or (done < total and time.monotonic() - self._last < LINE_INTERVAL_SECONDS):
            return
        self._last = time.monotonic()
        click.echo(f"{self._title}: {done:,} of {total:,} {self._unit}")

    def show_wait(self, seconds: float, reason: str) -> None:
        click.echo(f"{self._title}: waiting {seconds:.0f} s: {reason}", err=True)
