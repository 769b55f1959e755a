"""Processes are killed with -9 while deliveries and clicks arrive; nothing is lost and nothing is doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.journeys.crash import SEVERAL, CrashFigures, on_postgresql, on_sqlite, storm

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.journeys.channels import ManyChannels

SECONDS = 30
CHANGES = 120


def weather(installation: AbstractContextManager[ManyChannels]) -> CrashFigures:
    with installation as opened:
        return storm(opened, seconds=SECONDS, changes=CHANGES)


def test_every_change_has_one_review_one_card_and_every_click_one_answer_whatever_dies(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    folders = [tmp_path / name for name in ("sqlite", "postgresql")]
    for folder in folders:
        folder.mkdir()

    installations = [on_sqlite(folders[0]), on_postgresql(postgres_databases.new(), folders[1])]
    with ThreadPoolExecutor(2) as pool:
        alone, several = pool.map(weather, installations)

    assert alone.sent + several.sent >= 2.5 * CHANGES
    assert alone.kills["serve"] >= SECONDS / 6
    assert min(several.kills[name] for name in SEVERAL) >= SECONDS / 20
    assert alone.clicked_in_storm + several.clicked_in_storm >= 5
    for figures in (alone, several):
        assert figures.reviews == CHANGES
        assert len(figures.clicked) >= CHANGES / 3
        assert figures.cards <= CHANGES + figures.reported_twice
