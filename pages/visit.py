"""One visit of the acknowledge page: what the link selects, who came, and the page that they see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, render_template, request, url_for

from pages import asked, proven
from pages.files import read_table
from pages.headers import safe
from pages.links import Selected
from reviews.answers.answers import LONGEST_NOTE
from reviews.cards.card_drawing import card_of
from reviews.kinds import ReviewState
from reviews.language import _
from reviews.lists.file_lists import FileLists
from reviews.wording.statement import find_statement, show_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.cards.card import Card
    from reviews.cards.card_context import Context, Neighbour
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.proven_person import ProvenPerson

LONGEST_NAME = 100
LONGEST_ADDRESS = 254


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How people can prove on this installation who they are."""

    sign_in: bool
    codes: bool


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at the page of a review; `link_suffices` where nobody has to prove who they are.

    `seen_by` says how much of it may be shown to somebody: a link proves nothing, and may stand in public.
    """

    token: str
    selected: Selected
    review: Review
    link_suffices: bool
    ways: Ways
    now: datetime
    seen_by: Callable[[Review, Sequence[Reviewer]], Review]
    context_of: Callable[[Review], Context]
    links: Links
    lists: FileLists
    can_take_out: bool
    """Whether this page takes single files out of bulk reviews."""

    @property
    def proven(self) -> ProvenPerson | None:
        return None if self.link_suffices else proven.kept(now=self.now)

    @property
    def shown(self) -> Review:
        """The review as whoever came may see it."""
        who = self.proven
        return self.seen_by(self.review, who.aliases if who else ())

    @property
    def card(self) -> Card:
        """The card as whoever came may see it."""
        return card_of(self.shown, self.context_of(self.review))

    def way_to(self, review: Neighbour | None) -> str:
        """Return the address of the review before or after.

        Where the link alone is enough to answer, an old one does not lead on to what can be answered now.
        """
        if review is None or (self.link_suffices and review.review_id == self.review.superseded_by):
            return ""
        return url_for("pages.show", token=self.links.token_of(review))

    @property
    def stale(self) -> bool:
        return self.review.state is ReviewState.OPEN and self.review.revision != self.selected.revision

    @property
    def answerable(self) -> bool:
        return self.review.state is ReviewState.OPEN and not self.stale

    @property
    def asks_for_proof(self) -> bool:
        return self.answerable and not self.link_suffices and self.proven is None

    @property
    def takes_out(self) -> bool:
        """Whether whoever came may ask here for a file to be reviewed apart; that is decided when they do."""
        return self.can_take_out and self.answerable and not self.asks_for_proof

    def anew(self) -> AnyResponse:
        """Send the browser to the page, so that reloading it repeats nothing."""
        return redirect(url_for("pages.show", token=self.token), HTTPStatus.SEE_OTHER)

    def address_of(self, review: Review) -> str:
        """Return the address of the page of another review, at the revision that it has now."""
        selected = Selected(review_id=review.id, revision=review.revision)
        return url_for("pages.show", token=self.links.token_of(selected))

    def go_on(self) -> AnyResponse:
        """Go on to the next form; a note that was written already is not lost on the way."""
        return self.answered_page() if request.form.get("note", "").strip() else self.anew()

    @property
    def overtaken(self) -> str:
        """What is said where the document was changed again after the card that led here; else nothing."""
        if not self.stale:
            return ""
        if self.review.bulk:
            return _(
                "Files joined or were changed after the card that led here. "
                "Look at them again before you answer."
            )
        sentence = _(
            "The document was changed again after the card that led here (revision {seen}; it is now at "
            "revision {now}). Open it again before you answer."
        )
        return sentence.format(seen=self.selected.revision, now=self.review.revision)

    @property
    def newest(self) -> str:
        """The token of the page at the revision that the review has by now."""
        return self.links.token_of(Selected(review_id=self.review.id, revision=self.review.revision))

    def answered_page(
        self, said: str = "", status: HTTPStatus = HTTPStatus.OK, *, about_proof: bool = False
    ) -> Response:
        """Draw the page that answers a form: with what was typed in the form of the newest revision.

        Whoever's form was overtaken is told so, beside what is `said`.
        """
        if not self.stale:
            return self.page(said=said, status=status, about_proof=about_proof)
        said = " ".join(filter(None, (said, self.overtaken)))
        revision = Selected(review_id=self.review.id, revision=self.review.revision)
        fresh = replace(self, token=self.newest, selected=revision)
        return fresh.page(said=said, status=status)

    def page(
        self, *, said: str = "", status: HTTPStatus = HTTPStatus.OK, about_proof: bool = False
    ) -> Response:
        """Draw the page, with what was typed before still in its forms.

        What is said `about_proof` stands beside the forms for it, where the browser then is.
        """
        card = self.card
        table = read_table(self.lists, self.shown, self.address_of, asked=request.values)
        html = render_template(
            "acknowledge.html",
            visit=self,
            card=card,
            table=table,
            here=partial(url_for, "pages.show", token=self.token),
            newer=self.way_to(card.newer),
            earlier=self.way_to(card.earlier),
            statement=show_statement(find_statement(self.review)),
            recorded=find_statement(self.review),
            mailed_to=asked.address(now=self.now),
            said=said,
            about_proof=about_proof and self.asks_for_proof,
            form=request.form,
            longest_note=LONGEST_NOTE,
            longest_name=LONGEST_NAME,
        )
        return safe(make_response(html, status))


@dataclass(frozen=True, kw_only=True)
class Door:
    answers: Answers
    links: Links
    ways: Ways
    can_take_out: bool

    def visit(self, token: str) -> Visit:
        """Raise `BadLink` where the link selects nothing, `Refused` for a review that is not known here."""
        selected = self.links.read(token)
        review = self.answers.look(selected.review_id)
        return Visit(
            token=token,
            selected=selected,
            review=review,
            link_suffices=self.answers.link_suffices(review),
            ways=self.ways,
            now=self.answers.clock(),
            seen_by=self.answers.seen_by,
            context_of=self.answers.context_of,
            links=self.links,
            lists=FileLists(transactions=self.answers.transactions),
            can_take_out=self.can_take_out,
        )
