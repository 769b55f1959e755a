"""The address of the calendar in the routing file."""

from __future__ import annotations

import pytest

from notifiers.shared.http import is_allowed_host, parse_hosts
from reviews.errors import RoutesInvalid
from reviews.routes.file_parser import parse
from tests.reviews.routing_files import CHANNELS, LEAST

SECRET = "private-0f3ac1d2"
ADDRESS = f"https://calendar.example.com/{SECRET}/basic.ics?key={SECRET}"

REFUSED = {
    "plain http": (f'absences = "http://calendar.example.com/{SECRET}"', "has to begin with https://"),
    "another scheme": (f'absences = "ftp://calendar.example.com/{SECRET}"', "has to begin with https://"),
    "webcal": (f'absences = "webcal://calendar.example.com/{SECRET}"', "write the same address with https"),
    "a name and a password": (f'absences = "https://anna:{SECRET}@example.com/"', "has a name, a password"),
    "a fragment": (f'absences = "https://example.com/#{SECRET}"', "has a name, a password or a fragment"),
    "a space": (f'absences = "https://example.com/ {SECRET}"', "is not a web address"),
    "a line break": (f'absences = "https://example.com/\\n{SECRET}"', "is not a web address"),
    "no host": (f'absences = "https:///{SECRET}"', "is not a web address"),
    "a port that is none": (f'absences = "https://example.com:{SECRET}/"', "is not a web address"),
    "an open bracket": (f'absences = "https://[{SECRET}/"', "is not a web address"),
    "a list": (f'absences = ["https://example.com/{SECRET}"]', "is not a web address"),
    "very long": (f'absences = "https://example.com/{SECRET * 200}"', "is not a web address"),
    "nothing": ('absences = ""', "is not a web address"),
}


def read_problems(text: str) -> list[str]:
    with pytest.raises(RoutesInvalid) as raised:
        parse(text, notifiers=CHANNELS)
    return raised.value.problems


def test_a_calendar_is_shown_by_its_host_alone() -> None:
    calendar = parse(f'absences = "{ADDRESS}"\n{LEAST}', notifiers=CHANNELS).calendar

    assert calendar is not None
    assert calendar.get_secret_value() == ADDRESS
    assert calendar.host == "calendar.example.com"
    assert SECRET not in f"{calendar} {calendar!r} {[calendar]}"


def test_without_the_key_there_is_no_calendar() -> None:
    assert parse(LEAST, notifiers=CHANNELS).calendar is None


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_address_that_is_not_taken_is_not_repeated(text: str, reason: str) -> None:
    (problem,) = read_problems(f"# who is away\n{text}\n{LEAST}")

    assert problem.startswith("line 2: absences: the address ")
    assert reason in problem
    assert SECRET not in problem


@pytest.mark.parametrize("below", ["{least}{line}", "{least}[people]\n{line}", "{least}{operators}{line}"])
def test_a_key_below_a_heading_is_a_mistake_without_its_value(below: str) -> None:
    operators = '[[route]]\nname = "operators"\nnotify = ["console"]\n'
    line = f'absences = "{ADDRESS}"\n'

    problems = read_problems(below.format(least=LEAST, operators=operators, line=line))

    assert problems
    assert SECRET not in "".join(problems)


def test_a_key_in_a_route_says_where_it_belongs() -> None:
    (problem,) = read_problems(f'{LEAST}absences = "{ADDRESS}"\n')

    assert (
        problem
        == "line 5: unknown key 'absences': it is no key of a route, and stands above the first [[route]]"
    )


def test_plain_http_is_taken_from_hosts_that_are_allowed() -> None:
    hosts = parse_hosts("127.0.0.1:8080")

    def read(address: str) -> str:
        routes = parse(
            f'absences = "{address}"\n{LEAST}',
            notifiers=CHANNELS,
            allows_plain_http=lambda parts: is_allowed_host(parts, hosts),
        )
        return routes.calendar.host if routes.calendar else ""

    assert read("http://127.0.0.1:8080/a.ics") == "127.0.0.1"
    with pytest.raises(RoutesInvalid, match="has to begin with https"):
        read("http://127.0.0.1:8081/a.ics")
    with pytest.raises(RoutesInvalid, match="has to begin with https"):
        read("ftp://127.0.0.1:8080/a.ics")
