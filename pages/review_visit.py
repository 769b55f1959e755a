"""One visit to the acknowledge page: what the link selects, the visitor, and the page that they see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, render_template, request, url_for

from pages import pending_code, proven_identity
from pages.changes import read_changes
from pages.document_links import make_document_address
from pages.file_table import read_table
from pages.headers import add_safe_headers
from pages.links import SelectedRevision
from pages.openings import record_page
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.cards.card_drawing import draw_card
from reviews.identity import UNPROVEN_PERSON
from reviews.kinds import ReviewState
from reviews.language import _
from reviews.lists.file_lists import FileLists

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.answers.openings import Openings
    from reviews.cards.card import Card
    from reviews.cards.card_context import CardContext, NeighbourReview
    from reviews.comparisons.viewing import ComparisonViews
    from reviews.identity import ProvenPerson
    from reviews.model import Review

MAX_NAME_LENGTH = 100
MAX_ADDRESS_LENGTH = 254


@dataclass(frozen=True, kw_only=True)
class ProofMethods:
    """How people can prove who they are on this installation."""

    sign_in: bool
    codes: bool


@dataclass(frozen=True, kw_only=True)
class ReviewVisit:
    """A visit to the page of a review; `link_suffices` if no proof of identity is needed.

    `redact_for_reader` limits the review to what a person may see: a link proves nothing, and may be public.
    """

    token: str
    selected: SelectedRevision
    review: Review
    link_suffices: bool
    proof_methods: ProofMethods
    now: datetime
    redact_for_reader: Callable[[Review, ProvenPerson], Review]
    find_context: Callable[[Review], CardContext]
    links: Links
    lists: FileLists
    comparison_views: ComparisonViews | None
    openings: Openings
    can_separate: bool
    """Whether this page takes single files out of bulk reviews."""

    @property
    def proven_person(self) -> ProvenPerson | None:
        return None if self.link_suffices else proven_identity.get_proven_person(now=self.now)

    @property
    def visible_review(self) -> Review:
        """The review as the visitor may see it."""
        return self.redact_for_reader(self.review, self.proven_person or UNPROVEN_PERSON)

    @property
    def card(self) -> Card:
        """The card as the visitor may see it."""
        return draw_card(self.visible_review, self.find_context(self.review))

    def find_neighbour_address(self, review: NeighbourReview | None) -> str:
        """Return the address of the previous or next review.

        If the link alone is enough to answer, an old one does not lead to a review that can be answered now.
        """
        if review is None or (self.link_suffices and review.review_id == self.review.superseded_by):
            return ""
        return url_for("pages.show", token=self.links.make_token(review))

    @property
    def is_stale(self) -> bool:
        return self.review.state is ReviewState.OPEN and self.review.revision != self.selected.revision

    @property
    def is_answerable(self) -> bool:
        return self.review.state is ReviewState.OPEN and not self.is_stale

    @property
    def asks_for_proof(self) -> bool:
        return self.is_answerable and not self.link_suffices and self.proven_person is None

    @property
    def may_separate(self) -> bool:
        """Whether the visitor may ask for a file to be reviewed apart; that is decided when they do."""
        return self.can_separate and self.is_answerable and not self.asks_for_proof

    def redirect_to_page(self) -> AnyResponse:
        """Redirect the browser to the page, so that a reload repeats nothing."""
        return redirect(url_for("pages.show", token=self.token), HTTPStatus.SEE_OTHER)

    def make_review_address(self, review: Review) -> str:
        """Return the address of the page of another review, at its current revision."""
        selected = SelectedRevision(review_id=review.id, revision=review.revision)
        return url_for("pages.show", token=self.links.make_token(selected))

    def redirect_or_draw(self) -> AnyResponse:
        """Go on to the next form; a note already written is kept."""
        return self.draw_answered_page() if request.form.get("note", "").strip() else self.redirect_to_page()

    @property
    def stale_sentence(self) -> str:
        """The sentence for a document that was changed after the card that led here; else empty."""
        if not self.is_stale:
            return ""
        if self.review.bulk:
            return _(
                "Files were added or changed after the card that you came from. Look at them again before "
                "you answer."
            )
        sentence = _(
            "The document was changed again after the card that you came from (revision {seen}, now "
            "revision {now}). Open it again before you answer."
        )
        return sentence.format(seen=self.selected.revision, now=self.review.revision)

    @property
    def newest_token(self) -> str:
        """The token of the page at the review's current revision."""
        return self.links.make_token(
            SelectedRevision(review_id=self.review.id, revision=self.review.revision)
        )

    def draw_answered_page(
        self, sentence: str = "", status: HTTPStatus = HTTPStatus.OK, *, about_proof: bool = False
    ) -> Response:
        """Draw the page that answers a form: with the typed text, in the form of the newest revision.

        If the form was overtaken, a sentence says so beside `sentence`.
        """
        if not self.is_stale:
            return self.draw_page(sentence=sentence, status=status, about_proof=about_proof)
        sentence = " ".join(filter(None, (sentence, self.stale_sentence)))
        revision = SelectedRevision(review_id=self.review.id, revision=self.review.revision)
        updated_visit = replace(self, token=self.newest_token, selected=revision)
        return updated_visit.draw_page(sentence=sentence, status=status)

    def draw_page(
        self, *, sentence: str = "", status: HTTPStatus = HTTPStatus.OK, about_proof: bool = False
    ) -> Response:
        """Draw the page, with the previously typed text in its forms.

        With `about_proof`, `sentence` is shown beside the proof forms, where the browser then is.
        """
        visible, person = self.visible_review, self.proven_person  # once: each reads the session
        card = draw_card(visible, self.find_context(self.review))
        table = read_table(self.lists, visible, self.make_review_address, parameters=request.values)
        changes = read_changes(self.comparison_views, visible, person, parameters=request.values)
        html = render_template(
            "acknowledge.html",
            visit=self,
            card=card,
            table=table,
            changes=changes,
            document=make_document_address(self.links, card),
            page_url=partial(url_for, "pages.show", token=self.token),
            newer=self.find_neighbour_address(card.newer),
            earlier=self.find_neighbour_address(card.earlier),
            mailed_to=pending_code.get_address(now=self.now),
            sentence=sentence,
            about_proof=about_proof and self.asks_for_proof,
            form=request.form,
            max_note_length=MAX_NOTE_LENGTH,
            max_name_length=MAX_NAME_LENGTH,
        )
        if not self.is_stale:
            record_page(self.openings, visible, person, changes)
        return add_safe_headers(make_response(html, status))


@dataclass(frozen=True, kw_only=True)
class VisitLoader:
    answers: Answers
    links: Links
    proof_methods: ProofMethods
    can_separate: bool
    openings: Openings
    comparison_views: ComparisonViews | None = None

    def load_visit(self, token: str) -> ReviewVisit:
        """Return the visit; raises `BadLink` for a link to nothing, `Refused` for an unknown review."""
        selected = self.links.read_token(token)
        review = self.answers.get_review(selected.review_id)
        return ReviewVisit(
            token=token,
            selected=selected,
            review=review,
            link_suffices=self.answers.may_answer_by_link(review),
            proof_methods=self.proof_methods,
            now=self.answers.clock(),
            redact_for_reader=self.answers.redact_for_reader,
            find_context=self.answers.find_context,
            links=self.links,
            lists=FileLists(transactions=self.answers.transactions),
            comparison_views=self.comparison_views,
            openings=self.openings,
            can_separate=self.can_separate,
        )
