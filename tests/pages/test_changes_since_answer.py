"""What changed since a visitor's own answer, on each page, and the way to what is compared for all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import Reviewer
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.pages.proving import let_in
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.compared import (
    IDENTICAL,
    make_part,
    make_views,
    store_comparison,
    store_own_comparison,
)
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from reviews.comparison import ComparisonSummary
    from reviews.model import Review
    from tests.reviews.desk import Desk

OWN = make_part(before="It ends in May.", after="It ends in <b>June</b>.", words=())
SHOW_ALL, SHOW_OWN = "Show all changes of this review", "Show only what changed since your answer"


def open_answered(desk: Desk, summary: ComparisonSummary | None = None, **state: Any) -> Review:
    """Return a review after one that the owner answered, compared with that and with another state."""
    first = store_comparison(desk, desk.open(event(file_id="f1")), [make_part()])
    desk.answers.record_answer(build_answer_request(first))
    desk.portal.versions["f1"] += 1
    review = store_comparison(desk, desk.open(event(file_id="f1")), [make_part(), make_part()])
    store_own_comparison(desk, review, [] if summary else [OWN], summary, **state)
    return review


def visit(desk: Desk, review: Review, email: str = OWNER, *, query: str = "") -> str:
    """Return the section of the acknowledge page as a person sees it."""
    visitor = ReviewPageVisitor(desk, comparison_views=make_views(desk.transactions, desk.routes))
    person = make_proven_person(Reviewer(name="Somebody", email=email))
    let_in(visitor.client, person, at=desk.clock(), base_url=ADDRESS)
    page = visitor.get(visitor.path(review) + query)
    assert page.status_code == 200
    return get_section(page.text)


def get_section(page: str) -> str:
    return page.partition('<section class="changes"')[2].partition("</section>")[0]


def strip(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_who_answered_an_earlier_version_sees_what_changed_since(desk: Desk) -> None:
    section = visit(desk, open_answered(desk))

    assert "Compared with version 3, which you answered on 09 Mar 2026" in strip(section)
    assert "It ends in &lt;b&gt;June&lt;/b&gt;." in section
    assert "<del>100</del>" not in section
    assert section.index("Compared with version 3") < section.index("1 changed")


def test_others_see_the_comparison_for_all(desk: Desk) -> None:
    section = visit(desk, open_answered(desk), DEPUTY)

    assert "<del>100</del>" in section
    assert "June" not in section
    assert "answered" not in section
    assert SHOW_OWN not in section


def test_another_person_does_not_get_it_by_the_address(desk: Desk) -> None:
    section = visit(desk, open_answered(desk), DEPUTY, query="?since=answered")

    assert "June" not in section


def test_links_lead_to_the_other_comparison_and_back(desk: Desk) -> None:
    review = open_answered(desk)
    [address] = re.findall(rf'<a href="([^"]+)">{SHOW_ALL}</a>', visit(desk, review))
    assert address.endswith("?since=acknowledged#changes")

    section = visit(desk, review, query="?since=acknowledged")

    assert section.count("<del>100</del>") == 2
    assert "June" not in section
    [address] = re.findall(rf'<a href="([^"]+)">{SHOW_OWN}</a>', section)
    assert address.endswith("#changes")
    assert "since=" not in address


@pytest.mark.parametrize("query", ["", "?since=acknowledged"])
def test_each_mark_is_on_the_page_once(desk: Desk, query: str) -> None:
    marks = re.findall(r'id="([^"]+)"', visit(desk, open_answered(desk), query=query))

    assert len(marks) == len(set(marks))
    assert "change-1" in marks


def test_nothing_changed_since_is_said_in_a_sentence(desk: Desk) -> None:
    section = visit(desk, open_answered(desk, IDENTICAL))

    assert "Nothing changed since you answered version 3." in section
    assert '<article class="change"' not in section
    assert SHOW_ALL in section


def test_a_state_without_a_number_is_named_by_the_answer(desk: Desk) -> None:
    review = open_answered(desk, IDENTICAL, version=None)

    section = visit(desk, review)

    assert "Compared with what you answered on 09 Mar 2026" in strip(section)
    assert "Nothing changed since your last answer." in section


def test_inbox_and_history_show_it_too(desk: Desk) -> None:
    desk.follow(inbox_routes())
    review = open_answered(desk)
    views = make_views(desk.transactions, desk.routes)
    inbox = open_inbox(desk, comparison_views=views).visitor()
    history = HistoryReader(desk, comparison_views=views).sign_in(OWNER)

    for show, path in ((inbox.get, f"/inbox/reviews/{review.id}"), (history.get, f"/reviews/{review.id}")):
        own, common = (get_section(show(path + query).text) for query in ("", "?since=acknowledged"))
        assert "June" in own
        assert f'href="{path}?since=acknowledged#changes"' in own
        assert "<del>100</del>" in common
        assert f'href="{path}#changes"' in common


def test_it_is_said_in_german(desk: Desk) -> None:
    review = open_answered(desk)
    views = make_views(desk.transactions, desk.routes)
    reader = HistoryReader(desk, comparison_views=views).sign_in(OWNER)

    section = get_section(reader.get(f"/reviews/{review.id}", "de").text)

    assert "Verglichen mit Version 3, die Sie am 9. März 2026" in strip(section)
    assert "Alle Änderungen dieser Prüfung zeigen" in section
