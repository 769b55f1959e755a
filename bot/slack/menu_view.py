"""The menu behind "More…" and a review's history, as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.card_text import shorten
from notifiers.slack.blocks import make_button_value
from notifiers.slack.elements import make_plain_text, make_section
from notifiers.slack.text import fit_text, write_date
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import describe_outcome
from reviews.language import _

if TYPE_CHECKING:
    from reviews.answers.menu import HistoryPage, Offer
    from reviews.cards.card import Card
    from reviews.ledger.history import HistoryStep

ITEM_IDS = {item: f"menu_{item.value}" for item in MenuItem}
EARLIER, LATER = "history_earlier", "history_later"
HISTORY_PAGE_SIZE = 20  # a page: three blocks each at most, of the hundred that a modal holds
# Escaped lengths; together they stay within the 3,000 characters of a section.
MAX_TITLE_LENGTH = 1000
MAX_SENTENCE_LENGTH = 1500
MAX_NOTE_LENGTH = 3000

Block = dict[str, Any]


def draw_menu(offer: Offer) -> dict[str, Any]:
    """Return the modal with what this person may do now; the server checks it in any case."""
    card = draw_card(offer.review)
    value = make_button_value(offer.review.id, offer.revision)
    why_not = [make_section(fit_text(offer.refusal, MAX_SENTENCE_LENGTH))] if offer.refusal else []
    return {
        "type": "modal",
        "title": make_plain_text(_("Review")),
        "close": make_plain_text(_("Close")),
        "blocks": [
            make_section(
                f"*{fit_text(card.title, MAX_TITLE_LENGTH)}*\n"
                f"{fit_text(_describe_state(card), MAX_SENTENCE_LENGTH)}"
            ),
            *why_not,
            {"type": "divider"},
            *(_draw_item(item, value) for item in offer.items),
        ],
    }


def draw_history(pages: HistoryPage) -> dict[str, Any]:
    """Return the modal with the history of a review, oldest first."""
    title = make_section(f"*{fit_text(draw_card(pages.review).title, MAX_TITLE_LENGTH)}*")
    steps = [block for step in pages.steps for block in _draw_step(step)]
    return {
        "type": "modal",
        "title": make_plain_text(_("History")),
        "close": make_plain_text(_("Back")),
        "blocks": [title, {"type": "divider"}, *steps, *_draw_page_buttons(pages)],
    }


def _describe_state(card: Card) -> str:
    """Return the state of the review, in sentences."""
    return describe_outcome(card)


def _draw_item(item: MenuItem, value: str) -> Block:
    heading, explanation, label = _describe_item(item)
    button: Block = {
        "type": "button",
        "action_id": ITEM_IDS[item],
        "text": make_plain_text(label),
        "value": value,
    }
    if item is MenuItem.WITHDRAW:
        button |= {"style": "danger", "confirm": _draw_confirmation()}
    return {**make_section(f"*{heading}*\n{explanation}"), "accessory": button}


def _describe_item(item: MenuItem) -> tuple[str, str, str]:
    """Return an item's heading, explanation and button label."""
    return {
        MenuItem.ACKNOWLEDGE: lambda: (
            _("Acknowledge with a note"),
            _("You add a note, which is recorded in the ledger."),
            _("Acknowledge…"),
        ),
        MenuItem.REQUEST_CHANGES: lambda: (
            _("Request changes"),
            _("You describe what has to change."),
            _("Request…"),
        ),
        MenuItem.REASSIGN: lambda: (
            _("Reassign to a person"),
            _("Another person becomes responsible."),
            _("Reassign…"),
        ),
        MenuItem.SNOOZE: lambda: (
            _("Snooze reminders"),
            _("The due date doesn't change."),
            _("Snooze…"),
        ),
        MenuItem.WITHDRAW: lambda: (
            _("Withdraw my answer"),
            _("The review waits for an answer again."),
            _("Withdraw"),
        ),
        MenuItem.CHANGES: lambda: (
            _("What changed"),
            _("What was added, removed or replaced in the document."),
            _("Show differences"),
        ),
        MenuItem.HISTORY: lambda: (
            _("History"),
            _("All ledger entries of this review."),
            _("Show history"),
        ),
    }[item]()


def _draw_confirmation() -> Block:
    explanation = _("This withdraws your answer and adds an entry to the ledger.")
    return {
        "title": make_plain_text(_("Withdraw your answer?")),
        "text": make_plain_text(explanation),
        "confirm": make_plain_text(_("Withdraw")),
        "deny": make_plain_text(_("Keep answer")),
        "style": "danger",
    }


def _draw_step(step: HistoryStep) -> list[Block]:
    until = " " + _("Until {when}.").format(when=write_date(step.until)) if step.until else ""
    note = [_draw_quote(step.note)] if step.note else []
    facts = [
        write_date(step.at) if step.at else _("at an unknown time"),
        *([step.proven] if step.proven else []),
        *([step.opened] if step.opened else []),
    ]
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(facts)}]}
    return [make_section(fit_text(step.sentence, MAX_SENTENCE_LENGTH) + until), *note, context]


def _draw_quote(lines: tuple[str, ...]) -> Block:
    """Quote a note as it is: nothing in it can format, link or mention."""
    text = {"type": "text", "text": shorten("\n".join(lines), MAX_NOTE_LENGTH)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [text]}]}


def _draw_page_buttons(pages: HistoryPage) -> list[Block]:
    """Return the buttons to the previous and next page; a button's value is where its page starts."""
    page_turns = []
    if pages.start > 0:
        page_turns.append((EARLIER, _("Earlier"), max(pages.start - HISTORY_PAGE_SIZE, 0)))
    if pages.has_more:
        page_turns.append((LATER, _("Later"), pages.start + HISTORY_PAGE_SIZE))
    if not page_turns:
        return []
    buttons = [
        {
            "type": "button",
            "action_id": action,
            "text": make_plain_text(label),
            "value": make_button_value(pages.review.id, start),
        }
        for action, label, start in page_turns
    ]
    return [{"type": "actions", "elements": buttons}]
