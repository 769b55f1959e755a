"""Lines of libraries that repeat themselves."""

from __future__ import annotations

import io
import logging
import threading

import pytest

from runtime.observe.repeated_lines import RateLimitedHandler


class WatchedStream(io.StringIO):
    """A stream that says when a line with these words has come."""

    def __init__(self, awaited: str = "left out") -> None:
        super().__init__()
        self._awaited, self.came = awaited, threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._awaited in text:
            self.came.set()
        return written


@pytest.fixture
def heard() -> WatchedStream:
    return WatchedStream()


def logger(heard: WatchedStream, *, seconds: float) -> tuple[logging.Logger, RateLimitedHandler]:
    handler = RateLimitedHandler(seconds=seconds)
    handler.setStream(heard)
    library_logger = logging.Logger("library")  # noqa: LOG001 - one that no other test knows
    library_logger.addHandler(handler)
    return library_logger, handler


def test_a_few_lines_of_a_place_are_written_and_the_others_counted(heard: WatchedStream) -> None:
    library, handler = logger(heard, seconds=600)

    for number in range(1000):
        library.warning("away %d", number)
    library.warning("something else")
    handler.close()

    assert heard.getvalue().splitlines() == [
        *("away 0", "away 1", "away 2", "something else"),
        "997 more lines like the last of this place were left out",
    ]


def test_how_many_were_left_out_is_told_also_where_no_further_line_comes(heard: WatchedStream) -> None:
    library, handler = logger(heard, seconds=0.05)

    for _ in range(1000):
        library.warning("away")
    assert heard.came.wait(60)
    handler.close()

    lines = heard.getvalue().splitlines()
    counts = [int(line.partition(" ")[0]) for line in lines if "left out" in line]
    assert lines.count("away") + sum(counts) == 1000


def test_what_comes_seldom_is_written_and_nothing_is_said_of_it(heard: WatchedStream) -> None:
    library, handler = logger(heard, seconds=600)

    for _ in range(3):
        library.warning("away")
    handler.close()

    assert heard.getvalue() == "away\n" * 3
