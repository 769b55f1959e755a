"""The console: the same facts as lines of text, and nothing that a terminal would act on."""

from __future__ import annotations

import io
import unicodedata
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.console import Console, render
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from tests.reviews.samples import HOSTILE, START, answered_review, review

LINK = "http://127.0.0.1:3000/ack/token"


def test_an_open_card_shows_all_facts_and_where_to_answer() -> None:
    shown = render(draw_card(review(due_at=START)), LINK)

    for fact in ("AML Policy 2026.docx", "Legal / Compliance", "Alice Moreau", "7 → 8", "owner@example.com"):
        assert fact in shown
    assert "Due       09 Mar 2026, 14:05 UTC" in shown
    assert shown.count(LINK) == 1


@pytest.mark.parametrize(("revision", "covered"), [(1, "7 → 8\n"), (3, "7 → 8 (revision 3)\n")])
def test_a_later_revision_is_told(revision: int, covered: str) -> None:
    assert f"Version   {covered}" in render(draw_card(review(revision=revision)), LINK)


@pytest.mark.parametrize("decision", list(Decision))
def test_an_answered_card_shows_the_outcome_and_no_link_to_answer(decision: Decision) -> None:
    shown = render(draw_card(answered_review(decision, note="line one\nline two")), LINK)

    assert "by Dana Ozola after 12 min." in shown
    assert "Note      line one line two" in shown
    assert LINK not in shown


@given(text=st.text(max_size=40) | st.just(HOSTILE) | st.just("\x1b[2J\x07"))
def test_nothing_from_outside_reaches_the_terminal_as_a_command(text: str) -> None:
    hostile = answered_review(note=text, reviewer=Reviewer(name=text))
    current = review(
        title=text,
        path=text,
        contributors=(Person(id="x", name=text),),
        link=f"https://acme.example.com/{text}",
        state=hostile.state,
        answers=hostile.answers,
    )

    shown = render(draw_card(current), LINK)

    assert {char for char in shown if unicodedata.category(char) == "Cc"} == {"\n"}


def test_each_post_has_an_id_of_its_own_and_blocks_never_mix() -> None:
    out = io.StringIO()
    console = Console(out, lambda _card: LINK)
    ids: list[str] = []
    threads = [Thread(target=lambda: ids.append(console.post("", draw_card(review())))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    console.update("", ids[0], draw_card(answered_review()))

    assert len(set(ids)) == 8
    one = render(draw_card(review()), LINK)
    assert out.getvalue() == one * 8 + render(draw_card(answered_review()), LINK)
