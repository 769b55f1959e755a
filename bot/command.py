"""What a command is answered, in the same words in every chat; each chat draws it in its own way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.command_replies import Answer, Figured, Help, Listing, Said, Shown, Way
from bot.command_requests import (
    PAGE,
    HelpWanted,
    Listed,
    Mine,
    Overdue,
    Pending,
    Recent,
    Request,
    Show,
    Stats,
    Subscribe,
    Subscriptions,
    Unsubscribe,
    Web,
    Whom,
)
from reviews.answers.repeated_requests import answered_before, is_new
from reviews.cards.card import Action
from reviews.cards.card_context import ALONE, context_of, find_successors
from reviews.cards.card_drawing import add_page, card_of, no_page
from reviews.errors import FarSideError, Refused
from reviews.language import _
from reviews.lists import my_reviews
from reviews.ports.listing import Order, Wanted, by, in_folder, on_route
from reviews.privacy.channel_visibility import seen_by
from reviews.sweep import completeness
from reviews.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.asker import Asker
    from bot.subscriptions import ChannelSubscriptions
    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson
    from reviews.routes.routing import Routes

MOST_FOLDERS = 10
ANSWERED_LATELY = 5

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Answers commands. `way_in` makes somebody a link by which to sign in where there is a page for it.

    `page_of` leads to the files of a bulk review.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    subscriptions: ChannelSubscriptions
    way_in: Callable[[ProvenPerson], str] | None = None
    page_of: PageOf = no_page

    def answer(self, asked: Request, asker: Asker) -> Answer:
        """Return what somebody asked for, or a sentence that says why not."""
        try:
            return self._answer_once(asked, asker)
        except Refused as refusal:
            return Said(sentence=refusal.sentence)
        except FarSideError as error:
            log.warning("command_not_answered", verb=asked.verb, reason=str(error))
            return Said(sentence=_("Who that is could not be looked up just now. Ask again in a moment."))
        except Exception:
            # The edge of both chats at once: where the database is away, a chat shows no reason of its own,
            # and an outgoing webhook has no other way to say so. Whatever it was, whoever asked is told.
            log.exception("command_failed", verb=asked.verb)
            return Said(sentence=_("That could not be looked up just now. Ask again in a moment."))

    def _answer_once(self, asked: Request, asker: Asker) -> Answer:
        """Answer; a request that comes again learns nothing more, and changes nothing."""
        concerned = None if isinstance(asked, HelpWanted) else asker.asked
        if concerned and not is_new(self.transactions, concerned, clock=self.clock):
            return Said(sentence=answered_before())
        return self._answer(asked, asker)

    def _answer(self, asked: Request, asker: Asker) -> Answer:
        match asked:
            case HelpWanted():
                return Help(about=asked.about, hint=asked.hint, example=asked.example)
            case Subscribe() | Unsubscribe() | Subscriptions():
                return self.subscriptions.carry_out(asked, asker)
            case Web():
                return self._way(asker)
            case Show():
                people = self._known(asker)
                with self.transactions(reading=True) as work:
                    return self._shown(work, storable(asked.subject), people)
            case Stats():
                since = self.clock() - timedelta(days=asked.days)
                with self.transactions(reading=True) as work:
                    figures = work.listings.figures(since=since, now=self.clock())
                    complete = completeness.add_titles(work, completeness.of_some(work, self.routes))
                return Figured(days=asked.days, figures=tuple(figures), complete=tuple(complete))
            case _:
                return self._listed(asked, asker)

    def asks_the_chat(self, asked: Request) -> bool:
        """Tell whether the chat has to be asked who somebody is, before there is an answer."""
        match asked:
            case HelpWanted() | Stats():
                return False
            case Mine() | Pending(mine=True) | Web() | Subscribe() | Unsubscribe() | Subscriptions():
                return True
            case Recent(by=Whom(mention=str())):
                return True
        return self.routes.private

    def _way(self, asker: Asker) -> Answer:
        """Give the asker a link, never where others read it: whoever opens it first is taken for them."""
        if self.way_in is None:
            return Said(sentence=_("There is no history page here: whoever runs this app has not set it up."))
        if asker.overheard:
            return Said(
                sentence=_(
                    "The link would be for you alone, and others read along here. "
                    "Ask me where nobody else does: in a chat of our own, or with the slash command."
                )
            )
        return Way(
            sentence=_(
                "All reviews that are your business. "
                "The link is for you alone: it works once, within 10 minutes."
            ),
            label=_("Open the history page"),
            address=self.way_in(asker.person()),
        )

    def _known(self, asker: Asker) -> tuple[Reviewer, ...]:
        """Return who reads the answer, as far as that decides what is shown; nobody where others do too."""
        return asker.aliases() if self.routes.private and not asker.overheard else ()

    def _listed(self, asked: Listed, asker: Asker) -> Answer:
        """Ask the chat first, and only then the database: nobody waits for one while holding the other."""
        names = _names(asked.by, asker) if isinstance(asked, Recent) and asked.by else ()
        people = asker.person().aliases if _is_of_asker(asked) else self._known(asker)
        readers = () if asker.overheard else people
        count = asked.count if isinstance(asked, Recent) else PAGE
        with self.transactions(reading=True) as work:
            within = self._within(work, asked.within) if isinstance(asked, Recent) and asked.within else ()
            if within is None:
                return Said(sentence=_("No folder and no route of that name is known here."))
            wanted = (
                my_reviews.waiting(work, self.routes, people)
                if _is_of_asker(asked)
                else self._wanted(asked, names, within)
            )
            page = work.listings.page(wanted, count, asked.turn)
            entries = tuple(
                replace(each, review=self._seen_by(work, each.review, readers)) for each in page.entries
            )
            lately = self._lately(work, people, readers) if isinstance(asked, Mine) else ()
            around = find_successors(work, [each.review for each in entries])
        return Listing(asked=asked, page=replace(page, entries=entries), lately=lately, around=around)

    def _wanted(self, asked: Listed, names: tuple[str, ...], within: tuple[str, ...]) -> Wanted:
        match asked:
            case Recent():
                groups = (within, tuple(map(by, names)))
                since = _moment(asked.since, self.clock()) if asked.since is not None else None
                return Wanted(marks=tuple(filter(None, groups)), kind=asked.kind, since=since)
            case Overdue():
                return Wanted(order=Order.LONGEST_OVERDUE, waiting=True, overdue_at=self.clock())
        return Wanted(order=Order.OLDEST, waiting=True)

    def _seen_by(self, work: UnitOfWork, review: Review, people: Sequence[Reviewer]) -> Review:
        return seen_by(work, review, route=self.routes.named(review.route), people=people)

    def _lately(
        self, work: UnitOfWork, people: Sequence[Reviewer], readers: Sequence[Reviewer]
    ) -> tuple[Shown, ...]:
        given = my_reviews.answered_lately(work, people, ANSWERED_LATELY)
        found = [self._seen_by(work, each.review, readers) for each in given]
        around = find_successors(work, found)
        return tuple(Shown(review=each, card=card_of(each, around.get(each.id, ALONE))) for each in found)

    def _within(self, work: UnitOfWork, name: str) -> tuple[str, ...] | None:
        """Return the marks of a route or of folders; `None` for a name that nothing known has."""
        named = next((each for each in self.routes.all if each.name.casefold() == name.casefold()), None)
        if named is not None:
            return (on_route(named.name),)
        if name.isdecimal():
            return (in_folder(name),)
        return tuple(map(in_folder, work.listings.folders_named(name, MOST_FOLDERS))) or None

    def _shown(self, work: UnitOfWork, subject: str, people: Sequence[Reviewer]) -> Answer:
        """Show a review by its own id, or the newest one of a document or folder.

        It has no buttons to answer with: an answer is given where the review was sent, by those who saw it
        there.
        """
        review = work.reviews.get(subject) or work.reviews.latest_of(subject)
        if review is None:
            return Said(
                sentence=_(
                    "No review of that is known here. Give the link of a document as your browser shows it, "
                    "or the id of the document or of the review."
                )
            )
        review = self._seen_by(work, review, people)
        context = context_of(work, review, self.routes.named(review.route), now=self.clock())
        card = add_page(card_of(review, context), self.page_of)
        actions = tuple(action for action in card.actions if action in {Action.OPEN, Action.FILES})
        return Shown(review=review, card=replace(card, actions=actions))


def _is_of_asker(asked: Listed) -> bool:
    match asked:
        case Mine() | Pending(mine=True):
            return True
    return False


def _names(whom: Whom, asker: Asker) -> tuple[str, ...]:
    """Return the names by which to look for what somebody changed."""
    return (asker.names_of(whom.mention) if whom.mention else ()) or (whom.name,)


def _moment(since: timedelta | date, now: datetime) -> datetime:
    return datetime.combine(since, time(), UTC) if isinstance(since, date) else now - since
