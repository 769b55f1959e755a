"""The objects of a process: the use cases of people who answer, on all the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.use_cases import UseCases
from reviews.answers.answers import Answers
from reviews.answers.menu import Menu
from reviews.answers.reassignment import Reassignment
from reviews.bulk_reviews.separation import FileSeparation
from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import add_page, draw_card
from reviews.intake.review_opening import generate_review_id
from reviews.routes.route import is_private
from runtime.observe import event_log
from runtime.wiring.chat_commands import CommandWiring
from runtime.wiring.delivery import DeliveryWiring
from runtime.wiring.intake import IntakeWiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.home import Home
    from reviews.cards.card import Card
    from reviews.model import Review


@dataclass(frozen=True)
class Wiring(IntakeWiring, DeliveryWiring, CommandWiring):
    """The objects of one process, each built on first use."""

    def build_reassignment(self, wake: Callable[[], None] = lambda: None) -> Reassignment:
        return Reassignment(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            wake=wake,
        )

    def build_separation(self, wake: Callable[[], None] = lambda: None) -> FileSeparation:
        return FileSeparation(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            new_id=generate_review_id,
            wake=wake,
        )

    def build_answers(self, wake: Callable[[], None] = lambda: None) -> Answers:
        """Return the use case; `wake` is called when one is given or withdrawn, to redraw cards."""
        return Answers(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            wake=wake,
            on_answered=self._draw_home,
            direct_message_channels=self.direct_message_channels,
            draw_card_for=self._build_card,
            report=event_log.write,
        )

    def _build_card(self, review: Review, place: tuple[str, str]) -> Card:
        """Draw a card; look up the place only for a private route: the page alone needs no channel."""
        route = self.routes.find_route(review.route)
        with self.request_transactions(reading=True) as work:
            context = find_context(work, review, route, now=self.clock(), sealer=self.sealer)
        card = draw_card(review, context)
        card = add_page(card, self._find_page)
        return self.delivery.redactor.redact_card(card, review, place) if is_private(review, route) else card

    @cached_property
    def slack_home(self) -> Home:
        """The Homes in Slack, which only an installation with Slack has."""
        from runtime.wiring.slack_home import build_home  # noqa: PLC0415 - it loads Slack's library

        find_campaign_page = self._find_campaign_page if self.settings.has_reachable_pages else None
        return build_home(self, self._find_page, find_campaign_page)

    def _draw_home(self, review: Review) -> None:
        """Redraw the Slack Home of the reviewer, also after an answer on a page."""
        targets = (target for route in self.routes.all for target in route.notify)
        if self.settings.get_option("SLACK_BOT_TOKEN") and any(
            target.notifier == "slack" for target in targets
        ):
            self.slack_home.redraw_after_answer(review)

    @cached_property
    def menu(self) -> Menu:
        return Menu(transactions=self.request_transactions, routes=self.routes, clock=self.clock)

    def use_cases(self, wake: Callable[[], None]) -> UseCases:
        """Return the use cases of the chat apps; `wake` is called as in `build_answers`."""
        return UseCases(
            answers=self.build_answers(wake),
            menu=self.menu,
            change_pages=self.change_pages,
            openings=self.openings,
            reassignment=self.build_reassignment(wake),
            canaries=self.patient_canaries,
            commands=self.commands,
            directory=self.request_directory,
        )
