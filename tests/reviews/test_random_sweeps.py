"""Random histories without a webhook: each change before "complete up to" has an event."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from demo import BOB, COMPLIANCE, DEEP, OTHER
from reviews.sweep import completeness
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, INNER, OUTSIDE

if TYPE_CHECKING:
    from datetime import datetime

    from demo import DemoPortal
    from tests.reviews.sweeping_desk import SweepingDesk

STEPS = 40
INSIDE = {COMPLIANCE, DEEP}


class CrashError(Exception):
    """The process is gone in the middle of a sweep."""


@dataclass
class History:
    """What happens in the portal, at random: the model is what was done to which file, and when."""

    sweeping_desk: SweepingDesk
    random: Random
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    crashes_at: int | None = None

    @property
    def portal(self) -> DemoPortal:
        return self.sweeping_desk.portal_desk.portal

    def act(self) -> None:
        """Let one file change, some ways of which no log has."""
        files = [self.portal.file(each) for each in (FILE, INNER, OUTSIDE)]
        file = self.random.choice([each for each in files if each.trashed_from is None] or files)
        acts = [
            lambda: self.portal.save_by_api(file.id, by=BOB.id),
            lambda: self.portal.save(file.id, by=BOB.id),
            lambda: self.portal.rename(file.id, f"{self.random.random()}.docx", by=BOB.id),
            lambda: self.portal.move(file.id, self.random.choice([OTHER, COMPLIANCE]), by=BOB.id),
            lambda: self.portal.add_file("Unlogged.docx", DEEP, by=BOB.id),
            lambda: self.portal.upload("Scan.pdf", COMPLIANCE, by=BOB.id),
        ]
        was_inside = file.parent_id in INSIDE
        changed = self.random.choice(acts)()
        if changed.parent_id in INSIDE or (changed.id == file.id and was_inside):
            self.changes.append((self.sweeping_desk.desk.clock(), str(changed.id)))
        self.sweeping_desk.desk.clock.advance(seconds=self.random.choice([0, 1, 20]))

    def intervene(self, target: Any) -> Any:
        """Return the same portal, which is slow at times: files change while it answers."""
        history = self

        class Slow:
            def __getattr__(self, name: str) -> Any:
                def call(*args: Any, **options: Any) -> Any:
                    answer = getattr(target, name)(*args, **options)
                    if history.random.random() < 0.15:
                        history.act()
                    return answer

                return call

        return Slow()

    def find_uncovered(self) -> list[tuple[datetime, str]]:
        """Return the changes before "complete up to" without an event received since."""
        desk = self.sweeping_desk.desk
        with desk.transactions(reading=True) as work:
            [folder] = completeness.check_all_folders(work, desk.routes)
        received: dict[str, datetime] = {}
        for stored in desk.events():
            file_id = stored.event.file_id
            received[file_id] = max(stored.received_at, received.get(file_id, stored.received_at))
        return [
            (at, file_id)
            for at, file_id in self.changes
            if folder.up_to is not None
            and at < folder.up_to
            and (file_id not in received or received[file_id] < at)
        ]


@ON_SQLITE
@pytest.mark.parametrize("seed", range(3))
def test_each_change_before_complete_up_to_has_an_event(sweeping_desk: SweepingDesk, seed: int) -> None:
    history = History(sweeping_desk, Random(seed))  # noqa: S311 - a history to repeat, no secret
    portal_desk = sweeping_desk.portal_desk
    transactions, sweep = portal_desk.sweep.transactions, portal_desk.sweep
    if seed % 2:
        sweeping_desk.write_log_late()

    def crash_at_times(**options: bool) -> Any:
        if history.crashes_at is not None:
            history.crashes_at -= 1
            if history.crashes_at == 0:
                history.crashes_at = None
                raise CrashError
        return transactions(**options)

    portal_desk.sweep = replace(
        sweep,
        transactions=crash_at_times,
        portal=history.intervene(sweep.portal),
        logs=history.intervene(sweep.logs),
    )
    for step in range(STEPS):
        if history.random.random() < 0.3:
            history.act()
        history.crashes_at = history.random.choice([None, None, None, *range(1, 12)])
        try:
            sweeping_desk.pass_time(history.random.choice([5, 30, 65]))
        except CrashError:
            portal_desk.sweep = replace(portal_desk.sweep)
        assert history.find_uncovered() == [], f"step {step}"

    portal_desk.sweep = sweep
    sweeping_desk.pass_time(400)
    last = {file_id: at for at, file_id in history.changes}
    assert history.find_uncovered() == []
    assert last.keys() <= {stored.event.file_id for stored in sweeping_desk.list_events()}
