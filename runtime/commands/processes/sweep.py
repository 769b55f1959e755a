"""The command `sweep`: it checks DocSpace for missed changes instead of waiting for deliveries."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from reviews import backoff
from reviews.errors import NotVisible, Permanent, RateLimitReached, TryLater
from reviews.ledger.ledger_entries import format_moment
from reviews.sweep import completeness
from reviews.sweep.sweep import LEASE_HELD_REASON
from reviews.sweep.sweep_lease import LEASE_TIMEOUT_SECONDS
from reviews.text import clean_text
from runtime.commands.database_errors import describe_driver_error
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.printing.moments import Moment
from runtime.commands.printing.progress import show_progress
from runtime.wiring.sweeps import build_manual_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.sweep.completeness import Completeness
    from reviews.sweep.sweep import SweepResult
    from runtime.commands.printing.progress import ProgressDisplay
    from runtime.wiring.wiring import Wiring

GO_ON = "Progress is saved: run docspace-review sweep --baseline again to continue."
MAX_RETRY_SECONDS = 30.0  # seconds between two attempts, unless DocSpace asks for more


@click.command()
@click.option(
    "--baseline", is_flag=True, help="Take the baseline only, and continue where it was interrupted."
)
@click.option("--since", type=Moment(), metavar="TIME", help="Read DocSpace's logs from this time on.")
@click.option(
    "--patience",
    type=click.IntRange(0, 86_400),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long the baseline waits when DocSpace does not answer.",
)
@json_option
def sweep(*, baseline: bool, since: datetime | None, patience: int, as_json: bool) -> None:
    """Check DocSpace now for missed changes.

    Missed changes are processed like all others, and marked as seen late. A folder without a baseline gets
    one first, which opens no review. May run beside the worker.
    """
    if baseline and since:
        raise click.UsageError("--since reads the logs, but --baseline reads none")
    wiring = open_wiring()
    if baseline:
        _run_baseline(wiring, patience, as_json=as_json)
    else:
        _sweep(wiring, since, as_json=as_json)


def _sweep(wiring: Wiring, since: datetime | None, *, as_json: bool) -> None:
    with show_progress(to_stderr=as_json) as progress:
        sweep_progress = _SweepProgress(wiring, progress)
        sweep = build_manual_sweep(wiring, wait=sweep_progress.wait)
        results = sweep.run(
            sweep.watched, since=since, progress=sweep_progress, on_lease_held=sweep_progress.wait_for_holder
        )
    with wiring.transactions(reading=True) as work:
        folders = completeness.add_titles(work, completeness.check_all_folders(work, wiring.routes))
    progress_by_folder = {each.folder_id: each for each in folders}
    stopped = [each for each in results if each.stopped_by]
    if as_json:
        print_json(
            [
                _build_sweep_json(each, progress_by_folder[each.folder_id])
                for each in results
                if each.folder_id
            ]
        )
    else:
        _print_result(results, progress_by_folder)
    for each in stopped:
        print_text(
            f"Folder {clean_text(each.folder_id)}: stopped: {clean_text(str(each.stopped_by))}.", err=True
        )
    if stopped:
        click.get_current_context().exit(1)


class _SweepProgress:
    """Progress display of the sweep, a bar a folder."""

    def __init__(self, wiring: Wiring, progress: ProgressDisplay) -> None:
        self._wiring, self._progress = wiring, progress
        self._folder: str | None = None
        self._held: set[str] = set()

    def __call__(self, folder_id: str, done: int, total: int) -> None:
        self._begin(folder_id)
        self._progress.update(done, total)

    def wait_for_holder(self, folder_id: str, seconds: float) -> None:
        """Wait for another process that sweeps a folder, and report that once."""
        if folder_id not in self._held:
            self._held.add(folder_id)
            self._begin(folder_id)
            self._progress.show_wait(LEASE_TIMEOUT_SECONDS, f"at most, since {LEASE_HELD_REASON}")
        time.sleep(seconds)

    def _begin(self, folder_id: str) -> None:
        if folder_id == self._folder:
            return
        self._folder = folder_id
        with self._wiring.transactions(reading=True) as work:
            place = work.folders.get_place_before(folder_id)
        unknown = f"folder {clean_text(folder_id)}" if folder_id else "the log of deliveries"
        self._progress.begin(clean_text(place.folders[-1][1]) if place else unknown)

    def wait(self, seconds: float) -> None:
        self._progress.show_wait(seconds, "the portal's limit on requests is reached")
        time.sleep(seconds)


def _print_result(results: list[SweepResult], progress_by_folder: Mapping[str, Completeness]) -> None:
    count = sum(each.new_events for each in results)
    first = sum(each.is_baseline for each in results)
    if first:
        print_text(
            f"{first} {'folder was' if first == 1 else 'folders were'} checked for the first time (baseline)."
        )
    beginning = "1 change was" if count == 1 else f"{count:,} changes were"
    print_text(f"{beginning} found that no delivery had reported." if count else "Nothing was missing.")
    for each in progress_by_folder.values():
        if each.up_to is not None:
            name = clean_text(each.title) or f"folder {clean_text(each.folder_id)}"
            held = f"; {each.held_by}" if each.held_by else ""
            print_text(f"{name}: complete up to {each.up_to:%Y-%m-%d %H:%M:%S} UTC{held}.")


def _build_sweep_json(result: SweepResult, folder_completeness: Completeness) -> dict[str, object]:
    return {
        "folder_id": result.folder_id,
        "title": folder_completeness.title,
        "found": result.new_events,
        "first": result.is_baseline,
        "complete_up_to": format_moment(folder_completeness.up_to),
        "listed_up_to": format_moment(folder_completeness.listed_to),
        "stopped_by": result.stopped_by,
        "held_by": folder_completeness.held_by,
    }


def _run_baseline(wiring: Wiring, max_wait: float, *, as_json: bool) -> None:
    baselines = [
        _Look(folder_id=folder, route=route.name) for route in wiring.routes.all for folder in route.watch
    ]
    with show_progress(to_stderr=as_json) as progress:
        problems = _look_at_all(wiring, baselines, progress, max_wait)
    with wiring.transactions(reading=True) as work:
        counts = {look.folder_id: work.files.count_beneath(look.folder_id) for look in baselines}
    if as_json:
        print_json([look.build_json(counts[look.folder_id]) for look in baselines])
    elif not problems:
        print_text(f"All watched folders have a baseline: {sum(counts.values()):,} files are known.")
    for problem in problems:
        print_text(problem, err=True)
    if problems:
        click.get_current_context().exit(1)


@dataclass(kw_only=True)
class _Look:
    """One watched folder; `title` is empty until DocSpace has returned it."""

    folder_id: str
    route: str
    title: str = ""
    finished: bool = False

    def build_json(self, files: int) -> dict[str, object]:
        return {
            "folder_id": self.folder_id,
            "title": self.title,
            "files": files,
            "finished": self.finished,
        }


def _look_at_all(
    wiring: Wiring, baselines: list[_Look], progress: ProgressDisplay, max_wait: float
) -> list[str]:
    """Take the first look at unfinished folders; return in words what could not be done.

    A second look would store missed changes as the known state, and the next sweep would not report them.
    """
    problems = []
    missing = wiring.baseline.list_unfinished()
    try:
        for look in baselines:
            if look.folder_id not in missing:
                look.finished = True
                continue
            try:
                _look_at_folder(wiring, look, progress, max_wait)
            except (NotVisible, Permanent) as error:
                problems.append(_explain_refusal(look, error))
    except KeyboardInterrupt:
        problems.append(f"Interrupted. {GO_ON}")
    except (TryLater, sa.exc.OperationalError) as error:
        problems.append(f"Given up: {_explain_error(error)}. {GO_ON}")
    return problems


def _look_at_folder(wiring: Wiring, baseline: _Look, progress: ProgressDisplay, max_wait: float) -> None:
    """Look at one folder to its end, waiting out failures as long as `max_wait` allows."""
    outage = _Outage(max_wait)

    def show_progress(done: int, total: int) -> None:
        outage.reset()
        progress.update(done, total)

    progress.begin(f"folder {baseline.folder_id}")
    while not baseline.finished:
        try:
            if not baseline.title:
                baseline.title = (
                    clean_text(wiring.portal.get_place(baseline.folder_id).folders[-1][1]) or "a folder"
                )
                progress.rename(baseline.title)
            wiring.baseline.take(baseline.folder_id, progress=show_progress)
            baseline.finished = True
        except RateLimitReached as error:
            time.sleep(error.retry_after)
        except (TryLater, sa.exc.OperationalError) as error:
            wait = outage.wait(error)
            progress.show_wait(wait, _explain_error(error))
            time.sleep(wait)


class _Outage:
    """How long calls have been failing, within the time limit."""

    def __init__(self, max_wait: float) -> None:
        self._max_wait = max_wait
        self.reset()

    def reset(self) -> None:
        self._failures, self._give_up_at = 0, 0.0

    def wait(self, error: TryLater | sa.exc.OperationalError) -> float:
        """Return the seconds until the next attempt; raise the error if that would be too late."""
        if self._failures == 0:
            self._give_up_at = time.monotonic() + self._max_wait
        self._failures += 1
        wait = min(
            backoff.compute_wait(self._failures, retry_after=None, random=random.random), MAX_RETRY_SECONDS
        )
        if isinstance(error, TryLater):
            wait = max(wait, error.retry_after or 0.0)
        if time.monotonic() + wait > self._give_up_at:
            raise error
        return wait


def _explain_refusal(baseline: _Look, error: NotVisible | Permanent) -> str:
    folder = f"Folder {clean_text(baseline.folder_id)}, watched by the route {clean_text(baseline.route)}"
    match error:
        case NotVisible(gone=True):
            return f"{folder}, does not exist in DocSpace: correct `watch` in the routes."
        case NotVisible():
            return f"{folder}, is not visible to the API key's user: give it access ({error})."
        case _:
            return f"{folder}, could not be read: {error}."


def _explain_error(error: TryLater | sa.exc.OperationalError) -> str:
    if isinstance(error, TryLater):
        return str(error)
    return describe_driver_error(error.orig)
