"""The edge of one among many: a use case that does several things over does each of them inside of one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class FailureIsolation(Protocol):
    """Surrounds what is done for one item, so that one which fails holds up none of the others."""

    def __call__(self, item: str, /) -> AbstractContextManager[None]:
        """Return what surrounds an item, which is named for operators."""
        ...


def propagate_failures(_item: str) -> AbstractContextManager[None]:
    """Surround an item by nothing: what it raises ends all of them."""
    return nullcontext()
