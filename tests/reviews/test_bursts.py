"""Several things that happen to one file before a worker looks: nothing of it vanishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.acts import ActKind
from reviews.errors import MessageGone, Refused
from reviews.identity import Person, Reviewer
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState
from reviews.routes.route import Routes
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ALICE, BOB, ELSEWHERE, OWNER, START, WATCHED, event, route

if TYPE_CHECKING:
    from reviews.model import ChangeEvent
    from tests.reviews.desk import Desk

pytestmark = ON_SQLITE

BY_BOB = Person(id=BOB.id, name="")
FILE = "3358285"


def at(seconds: float, **more: object) -> ChangeEvent:
    return replace(event(**more), occurred_at=START + timedelta(seconds=seconds))


def take_all(desk: Desk) -> None:
    """Process what was received until nothing is left to do."""
    for stored in desk.events():
        for _ in range(10):
            if desk.intake.process(stored.id) is None:
                break


@pytest.mark.parametrize(
    ("trigger", "parent", "kind"),
    [
        ("file.moved", ELSEWHERE, ChangeKind.MOVED_OUT),
        ("file.trashed", WATCHED, ChangeKind.TRASHED),
        ("file.deleted", WATCHED, ChangeKind.DELETED),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_an_edit_is_not_hidden_by_what_the_file_left_with(
    desk: Desk, trigger: str, parent: str, kind: ChangeKind, *, is_known: bool
) -> None:
    if is_known:
        desk.answers.record_answer(build_answer_request(desk.open(at(-60))))
    desk.portal.versions[FILE] = 9
    desk.receive(at(1))
    desk.receive(at(2, trigger=trigger, parent_id=parent, actor=BY_BOB))

    take_all(desk)

    review = desk.latest(FILE)
    assert review.kind is kind
    assert review.contributors == ((ALICE,) if kind is ChangeKind.MOVED_OUT else (ALICE, BOB))
    assert [(str(act.kind), act.people) for act in review.acts] == [(str(kind), (BOB,))]
    delivered = [stored for stored in desk.events() if stored.event.found_in is None]
    assert {stored.state for stored in delivered} == {EventState.DONE}


def test_the_owner_of_the_old_folder_hears_of_a_move_to_another_route(desk: Desk) -> None:
    other = route(name="other", watch=(ELSEWHERE,), owners=("other@example.com",))
    desk.follow(Routes([route(), other]))
    desk.answers.record_answer(build_answer_request(desk.open(at(0))))

    desk.receive(at(60, trigger="file.moved", parent_id=ELSEWHERE, actor=BY_BOB))
    take_all(desk)

    kinds = {review.route: review.kind for review in reversed(desk.reviews())}
    assert kinds == {"compliance": ChangeKind.MOVED_OUT, "other": ChangeKind.MOVED_IN}


def test_events_that_arrive_in_the_wrong_order_end_as_in_the_right_one(desk: Desk) -> None:
    trashed = at(20, trigger="file.trashed", actor=BY_BOB)
    edited = at(10)
    for arrives in (trashed, edited):
        desk.portal.happen(trashed)
        intake.receive_events(desk.transactions, [arrives], now=desk.clock())
        take_all(desk)

    review = desk.latest(FILE)
    assert (len(desk.reviews()), review.kind) == (1, ChangeKind.TRASHED)
    assert review.contributors == (ALICE,)
    assert [(act.kind, act.people) for act in review.acts] == [(ActKind.TRASHED, (BOB,))]


def test_events_of_one_burst_count_in_the_order_in_which_they_happened(desk: Desk) -> None:
    desk.receive(at(20, trigger="file.restored"))
    desk.receive(at(10, trigger="file.trashed", actor=BY_BOB))
    desk.portal.gone.clear()

    take_all(desk)

    assert desk.latest(FILE).kind is ChangeKind.RESTORED


def test_a_payload_without_a_folder_has_the_file_looked_up(desk: Desk) -> None:
    desk.receive(at(0, parent_id=WATCHED))
    desk.receive(at(1, parent_id=""))
    desk.portal.parents[FILE] = WATCHED

    take_all(desk)

    assert {stored.state for stored in desk.events()} == {EventState.DONE}


def test_a_folder_that_the_key_does_not_see_is_elsewhere_only_while_it_sees_the_watched_ones(
    desk: Desk,
) -> None:
    desk.portal.hidden = {ELSEWHERE, WATCHED}
    number = desk.receive(at(0, parent_id=ELSEWHERE))

    take_all(desk)

    stored = desk.event(number)
    assert stored.state is EventState.DEAD
    assert "neither folder 777 nor the watched folder 539564" in (stored.reason or "")


def test_a_single_refusal_does_not_lose_a_change(desk: Desk) -> None:
    desk.portal.hidden = {WATCHED}
    number = desk.receive(at(0))
    assert desk.intake.process(number) == 2.0

    desk.portal.hidden = set()
    take_all(desk)

    assert desk.event(number).state is EventState.DONE


def test_saves_without_end_are_one_card_and_few_drawings(desk: Desk) -> None:
    desk.follow(Routes([route(quiet_period=timedelta(seconds=30), max_wait=timedelta(minutes=2))]))
    first = desk.receive(at(0))
    for second in range(2, 600, 2):
        desk.clock.advance(seconds=2)
        desk.portal.saved_again[FILE] += 1
        desk.receive(at(second))
        if second % 20 == 0:
            desk.intake.process(first)
    desk.clock.advance(minutes=1)

    take_all(desk)

    [review] = desk.reviews()
    assert (review.saves, review.revision) == (None, 5)
    assert {card.requested_drawing for card in review.cards} == {5}


def test_a_lock_is_written_down_with_the_reason_and_asks_for_nothing(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(at(0))))
    desk.portal.locked.add(FILE)

    number = desk.receive(at(60))
    take_all(desk)

    assert len(desk.reviews()) == 1
    assert desk.event(number).reason == "metadata: it was locked; opens no review on route compliance"


@pytest.mark.parametrize(
    ("actor", "text", "asks"),
    [
        ("the key's user", "Reviewed by Dana Ozola, version 8", False),
        (ALICE.id, "Reviewed by Dana Ozola, version 8", True),
        ("the key's user", "Edited", True),
    ],
)
def test_our_own_comment_asks_for_nothing_though_the_file_looks_touched(
    desk: Desk, actor: str, text: str, *, asks: bool
) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(at(0))))
    desk.portal.comments[FILE] = text
    desk.portal.saved_again[FILE] += 1

    desk.receive(at(60, actor=Person(id=actor, name="")))
    take_all(desk)

    assert len(desk.reviews()) == (2 if asks else 1)


def test_a_save_within_the_same_version_is_a_change(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(at(0))))
    desk.portal.saved_again[FILE] += 1

    desk.receive(at(60))
    take_all(desk)

    newer, older = desk.reviews()
    assert newer.kind is ChangeKind.CONTENT
    assert (newer.version_from, newer.version_to) == (8, 8)
    assert (older.superseded_by, newer.superseded_by) == (newer.id, None)


def test_a_superseded_card_says_so_and_knows_where_the_newer_one_stands(desk: Desk) -> None:
    first = desk.open(at(0))
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(first))
    desk.deliver_all()
    desk.portal.versions[FILE] = 9

    desk.open(at(60))
    desk.deliver_all()
    desk.deliver_all()

    _, message, card = [drawn for drawn in desk.paper.updates if drawn[0] == "C1"][-1]
    assert message == "m1"
    assert card.superseded
    assert card.status.startswith("Superseded")
    assert card.newer is not None
    assert card.newer.cards["paper", "C1"] in {"m3", "m4"}
    assert [entry["type"].split(":")[1] for entry in desk.entries()] == [
        "opened",
        "acknowledged",
        "opened",
        "superseded",
    ]
    assert desk.verdict().intact


def test_a_superseded_card_follows_the_newer_one_that_was_deleted_and_posted_anew(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(at(0))))
    desk.portal.versions[FILE] = 9
    desk.open(at(60))
    desk.deliver_all()
    desk.deliver_all()
    desk.portal.versions[FILE] = 10
    desk.open(at(120))
    desk.paper.trouble = [MessageGone("deleted")]

    desk.deliver_all()
    desk.deliver_all()

    assert desk.latest(FILE).cards[0].message_id == "m5"
    _, message, card = [drawn for drawn in desk.paper.updates if drawn[0] == "C1"][-1]
    assert card.newer is not None
    assert (message, card.newer.cards["paper", "C1"]) == ("m1", "m5")


def test_co_authors_count_as_contributors_though_they_saved_nothing(desk: Desk) -> None:
    desk.portal.coauthors[FILE] = [Person(id=BOB.id, name="Bob")]

    review = desk.open(at(0))

    assert review.contributors == (ALICE, BOB)


def test_an_owner_who_contributed_is_known_by_id_where_no_address_is(desk: Desk) -> None:
    desk.portal.people = {
        ALICE.id: replace(ALICE, email=None),
        "o1": Person(id="o1", name="Dana", email=OWNER),
        BOB.id: BOB,
    }
    review = desk.open(at(0, actor=Person(id="o1", name="")))

    with pytest.raises(Refused, match="changed this document yourself"):
        desk.answers.record_answer(
            build_answer_request(review, reviewer=Reviewer(name="Dana", email=OWNER.upper()))
        )
