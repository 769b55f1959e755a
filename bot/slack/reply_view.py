"""Replies to commands in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

import re
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
from bot.figure_table import tabulate_figures
from bot.slack.changes_view import MESSAGE_SIDE, draw_changes, draw_link_to_all, read_out
from bot.slack.tables import make_table
from notifiers.shared.card_links import CardLinks
from notifiers.shared.card_text import describe_extent, summarize_side_facts
from notifiers.shared.look_marks import choose_mark
from notifiers.slack.blocks import draw_card_message
from notifiers.slack.elements import make_section
from notifiers.slack.text import escape, fit_text, format_link, write_date
from reviews.cards.card_context import make_neighbour
from reviews.language import _

if TYPE_CHECKING:
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
MIN_TABLE_ROWS = 4  # fewer commands need no columns
MAX_FOLDERS = 7
PREVIOUS_PAGE, NEXT_PAGE = "page_behind", "page_ahead"
OPEN_HISTORY = "open_history"
_CARD_ADDRESS = re.compile(r"[A-Za-z0-9-]{1,63}\.slack\.com/archives/[A-Z0-9]{1,40}/p[0-9]{1,40}")

Block = dict[str, Any]


def draw_reply(reply: CommandReply, *, name: str, domain: str, with_table: bool = True) -> dict[str, Any]:
    """Return a reply as Slack shows it: `name` is the command's, `domain` the workspace's in addresses.

    Without `with_table` a table is text, for a workspace that does not have Slack's tables yet.
    """
    match reply:
        case SentenceReply():
            return _build_message(_draw_paragraphs(reply))
        case LinkReply():
            return _build_message(_draw_paragraphs(reply), [_draw_link_button(reply)])
        case HelpReply():
            return _draw_help_message(name, reply, with_table=with_table)
        case FiguresReply():
            return _draw_figures_message(reply, with_table=with_table)
        case ListReply():
            return _build_message(_draw_list(reply, domain), _draw_list_buttons(reply))
        case ReviewReply() | ChangesReply():
            return _draw_about_review(reply, domain)


def _draw_link_button(reply: LinkReply) -> Block:
    label = {"type": "plain_text", "text": reply.label}
    button = {
        "type": "button",
        "action_id": OPEN_HISTORY,
        "text": label,
        "url": reply.address,
        "style": "primary",
    }
    return {"type": "actions", "block_id": "way", "elements": [button]}


def _draw_list(reply: ListReply, domain: str) -> list[str]:
    if reply.page.entries:
        entries = (
            _draw_review_line(
                each.review,
                reply.draw_card(each.review),
                domain,
                duty=reply.duties.get(each.review.id, ""),
            )
            for each in reply.page.entries
        )
        lines = [f"*{reply.heading}*, {reply.order_label}", *entries]
    else:
        lines = [escape(reply.empty_sentence)]
    if reply.recent_answers:
        lines.append(f"*{_('Recently answered by you')}*")
        lines += [_draw_review_line(each.review, each.card, domain) for each in reply.recent_answers]
    return lines


def _draw_paragraphs(reply: SentenceReply | LinkReply) -> list[str]:
    """Draw a sentence, and its list in as few paragraphs as possible."""
    bullets = [f"• {fit_text(line, MAX_LINE_LENGTH)}" for line in reply.lines]
    bullets += [f"• {escape(each.label)} {_format_code(each.code)}" for each in reply.codes]
    starts = range(0, len(bullets), LINES_PER_SECTION)
    paragraphs = ["\n".join(bullets[start : start + LINES_PER_SECTION]) for start in starts]
    return [fit_text(reply.sentence, MAX_SENTENCE_LENGTH), *paragraphs]


def _draw_list_buttons(reply: ListReply) -> list[Block]:
    behind, ahead = reply.page_labels
    return _draw_page_buttons((behind, reply.previous_page_command), (ahead, reply.write_next_page_command()))


def _draw_page_buttons(behind: tuple[str, str | None], ahead: tuple[str, str | None]) -> list[Block]:
    """Draw the buttons to the pages before and after; each is a label and the command that it carries."""
    buttons = [
        {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": words}
        for action, (label, words) in ((PREVIOUS_PAGE, behind), (NEXT_PAGE, ahead))
        if words
    ]
    return [{"type": "actions", "block_id": "pages", "elements": buttons}] if buttons else []


def _draw_about_review(reply: ReviewReply | ChangesReply, domain: str) -> dict[str, Any]:
    return _draw_review(reply, domain) if isinstance(reply, ReviewReply) else _draw_changes_reply(reply)


def _draw_review(reply: ReviewReply, domain: str) -> dict[str, Any]:
    """Draw the card itself. Slack is not asked for its owners: the answer is due within seconds."""
    owners, deputies = (
        [fit_text(entry, MAX_OWNER_LENGTH) for entry in entries]
        for entries in (reply.card.owners, reply.card.deputies)
    )
    card_links = CardLinks(
        newer=_find_card_address(reply.card.newer, domain) or "",
        earlier=_find_card_address(reply.card.earlier, domain) or "",
    )
    card = draw_card_message(reply.card, owners, deputies=deputies, card_links=card_links)
    where = _find_card_address(make_neighbour(reply.review), domain)
    link_block = [make_section(format_link(where, _("Go to the card")))] if where else []
    return {"text": card["text"], "blocks": [*card["blocks"], *link_block], "response_type": "ephemeral"}


def _draw_changes_reply(reply: ChangesReply) -> dict[str, Any]:
    buttons = _draw_page_buttons(
        (_("Earlier"), reply.previous_page_command), (_("Later"), reply.next_page_command)
    )
    blocks = [*draw_changes(reply.page, MESSAGE_SIDE), *draw_link_to_all(reply.page), *buttons]
    return {"text": read_out(reply.page), "blocks": blocks, "response_type": "ephemeral"}


def _draw_review_line(review: Review, card: Card, domain: str, *, duty: str = "") -> str:
    """Draw one review; `duty` says for whom the reader stands in."""
    who = fit_text(card.who, MAX_NAMES_LENGTH)
    sentence = _("{title} {happened} by {who}, {when}").format(
        title=f"*{format_link(card.link, card.title)}*",
        happened=card.verb,
        who=who,
        when=write_date(card.changed_at),
    )
    due = _("Due {when}").format(when=write_date(card.due_at)) if card.due_at and not card.answer else ""
    links = (
        (_find_card_address(make_neighbour(review), domain), _("Go to the card")),
        (_find_card_address(card.newer, domain), _("Go to the newer review")),
    )
    tail = "".join(f" {format_link(where, label)}" for where, label in links if where)
    facts = f"{describe_extent(card)}.{f' {due}.' if due else ''}"
    side_facts = summarize_side_facts(card, max_length=MAX_BEFORE_LENGTH)
    more = f"\n{fit_text(side_facts, MAX_STATE_LENGTH)}" if side_facts else ""
    state = [fit_text(each, MAX_STATE_LENGTH) for each in (describe_state(card), duty) if each]
    return f"{choose_mark(card)} {sentence}{more}\n{' '.join(state)} {facts}{tail}"


def _find_card_address(review: NeighbourReview | None, domain: str) -> str | None:
    """Return the address of the review's card in this workspace; `None` if there is none."""
    cards = review.cards.items() if review else ()
    location = next(((target, message) for (name, target), message in cards if name == "slack"), None)
    if location is None:
        return None
    address = f"{domain}.slack.com/archives/{location[0]}/p{location[1].replace('.', '')}"
    return f"https://{address}" if _CARD_ADDRESS.fullmatch(address) else None


def _draw_help_message(name: str, reply: HelpReply, *, with_table: bool) -> dict[str, Any]:
    message = _build_message(_draw_help(name, reply))
    if not with_table or len(reply.rows) < MIN_TABLE_ROWS:
        return message
    rows = [(_("Command"), _("What it does")), *((f"{name} {words}", text) for words, text in reply.rows)]
    return {**message, "blocks": [*message["blocks"][:-1], make_table(rows, has_code=True)]}


def _draw_help(name: str, reply: HelpReply) -> list[str]:
    """Return the hint, if there is one, and all rows."""
    rows = "\n".join(f"`{name} {words}`\n{escape(meaning)}" for words, meaning in reply.rows)
    if not reply.hint:
        return [rows]
    example = f"{_('For example:')} {_format_code(f'{name} {reply.example}')}" if reply.example else ""
    return [f"{fit_text(reply.hint, MAX_HINT_LENGTH)}\n{example}".strip(), rows]


def _format_code(text: str) -> str:
    """Format text as code to be typed or copied: in a code span, only `&`, `<` and `>` are special."""
    text = text.replace("`", "'")[:MAX_HINT_LENGTH]
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, escaped)
    return f"`{text}`"


def _draw_figures_message(reply: FiguresReply, *, with_table: bool) -> dict[str, Any]:
    message = _build_message(_draw_figures(reply))
    if not (with_table and reply.figures):
        return message
    above = [f"*{reply.heading}*", *_list_unshown_routes(reply), *_draw_completeness(reply)]
    table = make_table(tabulate_figures(reply.figures[:MAX_ROUTES]), numbers_right=True)
    return {**message, "blocks": [*map(make_section, above), table]}


def _draw_completeness(reply: FiguresReply) -> list[str]:
    lines = [
        f"*{fit_text(name, MAX_NAMES_LENGTH)}*: {line}"
        for name, line in reply.list_completeness(write_date)[:MAX_FOLDERS]
    ]
    return ["\n".join(lines)] if lines else []


def _list_unshown_routes(reply: FiguresReply) -> list[str]:
    more = len(reply.figures) - MAX_ROUTES
    return [_("and {count} more routes").format(count=more)] if more > 0 else []


def _draw_figures(reply: FiguresReply) -> list[str]:
    last = _draw_completeness(reply)
    if not reply.figures:
        return [escape(reply.empty_sentence), *last]
    paragraphs = [
        "\n".join([f"*{fit_text(route_figures.route, MAX_NAMES_LENGTH)}*", *_describe_figures(route_figures)])
        for route_figures in reply.figures
    ]
    return [f"*{reply.heading}*", *paragraphs[:MAX_ROUTES], *_list_unshown_routes(reply), *last]


def _describe_figures(route_figures: RouteFigures) -> list[str]:
    return [escape(line) for line in describe_figures(route_figures)]


def _build_message(paragraphs: list[str], extra_blocks: list[Block] | None = None) -> dict[str, Any]:
    read_out = [paragraphs[0]]  # a screen reader reads this, not the blocks
    for paragraph in paragraphs[1:]:
        if len("\n\n".join([*read_out, paragraph])) <= MAX_TEXT_LENGTH:
            read_out.append(paragraph)
    blocks = [*map(make_section, paragraphs), *(extra_blocks or ())]
    return {"text": "\n\n".join(read_out), "blocks": blocks, "response_type": "ephemeral"}
