"""What happened to a card's document, whom it concerns, and who has answered, as parts of a card in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.bulk_text import MAX_FILES, describe_file
from notifiers.shared.card_text import (
    Fact,
    choose_scope_fact,
    describe_coverage,
    list_earlier_names,
    shorten_name,
)
from notifiers.slack.card_outcome import MAX_NAMES_LENGTH, format_reviewer
from notifiers.slack.elements import Block, make_context, make_mrkdwn, make_section
from notifiers.slack.text import escape, fit_text, format_link, write_date
from reviews.cards.answer_progress import (
    describe_missing,
    describe_outdated,
    describe_recovery,
    format_answer_count,
    is_shared,
)
from reviews.language import _, capitalize_first, join_first
from reviews.wording.labels import describe_contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifiers.slack.card_outcome import CardMentions
    from reviews.cards.bulk_card import BulkCard, ListedFile
    from reviews.cards.card import Card
    from reviews.tree import FolderContents

MAX_OWNERS = 20
MAX_FIELD_LENGTH = 1900  # of 2,000; the label is within
# Escaped lengths, which together stay within the 3,000 of a section.
MAX_PATH_LENGTH = 600
MAX_BEFORE_LENGTH = 350  # a name or a folder
MAX_OWNER_LENGTH = 90
MAX_CONTENTS_LENGTH = 1500
MAX_FILE_TITLE_LENGTH, MAX_FILE_PATH_LENGTH = 150, 120  # of a bulk review
MAX_FILE_LINE_LENGTH = 480  # with its link; five of these fit, with what follows them
MAX_TITLES = 10


def draw_story(card: Card) -> Block:
    """Return what happened; the file's name is above it, and its link on the button below."""
    where = [fit_text(shorten_name(card.where, 200), MAX_PATH_LENGTH)] if card.path else []
    also = [fit_text(capitalize_first(card.other_acts), MAX_NAMES_LENGTH)] if card.other_acts else []
    labels = [(fact.label, shorten_name(text, 200)) for fact, text in list_earlier_names(card).items()]
    earlier = [fit_text(f"{label}: {text}", MAX_BEFORE_LENGTH) for label, text in labels]
    late = (
        [f"_{Fact.RECOVERED.label}: {describe_recovery(card, write_date)}_"]
        if card.seen_late is not None
        else []
    )
    return make_section("\n".join([_describe_change(card), *where, *also, *earlier, *late]))


def draw_short_story(card: Card) -> Block:
    """Return what happened on one line, and who else had answered: all that an answered card keeps of it."""
    others = _list_acknowledgements(card)
    also = [f"{_('Also reviewed by')} {'; '.join(others)}"] if others and card.answer else []
    return make_context("\n".join([_describe_change(card), *also]))


def describe_changes(card: Card) -> str:
    """Return how much changed; empty until it is compared."""
    return fit_text(card.changes, MAX_BEFORE_LENGTH) if card.changes else ""


def draw_files(card: Card) -> list[Block]:
    """Return the files of a folder or the first ones of a bulk review; empty for a document."""
    contents = [_draw_contents(card.contents)] if card.contents else []
    return [*contents, *([_draw_bulk(card.bulk)] if card.bulk and card.bulk.first else [])]


def draw_facts(card: Card, mentions: CardMentions) -> Block:
    """Return what the review covers and who has to answer, in two columns."""
    facts = [
        (choose_scope_fact(card), describe_coverage(card)),
        (Fact.OWNER, _join_owners(mentions.owners)),
    ]
    if card.deputies:
        deputies = mentions.deputies or list(map(escape, card.deputies))
        facts.append((Fact.DEPUTIES, _join_owners(deputies)))
    return {
        "type": "section",
        "fields": [make_mrkdwn(f"*{fact.label}*\n{text}") for fact, text in facts],
    }


def draw_progress(card: Card, mentions: CardMentions) -> list[Block]:
    """Return who has answered and who is missing, if the review needs several people."""
    if not is_shared(card):
        return []
    answers = _list_acknowledgements(card)
    named = dict(zip(card.owners, mentions.owners, strict=False))
    words = describe_missing(card)
    missing = (
        [f"{words}: {_join_owners([named.get(each, escape(each)) for each in card.missing])}"]
        if words
        else []
    )
    outdated_line = [f"_{describe_outdated(card)}_"] if card.outdated_count else []
    head = _("*{count} reviews*").format(count=format_answer_count(card))
    return [make_section("\n".join([head, *answers, *missing, *outdated_line]))]


def _list_acknowledgements(card: Card) -> list[str]:
    """Return who acknowledged and when, except for the answer that decided the review."""
    return [
        f"{format_reviewer(each, MAX_OWNER_LENGTH)}, {write_date(each.at)}"
        for each in card.other_acknowledgements[:MAX_OWNERS]
    ]


def _describe_change(card: Card) -> str:
    who = f"*{fit_text(card.who, MAX_NAMES_LENGTH)}*"
    return f"{card.change_template.format(who=who)}, {write_date(card.changed_at)}"


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


def _join_owners(owners: Sequence[str]) -> str:
    """Return as many owners as fit, none of them cut: half an escaped character would be another text."""
    visible_owners = list(owners[:MAX_OWNERS])
    while len(", ".join(visible_owners)) > MAX_FIELD_LENGTH:
        visible_owners = visible_owners[:-1]
    return join_first(visible_owners, total=len(owners))
