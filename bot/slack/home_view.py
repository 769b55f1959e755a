"""App Home as a pure function: what waits for one person, with the card's buttons, and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.shared.text import apart_in_short, describe_extent, shorten_name
from notifiers.slack.blocks import buttons
from notifiers.slack.text import fit, link, when
from reviews.cards.card_drawing import add_page, card_of, no_page
from reviews.kinds import Decision
from reviews.language import _, capital, counted

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card_drawing import PageOf
    from reviews.lists.my_reviews import Given
    from reviews.model import Review

MOST_WAITING = 30  # two blocks each, of the hundred that a view may have
MOST_ANSWERED = 5
MOST_SUBSCRIPTIONS, TOGETHER = 40, 10
LONGEST_SUBSCRIPTION = 250
LONGEST_NAMES = 200
LONGEST_PATH = 300
LONGEST_NOTICE = 2900

Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What one person's Home shows. `waiting` may hold one review too many, which says that there are more.

    `responsible` says whether any route names the person; `notice` is what they are to read first;
    `subscriptions` are those that they made: the channel's id, and what it sees.
    `page_of` leads to the files of a bulk review.
    """

    waiting: tuple[Review, ...]
    answered: tuple[Given, ...]
    responsible: bool
    at: datetime
    notice: str | None = None
    subscriptions: tuple[tuple[str, str], ...] = ()
    page_of: PageOf = no_page


def home(desk: Desk) -> dict[str, Any]:
    """Return the view to publish."""
    said = f":information_source: {fit(desk.notice, LONGEST_NOTICE)}" if desk.notice else ""
    notice = [_section(said), _divider()] if said else []
    as_of = _context(_("As of {when}.").format(when=when(desk.at)))
    return {
        "type": "home",
        "blocks": [*notice, *_waiting(desk), *_answered(desk), *_subscriptions(desk), as_of],
    }


def _waiting(desk: Desk) -> list[Block]:
    head = _header(_("Waiting for your review"))
    if not desk.waiting:
        return [head, _section(_nothing(desk))]
    shown = desk.waiting[:MOST_WAITING]
    if len(desk.waiting) > len(shown):
        count = _("The {count} oldest; more are waiting.")
    else:
        count = counted("{count} document", "{count} documents, the oldest first", len(shown))
    lines = [block for review in shown for block in _open(review, desk)]
    return [head, _context(count.format(count=len(shown))), *lines]


def _nothing(desk: Desk) -> str:
    if desk.responsible:
        return _("Nothing is waiting for you. ✅")
    return _("No folder is yours to review. What changes elsewhere is in the channels' cards.")


def _open(review: Review, desk: Desk) -> list[Block]:
    card = add_page(card_of(review), desk.page_of)
    what = _("{happened} by {who}, {when}").format(
        happened=capital(card.happened), who=fit(card.who, LONGEST_NAMES), when=when(card.changed_at)
    )
    where = [fit(shorten_name(card.where, 150), LONGEST_PATH)] if card.where else []
    facts = [describe_extent(card)]
    if card.due_at is not None:
        due = _("*Overdue* since {when}") if card.due_at < desk.at else _("Due {when}")
        facts.append(due.format(when=when(card.due_at)))
    apart = apart_in_short(card, longest=150)
    more = [fit(apart, LONGEST_PATH)] if apart else []
    told = [f"*{link(card.link, card.title)}*", what, *more, *where, " · ".join(facts)]
    drawn = [{**each, "block_id": f"answers-{card.review_id}.{card.revision}"} for each in buttons(card)]
    return [_section("\n".join(told)), *drawn]


def _answered(desk: Desk) -> list[Block]:
    if not desk.answered:
        return []
    lines = [_section(_answer(given)) for given in desk.answered[:MOST_ANSWERED]]
    return [_divider(), _header(_("Answered by you lately")), *lines]


def _subscriptions(desk: Desk) -> list[Block]:
    if not desk.subscriptions:
        return []
    shown = desk.subscriptions[:MOST_SUBSCRIPTIONS]
    lines = [f"• <#{channel}> {fit(told, LONGEST_SUBSCRIPTION)}" for channel, told in shown]
    starts = range(0, len(lines), TOGETHER)
    sections = [_section("\n".join(lines[start : start + TOGETHER])) for start in starts]
    more = len(desk.subscriptions) - len(shown)
    rest = [_context(_("and {count} more").format(count=more))] if more else []
    return [_divider(), _header(_("Channels that you subscribed")), *sections, *rest]


def _answer(found: Given) -> str:
    card, given = card_of(found.review), found.answer
    own = str(given.decision)
    of_file, of_files = {
        Decision.ACKNOWLEDGE: (_("You reviewed version {version}, {when}."), _("You reviewed it, {when}.")),
        Decision.REQUEST_CHANGES: (
            _("You requested changes of version {version}, {when}."),
            _("You requested changes, {when}."),
        ),
    }.get(given.decision, (own, own))
    words = of_file if card.is_versioned else of_files
    said = words.format(version=given.version or _("unknown"), when=when(given.at))
    since = f" {card.status}." if card.superseded else ""
    return f"*{link(card.link, card.title)}*\n{said}{since}"


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _divider() -> Block:
    return {"type": "divider"}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
