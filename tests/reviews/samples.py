"""Makers of the product's nouns, a clock, a small portal and a channel that remembers what it drew."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reviews.model import (
    Answer,
    ChangeEvent,
    ChangeKind,
    Decision,
    FileFacts,
    Identity,
    Person,
    Place,
    Review,
    Reviewer,
    ReviewState,
)
from reviews.routing import Route, Routes, Target

if TYPE_CHECKING:
    from reviews.card import Card

START = datetime(2026, 3, 9, 14, 5, 12, tzinfo=UTC)
ALICE = Person(id="a1", name="Alice Moreau", email="alice@example.com")
BOB = Person(id="b0", name="Bob Chen", email="bob@example.com")
OWNER = "owner@example.com"
DEPUTY = "deputy@example.com"
WATCHED = "539564"
ELSEWHERE = "777"
HOSTILE = "<!channel> *urgent* & co|\u202excod.docx\n<@U1>"


class Clock:
    """Stands still until moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def review(**more: Any) -> Review:
    return replace(
        Review(
            id="rev-1",
            route="compliance",
            state=ReviewState.OPEN,
            revision=1,
            kind=ChangeKind.CONTENT,
            file_id="3358285",
            title="AML Policy 2026.docx",
            path="Legal / Compliance",
            link="https://acme.example.com/doceditor?fileid=3358285&version=8",
            version_from=7,
            version_to=8,
            modified_at=START,
            contributors=(ALICE,),
            owners=(OWNER,),
            opened_at=START,
            changed_at=START,
            due_at=None,
        ),
        **more,
    )


def answer(**more: Any) -> Answer:
    return replace(
        Answer(
            decision=Decision.ACKNOWLEDGE,
            reviewer=Reviewer(name="Dana Ozola", email=OWNER),
            identity=Identity.SLACK,
            revision=1,
            version=8,
            at=START + timedelta(minutes=12),
            note=None,
            late=False,
            own_change=False,
        ),
        **more,
    )


def answered(decision: Decision = Decision.ACKNOWLEDGE, **more: Any) -> Review:
    """A review that somebody has answered; `more` are members of the answer."""
    return review(state=decision.outcome, answers=(answer(decision=decision, **more),))


_numbers = itertools.count(1)


def event(**more: Any) -> ChangeEvent:
    """A change event with keys of its own."""
    number = next(_numbers)
    return replace(
        ChangeEvent(
            delivery_key=f"d{number}",
            semantic_key=f"s{number}",
            webhook_id="2621",
            event_id=str(number),
            trigger="file.updated",
            file_id="3358285",
            parent_id=WATCHED,
            title="AML Policy 2026.docx",
            actor=Person(id=ALICE.id, name=""),
            occurred_at=START,
            modified_at=START,
            version=None,
            link=None,
        ),
        **more,
    )


def route(**more: Any) -> Route:
    basic = Route(
        name="compliance",
        watch=(WATCHED,),
        owners=(OWNER,),
        deputies=(DEPUTY,),
        notify=(Target(notifier="paper", address="C1"), Target(notifier="paper", address="C2")),
        quiet_period=timedelta(),
    )
    return replace(basic, **more)


def routes(**more: Any) -> Routes:
    return Routes([route(**more)])


@dataclass
class SmallPortal:
    """A portal of a few folders, files and people; `trouble` is raised once by the next call of that name."""

    versions: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 8))
    titles: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    trouble: dict[str, list[Exception]] = field(default_factory=dict)
    people: dict[str | None, Person] = field(
        default_factory=lambda: {person.id: person for person in (ALICE, BOB)}
    )

    def place(self, event: ChangeEvent) -> Place | None:
        self._maybe_fail("place")
        if event.parent_id in self.hidden:
            return None
        return Place(folders=(("1", "Rooms"), ("2", "Legal"), (event.parent_id, "Compliance")))

    def facts(self, event: ChangeEvent) -> FileFacts:
        self._maybe_fail("facts")
        version = self.versions[event.file_id]
        return FileFacts(
            title=self.titles.get(event.file_id, event.title),
            version=version,
            modified_at=START + timedelta(minutes=version),
            link=f"https://acme.example.com/doceditor?fileid={event.file_id}&version={version}",
        )

    def person(self, person: Person) -> Person:
        self._maybe_fail("person")
        return self.people.get(person.id) or replace(person, name=person.name or "a removed person")

    def _maybe_fail(self, call: str) -> None:
        if self.trouble.get(call):
            raise self.trouble[call].pop(0)


@dataclass
class Paper:
    """A channel that keeps every drawing; `trouble` is raised one at a time before anything happens."""

    posts: list[tuple[str, Card]] = field(default_factory=list)
    updates: list[tuple[str, str, Card]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    apart = timedelta()

    def find(self, target: str, card: Card, *, since: datetime) -> str | None:  # noqa: ARG002
        found = (f"m{n}" for n, (to, posted) in enumerate(self.posts, 1) if to == target)
        return next(found, None)

    def post(self, target: str, card: Card) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.posts.append((target, card))
        return f"m{len(self.posts)}"

    def update(self, target: str, message_id: str, card: Card) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.updates.append((target, message_id, card))
