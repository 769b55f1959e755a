"""Enum values in rows, where a newer release that shares the database may have written unknown ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reviews.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum


Word = TypeVar("Word", bound="StrEnum")


class WrittenByNewer(TryLater):
    """A newer release wrote a word unknown to this one: its workers have to do the work."""

    def __init__(self, subject: str, value: str) -> None:
        super().__init__(
            f"{subject} was written by a newer release of docspace-review, which calls something {value!r}: "
            "that release has to go on with it"
        )


class PhraseTable(dict[Word, str]):
    """A table of phrases in which an unknown word is returned as it is."""

    def __missing__(self, value: Word) -> str:
        return str(value)


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
        value = str.__new__(kind, text)
        value._name_ = value._value_ = text  # as the enumeration makes its own members
        return value


def is_known(value: StrEnum) -> bool:
    return any(value == member for member in type(value))


def require_known(subject: str, values: Iterable[StrEnum]) -> None:
    """Raise `WrittenByNewer` for a row with a word that this release does not have.

    This release can neither draw nor change such a row. `subject` names it.
    """
    for value in values:
        if not is_known(value):
            raise WrittenByNewer(subject, value)
