"""App Home as a pure function: a person's open reviews with the card's buttons, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.shared.card_text import describe_extent, shorten_name, summarize_side_facts
from notifiers.shared.look_marks import choose_mark
from notifiers.slack.blocks import add_changes_button, draw_buttons
from notifiers.slack.elements import make_context, make_section
from notifiers.slack.languages import add_language
from notifiers.slack.text import fit_text, format_link, write_date
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import add_page, draw_card, omit_page
from reviews.cards.card_state import label_look
from reviews.kinds import Decision
from reviews.language import _, capitalize_first, format_number, ngettext
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.cards.card_drawing import PageOf
    from reviews.lists.my_reviews import AnsweredReview
    from reviews.model import Review

MAX_PENDING_REVIEWS = 30  # two blocks each, of the hundred that a view may have
MAX_ANSWERED_REVIEWS = 5
MAX_CAMPAIGNS = 5
MAX_SUBSCRIPTIONS, SUBSCRIPTIONS_PER_SECTION = 40, 10
MAX_SUBSCRIPTION_LENGTH = 250
MAX_NAMES_LENGTH = 200
MAX_PATH_LENGTH = 300
MAX_NOTICE_LENGTH = 2900

Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class HomeContents:
    """Contents of one person's Home.

    `open_reviews` may hold one review more than is shown, which means that there are more. `is_responsible`
    says whether any route names the person. `notice` is shown first, then `absence`, which says until when
    they are away. `subscriptions` are those that they made: the channel's id, and what it sees. `find_page`
    links to the files of a bulk review. `campaigns` are those that ask the person, in place of their reviews.
    """

    open_reviews: tuple[Review, ...]
    recent_answers: tuple[AnsweredReview, ...]
    is_responsible: bool
    drawn_at: datetime
    notice: str | None = None
    absence: str = ""
    subscriptions: tuple[tuple[str, str], ...] = ()
    find_page: PageOf = omit_page
    campaigns: tuple[CampaignLine, ...] = ()
    find_campaign_page: Callable[[str], str] | None = None


def draw_home(contents: HomeContents) -> dict[str, Any]:
    """Return the view to publish."""
    banner = f":information_source: {fit_text(contents.notice, MAX_NOTICE_LENGTH)}" if contents.notice else ""
    notice = [make_section(banner), _draw_divider()] if banner else []
    as_of = make_context(_("As of {when}.").format(when=write_date(contents.drawn_at)))
    return {
        "type": "home",
        "blocks": [
            *notice,
            *([make_section(fit_text(contents.absence, MAX_NOTICE_LENGTH))] if contents.absence else []),
            *_draw_pending_reviews(contents),
            *_draw_answered_reviews(contents),
            *_draw_subscriptions(contents),
            as_of,
        ],
    }


def _draw_pending_reviews(contents: HomeContents) -> list[Block]:
    head = _draw_header(_("Waiting for your review"))
    campaigns = [make_section(_draw_campaign(line, contents)) for line in contents.campaigns[:MAX_CAMPAIGNS]]
    if not contents.open_reviews:
        return [head, *(campaigns or [make_section(_describe_nothing_pending(contents))])]
    shown = contents.open_reviews[:MAX_PENDING_REVIEWS]
    if len(contents.open_reviews) > len(shown):
        count = _("The {count} oldest; more are waiting.")
    else:
        count = ngettext("{count} document", "{count} documents, the oldest first", len(shown))
    lines = [block for review in shown for block in _draw_open_review(review, contents)]
    return [head, *campaigns, make_context(count.format(count=len(shown))), *lines]


def _draw_campaign(line: CampaignLine, contents: HomeContents) -> str:
    """Return how much of a campaign waits for the person, with a link to its page."""
    remaining, campaign = line.own_remaining, line.campaign
    address = contents.find_campaign_page(campaign.id) if contents.find_campaign_page else None
    sentence = ngettext(
        "{count} document for you to acknowledge", "{count} documents for you to acknowledge", remaining
    )
    due = _("*Overdue* since {when}") if campaign.due_at < contents.drawn_at else _("Due {when}")
    facts = (sentence.format(count=format_number(remaining)), due.format(when=write_date(campaign.due_at)))
    return f"*{format_link(address, clean_text(campaign.name))}*\n{' · '.join(facts)}"


def _describe_nothing_pending(contents: HomeContents) -> str:
    if contents.is_responsible:
        return _("Nothing is waiting for you. ✅")
    return _("You have no folders to review. Changes in other folders are on the cards in the channels.")


def _draw_open_review(review: Review, contents: HomeContents) -> list[Block]:
    card = add_page(draw_card(review, CardContext(now=contents.drawn_at)), contents.find_page)
    what = _("{happened} by {who}, {when}").format(
        happened=capitalize_first(card.verb),
        who=fit_text(card.who, MAX_NAMES_LENGTH),
        when=write_date(card.changed_at),
    )
    where = [fit_text(shorten_name(card.where, 150), MAX_PATH_LENGTH)] if card.where else []
    facts = [describe_extent(card), *([f"*{label_look(card)}*"] if card.lapsed_at else [])]
    if card.due_at is not None:
        due = _("*Overdue* since {when}") if card.due_at < contents.drawn_at else _("Due {when}")
        facts.append(due.format(when=write_date(card.due_at)))
    side_facts = summarize_side_facts(card, max_length=150)
    more = [fit_text(side_facts, MAX_PATH_LENGTH)] if side_facts else []
    lines = [
        f"{choose_mark(card)} *{format_link(card.link, card.title)}*",
        what,
        *more,
        *where,
        " · ".join(facts),
    ]
    buttons = [
        {**each, "block_id": add_language(f"answers-{card.review_id}.{card.revision}")}
        for each in draw_buttons(card, with_meaning=True)
    ]
    return [add_changes_button(make_section("\n".join(lines)), card), *buttons]


def _draw_answered_reviews(contents: HomeContents) -> list[Block]:
    if not contents.recent_answers:
        return []
    lines = [make_section(_draw_answer(answer)) for answer in contents.recent_answers[:MAX_ANSWERED_REVIEWS]]
    return [_draw_divider(), _draw_header(_("Recently answered by you")), *lines]


def _draw_subscriptions(contents: HomeContents) -> list[Block]:
    if not contents.subscriptions:
        return []
    shown = contents.subscriptions[:MAX_SUBSCRIPTIONS]
    lines = [
        f"• <#{channel}> {fit_text(description, MAX_SUBSCRIPTION_LENGTH)}" for channel, description in shown
    ]
    starts = range(0, len(lines), SUBSCRIPTIONS_PER_SECTION)
    sections = [make_section("\n".join(lines[start : start + SUBSCRIPTIONS_PER_SECTION])) for start in starts]
    more = len(contents.subscriptions) - len(shown)
    rest = [make_context(_("and {count} more").format(count=more))] if more else []
    return [_draw_divider(), _draw_header(_("Your channel subscriptions")), *sections, *rest]


def _draw_answer(answered_review: AnsweredReview) -> str:
    card, answer = draw_card(answered_review.review), answered_review.answer
    own = str(answer.decision)
    file_sentence, folder_sentence = {
        Decision.ACKNOWLEDGE: (_("You reviewed version {version}, {when}."), _("You reviewed it, {when}.")),
        Decision.REQUEST_CHANGES: (
            _("You requested changes to version {version}, {when}."),
            _("You requested changes, {when}."),
        ),
    }.get(answer.decision, (own, own))
    words = file_sentence if card.is_versioned else folder_sentence
    sentence = words.format(version=answer.version or _("unknown"), when=write_date(answer.at))
    since = f" {card.status}." if card.superseded else ""
    return f"*{format_link(card.link, card.title)}*\n{sentence}{since}"


def _draw_header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _draw_divider() -> Block:
    return {"type": "divider"}
