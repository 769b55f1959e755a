"""What operators are alarmed of where an owner or deputy has no DocSpace account any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.identity import Reviewer
from reviews.model import LastReassignment
from reviews.ports.owner_accounts import LossReason, OwnerPresence, OwnerState
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.conditions import gather_conditions
from runtime.worker.owner_conditions import MAX_LISTED_OWNERS
from tests.databases import ON_SQLITE
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPUTIES = [f"d{number:02}@company.com" for number in range(MAX_LISTED_OWNERS + 1)]
ROUTES = f"""
[[route]]
name = "compliance"
watch = ["1"]
owners = ["o@company.com"]
deputies = [{", ".join(f'"{each}"' for each in DEPUTIES)}]
notify = ["console"]

[[route]]
name = "legal"
watch = ["2"]
owners = ["O@company.com"]
notify = ["console"]
"""
REASSIGNED = LastReassignment(by=Reviewer(name="Dana"), to=Reviewer(name="Juris"), at=START)
GONE = OwnerState(
    address="o@company.com",
    presence=OwnerPresence.GONE,
    reason=LossReason.DISABLED,
    asked_at=START,
    lookups=1,
)


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    made = Wiring(parse_settings({"database_url": database_url, "routes": ROUTES, "sweep_minutes": 0}))
    yield made
    made.engine.dispose()


def store_states(wiring: Wiring, *states: OwnerState) -> None:
    with wiring.transactions() as work:
        for each in states:
            work.owner_states.save(each)
        work.commit()


def test_an_owner_who_is_gone_is_an_alarm_that_says_what_to_do(wiring: Wiring) -> None:
    store_states(wiring, GONE, replace(GONE, address="no-longer-named@company.com"))

    [condition] = gather_conditions(wiring, START)
    assert condition.key == "owner:o@company.com"
    assert condition.sentence == (
        "Owner o@company.com (route compliance and 1 more) has a disabled DocSpace account: reviews may stay "
        "unanswered"
    )
    assert "docspace-review reviews list --state open --route compliance" in condition.remedy


@ON_SQLITE
def test_an_owner_who_has_an_account_is_no_alarm(wiring: Wiring) -> None:
    store_states(wiring, replace(GONE, presence=OwnerPresence.PRESENT, reason=None))

    assert gather_conditions(wiring, START) == []


@ON_SQLITE
def test_a_deputy_who_was_removed_is_called_one(wiring: Wiring) -> None:
    store_states(wiring, replace(GONE, address=DEPUTIES[0], reason=LossReason.NO_ACCOUNT))

    [condition] = gather_conditions(wiring, START)
    assert condition.sentence.startswith(
        f"Deputy {DEPUTIES[0]} (route compliance) has no DocSpace account any more"
    )


@ON_SQLITE
def test_the_owner_of_a_reassigned_review_who_is_gone_is_called_that(wiring: Wiring) -> None:
    with wiring.transactions() as work:
        work.reviews.add(review(owners=("juris@company.com",), last_reassignment=REASSIGNED))
        work.commit()
    store_states(wiring, replace(GONE, address="juris@company.com"))

    [condition] = gather_conditions(wiring, START)
    assert condition.sentence == (
        "Owner of a reassigned review juris@company.com (route compliance) has a disabled DocSpace account: "
        "reviews may stay unanswered"
    )
    assert condition.remedy.startswith("Reassign their open reviews: docspace-review reviews list")


@ON_SQLITE
def test_very_many_who_are_gone_are_one_alarm(wiring: Wiring) -> None:
    store_states(wiring, *(replace(GONE, address=each) for each in DEPUTIES))

    [condition] = gather_conditions(wiring, START)
    assert condition.key == "owner"
    assert condition.sentence.startswith(
        f"{len(DEPUTIES)} owners and deputies have no active DocSpace account any more, among them: Deputy"
    )
