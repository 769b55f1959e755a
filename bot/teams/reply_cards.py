"""Replies to commands as Adaptive Cards: pure functions (facts on Teams, 2.2, 2.4).

Text from outside is only in text runs, where Markdown is not interpreted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.command_replies import (
    ChangesReply,
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
from bot.command_requests import ChangesRequest, MineRequest, PendingRequest
from bot.figure_table import MAX_ROUTE_COLUMNS, tabulate_figures
from bot.teams.changes_reply import draw_changes
from bot.teams.page_buttons import ASK_CHANGES, draw_command_button, draw_page_buttons
from bot.teams.reply_elements import (
    MAX_CARD_BYTES,
    MAX_HINT_LENGTH,
    MAX_TITLE_LENGTH,
    build_message,
    draw_code,
    draw_grid,
    draw_page_hint,
    draw_row,
    draw_run,
    draw_text,
)
from notifiers.shared.card_links import CardLinks, list_button_links
from notifiers.shared.card_text import (
    describe_extent,
    make_button_address,
    shorten,
    shorten_name,
    summarize_side_facts,
)
from notifiers.shared.look_marks import choose_mark
from notifiers.shared.teams_text import escape_plain, write_date
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import draw_card_message
from notifiers.teams_bot.messages import make_message_address
from reviews.cards.card import Card, CardAction
from reviews.cards.card_context import make_neighbour
from reviews.language import _, format_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.cards.card_context import NeighbourReview
    from reviews.model import Review

MAX_NAMES_LENGTH = 100
MAX_STATE_LENGTH = 250
MAX_LINK_LENGTH = 600
MAX_ROUTES = 25
_TITLE_PLACEHOLDER = "\ufdd0"
"""Stands in for a title until the sentence is complete: no text from outside contains it."""

Element = dict[str, Any]
NO_DUTIES: Mapping[str, str] = MappingProxyType({})


def draw_reply(reply: CommandReply, *, tenant: str, buttons: bool = True) -> dict[str, Any]:
    """Return a reply as a Teams message; `tenant` is part of the addresses of its cards.

    Where `buttons` don't work, the reply says what to type instead.
    """
    match reply:
        case SentenceReply():
            return (
                build_message(reply.sentence, [_draw_head(reply.sentence), *_draw_lines(reply)])
                if reply.lines or reply.codes
                else make_text_message(reply.sentence)
            )
        case LinkReply():
            body = [draw_text(draw_run(reply.sentence)), *_draw_lines(reply)]
            return build_message(reply.sentence, body, [_draw_link(reply)])
        case HelpReply():
            return build_message(reply.hint or _("Available commands"), _draw_help(reply))
        case FiguresReply():
            return (
                build_message(reply.heading, _draw_figures(reply))
                if reply.figures
                else make_text_message(reply.empty_sentence)
            )
        case ListReply() | ReviewReply() | ChangesReply():
            return _draw_reviews(reply, tenant, buttons=buttons)


def _draw_reviews(
    reply: ListReply | ReviewReply | ChangesReply, tenant: str, *, buttons: bool
) -> dict[str, Any]:
    match reply:
        case ListReply():
            return _draw_list(reply, tenant, buttons=buttons)
        case ReviewReply():
            return _draw_review_reply(reply, tenant, buttons=buttons)
        case ChangesReply():
            return draw_changes(reply, buttons=buttons)


def _draw_link(reply: LinkReply) -> Element:
    return {"type": "Action.OpenUrl", "title": reply.label, "url": reply.address}


def make_text_message(text: str) -> dict[str, Any]:
    """Return a message of plain text, without formatting."""
    return {"type": "message", "textFormat": "plain", "text": escape_plain(text)}


def _draw_head(sentence: str) -> Element:
    return draw_text(draw_run(sentence, weight="bolder"))


def _draw_lines(reply: SentenceReply | LinkReply) -> list[Element]:
    lines = [draw_text(draw_run(f"• {shorten(line, MAX_STATE_LENGTH)}")) for line in reply.lines]
    return [each | {"spacing": "small"} for each in (*lines, *map(draw_code, reply.codes))]


def _draw_help(reply: HelpReply) -> list[Element]:
    if not reply.hint:
        header = [draw_text(draw_run(label, weight="bolder")) for label in (_("Command"), _("What it does"))]
        cells = [[draw_row(words, ""), draw_text(draw_run(meaning))] for words, meaning in reply.rows]
        return draw_grid([header, *cells])
    rows = [draw_row(words, meaning) for words, meaning in reply.rows]
    hint = [draw_text(draw_run(shorten(reply.hint, MAX_HINT_LENGTH), weight="bolder"))]
    example = [draw_row(reply.example, "", before=_("For example:"))] if reply.example else []
    return [*hint, *example, *({**row, "separator": not n} for n, row in enumerate(rows))]


def _draw_figures(reply: FiguresReply) -> list[Element]:
    heading = draw_text(draw_run(reply.heading, weight="bolder", size="medium"))
    complete = [
        draw_text(draw_run(f"{shorten_name(name, MAX_TITLE_LENGTH)}: {line}"))
        for name, line in reply.list_completeness(format_date)[:MAX_ROUTES]
    ]
    if len(reply.figures) <= MAX_ROUTE_COLUMNS:
        return [heading, *_draw_figure_grid(reply), *complete]
    return [heading, *_draw_route_paragraphs(reply), *complete]


def _draw_figure_grid(reply: FiguresReply) -> list[Element]:
    labels, *rows = tabulate_figures(reply.figures)
    header = [draw_text(draw_run(shorten_name(label, MAX_TITLE_LENGTH), weight="bolder")) for label in labels]
    return draw_grid([header, *([draw_text(draw_run(cell)) for cell in row] for row in rows)])


def _draw_route_paragraphs(reply: FiguresReply) -> list[Element]:
    """Return the figures in sentences: so many routes are wider than a card, and longer than it may be."""
    body = []
    for route_figures in reply.figures[:MAX_ROUTES]:
        lines = [draw_text(draw_run(line)) | {"spacing": "none"} for line in describe_figures(route_figures)]
        name = draw_text(draw_run(shorten_name(route_figures.route, MAX_TITLE_LENGTH), weight="bolder"))
        body.append({"type": "Container", "separator": True, "items": [name, *lines]})
    more = len(reply.figures) - MAX_ROUTES
    if more > 0:
        body.append(draw_text(draw_run(_("and {count} more routes").format(count=more), isSubtle=True)))
    return body


def _draw_list(reply: ListReply, tenant: str, *, buttons: bool) -> dict[str, Any]:
    if not reply.page.entries and not reply.recent_answers:
        return make_text_message(reply.empty_sentence)
    remaining_bytes = [MAX_CARD_BYTES]
    head = (
        _draw_heading(reply.heading, reply.order_label)
        if reply.page.entries
        else draw_text(draw_run(reply.empty_sentence))
    )
    own = buttons and (
        isinstance(reply.list_request, MineRequest)
        or (isinstance(reply.list_request, PendingRequest) and reply.list_request.own_only)
    )
    rows = [(each.review, reply.draw_card(each.review)) for each in reply.page.entries]
    review_rows = _draw_fitting_reviews(rows, tenant, remaining_bytes, with_buttons=own, duties=reply.duties)
    recent_answers = _draw_fitting_reviews(
        [(each.review, each.card) for each in reply.recent_answers], tenant, remaining_bytes
    )
    after = [_draw_heading(_("Recently answered by you"), ""), *recent_answers] if recent_answers else []
    ahead = reply.write_next_page_command(len(review_rows))
    page_buttons = (
        draw_page_buttons(reply.page_labels, previous_command=reply.previous_page_command, next_command=ahead)
        if buttons
        else []
    )
    hint_rows = [draw_page_hint(reply.page_labels[1], ahead)] if ahead and not buttons else []
    summary = f"{reply.heading}, {reply.order_label}" if review_rows else reply.empty_sentence
    return build_message(summary, [head, *review_rows, *hint_rows, *after], page_buttons)


def _draw_review_reply(reply: ReviewReply, tenant: str, *, buttons: bool) -> dict[str, Any]:
    """Draw the card of a review; what changed is asked for in the chat, or else opened on its page."""
    card, label = reply.card, CardAction.CHANGES.label
    address = list_button_links(card)[CardAction.CHANGES]
    if buttons:
        words = ChangesRequest(subject=card.review_id).words
        changes_button = draw_command_button(ASK_CHANGES, label, words)
    elif address:
        changes_button = actions.make_link_button(label, address)
    else:
        card = replace(card, actions=tuple(each for each in card.actions if each is not CardAction.CHANGES))
        changes_button = None
    newer, earlier = (_find_card_address(each, tenant) or "" for each in (card.newer, card.earlier))
    return draw_card_message(
        card,
        card_links=CardLinks(newer=newer, earlier=earlier),
        limit=MAX_CARD_BYTES,
        changes_button=changes_button,
    )


def _draw_heading(head: str, order: str) -> Element:
    return draw_text(draw_run(head, weight="bolder"), *([draw_run(f", {order}")] if order else []))


def _draw_fitting_reviews(
    rows: list[tuple[Review, Card]],
    tenant: str,
    remaining_bytes: list[int],
    *,
    with_buttons: bool = False,
    duties: Mapping[str, str] = NO_DUTIES,
) -> list[Element]:
    """Draw as many as fit, and at least one; the others are on the next page.

    `duties` say for whom the reader stands in, by review id.
    """
    items: list[Element] = []
    for review, card in rows:
        item = _draw_review(review, card, tenant, duty=duties.get(review.id, ""))
        if with_buttons:
            item["items"].append({"type": "ActionSet", "actions": _draw_own_buttons(card)})
        remaining_bytes[0] -= len(json.dumps(item))
        if remaining_bytes[0] < 0 and items:
            break
        items.append(item)
    return items


def _draw_review(review: Review, card: Card, tenant: str, *, duty: str = "") -> Element:
    """Draw one review: its name opens the document, and a second link leads to the card."""
    name = draw_run(
        shorten_name(card.title, MAX_TITLE_LENGTH), weight="bolder", **_make_link_action(card.link)
    )
    words, who = (
        _("{title} {happened} by {who}"),
        shorten(card.who, MAX_NAMES_LENGTH).replace(_TITLE_PLACEHOLDER, ""),
    )
    sentence = words.format(title=_TITLE_PLACEHOLDER, happened=card.verb, who=who)
    before, _title, after = sentence.partition(_TITLE_PLACEHOLDER)
    story = [draw_run(f"{choose_mark(card)} {before}"), name, draw_run(after)]
    links = (
        (_find_card_address(make_neighbour(review), tenant), _("Go to the card")),
        (_find_card_address(card.newer, tenant), _("Go to the newer review")),
    )
    link_runs = [
        part
        for where, label in links
        if where
        for part in (draw_run(" "), draw_run(label, **_make_link_action(where)))
    ]
    state = " ".join(shorten(each, MAX_STATE_LENGTH) for each in (describe_state(card), duty) if each)
    facts = f"{write_date(card.changed_at)} · {describe_extent(card)}"
    if card.due_at and not card.answer:
        facts = f"{facts} · {_('Due {when}').format(when=write_date(card.due_at))}"
    dated = {"type": "TextBlock", "text": facts, "wrap": True, "isSubtle": True, "spacing": "none"}
    side_facts = summarize_side_facts(card, max_length=MAX_NAMES_LENGTH)
    more = (
        [{**draw_text(draw_run(shorten(side_facts, MAX_STATE_LENGTH))), "spacing": "none"}]
        if side_facts
        else []
    )
    return {
        "type": "Container",
        "separator": True,
        "items": [
            draw_text(*story),
            *more,
            dated,
            {**draw_text(draw_run(state), *link_runs), "spacing": "none"},
        ],
    }


def _draw_own_buttons(card: Card) -> list[Element]:
    """Return the buttons for a review in its owner's list."""
    data = {**actions.make_click_data(card.review_id, card.revision), actions.LIST_KEY: actions.OWN_LIST}
    answer_data = actions.add_language(data)
    return [
        actions.make_step_button(CardAction.ACKNOWLEDGE.label, actions.ACKNOWLEDGE, answer_data),
        actions.make_step_button(CardAction.MORE.label, actions.MORE, data),
    ]


def _find_card_address(review: NeighbourReview | None, tenant: str) -> str | None:
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
