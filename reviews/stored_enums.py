"""Words of rows: a newer release, which shares the database while it is deployed, may know more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reviews.errors import TryLater

if TYPE_CHECKING:
    from enum import StrEnum


Word = TypeVar("Word", bound="StrEnum")


class WrittenByNewer(TryLater):
    """A newer release wrote what this one does not know: its workers have to do the work."""

    def __init__(self, what: str, word: str) -> None:
        super().__init__(
            f"{what} was written by a newer release of docspace-review, which calls something {word!r}: "
            "that release has to go on with it"
        )


class PhraseTable(dict[Word, str]):
    """A table of phrases in which a word that is not known here stands for itself."""

    def __missing__(self, word: Word) -> str:
        return str(word)


def read_enum(kind: type[Word], text: str) -> Word:
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
