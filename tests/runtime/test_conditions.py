"""What operators are alarmed of, as the database tells it, and what never alarms them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from notifiers.slack.failures import ACCESS_REFUSED
from reviews.delivery.delivery import NO_CHANNEL_REASON
from reviews.errors import Permanent
from reviews.kinds import EventState
from reviews.monitoring.alarms import LOOK_INTERVAL, read_kind
from reviews.notice import AlarmNotice, NoticeKind, make_person_target
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.conditions import CONDITIONS, ConditionWatch, gather_conditions
from runtime.worker.rounds import ItemsFailed
from store.ledger_tree import CheckpointFault, write_fault
from store.schema import cards, events, webhook_state
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import WebhookWatch
from store.workers import WorkerRegistry
from tests.edge.fake_slack import FakeSlack
from tests.reviews.deliveries import deliver_card
from tests.reviews.samples import START, Clock, event, review
from tests.runtime.failing_cards import fail_cards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ROUTES = """
[[route]]
name = "compliance"
watch = ["1"]
owners = ["o@company.com"]
notify = ["slack:C1", "console"]
max_wait = "1h"

[[route]]
name = "operators"
notify = ["slack:COPS"]
backlog = "5m"
"""


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(rate_limit=False) as fake:
        fake.add_channel("C1", "compliance")
        fake.add_channel("COPS", "operators")
        yield fake


@pytest.fixture
def wiring(database_url: str, slack: FakeSlack) -> Iterator[Wiring]:
    values = {
        "database_url": database_url,
        "routes": ROUTES,
        "slack_bot_token": slack.token,
        "slack_api_url": slack.api_url,
    }
    made = Wiring(parse_settings(values))
    yield made
    made.engine.dispose()


def find_conditions(wiring: Wiring, after: timedelta = timedelta()) -> dict[str, str]:
    """Return the sentences of all conditions that hold so much later, by their keys."""
    for tells, kinds in CONDITIONS.items():
        assert {read_kind(each.key) for each in tells(wiring, START + after)} <= set(kinds)
    return {each.key: each.sentence for each in gather_conditions(wiring, START + after)}


def receive(wiring: Wiring, count: int = 1, **changes: object) -> None:
    with wiring.transactions() as work:
        work.events.add([(event(file_id=str(number)), None) for number in range(count)], at=START)
        work.commit()
    if changes:
        with wiring.engine.begin() as connection:
            connection.execute(sa.update(events).values(changes))


def owe(wiring: Wiring, kind: NoticeKind, cause: str, error: str) -> None:
    """Let a notice be given up that is about this installation."""
    notice = AlarmNotice(kind=kind, title="x", at=START, note="")
    with wiring.transactions() as work:
        work.cards.owe_notice(("slack", "COPS"), notice, cause=cause)
        [card, *_] = work.cards.list_recent(1)
        work.cards.claim(card.id, "job")
        work.cards.mark_failed(card.id, "job", error, count_attempt=True, dead=True, unknown=False)
        work.commit()


def test_an_installation_in_order_alarms_no_one(wiring: Wiring) -> None:
    receive(wiring)

    assert find_conditions(wiring, after=timedelta(minutes=59)) == {}


def test_dead_events_are_told_by_their_number_with_the_first_reason(wiring: Wiring) -> None:
    receive(wiring, 3, state=EventState.DEAD, reason="no such thing")

    assert find_conditions(wiring) == {
        "dead-events": "3 change events are given up, the first because of this: no such thing"
    }


def test_entries_that_no_checkpoint_covers_are_told_with_the_reason(wiring: Wiring) -> None:
    write_fault(wiring.engine, CheckpointFault(entry=1043, reason="entry 1043 has no MAC", seen_at=START))

    assert find_conditions(wiring) == {
        "checkpoint": "No checkpoint covers the ledger from entry 1043 on: entry 1043 has no MAC"
    }


def test_a_round_of_a_worker_that_does_not_end_is_told_until_it_does(wiring: Wiring) -> None:
    roll = WorkerRegistry(wiring.engine)
    one, other = roll.register(), roll.register()
    roll.record_heartbeat(one, overdue=["digests", "sweeps"])
    roll.record_heartbeat(other, overdue=["sweeps"])

    conditions = find_conditions(wiring)

    assert conditions == {
        "round:digests": "The round digests of a worker has not succeeded for five minutes or more",
        "round:sweeps": "The round sweeps of 2 workers has not succeeded for five minutes or more",
    }
    roll.record_heartbeat(one)
    roll.retire(other)
    assert find_conditions(wiring) == {}


def test_each_place_in_which_cards_were_given_up_is_told_and_people_together(wiring: Wiring) -> None:
    fail_cards(wiring.engine, ("slack", "C1"), dead=1)
    fail_cards(wiring.engine, ("slack", make_person_target("a@company.com")), dead=1)
    fail_cards(wiring.engine, ("mail", make_person_target("b@company.com")), dead=1)
    fail_cards(wiring.engine, ("console", ""), retrying=1)

    conditions = find_conditions(wiring)

    assert set(conditions) == {"channel:slack:C1", "dead-notices"}
    assert conditions["channel:slack:C1"].startswith("1 card to slack:C1 is given up")
    assert conditions["dead-notices"].startswith("2 messages to people are given up")


def test_a_token_that_slack_refuses_is_told_once_for_all_of_its_channels(wiring: Wiring) -> None:
    fail_cards(wiring.engine, ("slack", "C1"), retrying=2)
    fail_cards(wiring.engine, ("slack", "C2"), retrying=1)
    with wiring.engine.begin() as connection:
        connection.execute(
            sa.update(cards).values(error=f"chat.postMessage: {ACCESS_REFUSED} (token_revoked)")
        )

    assert find_conditions(wiring) == {"slack-token": "Slack refuses the token: 3 cards are waiting"}


def test_a_channel_that_a_worker_lacks_is_told_while_its_cards_wait(wiring: Wiring) -> None:
    fail_cards(wiring.engine, ("teams", "legal"), retrying=2)
    with wiring.engine.begin() as connection:
        connection.execute(sa.update(cards).values(error=NO_CHANNEL_REASON.format(channel="teams")))

    assert find_conditions(wiring) == {
        "missing-channel:teams": "A worker has no channel teams, which its routing file does not name: "
        "2 cards are waiting"
    }


def test_a_key_that_docspace_refuses_is_told(wiring: Wiring) -> None:
    receive(wiring, reason="DocSpace refuses the API key (401): check DOCSPACE_API_KEY", attempts=2)

    assert find_conditions(wiring) == {
        "docspace-key": "DocSpace refuses the API key: 1 change event is waiting"
    }


def test_a_backlog_is_what_is_older_than_the_operators_say_and_than_a_route_may_wait(wiring: Wiring) -> None:
    receive(wiring, 2)
    fail_cards(wiring.engine, ("console", ""), retrying=1)
    with wiring.engine.begin() as connection:
        connection.execute(sa.update(cards).values(due_since=START))

    conditions = find_conditions(wiring, after=timedelta(minutes=62))

    assert list(conditions) == ["backlog"]
    assert conditions["backlog"].startswith(
        "2 change events are waiting, the oldest for 1 h 2 min and 1 card is"
    )
    assert "refused, as 0 said" in conditions["backlog"]


@pytest.mark.parametrize("cause", ["alarm:dead-events:2026", "canary:c1"])
def test_what_is_about_this_installation_itself_alarms_no_one(wiring: Wiring, cause: str) -> None:
    owe(wiring, NoticeKind.ALARM, cause, "the channel is archived")

    assert find_conditions(wiring, after=timedelta(days=1)) == {}


def test_a_dead_letter_is_told_in_the_operators_channel_once_and_once_that_it_is_over(
    wiring: Wiring, slack: FakeSlack
) -> None:
    lookout = ConditionWatch(wiring)
    receive(wiring, state=EventState.DEAD, reason="no such thing")

    turned = [lookout.check(START + LOOK_INTERVAL * number) for number in range(3)]
    deliver(wiring, at=START)
    with wiring.transactions() as work:
        work.events.reopen(None)
        work.commit()
    turned += [lookout.check(START + LOOK_INTERVAL * number) for number in range(3, 5)]
    deliver(wiring, at=START + timedelta(hours=1))

    assert turned == [True, False, False, True, False]
    texts = [message["text"] for message in slack.messages("COPS")]
    assert [text.partition(":")[0] for text in texts] == ["🚨 Alarm", "✅ Resolved"]
    assert "1 change event is given up" in texts[0]


def test_a_condition_that_can_not_be_asked_keeps_no_other_alarm_back_and_is_not_over(
    wiring: Wiring,
) -> None:
    """The round fails, and with it the worker is late: the alarm about that is told by the same rounds."""
    lookout, watch = ConditionWatch(wiring), WebhookWatch(wiring.engine)
    watch.claim_check(interval=timedelta(minutes=5))
    watch.record_check("disabled", "DocSpace has switched it off", last_success=None)
    for number in range(2):
        lookout.check(START + LOOK_INTERVAL * number)
    assert standing(wiring) == ["webhook"]
    with wiring.engine.begin() as connection:
        connection.execute(sa.insert(webhook_state).values(TWO_ROWS))
    receive(wiring, state=EventState.DEAD, reason="no such thing")
    roll = WorkerRegistry(wiring.engine)
    roll.record_heartbeat(roll.register(), overdue=["alarms"])

    for number in range(2, 5):
        with pytest.raises(ItemsFailed, match="1 failed, among them webhook"):
            lookout.check(START + LOOK_INTERVAL * number)

    assert standing(wiring) == ["dead-events", "round:alarms", "webhook"]
    with wiring.engine.begin() as connection:
        connection.execute(sa.delete(webhook_state))
    lookout.check(START + LOOK_INTERVAL * 5)
    assert standing(wiring) == ["dead-events", "round:alarms"]


TWO_ROWS = {"id": 2, "state": "in_order", "reason": "", "taken_at": START, "checked_at": START}
"""Beside the only one that there ever is."""


def standing(wiring: Wiring) -> list[str]:
    with wiring.transactions(reading=True) as work:
        return sorted(alarm.key for alarm in work.alarms.list_active())


def test_an_operators_channel_that_fails_makes_no_further_alarm(wiring: Wiring, slack: FakeSlack) -> None:
    lookout = ConditionWatch(wiring)
    slack.add_channel("COPS", "operators", bot_is_member=False)
    receive(wiring, state=EventState.DEAD, reason="no such thing")
    lookout.check(START)
    deliver(wiring)

    assert [lookout.check(START + LOOK_INTERVAL * number) for number in range(1, 4)] == [False] * 3
    with wiring.transactions(reading=True) as work:
        [card] = work.cards.list_recent(10)
    assert (card.state, "not in the channel" in (card.error or "")) == ("dead", True)


def deliver(wiring: Wiring, at: datetime = START) -> None:
    """Deliver all that is owed, at this time."""
    with SqlUnitOfWork(wiring.engine, reading=True) as work:
        owed = [
            card for card in work.cards.list_recent(100) if card.finished_drawing < card.requested_drawing
        ]
    for card in reversed(owed):
        deliver_card(replace(wiring.delivery, clock=Clock(at)), card.id, "job")


def test_a_place_that_was_replayed_and_taken_is_well_again(wiring: Wiring) -> None:
    with wiring.transactions() as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("slack", "C1")])
        [card] = work.cards.list_recent(1)
        work.cards.claim(card.id, "job")
        work.commit()
    wiring.delivery.count_failure(card.id, "job", Permanent("the channel is archived"))
    without_worker = {"checkpoint"}  # no worker signs the entry of a card that was given up
    assert find_conditions(wiring).keys() - without_worker == {"channel:slack:C1"}

    with wiring.transactions() as work:
        work.cards.reopen(None)
        work.commit()
    deliver(wiring)

    assert find_conditions(wiring).keys() - without_worker == set()


def test_a_webhook_that_is_switched_off_is_told_until_it_is_not(wiring: Wiring) -> None:
    watch = WebhookWatch(wiring.engine)
    watch.claim_check(interval=timedelta(minutes=5))
    assert find_conditions(wiring) == {}
    watch.record_check("disabled", "DocSpace has switched it off", last_success=None)
    assert find_conditions(wiring) == {
        "webhook": "DocSpace's webhook is misconfigured: DocSpace has switched it off"
    }
    watch.record_check("in_order", "", last_success=None)
    assert find_conditions(wiring) == {}


def test_a_folder_that_can_not_be_swept_is_told_once_that_lasts(wiring: Wiring) -> None:
    with wiring.transactions() as work:
        work.baselines.save_start("1", 0, finished_at=START)
        work.baselines.mark_swept("1", swept_to=START)
        work.baselines.mark_stopped("1", "DocSpace answered 503")
        work.commit()

    assert find_conditions(wiring, timedelta(minutes=55)) == {}
    [(key, sentence)] = find_conditions(wiring, timedelta(minutes=65)).items()
    assert key == "incomplete:1"
    assert sentence == (
        "Folder 1 could not be checked for missed events since 2026-03-09 14:05 UTC: DocSpace answered 503"
    )


def test_a_folder_of_which_no_sweep_gets_through_is_told_without_a_reason_too(wiring: Wiring) -> None:
    with wiring.transactions() as work:
        work.baselines.save_start("1", 0, finished_at=START)
        work.baselines.mark_swept("1", swept_to=START)
        work.commit()

    assert "no sweep has succeeded" in find_conditions(wiring, timedelta(minutes=65))["incomplete:1"]


def test_very_many_folders_that_can_not_be_swept_are_told_in_one_sentence(wiring: Wiring) -> None:
    folders = [str(number) for number in range(1, 41)]
    routes = ROUTES.replace('["1"]', str(folders).replace("'", '"'))
    watched = replace(wiring.settings, routes=routes)
    wide = Wiring(watched)
    with wide.transactions() as work:
        work.baselines.watch(folders)
        for folder in folders:
            work.baselines.save_start(folder, 0, finished_at=START)
            work.baselines.mark_swept(folder, swept_to=START)
            work.baselines.mark_stopped(folder, "DocSpace answered 503")
        work.commit()

    [(key, sentence)] = find_conditions(wide, timedelta(minutes=65)).items()
    wide.engine.dispose()

    assert key == "incomplete"
    assert sentence == (
        "40 or more folders could not be checked for missed events, among them 1 since 2026-03-09 "
        "14:05 UTC: DocSpace answered 503"
    )
