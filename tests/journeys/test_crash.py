"""Processes are killed with -9 while deliveries and clicks arrive; nothing is lost and nothing is doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.journeys.crash import Figures, storm, storm_office
from tests.journeys.office import sqlite_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresDatabases

SECONDS = 30
DELIVERIES = 150


def weather(database_url: str, folder: Path, *, split: bool) -> Figures:
    folder.mkdir()
    with storm_office(database_url, folder, split=split) as (opened, numbers):
        return storm(opened, numbers, seconds=SECONDS, deliveries=DELIVERIES)


def test_every_change_has_one_review_one_card_and_every_click_one_answer_whatever_dies(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    sqlite = tmp_path / "sqlite"
    with ThreadPoolExecutor(2) as pool:
        serve = pool.submit(weather, sqlite_in(sqlite), sqlite, split=False)
        split = pool.submit(weather, postgres_databases.new(), tmp_path / "postgresql", split=True)
        figures = [serve.result(), split.result()]

    assert [figure.reviews for figure in figures] == [DELIVERIES, DELIVERIES]
    assert all(figure.kills.total() >= 2 and len(figure.clicked) >= 10 for figure in figures)
    assert all(figure.cards <= DELIVERIES + figure.reported_twice for figure in figures)
