"""Whether a review says what the record says of it: who can change the one may have forgotten the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews import record
from reviews.ledger import EntryType
from reviews.model import ReviewState
from reviews.standing import standing, state_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.ledger import Entry
    from reviews.model import Answer, Review

_COVERS = frozenset({EntryType.REVIEW_OPENED, EntryType.REVIEW_REVISED})
_ANSWERS = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
# What later entries say of a review instead of the one that opened or revised it.
_LABELS = ("title", "path", "title_before", "path_before", "moved_to")
_AMENDS = {EntryType.REVIEW_RELABELLED: _LABELS, EntryType.REVIEW_REASSIGNED: ("owners",)}


def disagreement(review: Review, entries: Sequence[Entry]) -> str | None:
    """Return where a review and its entries (in order) say different things; `None` where they agree."""
    answers = [entry for entry in entries if entry.get("type") in _ANSWERS]
    covered = _covered(entries)
    if not covered:
        return f"no entry says that review {review.id} was opened"
    if len(answers) > len(review.answers):
        return f"entry {answers[-1]['seq']} answers review {review.id}, which has no such answer"
    if len(answers) < len(review.answers):
        return f"review {review.id} was answered, and no entry says so"
    said = record.revised(review, [])
    del said["type"], said["events"]
    pairs: list[tuple[Mapping[str, Any], dict[str, Any]]] = [(covered, said)]
    for entry, answer in zip(answers, review.answers, strict=True):
        body = record.answered(review, answer)
        del body["title"]  # as it was called then
        pairs.append((entry, body))
    for entry, body in pairs:
        name = _difference(entry, body)
        if name:
            return f"review {review.id} has another {name} than entry {entry['seq']} says"
    return _withdrawals(review, entries) or _reminders(review, entries) or _standing(review, entries)


def _covered(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return what the entries amount to: the last one that opened or revised it, as amended since."""
    amounts: dict[str, Any] = {}
    for entry in entries:
        if entry.get("type") in _COVERS:
            amounts = dict(entry)
        for name in _AMENDS.get(entry.get("type", ""), ()):
            amounts[name] = entry.get(name)
            amounts["seq"] = entry["seq"]
    return amounts


def _withdrawals(review: Review, entries: Sequence[Entry]) -> str | None:
    told = sorted(
        (entry["answered_at"], entry["at"])
        for entry in entries
        if entry.get("type") == EntryType.REVIEW_WITHDRAWN
    )
    if told != sorted(_withdrawal(given) for given in review.answers if given.withdrawn_at):
        return f"review {review.id} has other answers that were taken back than its entries say"
    return None


def _withdrawal(answer: Answer) -> tuple[str | None, str | None]:
    return record.moment(answer.at), record.moment(answer.withdrawn_at)


def _reminders(review: Review, entries: Sequence[Entry]) -> str | None:
    """Return where the clock told something of a review that its entries do not, or the other way round."""
    told = [entry["number"] for entry in entries if entry.get("type") == EntryType.REVIEW_REMINDED]
    if told != list(range(1, review.reminders + 1)):
        return f"review {review.id} has {review.reminders} reminders, and its entries tell of {told}"
    lapsed = [entry["at"] for entry in entries if entry.get("type") == EntryType.REVIEW_LAPSED]
    if lapsed != ([record.moment(review.lapsed_at)] if review.lapsed_at else []):
        return f"review {review.id} lapsed at another time than its entries say"
    return None


def _standing(review: Review, entries: Sequence[Entry]) -> str | None:
    """Return where the review's state is another than its entries amount to."""
    superseded = (entry for entry in entries if entry.get("type") == EntryType.REVIEW_SUPERSEDED)
    newer = next((entry["by"] for entry in superseded), None)
    if review.superseded_by != newer:
        return f"review {review.id} was superseded by {review.superseded_by}, and its entries say by {newer}"
    given = standing(review)
    outcome = state_with(review, given) if given else ReviewState.OPEN
    if review.state is not outcome:
        return f"review {review.id} stands as {review.state}, and its entries say {outcome}"
    return None


def _difference(entry: Mapping[str, Any], body: Mapping[str, Any]) -> str | None:
    """Return the first member that differs; an entry of an earlier version may lack one of today's."""
    return next((name for name in body if name in entry and entry[name] != body[name]), None)
