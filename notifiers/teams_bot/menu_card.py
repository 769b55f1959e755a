"""What a click on "More…" shows to one person alone, by pure functions (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_card import MOST_BESIDE, SCHEMA, VERSION
from notifiers.shared.teams_text import run, when
from notifiers.shared.text import shorten, shorten_name
from notifiers.teams_bot import actions
from reviews.answers.answers import LONGEST_NOTE
from reviews.answers.menu import Item
from reviews.cards.card_drawing import card_of
from reviews.cards.card_state import describe_outcome
from reviews.kinds import Decision
from reviews.language import _

if TYPE_CHECKING:
    from reviews.answers.menu import Offer, Pages
    from reviews.ledger.history import Step
    from reviews.model import Review

STEPS = 10  # a page
LONGEST_TITLE = 200
LONGEST_SENTENCE = 800
LONGEST_SHOWN_NOTE = 1000
LONGEST_ADDRESS = 320

Element = dict[str, Any]
Data = dict[str, str]


def menu(offer: Offer, data: Data) -> Element:
    """Return what this person may do now; `data` is what each button brings back."""
    why_not = [_line(offer.why_not)] if offer.why_not else []
    buttons = [_button(item, offer, data) for item in offer.items if item is not Item.REQUEST_CHANGES]
    return _card(offer.review, [_line(_stands(offer.review)), *why_not], [*buttons, back(data)])


def asked(review: Review, data: Data) -> Element:
    """Return the second step before an answer is taken back."""
    told = _("This takes back your answer and adds an entry to the record.")
    yes = actions.step(_("Withdraw"), actions.WITHDRAW, data) | {"style": "destructive"}
    keep = actions.step(_("Keep it"), actions.MORE, data)
    return _card(review, [_line(_("Withdraw your answer?"), weight="Bolder"), _line(told)], [yes, keep])


def said(review: Review, sentence: str, data: Data) -> Element:
    """Return what was done, with the way back."""
    return _card(review, [_line(sentence)], [back(data)])


def unsent(review: Review, sentence: str, note: str, data: Data) -> Element:
    """Return why a note can't be sent any more, and the note in a field, so that all of it can be copied."""
    kept = {**_note(), "value": note[:LONGEST_NOTE]}
    lines = [_line(sentence), _line(_("What you wrote was not sent:")), kept]
    return _card(review, lines, [back(data)])


def typed_again(review: Review, note: str, told: tuple[str, str], buttons: list[Element]) -> Element:
    """Return the form of the newest revision with a note that was typed into that of an older one.

    `told` is why that was not taken, and where the note goes.
    """
    why, where = told
    asks = {**_note(), "value": note[:LONGEST_NOTE]}
    return _card(review, [_line(why, weight="Bolder"), asks, _line(where, isSubtle=True)], buttons)


def send(decision: Decision, data: Data) -> Element:
    """Return the button that sends the note of a form with this decision."""
    if decision is Decision.REQUEST_CHANGES:
        return actions.step(_("Request changes"), actions.REQUEST_CHANGES, data, inputs=True)
    return actions.step(_("Acknowledge review"), actions.NOTED, data, inputs=True)


def history(pages: Pages, data: Data) -> Element:
    """Return some steps of a review, the oldest first, with the ways to the others."""
    steps = [_step(step) for step in pages.steps]
    turns = []
    if pages.start > 0:
        turns.append((_("Earlier"), max(pages.start - STEPS, 0)))
    if pages.more:
        turns.append((_("Later"), pages.start + STEPS))
    turning = [actions.step(label, actions.HISTORY, {**data, actions.START: str(at)}) for label, at in turns]
    return _card(pages.review, steps, [*turning, back(data)])


def _button(item: Item, offer: Offer, data: Data) -> Element:
    match item:
        case Item.ACKNOWLEDGE:
            sends = send(Decision.ACKNOWLEDGE, data)
            return _form(_("Acknowledge with a note"), _note(), where_to(private=offer.private), sends)
        case Item.REASSIGN:
            told = _(
                "Whoever you choose becomes responsible for this review. The thread of the card is told."
            )
            sends = actions.step(_("Hand over"), actions.HAND_OVER, data, inputs=True)
            return _form(_("Hand over"), _whom(), told, sends)
        case Item.SNOOZE:
            told = _("No reminder of this review is sent until then. When it is due stays as it is.")
            sends = actions.step(_("Put off"), actions.POSTPONE, data, inputs=True)
            return _form(_("Put reminders off"), _until(offer), told, sends)
        case Item.WITHDRAW:
            return actions.step(_("Withdraw my answer"), actions.ASK_TO_WITHDRAW, data)
        case _:
            return actions.step(_("Show history"), actions.HISTORY, data)


def _form(title: str, asks: Element, told: str, send: Element) -> Element:
    body = [asks, _line(told, isSubtle=True)]
    card = {"type": "AdaptiveCard", "version": VERSION, "body": body, "actions": [send]}
    return {"type": "Action.ShowCard", "title": title, "card": card}


def where_to(*, private: bool) -> str:
    if private:
        return _("Your note goes into the record. A card shows it only where no outsider can read along.")
    return _("Your note goes onto the card, where the whole channel reads it, and into the record.")


def _note() -> Element:
    return {
        "type": "Input.Text",
        "id": actions.NOTE,
        "label": _("Your note"),
        "placeholder": _("For example: agreed with the legal department."),
        "isMultiline": True,
        "maxLength": LONGEST_NOTE,
    }


def _whom() -> Element:
    """Ask for an address: whom it names is looked up in one request, however many are in the channel."""
    return {
        "type": "Input.Text",
        "id": actions.WHOM,
        "label": _("Who should review this? Their e-mail address"),
        "style": "Email",
        "placeholder": "name@company.com",
        "isRequired": True,
        "errorMessage": _("Give the e-mail address of a person."),
        "maxLength": LONGEST_ADDRESS,
    }


def _until(offer: Offer) -> Element:
    choices = [{"title": later.words, "value": str(int(later.until.timestamp()))} for later in offer.later]
    return {
        "type": "Input.ChoiceSet",
        "id": actions.UNTIL,
        "label": _("Until when?"),
        "style": "compact",
        "choices": choices,
        "value": choices[0]["value"],
        "isRequired": True,
        "errorMessage": _("Choose a time."),
    }


def back(data: Data) -> Element:
    return actions.step(_("Back"), actions.BACK, data)


def _stands(review: Review) -> str:
    return describe_outcome(card_of(review))


def _step(step: Step) -> Element:
    facts = [when(step.at) if step.at else _("at an unknown time"), *([step.proven] if step.proven else [])]
    until = [_dated(_("Until {when}.").format(when=when(step.until)))] if step.until else []
    note = shorten("\n".join(step.note), LONGEST_SHOWN_NOTE).splitlines()
    quoted = [_quoted(note)] if note else []
    items = [_line(step.sentence), *until, *quoted, _dated(" · ".join(facts))]
    return {"type": "Container", "separator": True, "items": items}


def _quoted(note: list[str]) -> Element:
    return {"type": "Container", "style": "emphasis", "items": [_line(each) for each in note]}


def _dated(text: str) -> Element:
    """Return our own words with a time in them, which each reader sees in their own zone."""
    return {"type": "TextBlock", "text": text, "wrap": True, "isSubtle": True, "spacing": "None"}


def _line(text: str, **looks: Any) -> Element:
    shown = run(shorten(text, LONGEST_SENTENCE)) or " "
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": shown, **looks}]}


def _rows(buttons: list[Element]) -> list[Element]:
    """Put buttons into rows: what does not fit beside the first is cut off where the channel is narrow."""
    pairs = [buttons[start : start + MOST_BESIDE] for start in range(0, len(buttons), MOST_BESIDE)]
    return [{"type": "ActionSet", "actions": pair} for pair in pairs]


def _card(review: Review, body: list[Element], buttons: list[Element]) -> Element:
    title = {**_line(shorten_name(card_of(review).title, LONGEST_TITLE), weight="Bolder", size="Large")}
    told = _("Only you see this.")
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "msteams": {"width": "Full"},
        "body": [_line(told, isSubtle=True, size="Small"), title, *body, *_rows(buttons)],
    }
