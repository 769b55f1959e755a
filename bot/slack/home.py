"""App Home: one person's reviews, drawn when they open it and after each of their answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack.guard import team_of
from bot.slack.home_view import MOST_ANSWERED, MOST_WAITING, Desk, home
from notifiers.shared.members import string
from notifiers.slack.failures import calling
from reviews.cards.card_drawing import no_page
from reviews.errors import FarSideError
from reviews.lists import my_reviews
from reviews.privacy.channel_visibility import seen_by
from reviews.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.slack.people import People
    from bot.subscriptions import ChannelSubscriptions
    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Routes
    from reviews.wish import Wish

NAME = "slack"
# Whoever has opened their Home, by their id in Slack and by their address.
_BY_USER, _BY_ADDRESS = "slack-home", "slack-home-of"

log = structlog.get_logger()


def is_home(body: Mapping[str, Any]) -> bool:
    """Tell whether a click was made in App Home, and not on a message or in a form."""
    return string(body, "container", "type") == "view" and string(body, "view", "type") == "home"


@dataclass(frozen=True, kw_only=True)
class Home:
    """Publishes Homes. Only of people who have opened theirs, of whom every process knows.

    `client` should have little patience: listeners wait for it that clicks need. `later` runs something after
    the answer to Slack or to a browser. `team_id` is the workspace, where the settings name it.
    """

    client: WebClient
    people: People
    routes: Routes
    transactions: Transactions
    clock: Clock
    later: Callable[[Callable[[], None]], object]
    subscriptions: ChannelSubscriptions
    team_id: str = ""
    page_of: PageOf = no_page

    def register(self, bolt: App) -> None:
        bolt.event("app_home_opened")(self.opened)

    def opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        user, team = storable(string(event, "user")), storable(self.team_id or team_of(body) or "")
        if user and string(event, "tab") == "home":
            self._publish(user, team, new=True)

    def say(self, user: str, sentence: str) -> None:
        """Tell somebody something privately, at the top of their Home."""
        team = self._team_of_home(user)
        if team is not None:
            self._publish(user, team, notice=sentence)

    def answered(self, review: Review) -> None:
        """Draw anew, a little later, the Home of whoever has just answered or taken that back, wherever."""
        reviewer = max(review.answers, key=lambda given: given.withdrawn_at or given.at).reviewer
        try:
            self.later(lambda: self._redraw(reviewer))
        except RuntimeError:
            # The process is about to end, and takes no more work; the answer is recorded.
            log.info("home_not_drawn", reason="the process is ending")

    def vouched(self, wish: Wish) -> Wish:
        """Return the wish, made in App Home; `Refused` for whoever would have no such button there."""
        with self.transactions(reading=True) as work:
            my_reviews.vouch(work, wish, self.routes)
        return wish

    def _redraw(self, reviewer: Reviewer) -> None:
        user = reviewer.slack_user or self._user_with(reviewer.email)
        team = self._team_of_home(user) if user else None
        if user and team is not None:
            self._publish(user, team)

    def _user_with(self, email: str | None) -> str | None:
        with self.transactions(reading=True) as work:
            known = work.conversations.get(_BY_ADDRESS, email.casefold()) if email else None
        return known["user"] if known else None

    def _team_of_home(self, user: str) -> str | None:
        """Return the workspace of a Home that was opened at some time; `None` where none was."""
        with self.transactions(reading=True) as work:
            known = work.conversations.get(_BY_USER, user)
        return known["team"] if known else None

    def _publish(self, user: str, team: str, *, notice: str | None = None, new: bool = False) -> None:
        try:
            people = self.people.who(user, team=team, installed=team).aliases
            if new:
                self._remember(user, team, people)
            view = home(self._desk(people, user, notice))
            with calling("views.publish"):
                self.client.views_publish(user_id=user, view=view)
        except FarSideError as error:
            log.warning("home_not_drawn", user=user, reason=str(error))

    def _remember(self, user: str, team: str, people: Sequence[Reviewer]) -> None:
        at = self.clock()
        with self.transactions() as work:
            work.conversations.remember(_BY_USER, user, {"team": team}, at=at)
            for email in filter(None, (who.email for who in people)):
                work.conversations.remember(_BY_ADDRESS, email.casefold(), {"user": user}, at=at)
            work.commit()

    def _desk(self, people: Sequence[Reviewer], user: str, notice: str | None) -> Desk:
        with self.transactions(reading=True) as work:
            page = work.listings.page(my_reviews.waiting(work, self.routes, people), MOST_WAITING + 1)
            waiting = tuple(self._seen_by(work, entry.review, people) for entry in page.entries)
            given = my_reviews.answered_lately(work, people, MOST_ANSWERED)
            answered = tuple(replace(each, review=self._seen_by(work, each.review, people)) for each in given)
            responsible = my_reviews.is_responsible(work, self.routes, people)
        return Desk(
            waiting=waiting,
            answered=answered,
            responsible=responsible,
            at=self.clock(),
            notice=notice,
            page_of=self.page_of,
            subscriptions=tuple(self.subscriptions.of_person(NAME, people[0], user)),
        )

    def _seen_by(self, work: UnitOfWork, review: Review, people: Sequence[Reviewer]) -> Review:
        return seen_by(work, review, route=self.routes.named(review.route), people=people)
