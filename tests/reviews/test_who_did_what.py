"""For each kind of change, with and without content: who is named, who may answer, and what is said where.

Alice wrote the version that was acknowledged last; she has to do with none of what follows. Dana owns the
folder. What Bob writes and what Dana does beside it happen within one quiet period.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER
from notifiers.shared.card_text import Fact, list_facts
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import describe_act as act_entry
from reviews.ledger.ledger_entries import describe_person
from runtime.commands.printing.review_json import build_review_json
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import (
    DANA,
    FILE,
    OUTSIDE,
    acts,
    both_folders,
    names,
    open_portal_desk,
    other_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from demo import DemoPortal
    from reviews.model import Review
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

    Act = Callable[[DemoPortal], object]

pytestmark = ON_SQLITE

B, D = "Bob Chen", "Dana Ozola"
HERE, ELSEWHERE = "Legal & Compliance / Compliance", "Legal & Compliance / Other"
INSIDE = f"{HERE} / 2026 Q1 / Incidents"
NEW, OLD = "Policy, final.docx", "Policy.docx"
K = ChangeKind
DEPUTY = Reviewer(name="Deputy", email="deputy@example.com")


@dataclass(frozen=True, kw_only=True)
class ChangeCase:
    """What happened, and what is to be said of it. `sentence` is what a card says, `also` what it adds."""

    acts: tuple[Act, ...]
    kind: ChangeKind
    sentence: str
    by: set[str]
    apart: Mapping[str, set[str]] = field(default_factory=dict)
    also: str = ""
    before: tuple[str | None, str | None, str | None] = (None, None, None)
    saves: int | None = 0
    earlier: tuple[Act, ...] = ()
    file: int = FILE

    @property
    def owner_may_answer(self) -> bool:
        return D not in self.by


def by_bob(portal: DemoPortal) -> object:
    return portal.save(FILE, by=BOB.id)


def renamed(portal: DemoPortal) -> object:
    return portal.rename(FILE, NEW, by=DANA.id)


def locked(portal: DemoPortal) -> object:
    return portal.lock(FILE, by=DANA.id), portal.unlock(FILE, by=DANA.id)


def moved(portal: DemoPortal) -> object:
    return portal.move(FILE, DEEP, by=DANA.id)


def left(portal: DemoPortal) -> object:
    return portal.move(FILE, OTHER, by=DANA.id)


def by_bob_moved_back(portal: DemoPortal) -> object:
    return portal.move(FILE, COMPLIANCE, by=BOB.id)


def came(portal: DemoPortal) -> object:
    return portal.move(OUTSIDE, COMPLIANCE, by=DANA.id)


def trashed(portal: DemoPortal) -> object:
    return portal.trash(FILE, by=DANA.id)


def trashed_by_alice(portal: DemoPortal) -> object:
    return portal.trash(FILE, by=ALICE.id)


def deleted(portal: DemoPortal) -> object:
    return portal.delete(FILE, by=DANA.id)


def restored(portal: DemoPortal) -> object:
    return portal.restore(FILE, by=DANA.id)


def uploaded(portal: DemoPortal) -> object:
    return portal.upload("Note.docx", COMPLIANCE, by=BOB.id)


CASES = {
    "a save": ChangeCase(acts=(by_bob,), kind=K.CONTENT, sentence="changed by Bob Chen", by={B}, saves=1),
    "a save with a co-author": ChangeCase(
        acts=(lambda portal: portal.save(FILE, by=BOB.id, co_authors=(DANA.id,)),),
        kind=K.CONTENT,
        sentence="changed by Bob Chen and Dana Ozola",
        by={B, D},
        saves=1,
    ),
    "a rename": ChangeCase(
        acts=(renamed,),
        kind=K.RENAMED,
        sentence="renamed by Dana Ozola",
        by={D},
        apart={"renamed": {D}},
        before=(OLD, None, None),
    ),
    "a rename beside a save": ChangeCase(
        acts=(by_bob, renamed),
        kind=K.CONTENT,
        sentence="changed by Bob Chen",
        by={B},
        apart={"renamed": {D}},
        also="renamed by Dana Ozola",
        before=(OLD, None, None),
        saves=1,
    ),
    "a rename before a save": ChangeCase(
        acts=(renamed, by_bob),
        kind=K.CONTENT,
        sentence="changed by Bob Chen",
        by={B},
        apart={"renamed": {D}},
        also="renamed by Dana Ozola",
        before=(OLD, None, None),
        saves=1,
    ),
    "a lock": ChangeCase(acts=(locked,), kind=K.METADATA, sentence="touched by Dana Ozola", by={D}),
    "locks among saves": ChangeCase(
        acts=(by_bob, locked, by_bob), kind=K.CONTENT, sentence="changed by Bob Chen", by={B}, saves=2
    ),
    "a comment beside a save, which no log tells from one": ChangeCase(
        acts=(by_bob, lambda portal: portal.comment(FILE, "Done", by=DANA.id)),
        kind=K.CONTENT,
        sentence="changed by Bob Chen and Dana Ozola",
        by={B, D},
        saves=None,
    ),
    "a move within": ChangeCase(
        acts=(moved,),
        kind=K.METADATA,
        sentence="moved by Dana Ozola",
        by={D},
        apart={"moved": {D}},
        before=(None, HERE, None),
    ),
    "a move within beside a save": ChangeCase(
        acts=(by_bob, moved),
        kind=K.CONTENT,
        sentence="changed by Bob Chen",
        by={B},
        apart={"moved": {D}},
        also="moved by Dana Ozola",
        before=(None, HERE, None),
        saves=1,
    ),
    "a move out": ChangeCase(
        acts=(left,),
        kind=K.MOVED_OUT,
        sentence="moved out by Dana Ozola",
        by={D},
        apart={"moved_out": {D}},
        before=(None, None, ELSEWHERE),
    ),
    "a move out beside a save": ChangeCase(
        acts=(by_bob, left),
        kind=K.MOVED_OUT,
        sentence="moved out by Dana Ozola",
        by={B},
        apart={"moved_out": {D}},
        also="edited by Bob Chen",
        before=(None, None, ELSEWHERE),
        saves=1,
    ),
    "a move in": ChangeCase(
        acts=(came,),
        kind=K.MOVED_IN,
        sentence="moved in by Dana Ozola",
        by={D},
        apart={"moved_in": {D}},
        before=(None, ELSEWHERE, None),
        file=OUTSIDE,
    ),
    "a move in beside a save": ChangeCase(
        acts=(lambda portal: portal.save(OUTSIDE, by=BOB.id), came),
        kind=K.MOVED_IN,
        sentence="moved in by Dana Ozola",
        by={B},
        apart={"moved_in": {D}},
        also="edited by Bob Chen",
        before=(None, ELSEWHERE, None),
        saves=1,
        file=OUTSIDE,
    ),
    "the trash": ChangeCase(
        acts=(trashed,),
        kind=K.TRASHED,
        sentence="moved to the trash by Dana Ozola",
        by={D},
        apart={"trashed": {D}},
    ),
    "the trash after a save": ChangeCase(
        acts=(by_bob, trashed),
        kind=K.TRASHED,
        sentence="moved to the trash by Dana Ozola",
        by={B, D},
        apart={"trashed": {D}},
        also="edited by Bob Chen",
        saves=None,
    ),
    "a deletion": ChangeCase(
        acts=(deleted,),
        kind=K.DELETED,
        sentence="deleted for good by Dana Ozola",
        by={D},
        apart={"deleted": {D}},
    ),
    "a deletion after a save": ChangeCase(
        acts=(by_bob, deleted),
        kind=K.DELETED,
        sentence="deleted for good by Dana Ozola",
        by={B, D},
        apart={"deleted": {D}},
        also="edited by Bob Chen",
        saves=None,
    ),
    "a restoration": ChangeCase(
        acts=(restored,),
        earlier=(trashed_by_alice,),
        kind=K.RESTORED,
        sentence="restored by Dana Ozola",
        by={D},
        apart={"restored": {D}},
    ),
    "a restoration before a save": ChangeCase(
        acts=(restored, by_bob),
        earlier=(trashed_by_alice,),
        kind=K.RESTORED,
        sentence="restored by Dana Ozola",
        by={B},
        apart={"restored": {D}},
        also="edited by Bob Chen",
        saves=1,
    ),
}


@pytest.fixture
def reviewed_desk(desk: Desk) -> Iterator[PortalDesk]:
    """Two open folders, each of its own route that reviews every kind of change; Alice's edit is reviewed."""
    every = frozenset(ChangeKind)
    with open_portal_desk(
        desk, replace(both_folders(), review=every), replace(other_folder(), review=every)
    ) as portal_desk:
        portal_desk.portal.add_person(DANA)
        portal_desk.know_everything()
        happen(portal_desk, lambda portal: portal.save(FILE, by=ALICE.id))
        yield portal_desk


def happen(portal_desk: PortalDesk, *done: Act) -> list[Review]:
    """Let things happen together, and have what is open acknowledged; return the reviews as they were."""
    reviews = portal_desk.reviews_of(*(lambda each=each: each(portal_desk.portal) for each in done))
    for review in reviews:
        if review.route == "compliance":
            portal_desk.desk.answers.record_answer(build_answer_request(review, reviewer=DEPUTY))
    return reviews


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_who_did_what_is_said_alike_everywhere(reviewed_desk: PortalDesk, case: ChangeCase) -> None:
    for earlier in case.earlier:
        happen(reviewed_desk, earlier)

    reviews = happen(reviewed_desk, *case.acts)

    [review] = [each for each in reviews if each.route == "compliance"]
    assert (review.kind, names(review), acts(review)) == (case.kind, case.by, case.apart)
    assert (review.title_before, review.path_before, review.moved_to) == case.before
    assert (review.content, review.saves) == (bool(case.saves != 0), case.saves)

    card = draw_card(review)
    facts = dict(list_facts(card))
    assert facts[Fact.CHANGE.label] == case.sentence
    assert facts.get(Fact.ALSO.label, "") == case.also
    earlier_facts = (Fact.TITLE_BEFORE, Fact.PATH_BEFORE, Fact.MOVED_TO)
    assert tuple(facts.get(fact.label) for fact in earlier_facts) == case.before
    assert ("saves" in card.version) == ((case.saves or 0) > 1)

    row = build_review_json(review)
    [entry] = [each for each in reviewed_desk.desk.entries() if each["review_id"] == review.id][:1]
    for text in (row, entry):
        assert text["contributors"] == [describe_person(who) for who in review.contributors]
        assert text["acts"] == [act_entry(each) for each in review.acts]
        assert (text["title_before"], text["path_before"], text["moved_to"]) == case.before
        assert (text["saves"], text["content"]) == (case.saves, review.content)
    assert all(who in describe_entry(entry).sentence for who in case.by.union(*case.apart.values()))
    assert ALICE.display_name not in describe_entry(entry).sentence
    assert reviewed_desk.desk.verdict().problem is None


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_only_the_author_of_what_is_reviewed_is_refused(reviewed_desk: PortalDesk, case: ChangeCase) -> None:
    for earlier in case.earlier:
        happen(reviewed_desk, earlier)
    reviews = reviewed_desk.reviews_of(*(lambda each=each: each(reviewed_desk.portal) for each in case.acts))
    [review] = [each for each in reviews if each.route == "compliance"]

    if case.owner_may_answer:
        assert reviewed_desk.desk.answers.record_answer(build_answer_request(review)).answers
    else:
        with pytest.raises(Refused, match="yourself"):
            reviewed_desk.desk.answers.record_answer(build_answer_request(review))


@pytest.mark.parametrize("same_version", [False, True])
def test_someone_who_saved_a_document_while_it_was_on_another_route_wrote_what_comes_back(
    reviewed_desk: PortalDesk,
    same_version: bool,  # noqa: FBT001
) -> None:
    happen(reviewed_desk, lambda portal: portal.save(FILE, by=BOB.id, force_save=same_version))
    happen(reviewed_desk, lambda portal: portal.move(FILE, OTHER, by=BOB.id))
    happen(reviewed_desk, lambda portal: portal.save(FILE, by=DANA.id))

    reviews = reviewed_desk.reviews_of(lambda: reviewed_desk.portal.move(FILE, COMPLIANCE, by=BOB.id))

    [review] = [each for each in reviews if each.route == "compliance"]
    assert (review.kind, review.content) == (K.MOVED_IN, True)
    assert D in names(review)
    assert acts(review) == {"moved_in": {B}}
    with pytest.raises(Refused, match="yourself"):
        reviewed_desk.desk.answers.record_answer(build_answer_request(review))


def test_a_document_that_comes_back_as_it_went_has_no_new_content(reviewed_desk: PortalDesk) -> None:
    happen(reviewed_desk, left)

    [review] = [each for each in happen(reviewed_desk, by_bob_moved_back) if each.route == "compliance"]

    assert (review.kind, review.content, names(review)) == (K.MOVED_IN, False, {B})
