"""The card in Block Kit: pure functions from the neutral card to a message (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from notifiers.shared.bulk_text import MAX_FILES, describe_file
from notifiers.shared.card_links import NO_LINKS, CardLinks, list_button_links
from notifiers.shared.card_text import (
    Fact,
    choose_scope_fact,
    describe_coverage,
    list_earlier_names,
    shorten_name,
    write_headline,
)
from notifiers.shared.json_members import get_member, get_text
from notifiers.slack import notices
from notifiers.slack.account import CHAT_NAME
from notifiers.slack.elements import Block, make_mrkdwn, make_section
from notifiers.slack.languages import add_language
from notifiers.slack.snippet_blocks import draw_snippets
from notifiers.slack.text import (
    escape,
    fit_text,
    format_channel,
    format_link,
    format_mention,
    write_date,
)
from reviews.cards.answer_progress import (
    describe_missing,
    describe_outdated,
    describe_recovery,
    format_answer_count,
    is_shared,
)
from reviews.cards.card import Card, CardAction
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import describe_remarks, describe_request, list_state_lines
from reviews.cards.meaning import ask_for_meaning
from reviews.language import _, capitalize_first, join_first
from reviews.notice import Notice
from reviews.text import clean_text
from reviews.wording.labels import describe_contents, split_answer_note
from reviews.wording.reviewer_names import add_absent
from reviews.wording.step_sentences import describe_recipient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.cards.bulk_card import BulkCard, ListedFile
    from reviews.model import Answer
    from reviews.tree import FolderContents

ACTION_IDS = {
    CardAction.ACKNOWLEDGE: "acknowledge_review",
    CardAction.REQUEST_CHANGES: "request_changes",
    CardAction.OPEN: "open_document",
    CardAction.FILES: "show_files",
    CardAction.CHANGES: "show_changes",
    CardAction.MORE: "more",
}
MEANING_ACTION = "show_meaning"
MAX_OWNERS = 20
MAX_SECTION_LENGTH = 2900  # of 3,000
MAX_FIELD_LENGTH = 1900  # of 2,000; the label is within
MAX_SUMMARY_LENGTH = 2900  # of 3,000: it may have to go into a section
# Escaped lengths, which together stay within the 3,000 of a section.
MAX_NAMES_LENGTH = 300
MAX_PATH_LENGTH = 600
MAX_BEFORE_LENGTH = 350  # a name or a folder
MAX_OWNER_LENGTH = 90
MAX_NOTE_LENGTH = 1000  # each line of it becomes a quotation
MAX_CONTENTS_LENGTH = 1500
MAX_FILE_TITLE_LENGTH, MAX_FILE_PATH_LENGTH = 150, 120  # of a bulk review
MAX_FILE_LINE_LENGTH = 480  # with its link; five of these fit, with what follows them
MAX_TITLES = 10
EVENT_TYPE = "docspace_review_requested"
NO_RECIPIENTS: Mapping[str, str] = MappingProxyType({})


def draw_card_message(
    card: Card,
    owners: list[str],
    *,
    deputies: Sequence[str] = (),
    recipients: Mapping[str, str] = NO_RECIPIENTS,
    stand_ins: Mapping[str, str] = NO_RECIPIENTS,
    card_links: CardLinks = NO_LINKS,
) -> dict[str, Any]:
    """Return the arguments of a post or an update: `text`, `blocks` and `metadata`.

    A screen reader reads `text`; a desktop notification shows the first block. The metadata holds ids only,
    because everyone in the channel can read it. `owners` and `deputies` are mrkdwn, in the order of the
    card's; `recipients` is mrkdwn for others whom a step asked, by their address, and `stand_ins` for those
    who stand in for an owner. `card_links` are the addresses of the cards before and after this one.
    """
    superseded = [_draw_superseded(card, card_links.newer)] if card.superseded else []
    state = _draw_state(card, owners, deputies, recipients, stand_ins=stand_ins)
    requested = [_draw_request(card.earlier_request, card_links.earlier)] if card.earlier_request else []
    answer = [_draw_answer(card, card.answer)] if card.answer else []
    contents = [_draw_contents(card.contents)] if card.contents else []
    contents += [_draw_bulk(card.bulk)] if card.bulk and card.bulk.first else []
    story = [
        _draw_story(card),
        *_draw_changes(card),
        *draw_snippets(card),
        *contents,
        *requested,
        _draw_facts(card, owners, deputies),
        *_draw_progress(card, owners),
    ]
    return {
        "text": fit_text(summarize(card), MAX_SUMMARY_LENGTH),
        "blocks": [_draw_header(card), *superseded, *state, *answer, *story, *draw_buttons(card)],
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"review_id": card.review_id, "revision": card.revision},
        },
    }


def draw_plain_card(content: dict[str, Any]) -> dict[str, Any]:
    """Return the same message as a sentence and its buttons, for a Slack that refuses the card."""
    blocks = content["blocks"]
    beside = [block["accessory"] for block in blocks if "accessory" in block]
    sentence = {**make_section(content["text"]), **({"accessory": beside[-1]} if beside else {})}
    rows = [
        {**block, "elements": [*block["elements"], *beside[:-1]]}
        for block in blocks
        if block["type"] == "actions"
    ]
    return {**content, "blocks": [sentence, *rows]}


def draw_buttons(card: Card, *, with_meaning: bool = False) -> list[Block]:
    """Return the block with the card's buttons, for other places than the card; empty without buttons.

    On a card the button *What does this mean?* is beside what happened.
    """
    if not _list_buttons(card):
        return []
    row = _draw_action_row(card)
    if with_meaning and CardAction.ACKNOWLEDGE in card.actions:
        row["elements"].append(_make_button(card, MEANING_ACTION, ask_for_meaning()))
    return [row]


def add_changes_button(section: Block, card: Card) -> Block:
    """Return a section with the button *What changed* beside it, if there are differences.

    In the row of the others it would not fit beside them in a narrow window.
    """
    if CardAction.CHANGES not in card.actions:
        return section
    return {**section, "accessory": _draw_button(card, CardAction.CHANGES)}


def add_meaning_button(section: Block, card: Card) -> Block:
    """Return a section with the button *What does this mean?* beside it, while the card can be answered.

    Beside the facts it would leave their two columns too little room in a narrow window.
    """
    if CardAction.ACKNOWLEDGE not in card.actions:
        return section
    label = ask_for_meaning()
    return {**section, "accessory": _make_button(card, MEANING_ACTION, label)}


def make_button_value(review_id: str, revision: int) -> str:
    """Return the value that a click or a form sends: the review, and the revision that the person saw."""
    return f"{review_id}.{revision}"


def read_button_value(value: str) -> tuple[str, int]:
    """Return (review id, revision) of a button's value; for a foreign value, an id that is never used."""
    review_id, _dot, revision = value.partition(".")
    return (
        (review_id, int(revision))
        if revision.isascii() and revision.isdecimal() and len(revision) < 10
        else ("", 0)
    )


def is_post_of(message: Mapping[str, Any], card_or_notice: Card | Notice) -> bool:
    """Return whether a message is a card of this review, at any revision, or is this notice."""
    kind = get_text(message, "metadata", "event_type")
    payload = get_member(message, "metadata", "event_payload")
    if isinstance(card_or_notice, Notice):
        return kind == notices.EVENT_TYPE and get_text(payload, "notice") == card_or_notice.key
    return kind == EVENT_TYPE and get_text(payload, "review_id") == card_or_notice.review_id


def _draw_header(card: Card) -> Block:
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": write_headline(card, max_length=150), "emoji": False},
    }


def _draw_story(card: Card) -> Block:
    """Return what happened; the file's name is above it, and its link on the button below."""
    who = f"*{fit_text(card.who, MAX_NAMES_LENGTH)}*"
    sentence = f"{card.change_template.format(who=who)}, {write_date(card.changed_at)}"
    where = [fit_text(shorten_name(card.where, 200), MAX_PATH_LENGTH)] if card.path else []
    also = [fit_text(capitalize_first(card.other_acts), MAX_NAMES_LENGTH)] if card.other_acts else []
    labels = [(fact.label, shorten_name(text, 200)) for fact, text in list_earlier_names(card).items()]
    earlier = [fit_text(f"{label}: {text}", MAX_BEFORE_LENGTH) for label, text in labels]
    late = (
        [f"_{Fact.RECOVERED.label}: {describe_recovery(card, write_date)}_"]
        if card.seen_late is not None
        else []
    )
    return add_meaning_button(make_section("\n".join([sentence, *where, *also, *earlier, *late])), card)


def _draw_changes(card: Card) -> list[Block]:
    """Return how much changed, with the button that shows what; empty until it is compared."""
    if not card.changes:
        return []
    words = fit_text(card.changes, MAX_BEFORE_LENGTH)
    if CardAction.CHANGES in card.actions:
        return [add_changes_button(make_section(words), card)]
    return [make_section(f"{Fact.CHANGES.label}: {words}")]


def _draw_state(
    card: Card,
    owners: list[str],
    deputies: Sequence[str],
    recipients: Mapping[str, str],
    *,
    stand_ins: Mapping[str, str],
) -> list[Block]:
    """Return the state of an open review; an overdue one is marked."""
    mentions = {
        **recipients,
        **dict(zip(card.deputies, deputies, strict=False)),
        **dict(zip(card.owners, owners, strict=False)),
    }
    lines = list_state_lines(
        card,
        render_time=write_date,
        render_name=_fit_name,
        render_recipient=lambda text: mentions.get(clean_text(text)) or _format_recipient(text),
        render_stand_in=lambda person: stand_ins.get(person.address) or _fit_name(person.name),
    )
    if card.overdue_since:
        lines[0] = f"*{lines[0]}*"
    return [make_section(text) for text in _join_lines(lines)]


def _join_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines in as few texts as fit into a section."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < MAX_SECTION_LENGTH:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return texts


def _draw_superseded(card: Card, newer: str) -> Block:
    where = f" {format_link(newer, _('Go to the newer review'))}." if newer else ""
    return make_section(f"{card.superseded_text}{where}")


def _draw_request(answer: Answer, earlier: str) -> Block:
    """Return the request of the review before, with a link to its card."""
    request = describe_request(answer, render_time=write_date, render_name=_fit_name)
    link_text = f" {format_link(earlier, _('Go to the earlier review'))}" if earlier else ""
    return make_section("\n".join([f"{request}{link_text}", *_quote_note(answer)]))


def _quote_note(answer: Answer) -> list[str]:
    note = fit_text("\n".join(split_answer_note(answer)), MAX_NOTE_LENGTH).splitlines()
    return [f"> {line}" for line in note]


def _format_recipient(text: str) -> str:
    """Return whom a step asked; a channel of Slack as one to click."""
    notifier, _colon, channel = text.partition(":")
    link = format_channel(channel) if notifier == CHAT_NAME else None
    return link or _fit_name(describe_recipient(text))


def _fit_name(name: str) -> str:
    return fit_text(name, MAX_NAMES_LENGTH)


def _draw_contents(contents: FolderContents) -> Block:
    return make_section(fit_text(describe_contents(contents, limit=MAX_TITLES), MAX_CONTENTS_LENGTH))


def _draw_bulk(bulk: BulkCard) -> Block:
    """Return the first files, each with its link, and the number of others."""
    shown = bulk.list_first(MAX_FILES)
    more = [f"_{fit_text(text, MAX_FILE_TITLE_LENGTH)}_"] if (text := bulk.describe_omitted(shown)) else []
    return make_section("\n".join([*(_draw_file(file, bulk) for file in shown), *more]))


def _draw_file(file: ListedFile, bulk: BulkCard) -> str:
    details = fit_text(describe_file(file, bulk, max_length=MAX_FILE_PATH_LENGTH), MAX_FILE_PATH_LENGTH)
    title, after = shorten_name(file.title, MAX_FILE_TITLE_LENGTH), f" · {details}" if details else ""
    linked = f"• {format_link(file.link, title)}{after}"
    return linked if len(linked) <= MAX_FILE_LINE_LENGTH else f"• {format_link(None, title)}{after}"


def _draw_facts(card: Card, owners: list[str], deputies: Sequence[str]) -> Block:
    facts = [
        (choose_scope_fact(card), describe_coverage(card)),
        (Fact.OWNER, _join_owners(owners)),
        (Fact.STATUS, card.status),
    ]
    if card.deputies:
        facts.insert(2, (Fact.DEPUTIES, _join_owners(list(deputies) or list(map(escape, card.deputies)))))
    if card.due_at and not (card.answer or card.overdue_since):
        facts.append((Fact.DUE, write_date(card.due_at)))
    if card.duration:
        facts.append((Fact.TOOK, card.duration))
    return {
        "type": "section",
        "fields": [make_mrkdwn(f"*{fact.label}*\n{text}") for fact, text in facts],
    }


def _draw_progress(card: Card, owners: list[str]) -> list[Block]:
    """Return who has answered and who is missing, if the review needs several people."""
    if not is_shared(card):
        return []
    answers = [
        f"{_format_reviewer(each, MAX_OWNER_LENGTH)}, {write_date(each.at)}"
        for each in card.other_acknowledgements[:MAX_OWNERS]
    ]
    if card.answer:
        return [make_section("\n".join([_("*Also reviewed by*"), *answers]))] if answers else []
    named = dict(zip(card.owners, owners, strict=False))
    words = describe_missing(card)
    missing = (
        [f"{words}: {_join_owners([named.get(each, escape(each)) for each in card.missing])}"]
        if words
        else []
    )
    outdated_line = [f"_{describe_outdated(card)}_"] if card.outdated_count else []
    head = _("*{count} reviews*").format(count=format_answer_count(card))
    return [make_section("\n".join([head, *answers, *missing, *outdated_line]))]


def _format_reviewer(answer: Answer, max_length: int) -> str:
    """Return a mention of the reviewer, or their name, and for whom they stood in, without a mention."""
    mention_text = format_mention(answer.reviewer.chat_ids.get(CHAT_NAME))
    if not mention_text:
        return fit_text(answer.reviewer.name, max_length)
    return add_absent(mention_text, fit_text(answer.stand_in_for or "", max_length))


def _join_owners(owners: list[str]) -> str:
    """Return as many owners as fit, none of them cut: half an escaped character would be another text."""
    visible_owners = owners[:MAX_OWNERS]
    while len(", ".join(visible_owners)) > MAX_FIELD_LENGTH:
        visible_owners = visible_owners[:-1]
    return join_first(visible_owners, total=len(owners))


def _draw_answer(card: Card, answer: Answer) -> Block:
    who = _format_reviewer(answer, MAX_NAMES_LENGTH)
    file_template = _("{answered} by {who}, {when} · version {version}")
    words = file_template if card.is_versioned else _("{answered} by {who}, {when}")
    sentence = words.format(
        answered=card.answer_label,
        who=who,
        when=write_date(answer.at),
        version=answer.version or _("unknown"),
    )
    own = [f"_{text}_"] if (text := describe_remarks(card, answer)) else []
    return make_section("\n".join([sentence, *own, *_quote_note(answer)]))


def _draw_action_row(card: Card) -> Block:
    return {
        "type": "actions",
        "block_id": add_language(f"answers-{card.revision}"),
        "elements": [_draw_button(card, action) for action in _list_buttons(card)],
    }


def _list_buttons(card: Card) -> list[CardAction]:
    """Return the buttons of the row; those with a link only if Slack accepts the address."""
    links = list_button_links(card)
    return [
        action
        for action in card.actions
        if action is not CardAction.CHANGES and (action not in links or links[action])
    ]


def _draw_button(card: Card, action: CardAction) -> Block:
    button = _make_button(card, ACTION_IDS[action], action.label)
    if action is CardAction.ACKNOWLEDGE:
        button["style"] = "primary"
    # What changed is shown in a modal.
    if action is not CardAction.CHANGES and (url := list_button_links(card).get(action)):
        button["url"] = url
    return button


def _make_button(card: Card, action_id: str, label: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": label},
        "value": make_button_value(card.review_id, card.revision),
        "accessibility_label": shorten_name(f"{label}: {card.title}", 75),
    }
