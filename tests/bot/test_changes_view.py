"""What changed, as Slack takes it: every kind of difference, whatever a document holds, in any length."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.command_replies import ChangesReply
from bot.command_requests import CHANGES_PAGE_SIZE
from bot.slack.changes_view import MODAL_PAGE_SIZE, draw_changes_modal, read_out
from bot.slack.reply_view import draw_reply
from reviews.answers.change_pages import ChangesPage
from reviews.cards.card_drawing import draw_card
from reviews.comparison import DocumentState
from reviews.comparisons.change_rows import draw_row
from reviews.comparisons.parts import PART_KINDS, ChangedPart, ChangedWords
from reviews.kinds import ChangeKind
from reviews.language import use_language
from reviews.tree import FolderContents
from reviews.wording.place_phrases import PartPlace
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.compared import make_part
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import HOSTILE, START, review

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review

PAGE = "https://review.example.com/ack/token#changes"
MAX_TEXT_LENGTH = 3900
MAX_BLOCKS_LENGTH = 13_000
"""Characters of all blocks of a message (facts on Slack, 1.4)."""


def make_page(*parts: ChangedPart, **more: Any) -> ChangesPage:
    card = replace(draw_card(review()), changes_url=PAGE)
    values: dict[str, Any] = {
        "card": card,
        "summary": "4 changed",
        "rows": tuple(draw_row(number, part) for number, part in enumerate(parts, more.get("start", 0) + 1)),
        "total": len(parts),
    }
    return ChangesPage(**{**values, **more})


def draw(page: ChangesPage, **more: bool) -> list[dict[str, Any]]:
    view = draw_changes_modal(page, **{"is_over_menu": False, "is_newer": False, **more})
    assert find_problems(view, surface="modal") == []
    assert list_pings(view) == []
    return list(view["blocks"])


def get_lines(page: ChangesPage) -> list[list[str]]:
    """Return the differences, each as its lines of words."""
    return [
        ["".join(element["text"] for element in part["elements"]) for part in block["elements"]]
        for block in draw(page)
        if block["type"] == "rich_text"
    ]


def get_texts(page: ChangesPage) -> list[str]:
    return [
        text["text"]
        for block in draw(page)
        if block["type"] in {"section", "context"}
        for text in (block.get("text"), *block.get("elements", ()))
        if text
    ]


def test_a_difference_is_its_kind_its_place_its_subjects_and_its_sides() -> None:
    assert get_lines(make_page(make_part())) == [
        ["Changed · Payment terms · amounts", "Before: The fee is EUR 100.", "After: The fee is EUR 250."]
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after", "lines", "style"),
    [
        ("inserted", "", "New.", ["Added · Payment terms", "New."], {"bold": True}),
        ("deleted", "Old.", "", ["Removed · Payment terms", "Old."], {"strike": True}),
        ("moved", "Same.", "Same.", ["Moved · Payment terms", "Same."], None),
    ],
)
def test_one_side_needs_no_word_for_it(
    kind: str, before: str, after: str, lines: list[str], style: dict[str, bool] | None
) -> None:
    page = make_page(make_part(kind=kind, before=before, after=after, words=(), matters=()))

    [block] = [each for each in draw(page) if each["type"] == "rich_text"]
    assert get_lines(page) == [lines]
    assert block["elements"][1]["elements"][0].get("style") == style


def test_above_stand_what_it_is_compared_with_and_which_differences_these_are() -> None:
    before = DocumentState(version=3, updated=START - timedelta(days=3), sha256="", size=1)
    page = make_page(make_part(), make_part(), before=before, start=8, total=23)
    seconds = int((START - timedelta(days=3)).timestamp())

    assert f"Compared with version 3 of <!date^{seconds}^" in get_texts(page)[1]
    assert get_texts(page)[1].endswith(" · Differences 9\u201310 of 23")
    assert get_texts(replace(page, rows=page.rows[:1]))[1].endswith(" · Difference 9 of 23")
    assert get_texts(replace(page, before=replace(before, updated=None)))[1].startswith(
        "Compared with version 3 · "
    )


def test_a_new_document_is_compared_with_nothing() -> None:
    assert get_texts(make_page(make_part(), is_new=True))[1] == "New document: all of its text is new."


def test_what_a_person_answered_is_named_with_the_time_of_the_answer() -> None:
    before = DocumentState(version=3, updated=START - timedelta(days=3), sha256="", size=1)
    page = make_page(make_part(), before=before, answered_at=START)
    since = f"which you answered on <!date^{int(START.timestamp())}^"

    assert get_texts(page)[1].startswith(f"Compared with version 3, {since}{{date_short}} at {{time}}|")
    assert f"Compared with version 3, {since}" in read_out(page)
    unnumbered = replace(page, before=replace(before, version=None))
    assert get_texts(unnumbered)[1].startswith("Compared with what you answered on <!date^")


@pytest.mark.parametrize(
    ("answered_at", "label"), [(START, "Show all changes"), (None, "Only since my answer")]
)
@pytest.mark.parametrize("refusal", ["", "The differences are no longer stored."])
def test_a_button_leads_to_the_other_comparison_also_where_there_is_nothing_to_show(
    answered_at: datetime | None, label: str, refusal: str
) -> None:
    page = make_page(answered_at=answered_at, has_other=True, refusal=refusal)

    assert [each["text"]["text"] for each in draw(page)[-1]["elements"]] == [label]
    assert label not in str(draw(replace(page, has_other=False)))


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (PAGE, "https://review.example.com/ack/token?since=acknowledged#changes"),
        ("https://review.example.com/a?b=c#d", "https://review.example.com/a?b=c&amp;since=acknowledged#d"),
        ("", ""),
        ("javascript:x", ""),
        (f"https://review.example.com/{'x' * 1990}", ""),
    ],
)
def test_a_reply_links_to_the_comparison_for_all(address: str, link: str) -> None:
    page = make_page(make_part(), answered_at=START, has_other=True)
    page = replace(page, card=replace(page.card, changes_url=address))

    words = str(draw_answer(page)["blocks"])

    assert (f"<{link}|Show all changes>" in words) == bool(link)
    assert ("Show all changes" in words) == bool(link)
    assert "Show all changes" not in str(draw_answer(replace(page, answered_at=None)))


def test_below_stand_what_is_not_listed_and_the_way_to_the_page() -> None:
    assert get_texts(make_page(make_part(), unlisted_count=1200))[-1] == (
        f"1,200 more differences are not shown here. · <{PAGE}|Show on a page>"
    )


@pytest.mark.parametrize("address", ["", f"https://review.example.com/{'x' * 2000}", "javascript:x"])
def test_without_a_page_or_with_a_longer_address_than_slack_takes_nothing_leads_there(address: str) -> None:
    page = make_page(make_part())

    assert "Show on a page" not in str(draw(replace(page, card=replace(page.card, changes_url=address))))


def test_a_rename_shows_what_it_is() -> None:
    renamed = draw_card(review(kind=ChangeKind.RENAMED, title_before="<Old> & *bold*.docx"))

    lines = get_texts(make_page(card=renamed, summary="No content to compare."))[1].splitlines()

    assert lines[0] == "*Previous name:* &lt;Old&gt; &amp; \u200b*\u200bbold\u200b*\u200b.docx"
    assert lines[1] == "*Change:* renamed by Alice Moreau"
    assert lines[2].startswith("*When:* <!date^")
    assert lines[3] == "*Version:* 7 → 8"


def test_a_folder_shows_its_files() -> None:
    contents = FolderContents(count=2, titles=("One.docx", "Two.docx"))
    folder = draw_card(review(kind=ChangeKind.CREATED, contents=contents))

    texts = get_texts(make_page(card=folder, summary="No content to compare."))

    assert "One.docx" in texts[-1]
    assert texts[-1].startswith("*Files:* ")


def test_a_refusal_stands_alone_below_the_summary() -> None:
    page = make_page(refusal="You may not.")

    assert get_texts(page) == ["*AML Policy 2026.docx*\n4 changed", "You may not."]


def test_text_from_right_to_left_turns_nothing_around_it() -> None:
    fees, annex = "رسوم", "ملحق"
    part = make_part(
        before=fees, after=f"{fees} {fees}", words=(), place=PartPlace(area="body", heading=annex)
    )

    [[head, before, after]] = get_lines(make_page(part))

    assert head == f"Changed · \u2068{annex}\u2069 · amounts"
    assert before == f"Before: \u2068{fees}\u2069"
    assert after == f"After: \u2068{fees} {fees}\u2069"


def test_a_screen_reader_reads_the_same() -> None:
    text = read_out(make_page(make_part(), total=7))

    assert text.startswith(
        "*AML Policy 2026.docx*\n4 changed\n\nDifference 1 of 7\n\nChanged · Payment terms"
    )
    assert text.endswith("Before: The fee is EUR 100.\nAfter: The fee is EUR 250.")


def test_it_speaks_german() -> None:
    with use_language("de"):
        words = str(draw(make_page(make_part(), total=7)))

    assert all(each in words for each in ("Vorher:", "Nachher:", "Geändert", "Auf einer Seite zeigen"))


def make_texts() -> st.SearchStrategy[str]:
    return longest_texts(30_000) | st.sampled_from(
        [HOSTILE, "\u200b", "\u202e\u2066x", " ", "\n", "الرسوم" * 900]
    )


@st.composite
def hostile_parts(draw_value: st.DrawFn) -> ChangedPart:
    changes = st.sampled_from(("same", "deleted", "inserted"))
    words = st.lists(st.builds(ChangedWords, change=changes, text=make_texts()), max_size=60)
    return make_part(
        kind=draw_value(st.sampled_from(PART_KINDS)),
        before=draw_value(make_texts()),
        after=draw_value(make_texts()),
        words=tuple(draw_value(st.just([]) | words)),
        place=PartPlace(area="body", heading=draw_value(make_texts()), name=draw_value(make_texts())),
    )


def measure(reply: dict[str, Any]) -> int:
    """Return the length of a message's blocks, after checking all that Slack takes."""
    assert find_problems(reply, surface="message") == []
    assert list_pings(reply) == []
    assert len(reply["text"]) <= MAX_TEXT_LENGTH
    return len(json.dumps(reply["blocks"], ensure_ascii=False))


def draw_answer(page: ChangesPage) -> dict[str, Any]:
    return draw_reply(ChangesReply(subject="x" * 300, page=page), name="/reviews", domain="acme")


@settings(deadline=None, max_examples=25)
@given(part=hostile_parts(), changed=hostile_reviews(), summary=longest_texts())
def test_slack_takes_whatever_a_document_holds(part: ChangedPart, changed: Review, summary: str) -> None:
    def build(count: int) -> ChangesPage:
        card = replace(draw_card(changed), changes_url=PAGE)
        more = {"start": 8, "total": 99, "unlisted_count": 7, "answered_at": START, "has_other": True}
        return make_page(*[part] * count, card=card, summary=summary, **more)

    draw(build(MODAL_PAGE_SIZE), is_newer=True)

    assert measure(draw_answer(build(CHANGES_PAGE_SIZE))) <= MAX_BLOCKS_LENGTH


@settings(deadline=None, max_examples=25)
@given(changed=hostile_reviews(), refusal=st.sampled_from(["", "&" * 3000, HOSTILE]))
def test_slack_takes_what_happened_whatever_it_is_called(changed: Review, refusal: str) -> None:
    page = make_page(card=draw_card(changed), refusal=refusal)

    draw(page)

    assert measure(draw_answer(page)) <= MAX_BLOCKS_LENGTH


@pytest.mark.parametrize("words", [1, 300])
def test_the_longest_differences_fit_into_a_message(words: int) -> None:
    texts = tuple(
        ChangedWords(change=change, text="word " * (3000 // words))
        for _number in range(words)
        for change in ("same", "deleted", "inserted")
    )
    before = DocumentState(version=10**9, updated=START, sha256="", size=1)
    part = make_part(words=texts, place=PartPlace(area="body", heading="x" * 900), matters=("amount", "date"))
    card = replace(draw_card(review(title="&" * 900)), changes_url=f"https://review.example.com/{'x' * 400}")

    page = make_page(*[part] * 5, card=card, before=before, summary="&" * 900, start=5, total=99)

    assert MAX_BLOCKS_LENGTH / 2 < measure(draw_answer(page)) <= MAX_BLOCKS_LENGTH
