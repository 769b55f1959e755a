"""The newcomer of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.setup.newcomer import Newcomer, invite_newcomer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    folder = tmp_path / "new"
    folder.mkdir()
    with invite_newcomer(folder) as made:
        yield made
