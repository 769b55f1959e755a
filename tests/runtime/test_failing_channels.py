"""What `/healthz` says of the channels: which targets fail, how much, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from reviews.ports.subscriptions import Subscription
from reviews.routes.route import Operators, Routes, Target
from runtime.observe.health import MAX_LISTED_TARGETS, Health
from store.failing_targets import find_failing_targets
from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock, review, route
from tests.runtime.failing_cards import fail_cards, owe_a_card
from tests.store.plans import explain_plan


def channels(engine: sa.Engine) -> dict[str, Any]:
    return Health(engine=engine, clock=Clock()).check_parts()["channels"]


def subscription(folder: str, target: str) -> Subscription:
    return Subscription(
        notifier="slack", target=target, folder=folder, title="Legal", made_by="U1", made_at=START
    )


def test_channels_that_have_delivered_or_have_not_failed_are_well(engine: sa.Engine) -> None:
    owe_a_card(engine, due_for=timedelta())

    assert channels(engine) == {"state": "ok", "targets": 0, "failing_targets": 0, "failing": []}


def test_a_channel_whose_cards_fail_is_late_with_the_last_reason(engine: sa.Engine) -> None:
    fail_cards(engine, ("slack", "C1"), retrying=2)

    assert channels(engine) == {
        "state": "late",
        "targets": 1,
        "failing_targets": 1,
        "failing": [{"target": "slack:C1", "error": "refused, as 1 said", "dead": 0, "retrying": 2}],
    }


def test_a_channel_whose_cards_were_given_up_needs_attention(engine: sa.Engine) -> None:
    fail_cards(engine, ("slack", "C1"), dead=1, retrying=1)
    fail_cards(engine, ("console", ""), retrying=1)

    health = channels(engine)

    assert health["state"] == "attention"
    assert [(each["target"], each["dead"], each["retrying"]) for each in health["failing"]] == [
        ("slack:C1", 1, 1),
        ("console", 0, 1),
    ]


def test_a_channel_that_has_delivered_since_is_well_again(engine: sa.Engine) -> None:
    fail_cards(engine, ("slack", "C1"), retrying=1)
    with SqlUnitOfWork(engine) as work:
        [card] = work.cards.list_recent(1)
        work.cards.claim(card.id, "job")
        work.cards.mark_drawn(card.id, "job", message_id="m1", drawing=card.requested_drawing, at=Clock()())
        work.commit()

    assert channels(engine)["state"] == "ok"


def test_many_failing_targets_are_counted_and_the_worst_are_named(engine: sa.Engine) -> None:
    for number in range(MAX_LISTED_TARGETS + 2):
        fail_cards(engine, ("slack", f"C{number}"), dead=1)
    fail_cards(engine, ("slack", "CWORST"), dead=2)

    health = channels(engine)

    assert (health["failing_targets"], len(health["failing"])) == (MAX_LISTED_TARGETS + 3, MAX_LISTED_TARGETS)
    assert health["failing"][0]["target"] == "slack:CWORST"


def test_each_target_is_counted_once_however_many_routes_and_subscriptions_name_it(engine: sa.Engine) -> None:
    slack, console = Target(notifier="slack", address="C1"), Target(notifier="console", address="")
    rules = Routes(
        [route(name="one", notify=(slack, console)), route(name="two", notify=(slack,))],
        operators=Operators(notify=(Target(notifier="slack", address="COPS"), slack)),
    )
    with SqlUnitOfWork(engine) as work:
        for folder, target in (("1", "C1"), ("1", "CREADERS"), ("2", "CREADERS")):
            work.subscriptions.put(subscription(folder, target))
        work.commit()
    fail_cards(engine, ("slack", "C1"), dead=1)
    fail_cards(engine, ("slack", "CGONE"), retrying=1)

    health = Health(engine=engine, clock=Clock(), routes=rules).check_parts()["channels"]

    assert (health["targets"], health["failing_targets"]) == (5, 2)


def test_no_one_who_asks_is_told_the_whole_address_of_a_person(engine: sa.Engine) -> None:
    fail_cards(engine, ("mail", "olga.owner@company.com"), dead=1)
    fail_cards(engine, ("teams-bot", "19:abc@thread.tacv2"), dead=1)

    targets = {each["target"] for each in channels(engine)["failing"]}

    assert targets == {"mail:o…@company.com", "teams-bot:19:abc@thread.tacv2"}


def test_what_fails_is_found_by_index_however_many_cards_there_are(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.commit()
    drawn = [
        {
            "review_id": "rev-1",
            "notifier": "slack",
            "target": f"C{n}",
            "state": "posted",
            "wanted": 1,
            "drawn": 1,
        }
        for n in range(5000)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(cards), drawn)
        connection.exec_driver_sql("ANALYZE")
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with engine.connect() as connection:
        find_failing_targets(connection, MAX_LISTED_TARGETS)

    [question] = [each for each in list(asked) if "UNION" in each[0]]
    plan = explain_plan(engine, *question)
    assert "cards_dead" in plan
    assert "cards_undrawn" in plan
