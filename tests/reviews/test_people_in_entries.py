"""No stored entry names a person, whatever has happened; each is shown with the people that it commits to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from demo import BOB as PORTAL_BOB
from demo import QUARTER
from reviews.errors import Permanent
from reviews.identity import Reviewer
from reviews.intake.unrouted_changes import UnroutedFloods
from reviews.kinds import ChangeKind, Decision
from reviews.ledger.hash_chain import EntryType
from reviews.routes.route import Routes, Target, Unchanged
from reviews.routes.working_time import WorkingHours
from store.ledger_reading import iterate_stored
from tests.databases import ON_SQLITE
from tests.reviews.absences import leave, pass_time
from tests.reviews.campaigns import list_campaign_reviews, put_documents, start_campaign, work_on_campaigns
from tests.reviews.comparing_desk import FIRST, open_comparing_desk
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, names, receive_events
from tests.reviews.owners import OWNING as OWNING_ACCOUNT
from tests.reviews.owners import open_owners
from tests.reviews.people import make_proven_person
from tests.reviews.portal_desk import DANA, FILE, INNER, both_folders, open_portal_desk
from tests.reviews.samples import ALICE, BOB, DEPUTY, NOTE, OWNER, event, route, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.reviews.desk import Desk

OWNING = Reviewer(name="Dana Ozola", email=OWNER, docspace_id="dana-0001", chat_ids={"slack": "UDANA0001"})
DEPUTIZING = Reviewer(
    name="Ilze Kalna", email=DEPUTY, docspace_id="ilze-0001", chat_ids={"teams": "ilze@x.io"}
)
PROOF = {"team": "TDANA", "user": "UDANA0001"}
MESSAGE = Target(notifier="paper", address="dana.private@example.com")
RENAMED = "Policy, final.docx"
HOURS: dict[str, Any] = {
    "working_hours": WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC")),
    "due": timedelta(hours=8),
    "remind": timedelta(hours=2),
    "after_request": timedelta(hours=8),
}
SENTINELS = (
    *("Dana Ozola", "Ilze Kalna", "Alice", "Bob", "Moreau", "Chen", "alice@", "bob@", "owner@", "deputy@"),
    *("ilze@", "dana.private", "dana-0001", "ilze-0001", "UDANA0001", "TDANA", NOTE, PORTAL_BOB.id),
)
"""Names, addresses, accounts and what people wrote."""
WITHOUT_PEOPLE = {
    *(EntryType.REVIEW_SUPERSEDED, EntryType.REVIEW_RELABELLED, EntryType.REVIEW_RELINKED),
    *(EntryType.REVIEW_REMOVED, EntryType.REVIEW_FILE_RELABELLED, EntryType.REVIEW_FILE_SUPERSEDED),
    *(EntryType.REVIEW_ABSORBED, EntryType.REVIEW_DOCUMENT_GONE, EntryType.REVIEW_DOCUMENT_BACK),
    *(EntryType.FOLDER_GONE, EntryType.SWEEP_INCOMPLETE, EntryType.SWEEP_COMPLETE, EntryType.PEOPLE_ERASED),
    *(EntryType.REVIEW_LAPSED, EntryType.REVIEW_CLOSED, EntryType.CAMPAIGN_REMOVED),
}
"""Types of entries that have no member for a person; a lapse has one that earlier releases filled."""


def answer_all(desk: Desk) -> None:
    desk.follow(routes(**HOURS, notify=(MESSAGE,)))
    first = desk.open(event(actor=BOB))
    desk.clock.advance(minutes=5)
    desk.portal.versions[first.file_id] += 1
    review = desk.open(event(actor=BOB))
    desk.clock.advance(hours=3)
    desk.look()
    request = make_review_request(review, OWNING, proof=PROOF)
    desk.hand_over.snooze(request, until=desk.clock() + timedelta(hours=1))
    desk.hand_over.reassign(request, new_owner=make_proven_person(DEPUTIZING))
    desk.clock.advance(hours=9)
    desk.look()
    by_deputy: dict[str, Any] = {"reviewer": DEPUTIZING, "proof": PROOF, "note": NOTE}
    desk.answers.record_answer(build_answer_request(review, **by_deputy))
    desk.answers.withdraw(make_review_request(review, DEPUTIZING, proof=PROOF))
    desk.clock.advance(minutes=1)
    refused = build_answer_request(review, decision=Decision.REQUEST_CHANGES, **by_deputy)
    desk.answers.record_answer(refused)
    desk.clock.advance(hours=9)
    desk.look()
    desk.portal.versions[first.file_id] += 1
    desk.open(event(actor=BOB))


def give_up_and_deliver(desk: Desk) -> None:
    desk.follow(routes(notify=(MESSAGE,)))
    [card] = desk.open(event()).cards
    desk.paper.trouble = [Permanent(f"{MESSAGE.address} can't be reached")]
    deliver_card(desk.delivery, card.id)
    with desk.transactions() as work:
        work.cards.reopen(card.id)
        work.commit()
    deliver_card(desk.delivery, card.id)


def review_many_files(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    for name in names(3):
        handle(desk, receive_events(desk, [name], actor=BOB))
    many = flood(desk, 5, actor=BOB)
    desk.portal.versions["f001"] += 1
    handle(desk, receive_events(desk, ["f001"], trigger="file.updated", actor=BOB))
    many = next(each for each in desk.reviews() if each.id == many.id)
    request = make_review_request(many, OWNING, proof=PROOF)
    apart = desk.separation.separate(request, file_id="f002")
    desk.answers.record_answer(build_answer_request(apart, reviewer=OWNING, proof=PROOF))
    many = next(each for each in desk.reviews() if each.id == many.id)
    desk.answers.record_answer(build_answer_request(many, reviewer=OWNING, proof=PROOF))
    desk.portal.versions["f003"] += 1
    handle(desk, receive_events(desk, ["f003"], trigger="file.updated", actor=BOB))


def change_without_review(desk: Desk) -> None:
    desk.follow(Routes([route(review=frozenset({ChangeKind.DELETED}))]))
    handle(desk, [desk.receive(event(trigger="file.created", actor=BOB))])
    handle(desk, receive_events(desk, names(120), actor=ALICE))
    desk.clock.advance(seconds=61)
    floods = UnroutedFloods(transactions=desk.transactions, clock=desk.clock)
    assert floods.record_ended() == 1


def go_away(desk: Desk) -> None:
    desk.open(event(actor=BOB))
    absence = leave(desk, stand_in=str(ALICE.email))
    pass_time(desk)
    pass_time(desk, absence.ends_at)


def lose_owner(desk: Desk) -> None:
    with open_owners(desk) as owners:
        owners.disable()
        owners.look()
        owners.look(after=1)
        owners.portal.set_status(OWNING_ACCOUNT.id, 1)
        owners.look(after=24)


def carry_acknowledgement(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders()) as house:
        house.portal.add_person(DANA)
        house.know_everything()
        with open_comparing_desk(house) as comparing:
            comparing.compare_due()
            comparing.follow(unchanged=Unchanged.CARRY)
            first = comparing.upload(FIRST)
            comparing.compare_due()
            comparing.acknowledge(first)
            comparing.save(first, FIRST)
            comparing.compare_due()


def rename_and_throw_away(desk: Desk) -> None:
    content = replace(both_folders(), review=frozenset({ChangeKind.CONTENT, ChangeKind.CREATED}))
    with open_portal_desk(desk, content) as house:
        house.know_everything()
        portal = house.portal
        house.reviews_of(lambda: portal.save(FILE, by=PORTAL_BOB.id))
        house.reviews_of(lambda: portal.rename(FILE, RENAMED, by=PORTAL_BOB.id))
        house.reviews_of(lambda: portal.save(INNER, by=PORTAL_BOB.id))
        house.reviews_of(partial(portal.trash_folder, QUARTER, by=PORTAL_BOB.id))
        for each in range(30):
            portal.upload(f"N{each}.docx", QUARTER, by=PORTAL_BOB.id)


def run_campaign(desk: Desk) -> None:
    put_documents(desk)
    by = make_proven_person(OWNING, proof=PROOF)
    campaign = start_campaign(desk, people=(OWNER, "alice@example.com"), by=by)
    first, *_others = list_campaign_reviews(desk, campaign)
    desk.answers.record_answer(build_answer_request(first, reviewer=OWNING, proof=PROOF))
    desk.campaigns.end(campaign.id, by=by)
    work_on_campaigns(desk)


SCENARIOS: dict[Callable[[Desk], None], set[EntryType]] = {
    answer_all: {
        *(EntryType.REVIEW_OPENED, EntryType.REVIEW_REVISED, EntryType.REVIEW_SNOOZED),
        *(EntryType.REVIEW_REASSIGNED, EntryType.REVIEW_REMINDED, EntryType.REVIEW_ESCALATED),
        EntryType.REVIEW_FOLLOWED_UP,
        *(EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_WITHDRAWN, EntryType.REVIEW_CHANGES_REQUESTED),
    },
    give_up_and_deliver: {
        EntryType.REVIEW_OPENED,
        EntryType.DELIVERY_GIVEN_UP,
        EntryType.DELIVERY_RECOVERED,
    },
    review_many_files: {
        *(EntryType.REVIEW_OPENED, EntryType.REVIEW_JOINED, EntryType.REVIEW_FILE_REVISED),
        *(EntryType.REVIEW_TAKEN_OUT, EntryType.REVIEW_ACKNOWLEDGED),
    },
    change_without_review: {EntryType.CHANGE_UNROUTED},
    go_away: {
        *(EntryType.REVIEW_OPENED, EntryType.REVIEW_HANDED_OVER, EntryType.REVIEW_HANDED_BACK),
    },
    lose_owner: {EntryType.OWNER_GONE, EntryType.OWNER_BACK},
    carry_acknowledgement: {
        *(EntryType.REVIEW_OPENED, EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CARRIED),
    },
    rename_and_throw_away: {EntryType.REVIEW_OPENED, EntryType.CHANGE_UNROUTED},
    run_campaign: {
        *(EntryType.CAMPAIGN_STARTED, EntryType.CAMPAIGN_ENDED),
        *(EntryType.REVIEW_OPENED, EntryType.REVIEW_ACKNOWLEDGED),
    },
}
"""What may happen, and the types of entries on people that it writes."""


def iterate_texts(value: Any) -> Iterator[str]:
    """Yield each text in an entry."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from iterate_texts(each)


def find_named(entry: Mapping[str, Any]) -> set[str]:
    return {sentinel for text in iterate_texts(entry) for sentinel in SENTINELS if sentinel in text}


def list_people_types(desk: Desk) -> set[EntryType]:
    return {EntryType(each["type"]) for each in desk.entries()} - WITHOUT_PEOPLE


@ON_SQLITE
@pytest.mark.parametrize("happen", SCENARIOS)
def test_no_stored_entry_names_a_person_and_each_is_shown_with_its_people(
    desk: Desk, happen: Callable[[Desk], None]
) -> None:
    happen(desk)

    assert list_people_types(desk) == SCENARIOS[happen]
    for stored in iterate_stored(desk.engine):
        entry = json.loads(stored.text)
        assert find_named(entry) == set(), entry
        assert bool(find_named(stored.reveal())) == (entry["type"] not in WITHOUT_PEOPLE), entry
    assert desk.verdict().problem is None


@ON_SQLITE
def test_a_review_is_read_with_its_people(desk: Desk) -> None:
    answer_all(desk)

    with desk.transactions(reading=True) as work:
        entries = work.ledger.list_entries("rev-1")
        last = work.ledger.list_last_entries("rev-1", 3)

    assert last == entries[-3:]
    assert [bool(find_named(each)) for each in entries] == [
        each["type"] not in WITHOUT_PEOPLE for each in entries
    ]


def test_each_type_of_entry_names_no_one_or_is_written_here() -> None:
    written = set[EntryType]().union(*SCENARIOS.values())

    assert written == set(EntryType) - WITHOUT_PEOPLE
    assert written.isdisjoint(WITHOUT_PEOPLE)
