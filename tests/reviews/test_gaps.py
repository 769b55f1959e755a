"""Whatever is lost on the way: in the end each change has one review, and no one was told too much meanwhile.

Hours of simulated time, in which DocSpace loses deliveries and its queue, switches its webhook off and has
another secret than we, and in which our receiver is away.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from demo import ALICE, BOB, COMPLIANCE, OTHER, back_up, restore
from demo.transport import HttpAnswer, HttpRequest
from reviews.intake import intake
from reviews.sweep import completeness
from reviews.sweep.sweep import SWEEP_INTERVAL
from reviews.sweep.sweep_rules import LOG_GRACE
from store.ledger_reading import Excerpt, iterate_entries
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import PortalDesk, both_folders, open_portal_desk
from webhook.address import PATH
from webhook.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo.entries import EntryId
    from reviews.model import ChangeEvent
    from tests.reviews.desk import Desk

    Restore = Callable[[], None]

SECRET, ROTATED = "Compl1ance!Review", "R0tated!Secret"
FILES = 5
STEPS = 90
RESTORED_STEPS = 55
LOST = 1 / 3
SEEDS = (1,)
MOST_ENTRIES = 10**6


@dataclass
class Road:
    """The way from DocSpace to our receiver: a random third gets lost, and at times it is not there."""

    random: random.Random
    away: bool = False
    receiver: Client | None = None
    lost: dict[bytes, bool] = field(default_factory=dict)

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        if request.method == "HEAD":
            return HttpAnswer(200)
        if self.away or self.receiver is None:
            raise ConnectionRefusedError
        delivery = request.body.split(b",", 1)[0]  # its id: all attempts at it share one fate
        if self.lost.setdefault(delivery, self.random.random() < LOST):
            raise ConnectionResetError
        answer = self.receiver.post(PATH, data=request.body, headers=dict(request.headers))
        return HttpAnswer(answer.status_code)


@dataclass
class LossyLife:
    """What happens; `changes` are those that have to be reviewed, by file, with the moment of each.

    `seen` is what each file was when it was reviewed last, `undone` when a restore changed it last.
    """

    portal_desk: PortalDesk
    road: Road
    random: random.Random
    changes: dict[str, list[datetime]] = field(default_factory=dict)
    out: set[EntryId] = field(default_factory=set)
    files: list[EntryId] = field(default_factory=list)
    seen: dict[str, object] = field(default_factory=dict)
    undone: dict[str, datetime] = field(default_factory=dict)
    _read: int = 0
    _reviewed: dict[str, list[datetime]] = field(default_factory=dict)

    def listen(self, secret: str) -> None:
        """Have the receiver take what is signed with this secret."""
        desk = self.portal_desk.desk

        def receive(event: ChangeEvent) -> bool:
            return intake.receive_events(desk.transactions, [event], now=desk.clock())[0]

        async def receive_later(event: ChangeEvent) -> bool:
            return receive(event)

        self.road.receiver = Client(Receiver(receive, [secret], receive_async=receive_later))

    def something_happens(self) -> None:
        portal, by = self.portal_desk.portal, self.random.choice([ALICE, BOB]).id
        file = self.random.choice(self.files)
        match self.random.randrange(7):
            case 0 | 1 | 2:
                if file in self.out:
                    return
                portal.save(file, by=by)
            case 3:
                portal.rename(file, f"Called {self.random.randrange(10**6)}.docx", by=by)
                if file in self.out:
                    return
            case 4:
                portal.move(file, COMPLIANCE if file in self.out else OTHER, by=by)
                self.out ^= {file}
            case 5:
                file = portal.add_file("New.docx", COMPLIANCE, by=by).id
                portal.save(file, by=by)
                self.files.append(file)
            case _:
                portal.lock(file, by=by)
                portal.unlock(file, by=by)
                return
        self.changes.setdefault(str(file), []).append(self.portal_desk.desk.clock())

    def back_up(self) -> Restore:
        """Back the portal up; return what puts it back."""
        backup, files, out = back_up(self.portal_desk.sender), list(self.files), set(self.out)

        def put_back() -> None:
            before = self.inside()
            restore(self.portal_desk.sender, backup)
            self.files, self.out = list(files), set(out)
            after = self.inside()
            for file in before.keys() | after.keys():
                if before.get(file) != after.get(file):
                    self._undone(file)

        return put_back

    def inside(self) -> dict[str, object]:
        """Return of each watched file what a review may be asked for."""
        files = self.portal_desk.portal.children(COMPLIANCE)[1]
        return {str(file.id): (file.title, file.version, file.updated, file.current.size) for file in files}

    def _undone(self, file: str) -> None:
        moments = self.changes.setdefault(file, [])
        self.undone[file] = self.portal_desk.desk.clock()
        moments.append(self.undone[file])
        self.leave_out_what_is_as_reviewed()

    def leave_out_what_is_as_reviewed(self) -> None:
        """What a restore made of a file needs no review where the file is as it was reviewed last."""
        reviewed, inside = self.reviewed(), self.inside()
        for file, at in self.undone.items():
            times = [each for each in reviewed.get(file, []) if each < at]
            if times == reviewed.get(file, []) and inside.get(file) == self.seen.get(file):
                self.changes[file] = [each for each in self.changes[file] if times and each <= max(times)]

    def minutes_pass(self) -> None:
        self.portal_desk.desk.clock.advance(seconds=self.random.randrange(60, 400))

    def work(self) -> None:
        """Let the worker do what is there to do, half an hour's worth at most, as if it took no time."""
        desk, before = self.portal_desk.desk, self.reviewed()
        for _ in range(3):
            pending = [stored for stored in desk.events() if stored.state == "received"]
            for stored in reversed(pending):
                desk.intake.process(stored.id)
            desk.clock.advance(seconds=61)
        inside = self.inside()
        new = (file for file, times in self.reviewed().items() if len(times) > len(before.get(file, [])))
        self.seen.update({file: inside.get(file) for file in new})
        for review in desk.reviews():
            if review.state == "open" and self.random.random() < LOST:
                desk.answers.record_answer(build_answer_request(review))

    def reviewed(self) -> dict[str, list[datetime]]:
        """Return when each file's reviews were opened and revised; what was read before is not read again."""
        new = Excerpt(first=self._read + 1, last=MOST_ENTRIES, outside=0)
        for entry in iterate_entries(self.portal_desk.desk.engine, new):
            self._read = entry["seq"]
            if entry["type"] in {"review:opened", "review:revised"}:
                moments = self._reviewed.setdefault(entry["file_id"], [])
                moments.append(datetime.fromisoformat(entry["at"]))
        return {file: list(moments) for file, moments in self._reviewed.items()}

    def check_line(self) -> None:
        """What the line says is complete has its review."""
        desk = self.portal_desk.desk
        with desk.transactions(reading=True) as work:
            [line] = completeness.check_all_folders(work, desk.routes)
        assert line.up_to is not None
        self.leave_out_what_is_as_reviewed()
        reviewed = self.reviewed()
        for file, moments in self.changes.items():
            last = max((at for at in moments if at <= line.up_to), default=None)
            assert last is None or max(reviewed.get(file, [last - SWEEP_INTERVAL])) >= last, (
                file,
                last,
                line,
            )

    def check_once(self) -> None:
        """Each change has one review, and none has two."""
        reviewed = self.reviewed()
        for file, moments in self.changes.items():
            times = reviewed.get(file, [])
            for at, following in zip(moments, [*moments[1:], self.portal_desk.desk.clock()], strict=True):
                assert sum(at <= each < following for each in times) <= 1, (file, at, times)
            assert not moments or max(times) >= moments[-1], (file, moments, times)


@pytest.fixture(params=SEEDS)
def life(desk: Desk, request: pytest.FixtureRequest) -> Iterator[LossyLife]:
    chance = random.Random(request.param)  # noqa: S311 - the same life each time
    road = Road(chance)
    with open_portal_desk(desk, both_folders(), transport=road) as portal_desk:
        made = LossyLife(portal_desk=portal_desk, road=road, random=chance)
        made.files = [
            portal_desk.portal.add_file(f"File {n}.docx", COMPLIANCE, by=ALICE.id).id for n in range(FILES)
        ]
        portal_desk.sender.lose_queue()
        portal_desk.know_everything()
        desk.clock.advance(seconds=600)
        portal_desk.sweep_all()
        made.listen(SECRET)
        made.seen = made.inside()
        yield made


def test_in_the_end_each_change_has_one_review_and_the_line_was_never_wrong(life: LossyLife) -> None:
    portal_desk, chance = life.portal_desk, life.random
    [hook] = portal_desk.sender.webhooks()
    swept = portal_desk.desk.clock()
    for step in range(STEPS):
        life.road.away = 20 <= step < 35  # an hour or so
        if step in {10, 40, 41}:
            portal_desk.sender.lose_queue()  # DocSpace starts anew
        hook.enabled = not 50 <= step < 60
        if step == 65:
            hook.secret = ROTATED
        if step == 72:
            life.listen(ROTATED)
        for _ in range(chance.randrange(3)):
            life.something_happens()
            portal_desk.desk.clock.advance(seconds=3)
        if chance.random() > LOST:
            portal_desk.sender.flush(shuffle=chance)
        if not life.road.away:
            life.work()
            if portal_desk.desk.clock() - swept >= SWEEP_INTERVAL:
                swept = portal_desk.desk.clock()
                portal_desk.sweep_all()
            life.work()
        life.minutes_pass()
        life.check_line()
    portal_desk.desk.clock.advance(seconds=(2 * LOG_GRACE + timedelta(minutes=10)).total_seconds())
    portal_desk.sweep_all()
    life.work()
    life.work()

    life.check_line()
    life.check_once()
    late = [review for review in portal_desk.desk.reviews() if review.seen_late is not None]
    assert late
    assert portal_desk.desk.verdict().intact


@ON_SQLITE
@pytest.mark.parametrize("life", [17], indirect=True)
def test_a_portal_that_is_restored_in_the_middle_loses_nothing(life: LossyLife) -> None:
    portal_desk, chance = life.portal_desk, life.random
    put_back = life.back_up()
    swept = portal_desk.desk.clock()
    for step in range(RESTORED_STEPS):
        if step in {8, 30}:
            put_back = life.back_up()
        if step in {18, 24, 42}:  # twice to the same moment
            put_back()
        for _ in range(chance.randrange(3)):
            life.something_happens()
            portal_desk.desk.clock.advance(seconds=3)
        if chance.random() > LOST:
            portal_desk.sender.flush(shuffle=chance)
        life.work()
        if portal_desk.desk.clock() - swept >= SWEEP_INTERVAL:
            swept = portal_desk.desk.clock()
            portal_desk.sweep_all()
            life.work()
        life.minutes_pass()
        life.check_line()
    portal_desk.desk.clock.advance(seconds=(2 * LOG_GRACE + timedelta(minutes=10)).total_seconds())
    portal_desk.sweep_all()
    life.work()
    life.work()

    life.check_line()
    life.check_once()
    assert portal_desk.desk.verdict().intact
