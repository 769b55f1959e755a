"""What `reviews changes` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviews.text import clean_text
from reviews.wording.comparison_sentences import has_differences
from runtime.commands.documents.comparison_texts import build_comparison_json, print_comparison
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import print_json

if TYPE_CHECKING:
    from reviews.comparison import DocumentState


def print_changes(*, review_id: str, as_json: bool) -> None:
    wiring = open_wiring()
    readable = wiring.comparison_views.find(review_id)
    if readable is None:
        raise click.ClickException(
            f"there is no comparison of review {clean_text(review_id)}: it is none of a document's content, "
            "or its route turns comparisons off"
        )
    comparison, missing = readable.comparison, None
    if has_differences(comparison.summary) and not readable.parts:
        missing = "sealed" if readable.is_sealed else "removed"
    if as_json:
        states = {"from": _build_state_json(comparison.before), "to": _build_state_json(comparison.after)}
        content = build_comparison_json(comparison.summary, readable.parts, missing=missing)
        print_json({"review_id": comparison.review_id, "revision": comparison.revision, **states, **content})
    else:
        print_comparison(comparison.summary, readable.parts, missing=missing)


def _build_state_json(state: DocumentState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    updated = state.updated.isoformat() if state.updated else None
    return {"version": state.version, "updated": updated, "sha256": state.sha256, "size": state.size}
