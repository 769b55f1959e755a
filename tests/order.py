"""Which tests run one after the other in one process, and in which order the processes take them up."""

from __future__ import annotations

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

BROWSER = "tests/browser/"
SHARED_INSTALLATIONS = "tests/journeys/, with the installations that they share"

SHARING = (
    "test_canary.py",
    "test_command_line.py",
    "test_hostile_documents.py",
    "test_main_journey.py",
    "test_outage.py",
    "test_race.py",
    "test_refusals.py",
    "test_secrets.py",
    "test_slow_senders.py",
    "test_webhook.py",
)
"""Journeys that use the installations of `tests/journeys/conftest.py`."""

INSTALLATIONS = frozenset({"serving", "split", "on_both_set_ups"})
"""The fixtures there."""

LONGEST = (
    BROWSER,
    SHARED_INSTALLATIONS,
    "tests/runtime/test_hanging_rounds.py",
    "tests/runtime/test_lanes_of_work.py",
    "tests/journeys/test_behind_a_firewall.py",
    "tests/journeys/test_crash.py",
    "tests/runtime/test_schema_watch.py",
    "tests/journeys/test_take_over.py",
    "tests/journeys/test_hidden_outcomes.py",
    "tests/runtime/test_housekeeping.py",
)
"""Groups that take half a minute or more each, the longest first: most of it is waiting."""

ALL_STARTED = 0.6
"""Over this part of the other groups their beginnings are spread."""


class ByGroup(LoadFileScheduling):  # type: ignore[misc]  # published without types
    """Gives each group to one process, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(test: str) -> str:
    """Return the file of a test, or what it shares with tests of other files: a browser, an installation.

    To start these once in each process costs more than to wait for one process.
    """
    file = test.partition("::")[0]
    folder, _, name = file.rpartition("/")
    if f"{folder}/" == BROWSER:
        return BROWSER
    return SHARED_INSTALLATIONS if folder == "tests/journeys" and name in SHARING else file


def sort(tests: list[pytest.Item]) -> None:
    """Spread the longest groups, those that wait and the others evenly among each other.

    So there is always something to compute, and the processes end at about the same time.
    """
    for test in tests:
        if (
            not INSTALLATIONS.isdisjoint(getattr(test, "fixturenames", ()))
            and group(test.nodeid) != SHARED_INSTALLATIONS
        ):
            raise pytest.UsageError(
                f"{test.path.name} uses a shared installation: name it in {__name__}.SHARING"
            )
    groups = sorted({group(test.nodeid) for test in tests}, key=_mixed)
    longest = [each for each in LONGEST if each in groups]
    waiting = [each for each in groups if each.startswith("tests/journeys/") and each not in longest]
    others = [each for each in groups if each not in longest and each not in waiting]
    place = {
        each: part * number / len(some)
        for part, some in ((ALL_STARTED, longest), (1, waiting), (1, others))
        for number, each in enumerate(some)
    }
    tests.sort(key=lambda test: place[group(test.nodeid)])


def _mixed(name: str) -> tuple[str, str]:
    """Mix the folders."""
    return name.rpartition("/")[2], name
