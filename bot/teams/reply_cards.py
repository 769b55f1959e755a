"""Replies to commands as Adaptive Cards: pure functions (facts on Teams, 2.2, 2.4).

Text from outside is only in text runs, where Markdown is not interpreted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.command_replies import (
    CommandReply,
    FiguresReply,
    HelpReply,
    LinkReply,
    ListReply,
    ReviewReply,
    SentenceReply,
    describe_figures,
    describe_state,
)
from bot.command_requests import MineRequest, PendingRequest
from bot.teams.page_buttons import draw_page_buttons
from notifiers.shared.adaptive_card import SCHEMA, VERSION
from notifiers.shared.card_links import CardLinks
from notifiers.shared.card_text import (
    describe_extent,
    make_button_address,
    shorten,
    shorten_name,
    summarize_side_facts,
)
from notifiers.shared.teams_text import escape_plain, escape_run, write_date
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE, draw_card_message
from notifiers.teams_bot.messages import make_message_address
from reviews.cards.card import Card, CardAction
from reviews.cards.card_context import make_neighbour
from reviews.language import _, format_date
from reviews.text import plain

if TYPE_CHECKING:
    from reviews.cards.card_context import NeighbourReview
    from reviews.model import Review

MAX_CARD_BYTES = 20_000  # bytes; an outgoing webhook's answer may not be larger than any connector's message
MAX_TITLE_LENGTH = 150
MAX_NAMES_LENGTH = 100
MAX_STATE_LENGTH = 250
MAX_LINK_LENGTH = 600
MAX_HINT_LENGTH = 600
MAX_ROUTES = 25
_TITLE_PLACEHOLDER = "\ufdd0"
"""Stands in for a title until the sentence is complete: no text from outside contains it."""

Element = dict[str, Any]


def draw_reply(said: CommandReply, *, tenant: str, buttons: bool = True) -> dict[str, Any]:
    """Return a reply as a Teams message; `tenant` is part of the addresses of its cards.

    Where `buttons` don't work, the reply says what to type instead.
    """
    match said:
        case SentenceReply():
            return _message(said.sentence, _lines(said)) if said.lines else make_text_message(said.sentence)
        case LinkReply():
            return _message(said.sentence, [_runs(_run(said.sentence))], [_draw_link(said)])
        case HelpReply():
            return _message(said.hint or _("Available commands"), _help(said))
        case FiguresReply():
            return (
                _message(said.heading, _figures(said))
                if said.figures
                else make_text_message(said.empty_sentence)
            )
        case ListReply():
            return _draw_list(said, tenant, buttons=buttons)
        case ReviewReply():
            newer, earlier = (_address(each, tenant) or "" for each in (said.card.newer, said.card.earlier))
            return draw_card_message(
                said.card, ways=CardLinks(newer=newer, earlier=earlier), limit=MAX_CARD_BYTES
            )


def _draw_link(said: LinkReply) -> Element:
    return {"type": "Action.OpenUrl", "title": said.label, "url": said.address}


def make_text_message(text: str) -> dict[str, Any]:
    """Return a message of plain text, without formatting."""
    return {"type": "message", "textFormat": "plain", "text": escape_plain(text)}


def _lines(said: SentenceReply) -> list[Element]:
    lines = [
        _runs(_run(f"• {shorten(line, MAX_STATE_LENGTH)}")) | {"spacing": "small"} for line in said.lines
    ]
    return [_runs(_run(said.sentence, weight="bolder")), *lines]


def _help(said: HelpReply) -> list[Element]:
    rows = [_row(words, meaning) for words, meaning in said.rows]
    if not said.hint:
        return rows
    hint = [_runs(_run(shorten(said.hint, MAX_HINT_LENGTH), weight="bolder"))]
    example = [_row(said.example, "", before=_("For example:"))] if said.example else []
    return [*hint, *example, *({**row, "separator": not n} for n, row in enumerate(rows))]


def _row(words: str, meaning: str, *, before: str = "") -> Element:
    typed = _run(shorten(words, MAX_HINT_LENGTH), fontType="monospace", weight="bolder")
    prefix = [_run(f"{before} ")] if before else []
    return _runs(*prefix, typed, *([_run(f"  {meaning}")] if meaning else []))


def _figures(said: FiguresReply) -> list[Element]:
    body = [_runs(_run(said.heading, weight="bolder", size="medium"))]
    for one in said.figures[:MAX_ROUTES]:
        lines = [_runs(_run(line)) | {"spacing": "none"} for line in describe_figures(one)]
        name = _runs(_run(shorten_name(one.route, MAX_TITLE_LENGTH), weight="bolder"))
        body.append({"type": "Container", "separator": True, "items": [name, *lines]})
    more = len(said.figures) - MAX_ROUTES
    if more > 0:
        body.append(_runs(_run(_("and {count} more routes").format(count=more), isSubtle=True)))
    complete = said.list_completeness(format_date)[:MAX_ROUTES]
    return [
        *body,
        *(_runs(_run(f"{shorten_name(name, MAX_TITLE_LENGTH)}: {line}")) for name, line in complete),
    ]


def _draw_list(said: ListReply, tenant: str, *, buttons: bool) -> dict[str, Any]:
    if not said.page.entries and not said.lately:
        return make_text_message(said.empty_sentence)
    room = [MAX_CARD_BYTES]
    head = _heading(said.heading, said.order_label) if said.page.entries else _runs(_run(said.empty_sentence))
    own = buttons and (
        isinstance(said.asked, MineRequest) or (isinstance(said.asked, PendingRequest) and said.asked.mine)
    )
    rows = [(each.review, said.draw_card(each.review)) for each in said.page.entries]
    shown = _fitting(rows, tenant, room, own=own)
    recent_answers = _fitting([(each.review, each.card) for each in said.lately], tenant, room)
    after = [_heading(_("Recently answered by you"), ""), *recent_answers] if recent_answers else []
    ahead = said.next_page_command(len(shown))
    turning = draw_page_buttons(said, ahead) if buttons else []
    typed = [_draw_page_hint(said, words) for words in (ahead,) if words] if not buttons else []
    summary = f"{said.heading}, {said.order_label}" if shown else said.empty_sentence
    return _message(summary, [head, *shown, *typed, *after], turning)


def _heading(head: str, order: str) -> Element:
    return _runs(_run(head, weight="bolder"), *([_run(f", {order}")] if order else []))


def _draw_page_hint(said: ListReply, words: str) -> Element:
    """Say what to type for the next page."""
    label = said.page_labels[1]
    return _row(words, "", before=f"{label}:") | {"separator": True}


def _fitting(
    found: list[tuple[Review, Card]], tenant: str, room: list[int], *, own: bool = False
) -> list[Element]:
    """Draw as many as fit, and at least one; the others are on the next page."""
    items: list[Element] = []
    for review, card in found:
        item = _draw_review(review, card, tenant)
        if own:
            item["items"].append({"type": "ActionSet", "actions": _own_buttons(card)})
        room[0] -= len(json.dumps(item))
        if room[0] < 0 and items:
            break
        items.append(item)
    return items


def _draw_review(review: Review, card: Card, tenant: str) -> Element:
    """Draw one review: its name opens the document, and a second link leads to the card."""
    name = _run(shorten_name(card.title, MAX_TITLE_LENGTH), weight="bolder", **_make_link_action(card.link))
    words, who = (
        _("{title} {happened} by {who}"),
        shorten(card.who, MAX_NAMES_LENGTH).replace(_TITLE_PLACEHOLDER, ""),
    )
    sentence = words.format(title=_TITLE_PLACEHOLDER, happened=card.happened, who=who)
    before, _title, after = sentence.partition(_TITLE_PLACEHOLDER)
    story = [*([_run(before)] if before else []), name, _run(after)]
    ways = (
        (_address(make_neighbour(review), tenant), _("Go to the card")),
        (_address(card.newer, tenant), _("Go to the newer review")),
    )
    way = [
        part
        for where, label in ways
        if where
        for part in (_run(" "), _run(label, **_make_link_action(where)))
    ]
    state = _run(shorten(describe_state(card), MAX_STATE_LENGTH))
    facts = f"{write_date(card.changed_at)} · {describe_extent(card)}"
    if card.due_at and not card.answer:
        facts = f"{facts} · {_('Due {when}').format(when=write_date(card.due_at))}"
    dated = {"type": "TextBlock", "text": facts, "wrap": True, "isSubtle": True, "spacing": "none"}
    side_facts = summarize_side_facts(card, longest=MAX_NAMES_LENGTH)
    more = [{**_runs(_run(shorten(side_facts, MAX_STATE_LENGTH))), "spacing": "none"}] if side_facts else []
    return {
        "type": "Container",
        "separator": True,
        "items": [_runs(*story), *more, dated, {**_runs(state, *way), "spacing": "none"}],
    }


def _own_buttons(card: Card) -> list[Element]:
    """Return the buttons for a review in its owner's list."""
    data = {**actions.make_click_data(card.review_id, card.revision), actions.LIST_KEY: actions.OWN_LIST}
    steps = ((CardAction.ACKNOWLEDGE, actions.ACKNOWLEDGE), (CardAction.MORE, actions.MORE))
    return [actions.make_step_button(action.label, verb, data) for action, verb in steps]


def _address(review: NeighbourReview | None, tenant: str) -> str | None:
    """Return the address of the review's card in Teams."""
    cards = review.cards.items() if review else ()
    places = ((target, message) for (name, target), message in cards if name == NAME)
    return next((make_message_address(target, message, tenant=tenant) for target, message in places), None)


def _make_link_action(address: str | None) -> Element:
    """Return what makes a text run a link; nothing if the address is invalid or too long."""
    web = make_button_address(address)
    if web is None or len(web) > MAX_LINK_LENGTH:
        return {}
    return {"color": "accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}


def _run(text: str, **looks: Any) -> Element:
    return {"type": "TextRun", "text": escape_run(text) or " ", **looks}


def _runs(*runs: Element) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _message(summary: str, body: list[Element], actions: list[Element] | None = None) -> dict[str, Any]:
    """Return a message with a card; `summary` is the text of the notification."""
    card = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "msteams": {"width": "Full"},
        "body": body,
        **({"actions": actions} if actions else {}),
    }
    return {
        "type": "message",
        "summary": plain(summary),
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
    }
