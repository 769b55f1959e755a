"""The key `bulk` of a route: a number of files, or off."""

from __future__ import annotations

import pytest

from reviews.errors import RoutesInvalid
from reviews.routes.file_parser import parse

ROUTE = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'


@pytest.mark.parametrize(
    ("line", "most"),
    [("", 25), ("bulk = 3", 3), ('bulk = "40"', 40), ("bulk = 0", None), ('bulk = "off"', None)],
)
def test_it_says_how_many_files_are_reviewed_one_by_one(line: str, most: int | None) -> None:
    [route] = parse(ROUTE + line, notifiers={"console": None}).all

    assert route.bulk == most


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("bulk = 1", "line 6: bulk: a single file always has its own review"),
        ('bulk = "many"', "line 6: bulk: 'many' is not a number of files"),
        ("bulk = 1001", "line 6: bulk: '1001' is not a number of files: write one from 2 to 1000"),
        ("bulk = -5", "line 6: bulk: '-5' is not a number of files"),
        ("bulk = true", "line 6: bulk must be a number of files"),
        ('review = ["bulk"]', "line 6: review: 'bulk' is unknown"),
    ],
)
def test_what_is_no_number_of_files_is_said_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(RoutesInvalid, match=problem):
        parse(ROUTE + line, notifiers={"console": None})
