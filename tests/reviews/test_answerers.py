"""Who may answer is named by name: on the card the deputies where no owner can, in a refusal everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import Decision
from reviews.language import format_date
from reviews.people.answerers import MAX_NAMED_PEOPLE, find_answering_deputies, name_people
from reviews.privacy.redaction import redact_card
from reviews.routes.route import Routes, SegregationOfDuties
from reviews.wording.placeholders import UNNAMED_PERSON
from tests.databases import ON_SQLITE
from tests.reviews.desk import DANA, Desk, build_answer_request
from tests.reviews.samples import ALICE, BOB, DEPUTY, LINK, OWNER, answer, event, review, route, routes

if TYPE_CHECKING:
    from reviews.model import Review

OWN = Person(id="o1", name="Dana Ozola", email="Owner@example.com")
SAM = Person(id="d1", name="Sam Ito", email=DEPUTY)
STRANGER = Reviewer(name="Eve", email="eve@example.com")
SECOND = "second@example.com"


def meet(desk: Desk, *people: Person) -> None:
    """Have people remembered, as those are who are looked up in DocSpace."""
    with desk.transactions() as work:
        for each in people:
            work.people.remember(each, at=desk.clock())
        work.commit()


def refused(desk: Desk, review: Review, **more: Any) -> Refused:
    with pytest.raises(Refused) as raised:
        desk.answers.record_answer(build_answer_request(review, **more))
    return raised.value


@pytest.mark.parametrize(
    ("rules", "more", "answering", "instead"),
    [
        ({}, {}, (OWNER, DEPUTY), ()),
        ({}, {"contributors": (OWN,)}, (DEPUTY,), (DEPUTY,)),
        ({"deputies": ()}, {"contributors": (OWN,)}, (), ()),
        ({"deputies": (DEPUTY, "bob@example.com")}, {"contributors": (OWN, BOB)}, (DEPUTY,), (DEPUTY,)),
        ({}, {"contributors": (OWN,), "owners": (OWNER, SECOND)}, (SECOND, DEPUTY), ()),
        ({}, {"contributors": (OWN,), "owners": ("@compliance",)}, ("@compliance", DEPUTY), ()),
        ({"deputies": ("@deputies",)}, {"contributors": (OWN,)}, ("@deputies",), ("@deputies",)),
        (
            {"segregation_of_duties": SegregationOfDuties.WARN},
            {"contributors": (OWN,)},
            (OWNER, DEPUTY),
            (),
        ),
        (
            {"segregation_of_duties": SegregationOfDuties.OFF},
            {"contributors": (OWN,)},
            (OWNER, DEPUTY),
            (),
        ),
        ({"required": 2}, {"required": 2, "answers": (answer(),)}, (DEPUTY,), (DEPUTY,)),
        ({"required": None}, {"required": None, "owners": (OWNER, SECOND)}, (OWNER, SECOND), ()),
        (
            {"owners": (SECOND,)},
            {"owners": (OWNER,), "reassigned_to": (OWNER,)},
            (OWNER, SECOND, DEPUTY),
            (),
        ),
        ({"owners": (SECOND,)}, {"owners": (OWNER,)}, (SECOND, DEPUTY), (DEPUTY,)),
        (
            {"owners": (SECOND,), "required": None},
            {"owners": (OWNER,), "required": None},
            (SECOND, DEPUTY),
            (DEPUTY,),
        ),
    ],
    ids=[
        "anybody",
        "the only owner's change",
        "the only owner's change, no deputy",
        "a deputy's change too",
        "one of two owners' change",
        "a group owns it",
        "a group stands in",
        "duties are not segregated but warned of",
        "duties are not segregated",
        "the owner has answered",
        "each owner has to answer",
        "it was handed over",
        "the route has another owner by now",
        "the route has another owner by now, and each has to answer",
    ],
)
def test_who_may_answer_and_who_stands_on_the_card_in_the_owners_place(
    desk: Desk,
    rules: dict[str, Any],
    more: dict[str, Any],
    answering: tuple[str, ...],
    instead: tuple[str, ...],
) -> None:
    rule = route(**{"owners": more.get("owners", (OWNER,)), **rules})
    current = review(**more)

    with desk.transactions(reading=True) as work:
        assert desk.find_authority(work, current, Routes([rule])).list_answerers() == answering
    assert find_answering_deputies(current, rule) == instead


def test_a_review_that_is_answered_waits_for_no_deputy() -> None:
    current = review(contributors=(OWN,), state=Decision.ACKNOWLEDGE.outcome, answers=(answer(),))

    assert find_answering_deputies(current, route()) == ()


def test_the_card_of_the_only_owners_change_names_the_deputies(desk: Desk) -> None:
    desk.portal.people = {"o1": OWN}
    desk.open(event(actor=OWN))
    desk.deliver_all()

    [card] = [drawn for to, drawn in desk.paper.posts if to == "C1"]
    assert (card.owners, card.deputies) == ((OWNER,), (DEPUTY,))
    assert redact_card(card, "Compliance").deputies == (DEPUTY,)


def test_once_it_is_handed_over_to_someone_who_can_answer_no_deputy_is_named() -> None:
    current = review(contributors=(OWN,), owners=(SECOND,), reassigned_to=(SECOND,))

    assert find_answering_deputies(current, route()) == ()


def test_a_refusal_names_all_who_may_answer_by_name_and_deputies_too(desk: Desk) -> None:
    meet(desk, SAM, Person(id="o1", name="Dana Ozola", email=OWNER))
    review = desk.open(event())

    stranger = refused(desk, review, reviewer=STRANGER)
    unknown = refused(desk, review, reviewer=Reviewer(name="Guest", chat_ids={"slack": "U9"}))
    author = refused(desk, review, reviewer=Reviewer(name="Alice", email=ALICE.email))

    assert stranger.sentence == (
        "Only the owners of this folder and their deputies may answer. "
        "These people may: Dana Ozola and Sam Ito."
    )
    assert unknown.reason is RefusalReason.UNPROVEN
    assert unknown.sentence.endswith("These people may: Dana Ozola and Sam Ito.")
    assert author.reason is RefusalReason.NOT_ALLOWED


def test_an_author_is_told_by_name_whom_to_ask(desk: Desk) -> None:
    meet(desk, SAM)
    desk.follow(routes(owners=(str(ALICE.email), SECOND)))
    review = desk.open(event())

    author = refused(desk, review, reviewer=Reviewer(name="Alice", email=ALICE.email))

    assert author.reason is RefusalReason.OWN_CHANGE
    assert author.sentence.endswith(f"Ask {SECOND} or Sam Ito.")


@ON_SQLITE
def test_whom_no_one_has_met_or_could_name_is_named_by_address(desk: Desk) -> None:
    meet(
        desk, Person(id="d1", name=UNNAMED_PERSON, email=DEPUTY), Person(id="s1", name="\u202e", email=SECOND)
    )

    with desk.transactions(reading=True) as work:
        assert name_people(work, [OWNER, DEPUTY, SECOND, "@group"]) == [OWNER, DEPUTY, SECOND, "@group"]


@ON_SQLITE
def test_two_of_one_name_are_told_apart_and_a_name_is_one_short_line(desk: Desk) -> None:
    twin = Person(id="t", name="Sam Ito", email=SECOND)
    long = Person(id="l", name="x" * 300, email=OWNER)
    meet(desk, SAM, twin, long, Person(id="n", name="Eve\n<!channel>", email="eve@example.com"))

    with desk.transactions(reading=True) as work:
        named = name_people(work, [DEPUTY, SECOND, OWNER, "EVE@example.com"])
        many = name_people(work, [f"{number}@example.com" for number in range(MAX_NAMED_PEOPLE + 5)])

    assert named[:2] == [f"Sam Ito ({DEPUTY})", f"Sam Ito ({SECOND})"]
    assert (len(named[2]), named[2][-1], named[3]) == (100, "…", "Eve <!channel>")
    assert (len(many), many[-1]) == (MAX_NAMED_PEOPLE, "19@example.com and 5 more")


def test_someone_who_has_answered_is_told_when_and_not_that_others_did(desk: Desk) -> None:
    review = desk.open(event())
    desk.clock.advance(minutes=12, microseconds=345678)
    desk.answers.record_answer(build_answer_request(review))
    when = format_date(desk.clock())
    desk.clock.advance(hours=1)

    mine = refused(desk, review)
    others = refused(desk, review, reviewer=Reviewer(name="Sam Ito", email=DEPUTY))

    assert mine.reason is others.reason is RefusalReason.ALREADY_ANSWERED
    title = review.title
    assert mine.sentence == f"{title} was already reviewed by you on {when}. Your click changed nothing."
    assert f"already reviewed by {DANA.name}" in others.sentence


def test_someone_who_answered_first_of_two_is_told_so_before_and_after_the_second(desk: Desk) -> None:
    desk.follow(routes(required=2))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))

    waiting = refused(desk, review)
    desk.answers.record_answer(
        build_answer_request(
            review,
            reviewer=Reviewer(name="Sam Ito", email=DEPUTY),
            decision=Decision.REQUEST_CHANGES,
            note="No.",
        )
    )
    ended = refused(desk, review)

    assert "already reviewed by you on" in waiting.sentence
    assert "already reviewed by you on" in ended.sentence


def test_someone_who_asked_for_changes_is_told_that(desk: Desk) -> None:
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="No."))

    again = refused(desk, review)

    assert again.sentence.startswith(f"You already requested changes to {review.title} on ")


def test_a_person_proven_by_the_link_alone_is_not_taken_for_a_reviewer(desk: Desk) -> None:
    desk.follow(routes(**LINK))
    review = desk.open(event())
    reviewer = Reviewer(name="Dana Ozola")
    desk.answers.record_answer(build_answer_request(review, reviewer=reviewer, identity=Identity.LINK))

    again = refused(desk, review, reviewer=reviewer, identity=Identity.LINK)

    assert "already reviewed by Dana Ozola" in again.sentence


def test_the_title_of_a_private_document_stands_in_no_refusal(private: Desk) -> None:
    review = private.open(event(title="Merger with Globex.docx"))
    private.answers.record_answer(build_answer_request(review))

    assert "Globex" not in refused(private, review).sentence


def test_a_card_without_its_route_names_no_deputies() -> None:
    assert draw_card(review(contributors=(OWN,))).deputies == ()
