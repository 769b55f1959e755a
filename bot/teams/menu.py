"""The button "More…" and its menu: each click is answered with a card that only that person sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from notifiers.teams_bot import NAME, actions, changes_card, menu_card
from reviews.answers.answers import make_answer_request
from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.teams.activity import Activity
    from bot.teams.people import TeamsPeople
    from bot.teams.request_reader import TeamsRequestReader
    from reviews.answers.answers import Answers
    from reviews.answers.change_pages import ChangePages, ChangesPage
    from reviews.answers.menu import Menu
    from reviews.answers.reassignment import Reassignment
    from reviews.model import Review
    from reviews.review_request import ReviewRequest

Card = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Click:
    """One click in the menu; `button_data` is what each button of the next card sends back."""

    activity: Activity
    data: object
    review_request: ReviewRequest
    seen_revision: int

    @property
    def button_data(self) -> dict[str, str]:
        return self.make_button_data(self.seen_revision)

    def make_button_data(self, revision: int) -> dict[str, str]:
        list_data = {actions.LIST_KEY: actions.OWN_LIST} if actions.is_in_own_list(self.data) else {}
        return {**actions.make_click_data(self.review_request.review_id, revision), **list_data}


@dataclass(frozen=True, kw_only=True)
class TeamsMenuClicks:
    """Handler of clicks in the menu, with the use cases of every chat. Refusals are raised to the caller.

    Teams repeats an invoke if the response is late: then its outcome is returned, and nothing is done again.
    """

    menu: Menu
    change_pages: ChangePages
    answers: Answers
    reassignment: Reassignment
    people: TeamsPeople
    request_reader: TeamsRequestReader

    def draw_answer(self, activity: Activity, verb: str, data: object) -> Card | None:
        """Return the card that answers a click; `None` for a verb that is not of the menu."""
        handle = self._handlers.get(verb)
        if handle is None:
            return None
        review_request, seen_revision = self.request_reader.read_click(activity, data)
        return handle(
            _Click(activity=activity, data=data, review_request=review_request, seen_revision=seen_revision)
        )

    @property
    def _handlers(self) -> Mapping[str, Callable[[_Click], Card]]:
        return {
            actions.MORE: self._draw_menu,
            actions.ACKNOWLEDGE_WITH_NOTE: self._acknowledge,
            actions.REASSIGN: self._reassign,
            actions.SNOOZE: self._snooze,
            actions.ASK_TO_WITHDRAW: self._ask,
            actions.WITHDRAW: self._withdraw,
            actions.HISTORY: self._show_history,
            actions.CHANGES: self._show_changes,
        }

    def _draw_menu(self, click: _Click) -> Card:
        return menu_card.draw_menu(
            self.menu.build_offer(click.review_request, seen_revision=click.seen_revision), click.button_data
        )

    def _acknowledge(self, click: _Click) -> Card:
        note = actions.read_note(click.data)
        answer_request = make_answer_request(
            click.review_request,
            revision=click.seen_revision,
            decision=Decision.ACKNOWLEDGE,
            language=actions.read_language(click.data),
            note=note,
        )
        review = self._change_once(click, lambda: self.answers.record_answer(answer_request))
        sentence = _("Recorded: you have reviewed {title}, version {version}.")
        card = draw_card(review)
        return menu_card.draw_confirmation(
            review, sentence.format(title=card.title, version=card.version), click.button_data
        )

    def _reassign(self, click: _Click) -> Card:
        address = strip_unstorable(actions.read_text(click.data, actions.PERSON_INPUT)).strip()
        if not 0 < len(address) <= menu_card.MAX_ADDRESS_LENGTH:
            raise Refused(RefusalReason.NO_SUCH_PERSON, _("Give the e-mail address of a person."))

        def reassign() -> Review:
            review = self.reassignment.check(click.review_request)
            person = self.people.find_in_channel(
                click.activity, address, channel=_choose_channel(review, click.activity)
            )
            return self.reassignment.reassign(click.review_request, new_owner=person)

        review = self._change_once(click, reassign)
        sentence = _("The review of {title} is now assigned to {name}.")
        name = clean_text(review.last_reassignment.to.name if review.last_reassignment else address)
        return menu_card.draw_confirmation(
            review, sentence.format(title=draw_card(review).title, name=name), click.button_data
        )

    def _snooze(self, click: _Click) -> Card:
        until = _read_chosen_time(click.data)
        review = self._change_once(click, lambda: self.reassignment.snooze(click.review_request, until=until))
        sentence = _("No reminders are sent for {title} until then.")
        return menu_card.draw_confirmation(
            review, sentence.format(title=draw_card(review).title), click.button_data
        )

    def _ask(self, click: _Click) -> Card:
        return menu_card.draw_withdraw_question(
            self.menu.build_offer(click.review_request, seen_revision=click.seen_revision).review,
            click.button_data,
        )

    def _withdraw(self, click: _Click) -> Card:
        review = self._change_once(click, lambda: self.answers.withdraw(click.review_request))
        sentence = _("You have withdrawn your answer to {title}. This is recorded in the ledger too.")
        return menu_card.draw_confirmation(
            review, sentence.format(title=draw_card(review).title), click.button_data
        )

    def _show_history(self, click: _Click) -> Card:
        self.menu.build_offer(
            click.review_request, seen_revision=click.seen_revision
        )  # refuses a review without a card in this channel
        pages = self.menu.load_history(
            click.review_request.review_id,
            click.review_request.person,
            start=actions.read_start(click.data),
            limit=menu_card.HISTORY_PAGE_SIZE,
        )
        return menu_card.draw_history(pages, click.button_data)

    def _show_changes(self, click: _Click) -> Card:
        """Show the differences to the person who clicked, or the reason why they don't see them.

        A page of an earlier revision says nothing of where to go on: its differences begin again.
        """
        self.menu.build_offer(
            click.review_request, seen_revision=click.seen_revision
        )  # refuses a review without a card in this channel
        start = actions.read_start(click.data)
        page = self._load_changes(click, start)
        is_newer = start > 0 and page.card.revision != click.seen_revision
        if is_newer:
            page = self._load_changes(click, 0)
        self.change_pages.record_opening(page, click.review_request.person)
        data = click.make_button_data(page.card.revision)
        return changes_card.draw_changes(page, data, is_newer=is_newer)

    def _load_changes(self, click: _Click, start: int) -> ChangesPage:
        return self.change_pages.load_page(
            click.review_request,
            start=start,
            limit=changes_card.CHANGES_PAGE_SIZE,
            since_own_answer=not actions.is_for_all(click.data),
        )

    def _change_once(self, click: _Click, change: Callable[[], Review]) -> Review:
        """Run a change, unless this very click has already done it; return the current review.

        The review is as the person who clicked may see it: where the whole channel may answer, not everyone
        who does may read private titles.
        """
        review = self.reassignment.find_completed(click.review_request)
        if review is None:
            review = change()
            log.info("menu_click_taken", review_id=review.id, identity=click.review_request.person.identity)
        return self.answers.redact_for_reader(review, click.review_request.person)


def _choose_channel(review: Review, activity: Activity) -> str:
    """Return the channel from whose members a person is chosen: the one with the card."""
    channels = [card.target for card in review.cards if card.notifier == NAME]
    return activity.channel if activity.channel in channels or not channels else channels[0]


def _read_chosen_time(data: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(actions.read_text(data, actions.UNTIL_INPUT)), UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(RefusalReason.NO_SUCH_TIME, _("Choose a time.")) from None
