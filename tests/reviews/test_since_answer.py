"""What changed since a person answered an earlier state: the cases, and who is shown which comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE
from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import draw_card
from reviews.identity import UNPROVEN_PERSON, Identity, Reviewer
from reviews.kinds import ReviewState
from reviews.people.identification import make_link_holder
from reviews.routes.route import ShowChanges, Unchanged
from tests.databases import ON_SQLITE
from tests.pages.proving import let_in
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.comparing_desk import FIRST, SECOND, THIRD, open_comparing_desk
from tests.reviews.desk import DANA, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.portal_desk import DANA as DANA_IN_DOCSPACE
from tests.reviews.portal_desk import both_folders, open_portal_desk
from tests.reviews.samples import START
from tests.reviews.since_answer import (
    PAGE,
    STELLA,
    acknowledge,
    compare,
    count_earlier,
    get_texts,
    get_version,
    list_kept_revisions,
    load_page,
    send_back,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import Review
    from tests.reviews.comparing_desk import ComparingDesk
    from tests.reviews.desk import Desk

FOURTH = "The fee is EUR 250.\n\nIt is due on 9 May 2026.\n\nIt ends in June.\n"
FEE = ("The fee is EUR 100.", "The fee is EUR 250.")
DATE = ("It is due on 1 May 2026.", "It is due on 9 May 2026.")
END = ("", "It ends in June.")
MARKS = (" x | | ", " | x | ", " | | x ")
EDITOR = Reviewer(name="Alice", email=ALICE.email)


@pytest.fixture
def desk_of_two(desk: Desk) -> Iterator[ComparingDesk]:
    """A desk whose route needs two people to acknowledge each change."""
    with open_portal_desk(desk, replace(both_folders(), required=2)) as portal_desk:
        portal_desk.portal.add_person(DANA_IN_DOCSPACE)
        portal_desk.know_everything()
        with open_comparing_desk(portal_desk) as opened:
            opened.compare_due()
            yield opened


def send_second_back(desk: ComparingDesk) -> Review:
    """Acknowledge a version, send the next one back, and compare the one after it; return its review."""
    first = acknowledge(desk, compare(desk, desk.upload(FIRST)))
    second = send_back(desk, compare(desk, desk.save(first, SECOND)))
    return compare(desk, desk.save(second, THIRD))


def test_who_requested_changes_sees_what_was_changed_since(comparing_desk: ComparingDesk) -> None:
    third = send_second_back(comparing_desk)

    assert get_texts(comparing_desk, third, DANA) == [DATE]
    assert get_version(comparing_desk, third, DANA) == 2
    assert get_texts(comparing_desk, third, STELLA) == [FEE, DATE]
    assert get_version(comparing_desk, third, STELLA) is None


def test_who_acknowledged_an_earlier_version_than_a_deputy_sees_what_changed_since(
    comparing_desk: ComparingDesk,
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = compare(comparing_desk, comparing_desk.save(first, SECOND))
    acknowledge(comparing_desk, second, STELLA)
    third = compare(comparing_desk, comparing_desk.save(second, THIRD))

    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]
    assert get_version(comparing_desk, third, DANA) == 1
    assert get_texts(comparing_desk, third, STELLA) == [DATE]
    assert get_version(comparing_desk, third, STELLA) == 2


def test_who_answered_the_revision_before_sees_what_changed_since(desk_of_two: ComparingDesk) -> None:
    first = acknowledge(desk_of_two, compare(desk_of_two, desk_of_two.upload(FIRST)))
    acknowledge(desk_of_two, first, STELLA)
    second = acknowledge(desk_of_two, compare(desk_of_two, desk_of_two.save(first, SECOND)))
    third = compare(desk_of_two, desk_of_two.save(second, THIRD))

    assert (third.id, third.revision) == (second.id, 2)
    assert get_texts(desk_of_two, third, DANA) == [DATE]
    assert get_texts(desk_of_two, third, STELLA) == [FEE, DATE]
    assert list_kept_revisions(desk_of_two, third) == [1]


def test_an_answer_before_the_document_was_read_counts_once_it_is(desk_of_two: ComparingDesk) -> None:
    first = acknowledge(desk_of_two, desk_of_two.upload(FIRST))
    assert first.answers[0].sha256 is None
    desk_of_two.compare_due()

    second = compare(desk_of_two, desk_of_two.save(first, SECOND))

    assert second.id == first.id
    assert get_texts(desk_of_two, second, DANA) == [FEE]


def test_only_the_texts_of_the_newest_answered_revisions_are_kept(desk_of_two: ComparingDesk) -> None:
    review = desk_of_two.upload(FIRST)
    for number in range(5):
        review = acknowledge(desk_of_two, compare(desk_of_two, review))
        review = desk_of_two.save(review, f"The fee is EUR {number}.\n")

    assert (review.revision, list_kept_revisions(desk_of_two, review)) == (6, [3, 4, 5])


def test_a_revision_without_answers_leaves_no_text(comparing_desk: ComparingDesk) -> None:
    first = compare(comparing_desk, comparing_desk.upload(FIRST))
    revised = compare(comparing_desk, comparing_desk.save(first, SECOND))

    assert revised.id == first.id
    assert list_kept_revisions(comparing_desk, revised) == []


def test_a_withdrawn_answer_does_not_count(comparing_desk: ComparingDesk) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    comparing_desk.desk.answers.withdraw(make_review_request(second))

    third = compare(comparing_desk, comparing_desk.save(second, THIRD))

    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]
    assert get_version(comparing_desk, third, DANA) == 1
    assert list_kept_revisions(comparing_desk, third) == []


def test_after_their_answer_people_still_see_what_they_answered_by(comparing_desk: ComparingDesk) -> None:
    third = acknowledge(comparing_desk, send_second_back(comparing_desk))

    assert get_version(comparing_desk, third, DANA) == 2


def test_the_comparison_for_all_is_the_own_one_of_who_acknowledged_last(
    comparing_desk: ComparingDesk,
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = compare(comparing_desk, comparing_desk.save(first, SECOND))

    shown = show(comparing_desk, second, DANA)

    assert shown is not None
    assert shown.answered_at == first.answers[0].at
    assert count_earlier(comparing_desk, second) == 0
    visible = comparing_desk.views.show_to(second, make_proven_person(DANA))
    assert not visible.has_other


def test_a_person_is_the_same_under_another_address(comparing_desk: ComparingDesk) -> None:
    third = send_second_back(comparing_desk)
    other = Reviewer(name="Dana", email="dana@elsewhere.example")

    both = make_proven_person(other, DANA.email or "")

    assert get_texts(comparing_desk, third, both) == [DATE]


def test_the_comparison_for_all_is_shown_where_it_is_asked_for(comparing_desk: ComparingDesk) -> None:
    third = send_second_back(comparing_desk)
    person = make_proven_person(DANA)

    own = comparing_desk.views.show_to(third, person)
    common = comparing_desk.views.show_to(third, person, since_own_answer=False)

    assert own.has_other
    assert common.has_other
    assert common.readable is not None
    assert common.readable.answered_at is None
    assert [(part.before, part.after) for part in common.readable.parts] == [FEE, DATE]


@pytest.mark.parametrize("who", [EDITOR, STELLA])
def test_no_one_sees_the_comparison_of_another_person(comparing_desk: ComparingDesk, who: Reviewer) -> None:
    third = send_second_back(comparing_desk)

    visible = comparing_desk.views.show_to(third, make_proven_person(who))

    assert visible.readable is not None
    assert (visible.readable.answered_at, visible.has_other) == (None, False)


@ON_SQLITE
@pytest.mark.parametrize(
    "person",
    [
        None,
        UNPROVEN_PERSON,
        make_link_holder("Dana Ozola"),
        make_proven_person(Reviewer(name="Dana Ozola")),
        make_proven_person(Reviewer(name="Dana Ozola", email="stranger@example.com")),
    ],
)
@pytest.mark.parametrize("text", [THIRD, FIRST])
def test_who_may_not_see_the_differences_sees_none_since_an_answer(
    comparing_desk: ComparingDesk, person: object, text: str
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    third = compare(comparing_desk, comparing_desk.save(second, text))

    visible = comparing_desk.views.show_to(third, person)  # type: ignore[arg-type]

    assert (visible.readable, visible.has_other) == (None, False)


def test_who_is_no_longer_responsible_sees_none(comparing_desk: ComparingDesk) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)), STELLA)
    third = compare(comparing_desk, comparing_desk.save(second, THIRD))
    assert get_version(comparing_desk, third, STELLA) == 2

    comparing_desk.follow(deputies=())

    assert show(comparing_desk, third, STELLA) is None


@ON_SQLITE
@pytest.mark.parametrize("keys", [{"private": True}, {"show_changes": ShowChanges.OFF}])
def test_nothing_is_compared_or_shown_where_the_route_forbids_it(
    comparing_desk: ComparingDesk, keys: dict[str, object]
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    shown = compare(comparing_desk, comparing_desk.save(second, THIRD))
    revised = comparing_desk.save(shown, FOURTH)
    comparing_desk.follow(**keys)

    compare(comparing_desk, revised)

    assert show(comparing_desk, revised, DANA) is None
    assert count_earlier(comparing_desk, revised) == 0


def test_a_link_answers_for_no_person(comparing_desk: ComparingDesk) -> None:
    """Two people with the same link are not the same person, and neither is known."""
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = compare(comparing_desk, comparing_desk.save(first, SECOND))
    holder = Reviewer(name="Somebody with the link")
    with comparing_desk.desk.transactions() as work:
        stored = first.answers[0]
        answer = replace(stored, reviewer=holder, identity=Identity.LINK, revision=second.revision)
        assert work.reviews.record_answer(second.id, answer, first.state)
        work.commit()

    third = compare(comparing_desk, comparing_desk.save(second, THIRD))

    assert get_version(comparing_desk, third, make_link_holder("Somebody with the link")) is None
    assert get_version(comparing_desk, third, DANA) == 1


def test_the_same_content_again_says_that_nothing_changed(comparing_desk: ComparingDesk) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    third = compare(comparing_desk, comparing_desk.save(second, SECOND))

    page = load_page(comparing_desk, third, DANA)

    assert page.summary == "Nothing changed since you answered version 2."
    assert (page.since_own, page.rows, page.total, page.refusal) == (True, (), 0, "")
    assert load_page(comparing_desk, third, STELLA).summary == "1 changed; 1 amount"


def test_what_was_acknowledged_again_says_that_nothing_changed(comparing_desk: ComparingDesk) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = compare(comparing_desk, comparing_desk.save(first, FIRST))

    assert load_page(comparing_desk, second, DANA).summary == "Nothing changed since you answered version 1."
    assert load_page(comparing_desk, second, STELLA).summary == "Same content."


def test_differences_are_shown_though_there_are_none_from_what_was_acknowledged(
    comparing_desk: ComparingDesk,
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    third = compare(comparing_desk, comparing_desk.save(second, FIRST))

    visible = comparing_desk.views.show_to(third, make_proven_person(DANA))

    assert comparing_desk.get_outcome(third) == ("same_text", "identical")
    assert get_texts(comparing_desk, third, DANA) == [FEE[::-1]]
    assert not visible.has_other


def test_a_chat_shows_the_comparison_for_all_to_who_asks_for_it(comparing_desk: ComparingDesk) -> None:
    third = send_second_back(comparing_desk)

    own, common = (load_page(comparing_desk, third, DANA, since_own_answer=own) for own in (True, False))

    assert (own.since_own, own.has_other, own.for_all, own.total) == (True, True, False, 1)
    assert (common.since_own, common.has_other, common.for_all, common.total) == (False, True, True, 2)
    assert (own.card.changes_url, common.card.changes_url) == (PAGE, f"{PAGE}?since=acknowledged")
    assert (own.for_all_url, common.for_all_url) == (common.card.changes_url, "")


def test_those_without_a_comparison_of_their_own_are_shown_no_way_to_one(
    comparing_desk: ComparingDesk,
) -> None:
    third = send_second_back(comparing_desk)

    pages = [load_page(comparing_desk, third, STELLA, since_own_answer=own) for own in (True, False)]

    assert [(page.has_other, page.total, page.card.changes_url) for page in pages] == [(False, 2, PAGE)] * 2


def test_a_chat_leads_to_the_page_where_only_the_own_comparison_has_differences(
    comparing_desk: ComparingDesk,
) -> None:
    first = acknowledge(comparing_desk, compare(comparing_desk, comparing_desk.upload(FIRST)))
    second = send_back(comparing_desk, compare(comparing_desk, comparing_desk.save(first, SECOND)))
    third = compare(comparing_desk, comparing_desk.save(second, FIRST))

    own, others = (load_page(comparing_desk, third, who) for who in (DANA, STELLA))

    assert (own.total, own.card.changes_url) == (1, PAGE)
    assert (others.total, others.card.changes_url, others.summary) == (0, "", "Same content.")


def test_a_chat_shows_what_changed_since_the_answer_of_who_asks(comparing_desk: ComparingDesk) -> None:
    third = send_second_back(comparing_desk)

    own, common = (load_page(comparing_desk, third, who) for who in (DANA, STELLA))

    assert (own.since_own, own.total, own.summary) == (True, 1, "1 changed; 1 number")
    assert own.before is not None
    assert own.before.version == 2
    assert (common.since_own, common.total, common.summary) == (False, 2, "2 changed; 1 amount, 1 number")
    assert common.before is not None
    assert common.before.version == 1


def test_a_mark_in_another_column_is_shown_and_never_carried(comparing_desk: ComparingDesk) -> None:
    comparing_desk.follow(show_changes=ShowChanges.CARD, unchanged=Unchanged.CARRY)
    rows = [f"| Item | Yes | No | Later |\n|---|---|---|---|\n| Rent |{marks}|\n" for marks in MARKS]
    first = comparing_desk.upload(rows[0], title="Votes.md")
    acknowledge(comparing_desk, compare(comparing_desk, first))
    second = compare(comparing_desk, comparing_desk.save(first, rows[1]))

    with comparing_desk.desk.transactions(reading=True) as work:
        [route] = comparing_desk.comparing.routes.all
        sealer = comparing_desk.comparing.sealer
        card = draw_card(second, find_context(work, second, route, now=START, sealer=sealer))
    [snippet] = card.snippets
    visitor = ReviewPageVisitor(comparing_desk.desk, comparison_views=comparing_desk.views)
    let_in(visitor.client, make_proven_person(DANA), at=comparing_desk.desk.clock(), base_url=ADDRESS)
    page = visitor.get(visitor.path(second)).text
    third = compare(comparing_desk, comparing_desk.save(send_back(comparing_desk, second), rows[2]))

    assert (second.state, comparing_desk.get_outcome(second)) == (ReviewState.OPEN, ("marks_differ", None))
    assert card.changes == "Same words, but 1 mark or place differs"
    assert (snippet.place, [words.text.strip() for words in snippet.words if words.text.strip()]) == (
        "Table 1, row 2",
        ["Rent | x", "Rent | | x"],
    )
    assert "Same words, but 1 mark or place differs" in page
    assert 'class="kind mark"' in page
    assert get_texts(comparing_desk, third, DANA) == [("Rent |  | x", "Rent |  |  | x")]
    assert get_version(comparing_desk, third, DANA) == 2
