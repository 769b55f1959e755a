"""The parts of `/healthz` that are not in order, in sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Part = Mapping[str, Any]


def describe_part(name: str, part: Part) -> str:
    """Return why a part is not in order; of one that has no sentence here, its figures."""
    if part.get("reason"):
        return str(part["reason"])
    template = _SENTENCES.get(name)
    if template is not None:
        return template(part)
    return ", ".join(f"{key} {value}" for key, value in part.items() if key != "state")


def _describe_backlog(part: Part) -> str:
    oldest = format_duration(timedelta(seconds=part["oldest_seconds"]))
    return f"waiting: {_count_both(part)}, the oldest for {oldest}"


def _describe_dead_letters(part: Part) -> str:
    return f"given up: {_count_both(part)}"


def _describe_channels(part: Part) -> str:
    failing = [
        f"{each['target']}: {each['error']} ({each['dead']:,} given up, {each['retrying']:,} tried again)"
        for each in part["failing"]
    ]
    unlisted = part["failing_targets"] - len(failing)
    return "; ".join([*failing, *([f"and {unlisted:,} more"] if unlisted > 0 else [])])


def _describe_worker(part: Part) -> str:
    return f"it runs, and these of its rounds do not end: {', '.join(map(str, part['overdue_rounds']))}"


def _count_both(part: Part) -> str:
    return f"{count_things(part['events'], 'event')} and {count_things(part['cards'], 'card')}"


def count_things(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless there is one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_SENTENCES: Mapping[str, Callable[[Part], str]] = {
    "backlog": _describe_backlog,
    "channels": _describe_channels,
    "dead_letters": _describe_dead_letters,
    "worker": _describe_worker,
}
