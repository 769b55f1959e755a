"""The route of the operators, and how often a route is tested."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviews.errors import RoutesInvalid
from reviews.routes.file_parser import parse
from tests.reviews.routing_files import CHANNELS, LEAST, problems

NO_FILES = "'operators' gets alarms, not changes; it has only name, notify, backlog, language, checkpoint"
OPERATORS = '\n[[route]]\nname = "operators"\nnotify = ["slack:COPS"]\n'


def test_a_route_of_operators_is_told_of_alarms_and_matches_no_file() -> None:
    routes = parse(LEAST + OPERATORS + 'backlog = "3m"\nlanguage = "de"\n', notifiers=CHANNELS)

    assert routes.operators
    assert [str(target) for target in routes.operators.notify] == ["slack:COPS"]
    assert (routes.operators.backlog, routes.operators.language) == (timedelta(minutes=3), "de")
    assert [route.name for route in routes.all] == ["route-1"]
    assert [(name, str(target)) for name, target in routes.all_targets] == [
        ("route-1", "console"),
        ("operators", "slack:COPS"),
    ]
    assert routes.find_language("operators") == "de"
    assert parse(LEAST, notifiers=CHANNELS).operators is None


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            'watch = ["2"]',
            f"line 9: watch: {NO_FILES}",
        ),
        ('backlog = "0s"', "line 9: backlog: '0s' is not a waiting time: leave it out for never"),
        ("backlog = 10", "line 9: backlog must be text in quotes"),
        (OPERATORS, "line 11: the name 'operators' is taken by an earlier route"),
    ],
)
def test_what_the_route_of_operators_can_not_have_is_said_with_its_line(more: str, reason: str) -> None:
    assert problems(LEAST + OPERATORS + more + "\n") == [reason]


def test_operators_alone_are_no_routing_file_and_need_a_channel_that_tells_something() -> None:
    assert problems(OPERATORS) == ["there is no [[route]] but 'operators', which watches nothing"]
    assert problems(LEAST + '[[route]]\nname = "operators"\n') == ["line 5: notify is missing or empty"]
    with pytest.raises(RoutesInvalid, match="console posts nothing"):
        parse(LEAST + OPERATORS.replace("slack:COPS", "console"), notifiers=CHANNELS, silent={"console"})


def test_how_often_a_route_is_tested_is_read_and_held_within_reason() -> None:
    def canary(text: str) -> timedelta | None:
        return parse(f'{LEAST}canary = "{text}"\n', notifiers=CHANNELS).all[0].canary

    assert [canary(text) for text in ("daily", "6h", "15m")] == [
        timedelta(days=1),
        timedelta(hours=6),
        timedelta(minutes=15),
    ]
    for wrong in ("14m", "8d"):
        assert problems(f'{LEAST}canary = "{wrong}"\n') == [
            f'line 5: canary: \'{wrong}\' is out of range: write "daily", or from "15m" to "7d"'
        ]
