"""A worker compares a document and puts what changed on its card in Slack; it is stored sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DemoPortal, StoredContent
from reviews.intake import intake
from store.schema import comparisons
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.edge.fake_slack import FakeSlack
from tests.journeys.processes import eventually
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import OWNER, event
from tests.runtime.worker_at_work import run_worker, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import Review
    from runtime.wiring.wiring import Wiring

FILE = 8
ROUTES = (
    f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["{OWNER}"]\nnotify = ["slack:C1"]\nquiet_period = "0s"\n'
    'segregation_of_duties = "off"\nshow_changes = "card"\n'
)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(rate_limit=False) as fake:
        fake.add_channel("C1", "compliance")
        yield fake


@pytest.fixture
def portal() -> DemoPortal:
    portal = DemoPortal(lambda: datetime.now(UTC))
    content = StoredContent(b"The fee is EUR 100.\n")
    portal.add_file("Terms.txt", COMPLIANCE, by=ALICE.id, file_id=FILE, content=content)
    return portal


@pytest.fixture
def wiring(database_url: str, portal: DemoPortal, slack: FakeSlack) -> Iterator[Wiring]:
    with wire_worker(
        database_url, portal, routes=ROUTES, slack_bot_token=slack.token, slack_api_url=slack.api_url
    ) as made:
        yield made


def receive(wiring: Wiring, trigger: str) -> None:
    reported = event(file_id=str(FILE), parent_id=str(COMPLIANCE), trigger=trigger, title="Terms.txt")
    intake.receive_events(partial(SqlUnitOfWork, wiring.engine), [reported], now=wiring.clock())


def read_snippets(card: dict[str, Any]) -> list[Any]:
    """Return what the rich text of a card says: each text with its style."""
    blocks = [block for block in card["blocks"] if block["type"] == "rich_text"]
    rows = [row for block in blocks for row in block["elements"]]
    return [(each["text"], each.get("style")) for row in rows for each in row["elements"]]


def find_review(wiring: Wiring) -> Review:
    with wiring.transactions(reading=True) as work:
        review = work.reviews.find_latest(str(FILE))
    assert review is not None
    return review


@ON_SQLITE
def test_what_changed_stands_on_the_card_until_it_is_answered(
    wiring: Wiring, portal: DemoPortal, slack: FakeSlack
) -> None:
    with run_worker(wiring):
        receive(wiring, "file.created")
        eventually(lambda: read_snippets(slack.messages("C1")[-1]) if slack.messages("C1") else [])
        wiring.build_answers().record_answer(build_answer_request(find_review(wiring)))
        eventually(lambda: not read_snippets(slack.messages("C1")[-1]))

        portal.save(FILE, by=ALICE.id, content=StoredContent(b"The fee is EUR 250.\n"))
        receive(wiring, "file.updated")
        eventually(lambda: len(slack.messages("C1")) == 2)
        snippets = eventually(lambda: read_snippets(slack.messages("C1")[-1]))

    assert ("Changed", {"bold": True}) in snippets
    assert [text for text, style in snippets if style == {"strike": True}] != []
    assert "EUR 250" in "".join(text for text, style in snippets if style != {"strike": True})
    with wiring.engine.connect() as connection:
        stored = connection.execute(sa.select(comparisons.c.snippets)).scalars().all()
    assert len(stored) == 2
    assert not any(b"The fee" in each for each in stored)
