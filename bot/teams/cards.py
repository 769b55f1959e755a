"""What a command is answered, as Adaptive Cards: pure functions (facts on Teams, 2.2, 2.4).

Text from outside stands in text runs only, in which nothing of it is taken for Markdown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.command_replies import Answer, Figured, Help, Listing, Said, Shown, Way, figures_in_words, state_of
from bot.command_requests import Mine, Pending
from bot.teams.pages import turns
from notifiers.shared.adaptive_card import SCHEMA, VERSION
from notifiers.shared.teams_text import literal, run, when
from notifiers.shared.text import apart_in_short, describe_extent, shorten, shorten_name, web_address
from notifiers.shared.ways import Ways
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE, message
from notifiers.teams_bot.messages import address_of
from reviews.cards.card import Action, Card
from reviews.cards.card_context import make_neighbour
from reviews.language import _, dated
from reviews.text import plain

if TYPE_CHECKING:
    from reviews.cards.card_context import Neighbour
    from reviews.model import Review

LARGEST = 20_000  # bytes; an outgoing webhook's answer may not be larger than any connector's message
LONGEST_TITLE = 150
LONGEST_NAMES = 100
LONGEST_STATE = 250
LONGEST_LINK = 600
LONGEST_HINT = 600
MOST_ROUTES = 25
_TITLE = "\ufdd0"
"""Stands in for a title until the sentence is made: no text from outside holds it."""

Element = dict[str, Any]


def drawn(said: Answer, *, tenant: str, buttons: bool = True) -> dict[str, Any]:
    """Return an answer as a message of Teams; `tenant` stands in the addresses of its cards.

    Where there can be no `buttons` that do something, it is said what to type instead.
    """
    match said:
        case Said():
            return _message(said.sentence, _lines(said)) if said.lines else sentence(said.sentence)
        case Way():
            return _message(said.sentence, [_runs(_run(said.sentence))], [_way(said)])
        case Help():
            return _message(said.hint or _("What you can ask for"), _help(said))
        case Figured():
            return _message(said.head, _figures(said)) if said.figures else sentence(said.nothing)
        case Listing():
            return _listing(said, tenant, buttons=buttons)
        case Shown():
            newer, earlier = (_address(each, tenant) or "" for each in (said.card.newer, said.card.earlier))
            return message(said.card, ways=Ways(newer=newer, earlier=earlier), limit=LARGEST)


def _way(said: Way) -> Element:
    return {"type": "Action.OpenUrl", "title": said.label, "url": said.address}


def sentence(text: str) -> dict[str, Any]:
    """Return a message of plain text, in which nothing is formatted."""
    return {"type": "message", "textFormat": "plain", "text": literal(text)}


def _lines(said: Said) -> list[Element]:
    told = [_runs(_run(f"• {shorten(line, LONGEST_STATE)}")) | {"spacing": "small"} for line in said.lines]
    return [_runs(_run(said.sentence, weight="bolder")), *told]


def _help(said: Help) -> list[Element]:
    rows = [_row(words, meaning) for words, meaning in said.rows]
    if not said.hint:
        return rows
    hint = [_runs(_run(shorten(said.hint, LONGEST_HINT), weight="bolder"))]
    example = [_row(said.example, "", before=_("For example:"))] if said.example else []
    return [*hint, *example, *({**row, "separator": not n} for n, row in enumerate(rows))]


def _row(words: str, meaning: str, *, before: str = "") -> Element:
    typed = _run(shorten(words, LONGEST_HINT), fontType="monospace", weight="bolder")
    told = [_run(f"{before} ")] if before else []
    return _runs(*told, typed, *([_run(f"  {meaning}")] if meaning else []))


def _figures(said: Figured) -> list[Element]:
    body = [_runs(_run(said.head, weight="bolder", size="medium"))]
    for one in said.figures[:MOST_ROUTES]:
        lines = [_runs(_run(line)) | {"spacing": "none"} for line in figures_in_words(one)]
        name = _runs(_run(shorten_name(one.route, LONGEST_TITLE), weight="bolder"))
        body.append({"type": "Container", "separator": True, "items": [name, *lines]})
    more = len(said.figures) - MOST_ROUTES
    if more > 0:
        body.append(_runs(_run(_("and {count} more routes").format(count=more), isSubtle=True)))
    complete = said.completeness(dated)[:MOST_ROUTES]
    return [*body, *(_runs(_run(f"{shorten_name(name, LONGEST_TITLE)}: {line}")) for name, line in complete)]


def _listing(said: Listing, tenant: str, *, buttons: bool) -> dict[str, Any]:
    if not said.page.entries and not said.lately:
        return sentence(said.nothing)
    room = [LARGEST]
    head = _heading(said.head, said.order) if said.page.entries else _runs(_run(said.nothing))
    own = buttons and (isinstance(said.asked, Mine) or (isinstance(said.asked, Pending) and said.asked.mine))
    found = [(each.review, said.card_of(each.review)) for each in said.page.entries]
    shown = _fitting(found, tenant, room, own=own)
    lately = _fitting([(each.review, each.card) for each in said.lately], tenant, room)
    after = [_heading(_("Answered by you lately"), ""), *lately] if lately else []
    ahead = said.ahead(len(shown))
    turning = turns(said, ahead) if buttons else []
    typed = [_typed(said, words) for words in (ahead,) if words] if not buttons else []
    summary = f"{said.head}, {said.order}" if shown else said.nothing
    return _message(summary, [head, *shown, *typed, *after], turning)


def _heading(head: str, order: str) -> Element:
    return _runs(_run(head, weight="bolder"), *([_run(f", {order}")] if order else []))


def _typed(said: Listing, words: str) -> Element:
    """Say what to type for the next page."""
    label = said.turns[1]
    return _row(words, "", before=f"{label}:") | {"separator": True}


def _fitting(
    found: list[tuple[Review, Card]], tenant: str, room: list[int], *, own: bool = False
) -> list[Element]:
    """Draw as many as there is room for, and at least one; what is left is on the next page."""
    items: list[Element] = []
    for review, card in found:
        item = _item(review, card, tenant)
        if own:
            item["items"].append({"type": "ActionSet", "actions": _own_buttons(card)})
        room[0] -= len(json.dumps(item))
        if room[0] < 0 and items:
            break
        items.append(item)
    return items


def _item(review: Review, card: Card, tenant: str) -> Element:
    """Draw one review: its name opens the document, and a second link leads to the card."""
    name = _run(shorten_name(card.title, LONGEST_TITLE), weight="bolder", **_opens(card.link))
    words, who = _("{title} {happened} by {who}"), shorten(card.who, LONGEST_NAMES).replace(_TITLE, "")
    told = words.format(title=_TITLE, happened=card.happened, who=who)
    before, _title, after = told.partition(_TITLE)
    story = [*([_run(before)] if before else []), name, _run(after)]
    ways = (
        (_address(make_neighbour(review), tenant), _("Go to the card")),
        (_address(card.newer, tenant), _("Go to the newer review")),
    )
    way = [part for where, label in ways if where for part in (_run(" "), _run(label, **_opens(where)))]
    state = _run(shorten(state_of(card), LONGEST_STATE))
    facts = f"{when(card.changed_at)} · {describe_extent(card)}"
    if card.due_at and not card.answer:
        facts = f"{facts} · {_('Due {when}').format(when=when(card.due_at))}"
    dated = {"type": "TextBlock", "text": facts, "wrap": True, "isSubtle": True, "spacing": "none"}
    apart = apart_in_short(card, longest=LONGEST_NAMES)
    more = [{**_runs(_run(shorten(apart, LONGEST_STATE))), "spacing": "none"}] if apart else []
    return {
        "type": "Container",
        "separator": True,
        "items": [_runs(*story), *more, dated, {**_runs(state, *way), "spacing": "none"}],
    }


def _own_buttons(card: Card) -> list[Element]:
    """Return what the owner of a review can do with it in their own list."""
    data = {**actions.data_of(card.review_id, card.revision), actions.SEAT: actions.MINE}
    steps = ((Action.ACKNOWLEDGE, actions.ACKNOWLEDGE), (Action.MORE, actions.MORE))
    return [actions.step(action.words, verb, data) for action, verb in steps]


def _address(review: Neighbour | None, tenant: str) -> str | None:
    """Return the address of the review's card in Teams."""
    cards = review.cards.items() if review else ()
    found = ((target, message) for (name, target), message in cards if name == NAME)
    return next((address_of(target, message, tenant=tenant) for target, message in found), None)


def _opens(address: str | None) -> Element:
    """Return what makes a text run a link; nothing for an address that is none, or too long."""
    web = web_address(address)
    if web is None or len(web) > LONGEST_LINK:
        return {}
    return {"color": "accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}


def _run(text: str, **looks: Any) -> Element:
    return {"type": "TextRun", "text": run(text) or " ", **looks}


def _runs(*runs: Element) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _message(summary: str, body: list[Element], actions: list[Element] | None = None) -> dict[str, Any]:
    """Return a message with a card; `summary` is what a notification says."""
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
