"""Replies to commands in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

import re
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
from notifiers.shared.card_links import CardLinks
from notifiers.shared.card_text import describe_extent, summarize_side_facts
from notifiers.slack.blocks import draw_card_message
from notifiers.slack.elements import make_section
from notifiers.slack.text import escape, fit, link, write_date
from reviews.cards.card_context import make_neighbour
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.cards.card import Card
    from reviews.cards.card_context import NeighbourReview
    from reviews.model import Review
    from reviews.ports.listing import RouteFigures

# Escaped lengths; together with two links they stay within the 3,000 characters of a section.
MAX_NAMES_LENGTH = 200
MAX_STATE_LENGTH = 400
MAX_BEFORE_LENGTH = 150
MAX_OWNER_LENGTH = 90
MAX_HINT_LENGTH = 1000
MAX_SENTENCE_LENGTH = 2900
MAX_LINE_LENGTH, LINES_PER_SECTION = 280, 10
MAX_TEXT_LENGTH = 3900  # of the 4,000 that Slack advises
MAX_ROUTES = 40
MAX_FOLDERS = 7
PREVIOUS_PAGE, NEXT_PAGE = "page_behind", "page_ahead"
OPEN_HISTORY = "open_history"
_CARD_ADDRESS = re.compile(r"[A-Za-z0-9-]{1,63}\.slack\.com/archives/[A-Z0-9]{1,40}/p[0-9]{1,40}")

Block = dict[str, Any]


def draw_reply(said: CommandReply, *, name: str, domain: str) -> dict[str, Any]:
    """Return a reply as Slack shows it: `name` is the command's, `domain` the workspace's in addresses."""
    match said:
        case SentenceReply():
            return _message([fit(said.sentence, MAX_SENTENCE_LENGTH), *_bullets(said.lines)])
        case LinkReply():
            return _message([fit(said.sentence, MAX_SENTENCE_LENGTH)], [_draw_link_button(said)])
        case HelpReply():
            return _message(_help(name, said))
        case FiguresReply():
            return _message(_figures(said))
        case ListReply():
            return _message(_draw_list(said, domain), _draw_page_buttons(said))
        case ReviewReply():
            return _draw_review(said, domain)


def _draw_link_button(said: LinkReply) -> Block:
    label = {"type": "plain_text", "text": said.label}
    button = {
        "type": "button",
        "action_id": OPEN_HISTORY,
        "text": label,
        "url": said.address,
        "style": "primary",
    }
    return {"type": "actions", "block_id": "way", "elements": [button]}


def _draw_list(said: ListReply, domain: str) -> list[str]:
    if said.page.entries:
        entries = (_line(each.review, said.draw_card(each.review), domain) for each in said.page.entries)
        lines = [f"*{said.heading}*, {said.order_label}", *entries]
    else:
        lines = [escape(said.empty_sentence)]
    if said.lately:
        lines.append(f"*{_('Recently answered by you')}*")
        lines += [_line(each.review, each.card, domain) for each in said.lately]
    return lines


def _bullets(lines: Sequence[str]) -> list[str]:
    """Draw a list in as few paragraphs as possible."""
    bullets = [f"• {fit(line, MAX_LINE_LENGTH)}" for line in lines]
    starts = range(0, len(bullets), LINES_PER_SECTION)
    return ["\n".join(bullets[start : start + LINES_PER_SECTION]) for start in starts]


def _draw_page_buttons(said: ListReply) -> list[Block]:
    """Draw the buttons to the other pages. Each carries its command."""
    behind, ahead = said.page_labels
    pages = (
        (PREVIOUS_PAGE, behind, said.previous_page_command),
        (NEXT_PAGE, ahead, said.next_page_command()),
    )
    buttons = [
        {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": words}
        for action, label, words in pages
        if words
    ]
    return [{"type": "actions", "block_id": "pages", "elements": buttons}] if buttons else []


def _draw_review(said: ReviewReply, domain: str) -> dict[str, Any]:
    """Draw the card itself. Slack is not asked for its owners: the answer is due within seconds."""
    owners, stand_ins = (
        [fit(entry, MAX_OWNER_LENGTH) for entry in entries]
        for entries in (said.card.owners, said.card.stand_ins)
    )
    ways = CardLinks(
        newer=_address(said.card.newer, domain) or "", earlier=_address(said.card.earlier, domain) or ""
    )
    card = draw_card_message(said.card, owners, stand_ins=stand_ins, ways=ways)
    where = _address(make_neighbour(said.review), domain)
    way = [make_section(link(where, _("Go to the card")))] if where else []
    return {"text": card["text"], "blocks": [*card["blocks"], *way], "response_type": "ephemeral"}


def _line(review: Review, card: Card, domain: str) -> str:
    who = fit(card.who, MAX_NAMES_LENGTH)
    sentence = _("{title} {happened} by {who}, {when}").format(
        title=f"*{link(card.link, card.title)}*",
        happened=card.happened,
        who=who,
        when=write_date(card.changed_at),
    )
    due = _("Due {when}").format(when=write_date(card.due_at)) if card.due_at and not card.answer else ""
    ways = (
        (_address(make_neighbour(review), domain), _("Go to the card")),
        (_address(card.newer, domain), _("Go to the newer review")),
    )
    tail = "".join(f" {link(where, label)}" for where, label in ways if where)
    facts = f"{describe_extent(card)}.{f' {due}.' if due else ''}"
    side_facts = summarize_side_facts(card, longest=MAX_BEFORE_LENGTH)
    more = f"\n{fit(side_facts, MAX_STATE_LENGTH)}" if side_facts else ""
    return f"{sentence}{more}\n{fit(describe_state(card), MAX_STATE_LENGTH)} {facts}{tail}"


def _address(review: NeighbourReview | None, domain: str) -> str | None:
    """Return the address of the review's card in this workspace; `None` if there is none."""
    cards = review.cards.items() if review else ()
    location = next(((target, message) for (name, target), message in cards if name == "slack"), None)
    if location is None:
        return None
    address = f"{domain}.slack.com/archives/{location[0]}/p{location[1].replace('.', '')}"
    return f"https://{address}" if _CARD_ADDRESS.fullmatch(address) else None


def _help(name: str, said: HelpReply) -> list[str]:
    rows = "\n".join(f"`{name} {words}`\n{escape(meaning)}" for words, meaning in said.rows)
    if not said.hint:
        return [rows]
    example = f"{_('For example:')} {_code(f'{name} {said.example}')}" if said.example else ""
    return [f"{fit(said.hint, MAX_HINT_LENGTH)}\n{example}".strip(), rows]


def _code(text: str) -> str:
    """Format text as code to be typed: in a code span, only `&`, `<` and `>` are special."""
    text = text.replace("`", "'")[:MAX_HINT_LENGTH]
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return f"`{text}`"


def _figures(said: FiguresReply) -> list[str]:
    complete = [
        f"*{fit(name, MAX_NAMES_LENGTH)}*: {line}"
        for name, line in said.list_completeness(write_date)[:MAX_FOLDERS]
    ]
    last = ["\n".join(complete)] if complete else []
    if not said.figures:
        return [escape(said.empty_sentence), *last]
    paragraphs = [
        "\n".join([f"*{fit(one.route, MAX_NAMES_LENGTH)}*", *_describe_figures(one)]) for one in said.figures
    ]
    more = len(paragraphs) - MAX_ROUTES
    rest = [_("and {count} more routes").format(count=more)] if more > 0 else []
    return [f"*{said.heading}*", *paragraphs[:MAX_ROUTES], *rest, *last]


def _describe_figures(one: RouteFigures) -> list[str]:
    return [escape(line) for line in describe_figures(one)]


def _message(paragraphs: list[str], more: list[Block] | None = None) -> dict[str, Any]:
    read_out = [paragraphs[0]]  # a screen reader reads this, not the blocks
    for paragraph in paragraphs[1:]:
        if len("\n\n".join([*read_out, paragraph])) <= MAX_TEXT_LENGTH:
            read_out.append(paragraph)
    blocks = [*map(make_section, paragraphs), *(more or ())]
    return {"text": "\n\n".join(read_out), "blocks": blocks, "response_type": "ephemeral"}
