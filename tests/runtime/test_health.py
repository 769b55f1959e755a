"""What `/healthz` knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.errors import TryLater
from reviews.intake import intake
from reviews.kinds import EventState
from reviews.people.code_mail import CHECK_VALID_FOR, MonitoredCodeMailer
from reviews.routes.route import Routes
from reviews.sweep.completeness import MAX_LISTED_FOLDERS
from runtime.observe.health import Health
from store.engine import create_engine
from store.ledger_tree import CheckpointFault, write_fault
from store.schema import webhook_state
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import WebhookWatch
from store.workers import WorkerRegistry
from tests.reviews.code_requests import Mailboxes
from tests.reviews.samples import START, Clock, event, route
from tests.runtime.failing_cards import owe_a_card
from tests.store.roll import be_silent

if TYPE_CHECKING:
    from pathlib import Path


def states(engine: sa.Engine) -> dict[str, str]:
    return {name: part["state"] for name, part in Health(engine=engine, clock=Clock()).check_parts().items()}


def test_all_is_well_while_a_worker_is_heard_of(engine: sa.Engine) -> None:
    WorkerRegistry(engine).register()
    WebhookWatch(engine).record_check("in_order", "", last_success=START)

    assert set(states(engine).values()) == {"ok"}


def test_all_is_asked_in_one_transaction_by_few_statements(engine: sa.Engine) -> None:
    transactions: list[sa.Connection] = []
    asked: list[str] = []
    sa.event.listen(engine, "begin", transactions.append)
    sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    Health(engine=engine, clock=Clock(), routes=Routes((route(),))).check_parts()

    assert len(transactions) == 1
    assert len(asked) <= 10, asked


def test_the_mail_server_is_told_of_while_it_was_talked_to_of_late(engine: sa.Engine) -> None:
    clock, boxes = Clock(), Mailboxes()
    mail = MonitoredCodeMailer(boxes, clock)

    def part() -> dict[str, Any]:
        part_health: dict[str, Any] = Health(engine=engine, clock=clock, mail=mail).check_parts()["mail"]
        return part_health

    before = part()["state"]
    boxes.server = TryLater("the mail server can't be reached")
    mail.check_server()
    away = part()
    clock.advance(seconds=CHECK_VALID_FOR.total_seconds())
    later = part()["state"]
    boxes.server = None
    mail.check_server()

    assert away == {"state": "attention", "reason": "the mail server can't be reached"}
    assert (before, later, part()) == ("unknown", "unknown", {"state": "ok"})


def test_a_worker_that_is_not_heard_of_breaks_everything(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    roll.register()
    be_silent(roll, seconds=31)

    assert states(engine)["worker"] == "broken"


def test_the_rounds_of_a_worker_that_do_not_end_are_named(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    roll.record_heartbeat(roll.register(), overdue=["reminders"])

    worker = Health(engine=engine, clock=Clock()).check_parts()["worker"]

    assert (worker["state"], worker["overdue_rounds"]) == ("late", ["reminders"])


def test_waiting_and_given_up_work_is_counted(engine: sa.Engine) -> None:
    clock = Clock()
    transactions = partial(SqlUnitOfWork, engine)
    intake.receive_events(transactions, [event(), event()], now=START)
    with transactions() as work:
        dead = work.events.list_recent(1)[0].id
        work.events.settle([dead], EventState.DEAD, "the key was revoked")
        work.commit()
    clock.advance(seconds=700)

    parts = Health(engine=engine, clock=clock).check_parts()

    assert parts["backlog"] == {"state": "late", "events": 1, "cards": 0, "oldest_seconds": 700.0}
    assert parts["dead_letters"] == {"state": "attention", "events": 1, "cards": 0}
    assert parts["ledger"] == {"state": "ok"}


def webhook(engine: sa.Engine) -> dict[str, Any]:
    return Health(engine=engine, clock=Clock()).check_parts()["webhook"]


def test_the_webhook_is_told_as_a_worker_found_it(engine: sa.Engine) -> None:
    watch = WebhookWatch(engine)
    before = webhook(engine)
    watch.record_check("in_order", "", last_success=START, healed=True)
    healed = webhook(engine)
    watch.record_check("disabled", "it is disabled", last_success=START)
    disabled = webhook(engine)
    watch.record_check("unknown", "the key may not", last_success=None)

    assert before == {"state": "unknown", "reason": "no worker has checked yet"}
    assert (healed["state"], healed["last_success"]) == ("ok", START.replace(tzinfo=None).isoformat())
    assert healed["healed_at"]
    assert (disabled["state"], disabled["webhook"], disabled["reason"]) == (
        "attention", "disabled", "it is disabled",
    )  # fmt: skip
    assert webhook(engine)["state"] == "unknown"


def test_a_webhook_that_no_one_has_looked_at_for_long_is_late(engine: sa.Engine) -> None:
    WebhookWatch(engine).record_check("in_order", "", last_success=START)
    with engine.begin() as connection:
        at = connection.execute(sa.select(webhook_state.c.checked_at)).scalar_one()
        connection.execute(sa.update(webhook_state).values(checked_at=at - timedelta(minutes=21)))

    assert (webhook(engine)["state"], webhook(engine)["webhook"]) == ("late", "in_order")


def redraw(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.cards.redraw("rev-1")
        work.commit()


def test_a_card_that_has_been_due_for_long_is_late_however_often_a_redraw_is_asked_for(
    engine: sa.Engine,
) -> None:
    owe_a_card(engine, due_for=timedelta(minutes=11))
    redraw(engine)

    backlog = Health(engine=engine, clock=Clock()).check_parts()["backlog"]

    assert (backlog["state"], backlog["events"], backlog["cards"]) == ("late", 0, 1)
    assert 660 <= backlog["oldest_seconds"] < 720


def test_a_card_that_was_drawn_long_ago_is_due_only_since_its_redraw_was_asked_for(engine: sa.Engine) -> None:
    owe_a_card(engine, due_for=timedelta(days=1))
    with SqlUnitOfWork(engine) as work:
        [card] = work.cards.list_recent(1)
        work.cards.claim(card.id, "job")
        work.cards.mark_drawn(card.id, "job", message_id="m1", drawing=1, at=Clock()())
        work.commit()
    redraw(engine)

    assert states(engine)["backlog"] == "ok"


def test_a_card_that_is_replayed_is_due_since_then(engine: sa.Engine) -> None:
    owe_a_card(engine, due_for=timedelta(days=1))
    with SqlUnitOfWork(engine) as work:
        [card] = work.cards.list_recent(1)
        work.cards.claim(card.id, "job")
        work.cards.mark_failed(card.id, "job", "archived", count_attempt=True, dead=True, unknown=False)
        work.cards.reopen(card.id)
        work.commit()

    assert states(engine)["backlog"] == "ok"


def test_a_database_without_tables_says_what_to_run(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    parts = Health(engine=engine, clock=lambda: datetime.now(UTC)).check_parts()
    engine.dispose()

    assert "docspace-review migrate" in parts["migrations"]["reason"]


def test_what_can_not_be_read_is_asked_for_once(engine: sa.Engine) -> None:
    """Else a caller who waits for a lock would wait twice as long as the limit."""
    asked: list[str] = []
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME COLUMN version_num TO other")
    sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    parts = Health(engine=engine, clock=Clock()).check_parts()

    assert parts["database"]["state"] == "broken"
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


def test_a_database_that_does_not_answer_is_said_at_once() -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:9/none")

    parts = Health(engine=engine, clock=lambda: datetime.now(UTC)).check_parts()

    assert parts["database"]["state"] == "broken"


def test_of_very_many_folders_it_says_how_many_there_are_and_names_those_furthest_behind(
    engine: sa.Engine,
) -> None:
    folders = [str(number) for number in range(1000, 3000)]
    with SqlUnitOfWork(engine) as work:
        work.baselines.watch(folders)
        for number, folder in enumerate(folders):
            work.baselines.save_start(folder, 0, finished_at=START)
            work.baselines.mark_swept(folder, swept_to=START - timedelta(minutes=number))
        work.commit()

    routes = Routes([route(watch=tuple(folders))])
    part = Health(engine=engine, clock=Clock(), routes=routes).check_parts()["completeness"]

    assert len(part.pop("folders")) == MAX_LISTED_FOLDERS
    assert part == {
        "state": "late",
        "watched": 2000,
        "not_looked_at": 0,
        "stopped": 0,
        "late": 1000,
        "earliest": (START - timedelta(minutes=1999)).isoformat(),
    }


def test_a_ledger_that_no_checkpoint_covers_needs_a_look(engine: sa.Engine) -> None:
    fault = CheckpointFault(entry=7, reason="entry 7 has no MAC", seen_at=START)
    write_fault(engine, fault)

    part = Health(engine=engine, clock=Clock()).check_parts()["ledger"]

    assert part == {
        "state": "attention",
        "reason": "no checkpoint covers the last entries: doctor says why",
    }
