"""App Home: one person's reviews, drawn when they open it and after each of their answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack.home_view import MAX_ANSWERED_REVIEWS, MAX_PENDING_REVIEWS, HomeContents, draw_home
from bot.slack.request_checks import get_team
from notifiers.shared.json_members import get_text
from notifiers.slack.account import CHAT_NAME
from notifiers.slack.failures import translate_errors
from reviews.absences.authority import Authority
from reviews.cards.card_drawing import omit_page
from reviews.errors import RemoteError
from reviews.lists import my_reviews
from reviews.lists.campaign_pages import list_running
from reviews.privacy.channel_visibility import redact_for_reader
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.people import SlackPeople
    from bot.subscriptions import ChannelSubscriptions
    from reviews.absences.declarations import AbsenceDeclarations
    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson, Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes

# People who have opened their Home, by their id in Slack and by their address.
_HOME_BY_USER, _HOME_BY_ADDRESS = "slack-home", "slack-home-of"

log = structlog.get_logger()


def is_home(body: Mapping[str, Any]) -> bool:
    """Return whether a click was made in App Home, not on a message or in a form."""
    return get_text(body, "container", "type") == "view" and get_text(body, "view", "type") == "home"


@dataclass(frozen=True, kw_only=True)
class Home:
    """Publisher of App Homes, for people who have opened theirs; every process knows these people.

    `client` should have a short timeout: it blocks listeners that clicks need. `run_later` runs a task after
    the response to Slack or to a browser. `team_id` is the workspace, if the settings name it. Where
    there are pages, a campaign is one line, which leads to its page.
    """

    client: WebClient
    people: SlackPeople
    routes: Routes
    transactions: Transactions
    clock: Clock
    run_later: Callable[[Callable[[], None]], object]
    subscriptions: ChannelSubscriptions
    absences: AbsenceDeclarations
    team_id: str = ""
    find_page: PageOf = omit_page
    find_campaign_page: Callable[[str], str] | None = None
    """Returns the address of a campaign, by its id; `None` where this installation has no pages."""

    def register(self, bolt: App) -> None:
        bolt.event("app_home_opened")(self.handle_home_opened)

    def handle_home_opened(self, ack: Ack, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Draw the Home; acknowledge when it is stored that the person has one."""
        user, team = (
            strip_unstorable(get_text(event, "user")),
            strip_unstorable(self.team_id or get_team(body) or ""),
        )
        if user and get_text(event, "tab") == "home":
            self._publish(user, team, on_opened=ack)
        ack()

    def show_notice(self, user: str, sentence: str) -> None:
        """Show a person a private notice at the top of their Home."""
        team = self._find_home_team(user)
        if team is not None:
            self._publish(user, team, notice=sentence)

    def redraw_after_answer(self, review: Review) -> None:
        """Redraw, a little later, the Home of the person who has just answered or withdrawn, anywhere."""
        reviewer = max(review.answers, key=lambda answer: answer.withdrawn_at or answer.at).reviewer
        try:
            self.run_later(lambda: self._redraw(reviewer))
        except RuntimeError:
            # The process is ending and accepts no more work; the answer is recorded.
            log.info("home_not_drawn", reason="the process is ending")

    def check_own_review(self, review_request: ReviewRequest) -> ReviewRequest:
        """Return a request made in App Home; raises `Refused` if the person has no such button there."""
        with self.transactions(reading=True) as work:
            my_reviews.require_responsible(work, review_request, self.routes, now=self.clock())
        return review_request

    def _redraw(self, reviewer: Reviewer) -> None:
        user = reviewer.chat_ids.get(CHAT_NAME) or self._find_user(reviewer.email)
        team = self._find_home_team(user) if user else None
        if user and team is not None:
            self._publish(user, team)

    def _find_user(self, email: str | None) -> str | None:
        with self.transactions(reading=True) as work:
            entry = work.conversations.get(_HOME_BY_ADDRESS, email.casefold()) if email else None
        return entry["user"] if entry else None

    def _find_home_team(self, user: str) -> str | None:
        """Return the workspace of a Home that was opened before, else `None`."""
        with self.transactions(reading=True) as work:
            entry = work.conversations.get(_HOME_BY_USER, user)
        return entry["team"] if entry else None

    def _publish(
        self,
        user: str,
        team: str,
        *,
        notice: str | None = None,
        on_opened: Callable[[], object] | None = None,
    ) -> None:
        """Draw a Home; where it was just opened, store that and call `on_opened` first."""
        try:
            person = self.people.identify(user, team=team, installation_team=team)
            if on_opened:
                self._remember(user, team, person)
                on_opened()
            view = draw_home(self._load_contents(person, user, notice))
            with translate_errors("views.publish"):
                self.client.views_publish(user_id=user, view=view)
        except RemoteError as error:
            log.warning("home_not_drawn", user=user, reason=str(error))

    def _remember(self, user: str, team: str, person: ProvenPerson) -> None:
        now = self.clock()
        with self.transactions() as work:
            work.conversations.remember(_HOME_BY_USER, user, {"team": team}, at=now)
            for email in person.addresses:
                work.conversations.remember(_HOME_BY_ADDRESS, email.casefold(), {"user": user}, at=now)
            work.commit()

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def _load_contents(self, person: ProvenPerson, user: str, notice: str | None) -> HomeContents:
        with self.transactions(reading=True) as work:
            page = work.listings.fetch_page(
                my_reviews.build_waiting_query(
                    work, self.routes, person, without_campaigns=self.find_campaign_page is not None
                ),
                MAX_PENDING_REVIEWS + 1,
            )
            campaigns = list_running(work, self.routes, person) if self.find_campaign_page else ()
            waiting = tuple(
                redact_for_reader(self._find_authority(work, entry.review), person) for entry in page.entries
            )
            answers = my_reviews.list_recent_answers(work, person, MAX_ANSWERED_REVIEWS)
            answered = tuple(
                replace(each, review=redact_for_reader(self._find_authority(work, each.review), person))
                for each in answers
            )
            responsible = my_reviews.is_responsible(work, self.routes, person)
        return HomeContents(
            open_reviews=waiting,
            recent_answers=answered,
            is_responsible=responsible,
            drawn_at=self.clock(),
            notice=notice,
            absence=self.absences.describe(person).current,
            find_page=self.find_page,
            campaigns=tuple(line for line in campaigns if line.own_remaining),
            find_campaign_page=self.find_campaign_page,
            subscriptions=tuple(self.subscriptions.list_for_person(CHAT_NAME, person, user)),
        )
