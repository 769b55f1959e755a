"""The product's comparer, behind a cache: what was compared before is not compared again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from reviews.comparison import DocumentState
from reviews.ports.documents import FetchedDocument
from runtime.documents.isolated_comparer import IsolatedComparer

if TYPE_CHECKING:
    from reviews.ports.documents import CompareResult

STATELESS = DocumentState(version=None, updated=None, sha256="", size=0)


class CachedComparer(IsolatedComparer):
    """Starts a process for the first comparison of two contents alone; the outcome depends on nothing else.

    The comparer itself is tested in `tests/runtime/test_isolated_comparer.py`, its process in
    `tests/documents/test_isolation.py`.
    """

    def compare(self, before: FetchedDocument | bytes | None, after: FetchedDocument) -> CompareResult:
        if isinstance(before, FetchedDocument):
            before = _strip_state(before)
        return _compare(before, _strip_state(after))


@lru_cache(maxsize=500)
def _compare(before: FetchedDocument | bytes | None, after: FetchedDocument) -> CompareResult:
    return IsolatedComparer().compare(before, after)


def _strip_state(document: FetchedDocument) -> FetchedDocument:
    return FetchedDocument(title=document.title, state=STATELESS, content=document.content)
