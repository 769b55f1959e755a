"""Which card a message is: found by index, however many cards there are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store import rows
from store.schema import cards, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import review
from tests.store.plans import explain_plan

MANY = 2000


def _fill(engine: sa.Engine) -> None:
    made = [review(id=f"rev-{n}", file_id=f"file-{n}") for n in range(MANY)]
    stand = [
        {
            "review_id": each.id,
            "notifier": notifier,
            "target": "C1",
            "state": "posted",
            "message_id": f"{n}.0",
        }
        for n, each in enumerate(made)
        for notifier in ("slack", "paper")
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(reviews), [rows.build_review_values(each) for each in made])
        connection.execute(sa.insert(cards), stand)
        connection.exec_driver_sql("ANALYZE")


def test_a_message_leads_to_its_card_and_no_other_message_does(engine: sa.Engine) -> None:
    _fill(engine)
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as work:
        posts = [work.cards.find_by_message(*place) for place in _places()]

    assert [card and (card.review_id, card.notifier) for card in posts] == [
        ("rev-7", "slack"),
        ("rev-7", "paper"),
        None,
        None,
        None,
    ]
    statement, parameters = next(each for each in asked if "FROM cards" in each[0])
    assert "cards_by_message" in explain_plan(engine, statement, parameters)


def _places() -> list[tuple[str, str, str]]:
    return [
        ("slack", "C1", "7.0"),
        ("paper", "C1", "7.0"),
        ("slack", "C2", "7.0"),
        ("mail", "C1", "7.0"),
        ("slack", "C1", "7.1"),
    ]
