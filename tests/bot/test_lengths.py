"""The modals and the command's answers keep Slack's lengths, however long and hostile the texts are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.command_replies import ListReply
from bot.command_requests import MAX_COUNT, ListRequest, PendingRequest, PersonReference, RecentRequest
from bot.slack import modals
from bot.slack.reply_view import MAX_TEXT_LENGTH, draw_reply
from reviews.identity import Person, Reviewer
from reviews.kinds import CardState, Decision
from reviews.model import Post
from reviews.ports.listing import ListingEntry, ReviewPage
from tests.bot.slack_installation import CHANNEL, DANA, STRANGER
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.meanings import make_meaning
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.bot.slack_installation import SlackInstallation


def standing(review: Review, **more: Any) -> Post:
    card = Post(
        id=1,
        review_id=review.id,
        notifier="slack",
        target=CHANNEL,
        state=CardState.POSTED,
        message_id="1760000000.000100",
        requested_drawing=1,
        finished_drawing=1,
        attempts=0,
        error=None,
    )
    return replace(card, **more)


def listed(asked: ListRequest, reviews: list[Review], domain: str) -> dict[str, Any]:
    entries = tuple(ListingEntry(seq=number, review=each) for number, each in enumerate(reviews, 1))
    page = ReviewPage(entries=entries, next_seq=1, previous_seq=1)
    return draw_reply(ListReply(list_request=asked, page=page), name="/reviews", domain=domain)


@settings(deadline=None)
@given(review=hostile_reviews(), sentence=longest_texts().filter(str.strip))
def test_the_modals_are_taken(review: Review, sentence: str) -> None:
    for view in (
        modals.draw_answer_form(Decision.REQUEST_CHANGES, review, private=True, meaning=make_meaning(review)),
        modals.draw_answer_form(Decision.ACKNOWLEDGE, review, private=True, meaning=make_meaning(review)),
        modals.draw_message(sentence),
    ):
        assert find_problems(view, surface="modal") == []
        assert list_pings(view) == []


@settings(deadline=None)
@given(
    review=hostile_reviews(),
    asked=st.sampled_from(
        [PendingRequest(), RecentRequest(scope="x" * 200, person=PersonReference(name="&" * 200))]
    ),
    count=st.sampled_from([0, 1, MAX_COUNT]),
    target=st.sampled_from([CHANNEL, "C" * 40, "C" * 41]) | longest_texts(),
    message_id=st.none() | st.just("1760000000.000100") | longest_texts(),
    domain=st.sampled_from(["acme", "a" * 63, ""]) | longest_texts(),
)
def test_a_listing_is_taken(
    review: Review, asked: ListRequest, count: int, target: str, message_id: str | None, domain: str
) -> None:
    card = standing(review, target=target, message_id=message_id)

    answer = listed(asked, [replace(review, cards=(card,))] * count, domain)

    assert find_problems(answer, surface="message") == []
    assert list_pings(answer) == []
    assert len(answer["text"]) <= MAX_TEXT_LENGTH


def test_the_longest_line_of_a_listing_is_taken() -> None:
    growing, link = "&" * 3000, f"https://acme.example.com/?q={'x' * 1400}"
    review = answered_review(reviewer=Reviewer(name=growing))
    contributors = (Person(id=None, name=growing),)
    current = replace(review, title=growing, contributors=contributors, link=link, cards=(standing(review),))

    assert find_problems(listed(RecentRequest(), [current], "a" * 63), surface="message") == []


def test_a_listing_is_read_out_line_by_line() -> None:
    answer = listed(PendingRequest(), [review(title="One.docx"), review(title="Two.docx")], "acme")

    assert answer["text"].index("Waiting for review") < answer["text"].index("One.docx")
    assert answer["text"].index("One.docx") < answer["text"].index("Two.docx")


def test_a_private_reply_about_the_longest_title_is_taken(installation: SlackInstallation) -> None:
    card = installation.card(title="&<" * 3000)
    installation.side.click(DANA, card, "acknowledge_review")

    installation.side.click(STRANGER, card, "acknowledge_review")

    assert 1000 < len(installation.wait_for_reply(STRANGER)) <= 3000
