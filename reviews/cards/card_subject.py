"""What a card says of what its review is about: its title, what happened to it, and how much is covered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.acts import act_behind
from reviews.cards.bulk_card import choose_verb
from reviews.language import _
from reviews.text import plain
from reviews.wording.labels import said_apart, versions
from reviews.wording.phrases import ACTS, VERBS
from reviews.wording.placeholders import titled
from reviews.wording.subject import name_subject

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.tree import Contents


def draw_title(review: Review) -> str:
    if review.bulk:
        return name_subject(review)
    title = titled(review.title)
    return title if review.contents is None or review.veiled else _("Folder {title}").format(title=title)


def draw_verb(review: Review) -> str:
    """Return what happened in a word; a move within the folder is called one, though it is no kind."""
    if review.bulk:
        return choose_verb(review.bulk)
    act = act_behind(review.kind, review.acts)
    return _(ACTS[act.kind] if act else VERBS[review.kind])


def draw_other_acts(review: Review) -> str:
    """Return what else happened; of a bulk review it stands beside each file."""
    if review.bulk:
        return ""
    return said_apart(review.kind, review.acts, review.contributors, content=review.content)


def draw_versions(review: Review) -> str:
    if review.contents is not None or review.bulk is not None:
        return ""  # a folder has none, and each of many files its own
    covered = versions(review.version_from, review.version_to)
    if review.saves is None or review.saves <= 1:
        return covered
    return _("{versions}, {count} saves").format(versions=covered, count=review.saves)


def draw_contents(contents: Contents | None) -> Contents | None:
    return replace(contents, titles=tuple(map(plain, contents.titles))) if contents else None
