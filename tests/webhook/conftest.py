from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reviews.samples import Clock
from tests.webhook.managed import Managed, managed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(clock: Clock) -> Iterator[Managed]:
    with managed(clock) as opened:
        yield opened
