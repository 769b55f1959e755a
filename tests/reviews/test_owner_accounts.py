"""Owners who lose their account: recorded once, after two definite answers, and again when they are back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from demo import OLGA, PortalPerson
from reviews.errors import TryLater
from reviews.identity import LinkedAccounts
from reviews.monitoring.owner_accounts import list_duties, read_duties
from reviews.ports.owner_accounts import AccountAnswer, OwnerPresence
from reviews.routes.route import Routes
from tests.databases import ON_SQLITE
from tests.reviews.desk import JURIS, build_answer_request, hand_over, make_review_request
from tests.reviews.owners import OWNING, STEPPING_IN, Owners, open_owners
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, event, route
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.reviews.desk import Desk

NAMED = ("type", "review_id", "route", "routes", "deputy_of", "assigned_in", "owner")
LEAVER = PortalPerson("d0d0d0d0-0000-4000-8000-00000000da15", "Juris Bite", str(JURIS.email), "juris.bite")


@pytest.fixture
def owners(desk: Desk) -> Iterator[Owners]:
    with open_owners(desk) as opened:
        yield opened


def test_an_owner_whose_account_was_removed_is_recorded_with_when_it_was_last_there(owners: Owners) -> None:
    owners.look()
    seen_at = owners.desk.clock()
    owners.remove()

    assert owners.look(after=24) == 2
    since = owners.desk.clock()
    assert owners.entries() == []
    assert owners.look(after=1) == 1

    [entry] = owners.desk.entries()
    assert {name: entry[name] for name in NAMED} == {
        "type": "owner:gone",
        "review_id": None,
        "route": "compliance",
        "routes": ["compliance"],
        "deputy_of": [],
        "assigned_in": [],
        "owner": OWNER,
    }
    assert entry["reason"] == "no_account"
    assert entry["seen_at"].startswith(f"{seen_at:%Y-%m-%dT%H:%M}")
    assert entry["since"].startswith(f"{since:%Y-%m-%dT%H:%M}")
    assert owners.desk.verdict().problem is None


def test_a_disabled_account_counts_though_it_was_never_seen_in_use(owners: Owners) -> None:
    owners.disable()

    owners.look()
    owners.look(after=1)

    assert owners.entries() == [("owner:gone", OWNER, "disabled")]


def test_a_deputy_is_looked_up_as_well(owners: Owners) -> None:
    owners.disable(STEPPING_IN)

    owners.look()
    owners.look(after=1)

    [entry] = owners.desk.entries()
    assert (entry["owner"], entry["route"], entry["routes"]) == (DEPUTY, "compliance", [])
    assert entry["deputy_of"] == ["compliance"]


@ON_SQLITE
def test_an_owner_who_is_back_is_recorded_at_once(owners: Owners) -> None:
    owners.disable()
    owners.look()
    owners.look(after=1)
    owners.portal.set_status(OWNING.id, 1)

    owners.look(after=24)
    owners.look(after=24)

    gone, back = owners.desk.entries()
    assert (back["type"], back["reason"], back["since"]) == ("owner:back", "disabled", gone["since"])
    assert owners.presence() is OwnerPresence.PRESENT


@ON_SQLITE
def test_an_owner_who_stays_away_is_recorded_once(owners: Owners) -> None:
    owners.disable()
    for _ in range(5):
        owners.look(after=24)
    owners.remove()
    for _ in range(3):
        owners.look(after=24)

    assert owners.entries() == [("owner:gone", OWNER, "disabled")]


@ON_SQLITE
def test_an_owner_who_never_had_an_account_is_not_gone(owners: Owners) -> None:
    owners.remove()
    for _ in range(5):
        owners.look(after=24)

    assert owners.entries() == []
    assert owners.presence() is OwnerPresence.UNKNOWN


@ON_SQLITE
def test_one_answer_against_an_account_says_nothing(owners: Owners) -> None:
    owners.look()
    owners.disable()
    owners.look(after=24)
    owners.portal.set_status(OWNING.id, 1)
    owners.look(after=1)
    owners.disable()
    owners.look(after=24)

    assert owners.entries() == []


@ON_SQLITE
def test_two_answers_count_only_where_they_agree(owners: Owners) -> None:
    owners.look()
    owners.disable()
    owners.look(after=24)
    owners.portal.remove_person(OWNING.id)
    owners.look(after=1)
    assert owners.entries() == []

    owners.look(after=1)

    assert owners.entries() == [("owner:gone", OWNER, "no_account")]


@ON_SQLITE
@pytest.mark.parametrize("path", ["/people/email", "/people/"])
def test_a_portal_that_answers_404_to_everything_leaves_no_entry(owners: Owners, path: str) -> None:
    owners.look()
    owners.portal.faults.answer(404, path=path, count=None)
    for _ in range(5):
        owners.look(after=24)

    assert owners.entries() == []
    assert owners.presence() is OwnerPresence.PRESENT


@ON_SQLITE
def test_an_account_that_is_hidden_from_the_key_leaves_no_entry(owners: Owners) -> None:
    owners.look()
    owners.portal.faults.answer(403, path="/people/email", count=None)
    for _ in range(5):
        owners.look(after=24)

    assert owners.entries() == []


@ON_SQLITE
def test_an_outage_ends_the_round_and_those_who_were_not_asked_are_asked_next(owners: Owners) -> None:
    owners.portal.faults.answer(503, path="/people/email")
    with pytest.raises(TryLater):
        owners.look()

    assert owners.look() == 1
    assert owners.look() == 0
    assert owners.look(after=24) == 2


@ON_SQLITE
def test_an_owner_about_whom_the_portal_never_answers_ends_one_round_and_not_the_next(owners: Owners) -> None:
    first, other = sorted((OWNING, STEPPING_IN), key=lambda person: person.email)
    owners.portal.faults.answer(503, path=f"/people/email?email={quote(first.email)}", count=None)
    owners.disable(other)

    with pytest.raises(TryLater):
        owners.look()
    assert [owners.look(), owners.look(after=1)] == [1, 1]

    assert owners.entries() == [("owner:gone", other.email, "disabled")]


@ON_SQLITE
def test_an_owner_on_whom_the_portal_fails_keeps_no_other_from_being_looked_up(owners: Owners) -> None:
    owners.portal.faults.answer(500, path=f"/people/email?email={quote(OWNER)}", count=None)
    owners.disable(STEPPING_IN)

    assert [owners.look(), owners.look(after=1)] == [2, 1]

    assert owners.entries() == [("owner:gone", DEPUTY, "disabled")]
    assert owners.presence() is OwnerPresence.UNKNOWN


@ON_SQLITE
def test_a_round_ends_when_the_worker_stops(owners: Owners) -> None:
    stopping = iter([False, True])

    assert owners.use_case.look_up_due(is_stopping=lambda: next(stopping)) == 1


@ON_SQLITE
def test_a_person_with_another_account_is_not_gone(owners: Owners) -> None:
    """The routing file gives one person two addresses, and names the account of another."""
    owners.portal.add_person(replace(OWNING, id=OLGA.id[:-4] + "beef", email="dana@other.example"))
    accounts = {"slack": "U1"}
    people = {
        OWNER: LinkedAccounts(chat_ids=accounts),
        "dana@other.example": LinkedAccounts(chat_ids=accounts),
        "gone@example.com": LinkedAccounts(docspace=STEPPING_IN.id),
    }
    owners.desk.follow(Routes([route(owners=(OWNER, "gone@example.com"))], people))
    owners.look()
    owners.disable()
    owners.look(after=24)
    owners.look(after=24)
    assert owners.entries() == []

    owners.disable(STEPPING_IN)
    owners.look(after=24)
    owners.look(after=24)

    reported = {(owner, reason) for _, owner, reason in owners.entries()}
    assert reported == {("gone@example.com", "disabled"), (DEPUTY, "disabled")}


@ON_SQLITE
def test_an_entry_names_all_routes_of_a_person(owners: Owners) -> None:
    rules = [
        route(deputies=()),
        route(name="legal", watch=("1",), owners=(OWNER.upper(),), deputies=("@team",)),
        route(name="tax", watch=("2",), owners=("other@example.com",), deputies=(OWNER,)),
    ]
    owners.desk.follow(Routes(rules))
    owners.disable()
    owners.look()
    owners.look(after=1)

    [entry] = owners.desk.entries()
    assert (entry["route"], entry["routes"], entry["deputy_of"]) == (
        "compliance",
        ["compliance", "legal"],
        ["tax"],
    )


def test_a_person_to_whom_an_open_review_was_reassigned_is_looked_up(owners: Owners) -> None:
    owners.portal.add_person(LEAVER)
    review = owners.desk.open(event())
    hand_over(owners.desk).reassign(make_review_request(review), new_owner=make_proven_person(JURIS))
    owners.look()
    owners.disable(LEAVER)
    owners.look(after=24)
    owners.look(after=1)

    entry = owners.desk.entries()[-1]
    assert {name: entry[name] for name in NAMED} == {
        "type": "owner:gone",
        "review_id": None,
        "route": "compliance",
        "routes": [],
        "deputy_of": [],
        "assigned_in": ["compliance"],
        "owner": JURIS.email,
    }
    assert owners.desk.verdict().problem is None


@ON_SQLITE
def test_a_person_is_looked_up_as_long_as_a_reassigned_review_is_open(owners: Owners) -> None:
    review = owners.desk.open(event())
    with owners.desk.transactions(reading=True) as work:
        assert work.owner_states.list_reassigned(1) == []
    current = hand_over(owners.desk).reassign(
        make_review_request(review), new_owner=make_proven_person(JURIS)
    )
    named = set(list_duties(owners.desk.routes))

    with owners.desk.transactions(reading=True) as work:
        assert set(read_duties(work, owners.desk.routes)) == {*named, JURIS.email}
    owners.desk.answers.record_answer(build_answer_request(current, reviewer=JURIS))
    with owners.desk.transactions(reading=True) as work:
        assert set(read_duties(work, owners.desk.routes)) == named


@dataclass(frozen=True)
class AnsweringQuery:
    """Says that each account is disabled, after something that happens meanwhile."""

    happens: Callable[[], object]

    def find_by_address(self, address: str) -> AccountAnswer:  # noqa: ARG002
        self.happens()
        return AccountAnswer.DISABLED

    find_by_id = find_by_address

    def finds_key_user(self) -> bool:
        return True


def test_of_a_review_that_is_answered_during_the_lookup_nothing_is_recorded(owners: Owners) -> None:
    owners.portal.add_person(LEAVER)
    review = owners.desk.open(event())
    current = hand_over(owners.desk).reassign(
        make_review_request(review), new_owner=make_proven_person(JURIS)
    )
    owners.look()
    owners.disable(LEAVER)
    owners.look(after=24)
    owners.desk.clock.advance(hours=1)

    def answer() -> None:
        owners.desk.answers.record_answer(build_answer_request(current, reviewer=JURIS))

    replace(owners.use_case, query=AnsweringQuery(answer)).look_up_due()

    assert [each["type"] for each in owners.desk.entries()][-1] == "review:acknowledged"


def test_a_person_written_in_two_ways_has_each_route_once() -> None:
    reassigned = [("Juris@example.com", "compliance"), ("juris@example.com", "compliance")]

    [duties] = list_duties(Routes(()), reassigned).values()

    assert (duties.address, duties.assigned_in) == ("Juris@example.com", ("compliance",))


def test_of_several_workers_that_look_at_once_one_records(owners: Owners) -> None:
    owners.look()
    owners.disable()
    owners.look(after=24)
    owners.desk.clock.advance(hours=1)

    run_in_threads(4, lambda _: owners.use_case.look_up_due())

    assert owners.entries() == [("owner:gone", OWNER, "disabled")]
    assert owners.desk.verdict().problem is None
