"""A portal that is put back to an earlier moment: what it forgets, and which ids it gives out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from demo import BOB, COMPLIANCE, DemoPortal, NotFoundError, Sender, back_up, restore
from tests.demo.conftest import SECRET

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.demo.receiver import Receiver
    from tests.reviews.samples import Clock


pytestmark = pytest.mark.usefixtures("webhook")


def test_files_and_their_versions_are_as_they_were(
    portal: DemoPortal, sender: Sender, policy: PortalFile
) -> None:
    saved = portal.save(policy.id, by=BOB.id)
    backup = back_up(sender)
    portal.save(policy.id, by=BOB.id)
    portal.rename(policy.id, "Renamed.docx", by=BOB.id)
    made = portal.create_file("New.docx", COMPLIANCE, by=BOB.id)

    restore(sender, backup)

    assert portal.file(policy.id) == saved
    assert portal.children(COMPLIANCE)[1] == [saved]
    with pytest.raises(NotFoundError):
        portal.file(made.id)


def test_ids_of_what_came_after_the_backup_are_given_out_again(
    portal: DemoPortal, sender: Sender, policy: PortalFile
) -> None:
    backup = back_up(sender)

    def make() -> tuple[object, ...]:
        made = portal.create_file("New.docx", COMPLIANCE, by=BOB.id)
        [delivery] = sender.pending()
        [action] = portal.audit.list_actions("file", made.id, now=portal.clock())
        return made.id, delivery.id, action.id

    first = make()
    restore(sender, backup)

    assert sender.pending() == []
    assert make() == first
    assert portal.file(policy.id) == policy


def test_webhooks_and_the_log_of_deliveries_are_as_they_were(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    sender.flush()
    portal.save(policy.id, by=BOB.id)
    backup = back_up(sender)
    sender.flush()
    [hook] = sender.webhooks()
    hook.enabled, hook.secret = False, "An0ther!Secret"
    sender.register(receiver.url, secret=SECRET, name="made after the backup")

    for _ in range(2):
        restore(sender, backup)
        [hook] = sender.webhooks()
        assert (hook.enabled, hook.secret) == (True, SECRET)
        assert [row.status for row in sender.log()] == [0, 200]
        hook.enabled = False  # is no part of the backup


def test_what_waited_in_memory_is_never_sent(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    backup = back_up(sender)

    restore(sender, backup)

    assert sender.flush() == []
    assert receiver.posts == []
    [row] = sender.log()
    assert row.status == 0


def test_a_retry_by_hand_of_a_restored_row_is_sent(
    portal: DemoPortal, sender: Sender, receiver: Receiver, clock: Clock, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    backup = back_up(sender)
    clock.advance(seconds=61)
    restore(sender, backup)
    [row] = sender.log()

    retried = sender.retry(row.id)
    sender.flush()

    [body] = [json.loads(post.body) for post in receiver.posts]
    assert body["event"]["id"] == retried.id == row.id + 1
