"""Enum values in rows, where a newer release that shares the database may have written unknown ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reviews.errors import TryLater

if TYPE_CHECKING:
    from enum import StrEnum


Word = TypeVar("Word", bound="StrEnum")


class WrittenByNewer(TryLater):
    """A newer release wrote a word unknown to this one: its workers have to do the work."""

    def __init__(self, what: str, word: str) -> None:
        super().__init__(
            f"{what} was written by a newer release of docspace-review, which calls something {word!r}: "
            "that release has to go on with it"
        )


class PhraseTable(dict[Word, str]):
    """A table of phrases in which an unknown word is returned as it is."""

    def __missing__(self, word: Word) -> str:
        return str(word)


def read_enum(kind: type[Word], text: str) -> Word:
    """Return the enum value of a row; an unknown word is preserved as it is written.

    Don't use it for what people type: `kind(text)` refuses unknown words. Raises `ValueError` for a row that
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
    return any(word == member for member in type(word))
