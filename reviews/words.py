"""Words of rows: a newer release, which shares the database while it is deployed, may know more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reviews.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from reviews.model import CardPost, Review

Word = TypeVar("Word", bound="StrEnum")


class WrittenByNewer(TryLater):
    """A newer release wrote what this one does not know: its workers have to do the work."""

    def __init__(self, what: str, word: str) -> None:
        super().__init__(
            f"{what} was written by a newer release of docspace-review, which calls something {word!r}: "
            "that release has to go on with it"
        )


class OwnWords(dict[Word, str]):
    """A table of phrases in which a word that is not known here stands for itself."""

    def __missing__(self, word: Word) -> str:
        return str(word)


def read_word(kind: type[Word], text: str) -> Word:
    """Return the word of a row; one that is not known here is kept as it is written.

    What people type is no row: `kind(text)` refuses what it does not know. Raises `ValueError` for a row that
    holds no text.
    """
    try:
        return kind(text)
    except ValueError:
        if not isinstance(text, str):
            raise
        word = str.__new__(kind, text)
        word._name_ = word._value_ = text  # as the enumeration makes its own members
        return word


def is_known(word: StrEnum) -> bool:
    return any(word == each for each in type(word))


def require_known_review(review: Review) -> None:
    """Raise `WrittenByNewer` for a review that may be shown, and not be changed by this release."""
    for word in _words_of(review):
        if not is_known(word):
            raise WrittenByNewer(f"review {review.id}", word)


def require_known_card(card: CardPost) -> None:
    """Raise `WrittenByNewer` for a card or notice that this release can't draw."""
    words: list[StrEnum] = [card.state]
    if card.notice is not None:
        words += [card.notice.kind, *(line.kind for line in card.notice.lines)]
        words += [card.notice.change] if card.notice.change else []
    for word in words:
        if not is_known(word):
            raise WrittenByNewer(f"card {card.id}", word)


def _words_of(review: Review) -> Iterator[StrEnum]:
    yield from (review.state, review.kind)
    yield from (answer.decision for answer in review.answers)
