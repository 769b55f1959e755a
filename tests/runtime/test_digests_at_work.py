"""A worker looks after the digests of reviews that the routes want."""

from __future__ import annotations

import sqlalchemy as sa

from store.engine import read_only
from store.schema import review_digests
from tests.databases import ON_SQLITE
from tests.journeys.processes import eventually
from tests.runtime.worker_at_work import ROUTES, portal_with_one_file, run_worker, wire_worker

SLOT = sa.select(review_digests.c.notifier, review_digests.c.slot)


@ON_SQLITE
def test_a_worker_begins_with_the_digests_when_it_starts(database_url: str) -> None:
    routes = f'{ROUTES.format(quiet="1h")}digest = "Mon 06:00"\ntimezone = "Europe/Riga"\n'

    with wire_worker(database_url, portal_with_one_file(), routes=routes) as wiring, run_worker(wiring):

        def list_slots() -> list[tuple[str, str]]:
            with read_only(wiring.engine).connect() as connection:
                return [(row.notifier, row.slot) for row in connection.execute(SLOT)]

        assert eventually(list_slots) == [("console", "Mon 06:00 Europe/Riga")]


@ON_SQLITE
def test_a_digest_has_the_page_of_all_reviews(database_url: str) -> None:
    public = "https://reviews.example.com"
    with wire_worker(database_url, portal_with_one_file(), public_url=public) as wiring:
        assert wiring.review_digests.page_url == f"{public}/reviews"
        assert "comment" in wiring.review_digests.silent
        assert wiring.digest_commands.silent == wiring.review_digests.silent
