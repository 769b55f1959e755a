"""A checkpoint is owed once a day to each place of the routes that want it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RoutesInvalid
from reviews.monitoring.checkpoint_posts import CheckpointPosts
from reviews.notice import CheckpointNotice, NoticeKind
from reviews.routes import file_parser
from reviews.routes.route import CheckpointFrequency, Operators, Routes, Target
from tests.reviews.notices import require_type
from tests.reviews.samples import CHECKPOINT, notice_of_any, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

OPS = Target(notifier="paper", address="C-OPS")
MAIL = Target(notifier="mail", address="ops@example.com")
COMMENT = Target(notifier="comment", address="")
DAY = date(2026, 3, 8)
ROUTE = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'
OPERATORS = '[[route]]\nname = "operators"\nnotify = ["console"]\n'


def make_posts(desk: Desk, *notify: Target, is_daily: bool = True) -> CheckpointPosts:
    """Return the posts to the operators' places and to those of a route; a second route wants none."""
    frequency = CheckpointFrequency.DAILY if is_daily else CheckpointFrequency.OFF
    [rule] = routes().all
    rules = [replace(rule, notify=notify, checkpoint=frequency), replace(rule, name="other", notify=(MAIL,))]
    operators = Operators(notify=(OPS,), checkpoint=frequency)
    return CheckpointPosts(
        transactions=desk.transactions, routes=Routes(rules, operators=operators), silent={"comment"}
    )


def owe(desk: Desk, posts: CheckpointPosts, day: date = DAY) -> int:
    return posts.owe(CHECKPOINT, day=day, now=desk.clock())


def test_each_place_is_owed_it_once_a_day(desk: Desk) -> None:
    posts = make_posts(desk, MAIL, OPS, COMMENT)

    counts = [owe(desk, posts), owe(desk, posts), owe(desk, posts, date(2026, 3, 9))]

    assert counts == [2, 0, 2]
    owed = desk.notices()
    assert sorted((post.notifier, post.target) for post in owed) == [
        *[("mail", "ops@example.com")] * 2,
        *[("paper", "C-OPS")] * 2,
    ]
    notices = require_type(CheckpointNotice, [post.notice for post in owed])
    assert {(each.title, each.size, each.note) for each in notices} == {
        ("acme.example.com", 1042, CHECKPOINT)
    }
    assert {each.route for each in notices} == {"operators", routes().all[0].name}


def test_no_place_is_owed_it_by_default(desk: Desk) -> None:
    posts = make_posts(desk, MAIL, is_daily=False)

    assert (posts.list_targets(), owe(desk, posts)) == ({}, 0)


@pytest.mark.parametrize("note", ["", "a", "a\n", "a\nten\n", "a\n-1\n", "a\n\N{SUPERSCRIPT TWO}\n"])
def test_a_text_that_is_no_checkpoint_covers_nothing(note: str) -> None:
    [forged] = require_type(CheckpointNotice, [notice_of_any(NoticeKind.CHECKPOINT, note=note)])

    assert forged.size == 0


def parse(text: str) -> Routes:
    return file_parser.parse(text, notifiers={"console": None})


def test_the_routing_file_says_where_it_is_posted() -> None:
    daily, default = (
        parse(f'{ROUTE}checkpoint = "daily"\n{OPERATORS}checkpoint = "daily"\n'),
        parse(f'{ROUTE}checkpoint = "off"\n{OPERATORS}'),
    )

    for rules, frequency in ((daily, CheckpointFrequency.DAILY), (default, CheckpointFrequency.OFF)):
        assert rules.operators
        assert [rules.all[0].checkpoint, rules.operators.checkpoint] == [frequency] * 2


@pytest.mark.parametrize("table", [ROUTE, f"{ROUTE}{OPERATORS}"])
def test_another_value_is_refused_with_its_line(table: str) -> None:
    with pytest.raises(RoutesInvalid) as caught:
        parse(f'{table}checkpoint = "hourly"\n')

    [problem] = caught.value.problems
    line = len(table.splitlines()) + 1
    assert problem.startswith(f"line {line}: checkpoint: ")
