"""What a command is answered, in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.command_replies import Answer, Figured, Help, Listing, Said, Shown, Way, figures_in_words, state_of
from notifiers.shared.text import apart_in_short, describe_extent
from notifiers.shared.ways import Ways
from notifiers.slack.blocks import message
from notifiers.slack.text import escape, fit, link, when
from reviews.cards.card_context import make_neighbour
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.cards.card import Card
    from reviews.cards.card_context import Neighbour
    from reviews.model import Review
    from reviews.ports.listing import Figures

# Escaped lengths, which together with two links stay within the 3,000 of a section.
LONGEST_NAMES = 200
LONGEST_STATE = 400
LONGEST_BEFORE = 150
LONGEST_OWNER = 90
LONGEST_HINT = 1000
LONGEST_SENTENCE = 2900
LONGEST_LINE, LINES_TOGETHER = 280, 10
LONGEST_TEXT = 3900  # of the 4,000 that Slack advises
MOST_ROUTES = 40
MOST_FOLDERS = 7
PAGE_BEHIND, PAGE_AHEAD = "page_behind", "page_ahead"
OPEN_HISTORY = "open_history"
_CARD = re.compile(r"[A-Za-z0-9-]{1,63}\.slack\.com/archives/[A-Z0-9]{1,40}/p[0-9]{1,40}")

Block = dict[str, Any]


def drawn(said: Answer, *, name: str, domain: str) -> dict[str, Any]:
    """Return an answer as Slack shows it: `name` is the command's, `domain` the workspace's in addresses."""
    match said:
        case Said():
            return _message([fit(said.sentence, LONGEST_SENTENCE), *_bullets(said.lines)])
        case Way():
            return _message([fit(said.sentence, LONGEST_SENTENCE)], [_way(said)])
        case Help():
            return _message(_help(name, said))
        case Figured():
            return _message(_figures(said))
        case Listing():
            return _message(_listed(said, domain), _turns(said))
        case Shown():
            return _shown(said, domain)


def _way(said: Way) -> Block:
    label = {"type": "plain_text", "text": said.label}
    button = {
        "type": "button",
        "action_id": OPEN_HISTORY,
        "text": label,
        "url": said.address,
        "style": "primary",
    }
    return {"type": "actions", "block_id": "way", "elements": [button]}


def _listed(said: Listing, domain: str) -> list[str]:
    if said.page.entries:
        entries = (_line(each.review, said.card_of(each.review), domain) for each in said.page.entries)
        lines = [f"*{said.head}*, {said.order}", *entries]
    else:
        lines = [escape(said.nothing)]
    if said.lately:
        lines.append(f"*{_('Answered by you lately')}*")
        lines += [_line(each.review, each.card, domain) for each in said.lately]
    return lines


def _bullets(lines: Sequence[str]) -> list[str]:
    """Draw a list in as few paragraphs as hold it."""
    told = [f"• {fit(line, LONGEST_LINE)}" for line in lines]
    starts = range(0, len(told), LINES_TOGETHER)
    return ["\n".join(told[start : start + LINES_TOGETHER]) for start in starts]


def _turns(said: Listing) -> list[Block]:
    """Draw the buttons to the other pages. Each carries the command that it stands for."""
    behind, ahead = said.turns
    pages = ((PAGE_BEHIND, behind, said.behind), (PAGE_AHEAD, ahead, said.ahead()))
    buttons = [
        {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": words}
        for action, label, words in pages
        if words
    ]
    return [{"type": "actions", "block_id": "pages", "elements": buttons}] if buttons else []


def _shown(said: Shown, domain: str) -> dict[str, Any]:
    """Draw the card itself. Slack is not asked for its owners: the answer has to be there within seconds."""
    owners, stand_ins = (
        [fit(entry, LONGEST_OWNER) for entry in entries]
        for entries in (said.card.owners, said.card.stand_ins)
    )
    ways = Ways(
        newer=_address(said.card.newer, domain) or "", earlier=_address(said.card.earlier, domain) or ""
    )
    card = message(said.card, owners, stand_ins=stand_ins, ways=ways)
    where = _address(make_neighbour(said.review), domain)
    way = [_section(link(where, _("Go to the card")))] if where else []
    return {"text": card["text"], "blocks": [*card["blocks"], *way], "response_type": "ephemeral"}


def _line(review: Review, card: Card, domain: str) -> str:
    who = fit(card.who, LONGEST_NAMES)
    told = _("{title} {happened} by {who}, {when}").format(
        title=f"*{link(card.link, card.title)}*", happened=card.happened, who=who, when=when(card.changed_at)
    )
    due = _("Due {when}").format(when=when(card.due_at)) if card.due_at and not card.answer else ""
    ways = (
        (_address(make_neighbour(review), domain), _("Go to the card")),
        (_address(card.newer, domain), _("Go to the newer review")),
    )
    tail = "".join(f" {link(where, label)}" for where, label in ways if where)
    facts = f"{describe_extent(card)}.{f' {due}.' if due else ''}"
    apart = apart_in_short(card, longest=LONGEST_BEFORE)
    more = f"\n{fit(apart, LONGEST_STATE)}" if apart else ""
    return f"{told}{more}\n{fit(state_of(card), LONGEST_STATE)} {facts}{tail}"


def _address(review: Neighbour | None, domain: str) -> str | None:
    """Return the address of the review's card in this workspace."""
    cards = review.cards.items() if review else ()
    found = next(((target, message) for (name, target), message in cards if name == "slack"), None)
    if found is None:
        return None
    address = f"{domain}.slack.com/archives/{found[0]}/p{found[1].replace('.', '')}"
    return f"https://{address}" if _CARD.fullmatch(address) else None


def _help(name: str, said: Help) -> list[str]:
    rows = "\n".join(f"`{name} {words}`\n{escape(meaning)}" for words, meaning in said.rows)
    if not said.hint:
        return [rows]
    example = f"{_('For example:')} {_code(f'{name} {said.example}')}" if said.example else ""
    return [f"{fit(said.hint, LONGEST_HINT)}\n{example}".strip(), rows]


def _code(text: str) -> str:
    """Return text as one piece to be typed: in a code span nothing but `&`, `<` and `>` means anything."""
    text = text.replace("`", "'")[:LONGEST_HINT]
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return f"`{text}`"


def _figures(said: Figured) -> list[str]:
    complete = [
        f"*{fit(name, LONGEST_NAMES)}*: {line}" for name, line in said.completeness(when)[:MOST_FOLDERS]
    ]
    last = ["\n".join(complete)] if complete else []
    if not said.figures:
        return [escape(said.nothing), *last]
    told = ["\n".join([f"*{fit(one.route, LONGEST_NAMES)}*", *_sentences(one)]) for one in said.figures]
    more = len(told) - MOST_ROUTES
    rest = [_("and {count} more routes").format(count=more)] if more > 0 else []
    return [f"*{said.head}*", *told[:MOST_ROUTES], *rest, *last]


def _sentences(one: Figures) -> list[str]:
    return [escape(line) for line in figures_in_words(one)]


def _message(paragraphs: list[str], more: list[Block] | None = None) -> dict[str, Any]:
    read_out = [paragraphs[0]]  # a screen reader reads this, and not the blocks
    for paragraph in paragraphs[1:]:
        if len("\n\n".join([*read_out, paragraph])) <= LONGEST_TEXT:
            read_out.append(paragraph)
    blocks = [*map(_section, paragraphs), *(more or ())]
    return {"text": "\n\n".join(read_out), "blocks": blocks, "response_type": "ephemeral"}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
