"""Routing and backing off: pure rules as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import backoff
from reviews.routes.route import Routes, Target
from reviews.tree import Place
from tests.reviews.samples import route


def place(*ids: str) -> Place:
    return Place(folders=tuple((each, each) for each in ids))


def test_the_first_route_that_watches_any_folder_above_wins() -> None:
    watches = {"a": ("3",), "b": ("1", "2"), "c": ("2",)}
    routes = Routes(route(name=name, watch=watch) for name, watch in watches.items())

    matches = [routes.match(place(*ids)) for ids in ("12", "123", "24", "4")]
    assert [each.name if each else None for each in matches] == ["b", "a", "b", None]
    assert routes.match(place()) is None


def test_a_route_is_found_by_its_name() -> None:
    routes = Routes([route(name="a"), route(name="b")])

    assert routes.find_route("b") is routes.all[1]
    assert routes.find_route("c") is None


def test_addresses_are_compared_without_regard_to_case() -> None:
    assert route(owners=("A@B.example",), deputies=("C@d.example",)).answerer_addresses == {
        "a@b.example",
        "c@d.example",
    }


@pytest.mark.parametrize(
    ("text", "notifier", "address"),
    [
        ("slack:C1", "slack", "C1"),
        ("console", "console", ""),
        ("teams-bot:19:abc@thread", "teams-bot", "19:abc@thread"),
    ],
)
def test_a_target_is_read_and_written_alike(text: str, notifier: str, address: str) -> None:
    target = Target.parse(text)

    assert (target.notifier, target.address, str(target)) == (notifier, address, text)


def test_a_path_leaves_out_the_section_that_says_nothing() -> None:
    assert place("Rooms", "Legal", "Policies").path == "Legal / Policies"
    assert place("Rooms").path == "Rooms"


def test_waits_double_up_to_half_an_hour() -> None:
    waits = [
        backoff.compute_wait(attempts, retry_after=None, random=lambda: 0.0) for attempts in range(1, 13)
    ]

    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-2:] == [1800.0, 1800.0]


@given(
    attempts=st.integers(1, 10**6),
    requested=st.none() | st.floats(0, 4000),
    random=st.floats(0, 1, exclude_max=True),
)
def test_a_requested_delay_is_never_undercut_and_chance_adds_at_most_a_quarter(
    attempts: int, requested: float | None, random: float
) -> None:
    least = max(requested or 0.0, min(2.0 ** min(attempts, 11), 1800.0))

    assert (
        least <= backoff.compute_wait(attempts, retry_after=requested, random=lambda: random) <= least * 1.25
    )
