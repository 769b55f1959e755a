"""The rounds in which a worker looks after the webhook."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from demo import ALICE, BOB, COMPLIANCE, OLGA, back_up, restore
from demo.wire_format import SUBSCRIBED, make_trigger_mask
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.webhook_rounds import WebhookRounds
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.journeys.processes import eventually
from tests.reviews.samples import START, Clock
from tests.webhook.managed import managed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from store.webhook_watch import WebhookCheck
    from tests.databases import SqliteDatabases
    from tests.webhook.managed import Managed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(clock: Clock) -> Iterator[Managed]:
    with managed(clock) as opened:
        yield opened


class Watch:
    """A worker's wiring beside a portal, and what it has written down."""

    def __init__(self, house: Managed, database: str) -> None:
        self.house, self.database = house, database

    @contextmanager
    def rounds(self, **more: str) -> Iterator[WebhookRounds]:
        values = self.house.settings(DATABASE_URL=self.database, **more)
        wiring = Wiring(parse_settings({name.lower(): value for name, value in values.items()}))
        yield WebhookRounds(wiring, first_delay=0.01, retry_seconds=0.01)
        wiring.engine.dispose()

    def look(self, **more: str) -> WebhookCheck | None:
        """Look once and return what is written down then."""
        with self.rounds(**more) as rounds:
            rounds.check_webhook()
            return rounds.watch.get_last_check()

    def listed_at(self, folder_id: str) -> datetime | None:
        """Return when the whole listing of a folder was compared last."""
        engine = create_engine(self.database)
        with SqlUnitOfWork(engine, reading=True) as work:
            listed_at = work.baselines.get_watermarks([folder_id])[folder_id].listed_at
        engine.dispose()
        return listed_at

    def looked(self) -> int:
        """Return how often the portal was asked for its webhooks."""
        return self.house.portal.faults.counts()["GET /api/2.0/settings/webhook"]


@pytest.fixture
def watch(house: Managed, sqlite_databases: SqliteDatabases) -> Watch:
    return Watch(house, sqlite_databases.new())


def stands(check: WebhookCheck | None) -> tuple[str, str, bool]:
    assert check
    return check.state, check.reason, check.healed_at is not None


def test_one_that_is_in_order_is_written_down_with_its_last_success(watch: Watch, house: Managed) -> None:
    house.hook()
    house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    house.sender.flush()

    check = watch.look()

    assert stands(check) == ("in_order", "", False)
    assert check
    assert check.last_success == START


def test_one_that_docspace_has_disabled_after_three_days_is_enabled_again(
    watch: Watch, house: Managed, clock: Clock
) -> None:
    hook = house.hook()
    clock.advance(days=4)
    house.receiver.statuses = [503] * 6
    house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    house.sender.flush()
    was = hook.enabled

    check = watch.look()

    assert (was, hook.enabled) == (False, True)
    assert stands(check) == ("in_order", "", True)


def test_triggers_that_were_taken_away_come_back_and_a_repair_is_logged(watch: Watch, house: Managed) -> None:
    hook = house.hook(triggers=["file.updated"])
    secret = hook.secret

    with capture_logs() as logs:
        check = watch.look()

    assert (stands(check), hook.triggers) == (("in_order", "", True), make_trigger_mask(SUBSCRIBED))
    assert hook.secret == secret
    [repaired] = [line for line in logs if line["event"] == "webhook_repaired"]
    assert repaired["repaired"] == ["triggers"]


def test_where_healing_is_off_it_only_looks(watch: Watch, house: Managed) -> None:
    hook = house.hook()
    hook.enabled = False

    check = watch.look(WEBHOOK_HEAL="off")

    assert stands(check) == ("disabled", "it is disabled; WEBHOOK_HEAL is off", False)
    assert not hook.enabled


def test_one_that_is_missing_is_said_and_not_made(watch: Watch, house: Managed) -> None:
    check = watch.look()

    assert stands(check)[0] == "missing"
    assert house.sender.webhooks() == []


def test_one_that_can_not_be_repaired_says_why_and_is_tried_again(watch: Watch, house: Managed) -> None:
    hook = house.hook()
    hook.enabled, house.receiver.statuses = False, [405]

    refused, healed = watch.look(), watch.look()

    assert stands(refused)[0] == "disabled"
    assert "HEAD request" in stands(refused)[1]
    assert stands(healed) == ("in_order", "", True)


def test_a_key_that_may_not_look_is_said_once_and_the_state_is_unknown(watch: Watch, house: Managed) -> None:
    house.hook()
    key = house.portal.add_key(ALICE.id, "files:read")

    with watch.rounds(DOCSPACE_API_KEY=key) as rounds, capture_logs() as logs:
        rounds.check_webhook()
        rounds.check_webhook()
        check = rounds.watch.get_last_check()

    assert stands(check)[0] == "unknown"
    assert "full access" in stands(check)[1]
    assert [line["event"] for line in logs] == ["webhook_looked_at"]


def test_a_key_that_may_only_look_finds_what_it_may_not_mend(watch: Watch, house: Managed) -> None:
    hook = house.hook()
    hook.enabled = False

    check = watch.look(DOCSPACE_API_KEY=house.portal.add_key(OLGA.id, "*:read"))

    assert (stands(check)[0], hook.enabled) == ("disabled", False)
    assert "it can't be repaired: the API key may not" in stands(check)[1]


def test_a_key_that_was_revoked_leaves_the_state_unknown(watch: Watch, house: Managed) -> None:
    house.hook()

    check = watch.look(DOCSPACE_API_KEY="sk-" + "0" * 64)

    assert stands(check)[0] == "unknown"
    assert "DOCSPACE_API_KEY" in stands(check)[1]


def test_during_an_outage_what_is_known_stays_and_is_said_once(watch: Watch, house: Managed) -> None:
    house.hook()
    before = watch.look()
    house.portal.faults.answer(503, count=None)

    with watch.rounds() as rounds, capture_logs() as logs:
        rounds.check_webhook()
        rounds.check_webhook()
        after = rounds.watch.get_last_check()

    assert before
    assert after
    assert (after.state, after.checked_at) == (before.state, before.checked_at)
    assert [line["event"] for line in logs] == ["webhook_not_seen"]


def test_without_the_address_of_the_installation_no_one_is_asked(watch: Watch) -> None:
    check = watch.look(PUBLIC_URL="")

    assert stands(check)[0] == "unknown"
    assert stands(check)[1].startswith("PUBLIC_URL is empty: ")
    assert watch.looked() == 0


def test_of_several_workers_one_looks(watch: Watch, house: Managed) -> None:
    house.hook()
    with watch.rounds() as one, watch.rounds() as other:
        one.rounds.start()
        other.rounds.start()
        eventually(one.watch.get_last_check)
        for _ in range(3):
            assert not other.watch.claim_check(interval=timedelta(minutes=5))
        one.rounds.stop()
        other.rounds.stop()

    assert watch.looked() == 1


def test_a_database_that_is_away_is_waited_for(watch: Watch, house: Managed, tmp_path: Path) -> None:
    house.hook()
    watch.database = f"sqlite:///{tmp_path / 'without-tables.db'}"
    with watch.rounds() as rounds, capture_logs() as logs:
        rounds.rounds.start()
        eventually(lambda: [line for line in logs if line["event"] == "round_failed"])
        rounds.rounds.stop()

    assert len([line for line in logs if line["event"] == "round_failed"]) == 1


def test_a_portal_that_was_restored_has_all_listings_compared(
    watch: Watch, house: Managed, clock: Clock
) -> None:
    house.hook()
    deliver(house)
    backup = back_up(house.sender)
    clock.advance(hours=3)
    deliver(house)
    watch.look()
    engine = create_engine(watch.database)
    with SqlUnitOfWork(engine) as work:
        work.baselines.mark_listed("1", at=clock(), previous=None)
        work.commit()
    engine.dispose()
    watch.look()
    assert watch.listed_at("1") == clock()

    restore(house.sender, backup)
    with capture_logs() as logs:
        watch.look()

    assert watch.listed_at("1") is None
    assert "portal_was_restored" in {line["event"] for line in logs}


def deliver(house: Managed) -> None:
    house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    house.sender.flush()
