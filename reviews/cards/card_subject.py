"""The subject of a review on its card: its title, what happened to it, and how much is covered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.acts import find_act
from reviews.cards.bulk_card import choose_verb
from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.text import clean_text
from reviews.wording.comparison_sentences import describe_summary
from reviews.wording.labels import describe_other_acts, format_people, format_versions
from reviews.wording.phrases import ACT_VERBS, CHANGE_VERBS
from reviews.wording.placeholders import format_title
from reviews.wording.subject import name_subject

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.tree import FolderContents


def draw_title(review: Review) -> str:
    if review.bulk:
        return name_subject(review)
    title = format_title(review.title)
    return title if review.contents is None or review.redacted else _("Folder {title}").format(title=title)


def draw_verb(review: Review) -> str:
    """Return what happened in a word; a move within the folder counts here, though it is no kind."""
    if review.bulk:
        return choose_verb(review.bulk)
    if review.campaign is not None:
        return _("asked for")
    act = find_act(review.kind, review.acts)
    return _(ACT_VERBS[act.kind] if act else CHANGE_VERBS[review.kind])


def draw_other_acts(review: Review) -> str:
    """Return what else happened; a bulk review shows that beside each file."""
    if review.bulk:
        return ""
    return describe_other_acts(review.kind, review.acts, review.contributors, content=review.content)


def draw_versions(review: Review) -> str:
    if review.contents is not None or review.bulk is not None:
        return ""  # a folder has none, and each of many files its own
    covered = format_versions(review.version_from, review.version_to)
    if review.saves is None or review.saves <= 1:
        return covered
    return _("{versions}, {count} saves").format(versions=covered, count=review.saves)


def draw_changes(review: Review) -> str:
    """Return how the document differs from what was reviewed, and which acknowledgement still counts.

    A campaign asks for a whole version, whatever was reviewed before.
    """
    if review.kind is ChangeKind.CAMPAIGN:
        return ""
    summary = describe_summary(review.changes) if review.changes else ""
    if review.carried is None:
        return summary
    carried = _(
        "The acknowledgement of version {version} by {names} still counts: no one is asked again."
    ).format(version=review.carried.version or _("unknown"), names=format_people(review.carried.people))
    return " ".join(filter(None, (summary, carried)))


def draw_contents(contents: FolderContents | None) -> FolderContents | None:
    return replace(contents, titles=tuple(map(clean_text, contents.titles))) if contents else None
