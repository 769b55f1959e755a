"""The text of `routes.toml`: one route changes, everything else stays as it was written."""

from __future__ import annotations

from datetime import date

import pytest

from runtime.settings.routes_source import parse_routes
from runtime.setup.answers import Answers
from runtime.setup.routes_text import UnusableRoutes, change_routes_text, list_route_names, read_route

ANSWERS = Answers(folder=("7",), owners=("o@example.com",), notify=("slack:C0123456789",), route="compliance")
TEXT = """\
# Ours, by hand.
[[route]]
name = "compliance"  # the first
watch = [ "7", ]     # the folder
owners = ["old@example.com"]
deputies = ["d@example.com"]
notify = ["slack:C0123456789"]
due = "8h"

[[route]]
name = "legal"
watch = ["8"]
owners = ["l@example.com"]
notify = ["inbox"]

[[route]]
name = "operators"
notify = ["slack:C0987654321"]

[people]
"o@example.com" = { slack = "U1" }
"""


def test_only_what_differs_is_written_anew() -> None:
    assert change_routes_text(TEXT, ANSWERS) == TEXT.replace("old@", "o@").replace(
        'deputies = ["d@example.com"]\n', ""
    )


def test_another_name_adds_a_route() -> None:
    changed = change_routes_text(TEXT, ANSWERS.change("route", "quality").change("folder", ("9",)))

    assert list_route_names(changed) == ["compliance", "legal", "quality"]
    assert changed.startswith(TEXT[: TEXT.index("[people]")])
    assert parse_routes(changed, today=date(2026, 1, 1)).find_route("quality") is not None


def test_a_new_file_is_one_that_the_program_reads() -> None:
    routes = parse_routes(change_routes_text("", ANSWERS), today=date(2026, 1, 1))

    assert [(route.name, route.watch) for route in routes.all] == [("compliance", ("7",))]


def test_a_route_is_read_as_answers() -> None:
    assert read_route(TEXT, "compliance") == {
        "folder": ("7",),
        "owners": ("old@example.com",),
        "deputies": ("d@example.com",),
        "notify": ("slack:C0123456789",),
    }
    assert read_route(TEXT, "none") == {}


@pytest.mark.parametrize(
    "text",
    [
        "route = 1",
        "route = []",
        "a = " + "[" * 20_000,
        "route = [{name = 'a'}]",
        "[[route]\n",
        '[[route]]\nname = "a"\nwatch = {}',
    ],
)
def test_what_is_no_routing_file_is_refused(text: str) -> None:
    with pytest.raises(UnusableRoutes):
        read_route(text, "a")


def test_a_name_that_is_no_text_is_none() -> None:
    assert list_route_names("[[route]]\nname = 0x" + "f" * 6000) == []
