"""To what the sealed contents of comparisons belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ports.documents import SealedColumn, SealedPlace

if TYPE_CHECKING:
    from reviews.comparison import Comparison, DocumentState


def place_parts(comparison: Comparison) -> SealedPlace:
    """Return the place of a comparison's differences, which are those between these two states."""
    states = (_name_state(comparison.before), _name_state(comparison.after))
    return SealedPlace(
        column=SealedColumn.PARTS,
        review_id=comparison.review_id,
        revision=comparison.revision,
        states=states,
    )


def place_earlier_parts(comparison: Comparison) -> SealedPlace:
    """Return the place of the differences from one of the earlier states that people answered."""
    return SealedPlace(
        column=SealedColumn.EARLIER_PARTS,
        review_id=comparison.review_id,
        revision=comparison.revision,
        states=(_name_state(comparison.before),),
    )


def place_snippets(review_id: str, revision: int) -> SealedPlace:
    return SealedPlace(column=SealedColumn.SNIPPETS, review_id=review_id, revision=revision)


def place_text(review_id: str, revision: int, state: DocumentState | None) -> SealedPlace:
    """Return the place of the text of a state, which is what was reviewed at this revision."""
    return SealedPlace(
        column=SealedColumn.TEXT, review_id=review_id, revision=revision, states=(_name_state(state),)
    )


def _name_state(state: DocumentState | None) -> str:
    return state.sha256 if state is not None else ""
