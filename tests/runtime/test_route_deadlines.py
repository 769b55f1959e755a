"""The deadlines that `routes check` shows, as text and as JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from runtime.commands.installation.route_deadlines import build_json, describe_deadlines, describe_digest
from runtime.settings.routes_source import parse_routes
from tests.meta.pages_of_docs import ROOT
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from pathlib import Path

    from reviews.routes.route import Route

RIGA = ZoneInfo("Europe/Riga")
LEAST = '[[route]]\nwatch = ["1"]\nowners = ["a@b.example"]\nnotify = ["console"]\n'
LATVIA = f'{LEAST}name = "legal"\ntimezone = "Europe/Riga"\ndue = "2 working days"\n'


def read_route(text: str) -> Route:
    return parse_routes(text, today=date(2026, 12, 1)).all[0]


def riga(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=345_678, tzinfo=RIGA).astimezone(UTC)


def test_the_next_deadlines_are_shown_over_christmas() -> None:
    route = read_route(f'{LATVIA}holidays = "LV"\nclosed = ["2026-12-23"]\n')

    assert list(describe_deadlines(route, riga("2026-12-18T14:00"))) == [
        "  due after 2 working days (16 h), Mon-Fri 09:00-17:00 in Europe/Riga",
        "  closed on public holidays (LV) and 1 other day",
        "    a change at Fri 2026-12-18 14:00 EET → due Tue 2026-12-22 14:00 EET",
        "    a change at Mon 2026-12-21 14:00 EET → due Mon 2026-12-28 14:00 EET",
        "    a change at Tue 2026-12-22 14:00 EET → due Tue 2026-12-29 14:00 EET",
        "    a change at Mon 2026-12-28 14:00 EET → due Wed 2026-12-30 14:00 EET",
        "    a change at Tue 2026-12-29 14:00 EET → due Mon 2027-01-04 14:00 EET",
        "  next closed days: Wed 2026-12-23, Thu 2026-12-24, Fri 2026-12-25,",
        "    Thu 2026-12-31, Fri 2027-01-01",
    ]


def test_the_page_on_routes_shows_what_is_printed(tmp_path: Path) -> None:
    section = (ROOT / "docs/routes.md").read_text().partition("## Working time")[2].partition("\n## ")[0]
    [example], [shown] = (
        re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL) for kind in ("toml", "text")
    )
    (tmp_path / "routes.toml").write_text(example)

    printed = run_command(["routes", "check", str(tmp_path / "routes.toml")]).out
    deadlines = describe_deadlines(read_route(example), riga("2026-12-18T14:00"))

    assert shown.splitlines() == [printed.splitlines()[0], *deadlines]


def test_a_change_on_a_closed_day_is_the_first_and_the_clock_may_change() -> None:
    """Saturday, 28 March 2026, with the clock put forward in the night after it; Good Friday is 3 April."""
    route = read_route(LATVIA + 'holidays = ["LV", "DE-BY"]')

    assert list(describe_deadlines(route, riga("2026-03-28T14:00"))) == [
        "  due after 2 working days (16 h), Mon-Fri 09:00-17:00 in Europe/Riga",
        "  closed on public holidays (LV, DE-BY)",
        "    a change at Sat 2026-03-28 14:00 EET  → due Tue 2026-03-31 17:00 EEST",
        "    a change at Mon 2026-03-30 14:00 EEST → due Wed 2026-04-01 14:00 EEST",
        "    a change at Tue 2026-03-31 14:00 EEST → due Thu 2026-04-02 14:00 EEST",
        "    a change at Wed 2026-04-01 14:00 EEST → due Tue 2026-04-07 14:00 EEST",
        "    a change at Thu 2026-04-02 14:00 EEST → due Wed 2026-04-08 14:00 EEST",
        "  next closed days: Fri 2026-04-03, Mon 2026-04-06, Fri 2026-05-01",
    ]


def test_without_closed_days_nothing_is_said_of_them() -> None:
    lines = list(describe_deadlines(read_route(f'{LEAST}due = "90m"'), riga("2026-12-01T16:00")))

    assert lines[0] == "  due after 1.5 h of working time, Mon-Fri 09:00-17:00 in UTC"
    assert lines[1] == "    a change at Tue 2026-12-01 14:00 UTC → due Tue 2026-12-01 15:30 UTC"
    assert (len(lines), "closed" in "".join(lines)) == (6, False)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("Mon-Sun 00:00-23:59", "Mon-Sun 00:00-23:59"),
        ("sat-mon 10:00-12:00", "Sat-Mon 10:00-12:00"),
        ("Wed 10:00-12:00", "Wed 10:00-12:00"),
    ],
)
def test_hours_are_shown_as_they_were_written(hours: str, words: str) -> None:
    route = read_route(f'{LEAST}due = "8h"\nworking_hours = "{hours}"\nclosed = ["2020-01-01", "2020-01-02"]')

    first, second, *_ = describe_deadlines(route, riga("2026-12-01T16:00"))

    assert (first.partition(", ")[2], second) == (f"{words} in UTC", "  closed on 2 days")


def test_the_steps_of_a_ladder_are_shown() -> None:
    steps = (
        '{after = "50%", do = "remind", urgent = true}',
        '{after = "100%", do = "escalate", to = "boss@b.example"}',
        '{after = "150%", do = "escalate", to = "console", urgent = true}',
    )

    _due, *lines = describe_deadlines(
        read_route(f"{LATVIA}ladder = [{', '.join(steps)}]"), riga("2026-12-01T16:00")
    )

    assert lines[:2] == [
        "  ladder: 50% remind (urgent), 100% escalate to boss@b.example,",
        "    150% escalate to console (urgent), 150% lapse",
    ]
    assert lines[2].startswith("    a change at")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("8h", "1 working day (8 h)"),
        ("2d", "6 working days (48 h)"),
        ("4h", "4 h of working time"),
        ("2m", "2 min of working time"),
        ("12h", "12 h of working time"),
    ],
)
def test_a_deadline_of_whole_working_days_is_shown_as_these(due: str, words: str) -> None:
    first, *_ = describe_deadlines(read_route(f'{LEAST}due = "{due}"'), riga("2026-12-01T16:00"))

    assert first == f"  due after {words}, Mon-Fri 09:00-17:00 in UTC"


def test_the_name_of_a_zone_may_be_long() -> None:
    route = read_route(f'{LEAST}due = "100h"\ntimezone = "America/Argentina/Buenos_Aires"')

    lines = list(describe_deadlines(route, riga("2026-12-01T12:00")))

    assert lines[:2] == [
        "  due after 100 h of working time, Mon-Fri 09:00-17:00 in",
        "    America/Argentina/Buenos_Aires",
    ]
    assert max(map(len, lines)) <= 80


def test_many_closed_days_are_counted() -> None:
    days = ", ".join(f'"{date(2026, 12, 2) + timedelta(days=number)}"' for number in range(30))

    lines = list(describe_deadlines(read_route(f"{LATVIA}closed = [{days}]"), riga("2026-12-01T12:00")))

    assert " ".join("".join(lines[7:]).split()).endswith("Mon 2026-12-14, Tue 2026-12-15 and 12 more")
    assert max(map(len, lines)) <= 80


def test_a_route_without_due_has_no_deadlines() -> None:
    routes = parse_routes(f'{LEAST}holidays = "LV"', today=date(2026, 12, 1))

    assert list(describe_deadlines(routes.all[0], riga("2026-12-18T14:00"))) == []
    assert build_json(routes, riga("2026-12-18T14:00")) == [
        {"name": "route-1", "deadlines": [], "next_digest": None}
    ]


def test_json_has_the_same_deadlines_in_the_zone_of_the_route() -> None:
    routes = parse_routes(f'{LATVIA}holidays = "LV"\n', today=date(2026, 12, 1))

    assert build_json(routes, riga("2026-03-28T14:00")) == [
        {
            "name": "legal",
            "deadlines": [
                "2026-03-31T17:00:00+03:00",
                "2026-04-01T14:00:00.345678+03:00",
                "2026-04-02T14:00:00.345678+03:00",
                "2026-04-07T14:00:00.345678+03:00",
                "2026-04-08T14:00:00.345678+03:00",
            ],
            "next_digest": None,
        }
    ]


def test_the_command_prints_json_alone(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text(f'{LATVIA}holidays = "LV"\n\n{LEAST.replace("1", "2")}')
    before = datetime.now(UTC)

    done = run_command(["routes", "check", str(file), "--json"])

    legal, other = json.loads(done.out)
    hours, due = read_route(file.read_text()).working_hours, timedelta(hours=16)
    assert (done.code, done.err, other) == (0, "", {"name": "route-2", "deadlines": [], "next_digest": None})
    assert (legal["name"], len(legal["deadlines"])) == ("legal", 5)
    assert hours is not None
    first = datetime.fromisoformat(legal["deadlines"][0])
    assert hours.add_working_time(before, due) <= first <= hours.add_working_time(datetime.now(UTC), due)


def test_the_command_shows_deadlines_below_each_route(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text(LATVIA)

    done = run_command(["routes", "check", str(file)])

    lines = done.out.splitlines()
    assert lines[0] == "legal: a@b.example reviews 1, posted in console"
    assert sum(" a change at " in line and " → due " in line for line in lines) == 5


def test_with_json_the_mistakes_are_on_standard_error(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text(f'{LEAST}holidays = "VL"\n')
    sentence = f"{file}: line 5: holidays: there is no calendar 'VL'; did you mean 'LV' (Latvia)?\n"

    plain = run_command(["routes", "check", str(file)])
    as_json = run_command(["routes", "check", str(file), "--json"])

    assert (plain.code, plain.out, plain.err) == (1, sentence, "")
    assert (as_json.code, as_json.out, as_json.err) == (1, "", sentence)


def test_the_next_digest_is_shown_in_the_zone_of_the_route() -> None:
    routes = parse_routes(f'{LATVIA}holidays = "LV"\ndigest = "daily 09:00"\n', today=date(2026, 12, 1))

    assert describe_digest(routes.all[0], riga("2026-12-23T14:00")) == [
        "  next digest: Mon 2026-12-28 09:00 EET"
    ]
    assert build_json(routes, riga("2026-12-23T14:00"))[0]["next_digest"] == "2026-12-28T09:00:00+02:00"
    assert describe_digest(read_route(LEAST), riga("2026-12-23T14:00")) == []
