"""Isolation of failures: a use case with several items processes each of them inside one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class FailureIsolation(Protocol):
    """Isolates the processing of one item, so that a failure doesn't stop the others."""

    def __call__(self, item: str, /) -> AbstractContextManager[None]:
        """Return the context manager for an item, which is named for operators."""
        ...


def propagate_failures(_item: str) -> AbstractContextManager[None]:
    """Isolate nothing: an item's error ends the processing of all of them."""
    return nullcontext()
