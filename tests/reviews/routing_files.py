"""Channels that a routing file may name, and the least that it holds."""

from __future__ import annotations

import pytest

from reviews.errors import RoutesInvalid
from reviews.routes.file_parser import parse
from reviews.routes.route import AddressForm

SLACK = AddressForm(
    example="slack:C0123456789",
    find_problem=lambda address: None if address.isupper() else f"{address!r} is no channel id",
)
TEAMS = AddressForm(example="teams:compliance", find_problem=lambda _address: None)
CHANNELS = {"console": None, "slack": SLACK, "teams": TEAMS}
LEAST = '[[route]]\nwatch = ["1"]\nowners = ["a@b.example"]\nnotify = ["console"]\n'


def problems(text: str) -> list[str]:
    with pytest.raises(RoutesInvalid) as raised:
        parse(text, notifiers=CHANNELS)
    return raised.value.problems
