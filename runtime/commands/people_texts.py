"""What `people erase` says: what names a person, what is in the way, what was erased, what stays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runtime.commands.person_erasure import ErasedCounts, ErasureOutcome, ErasureSurvey

OTHER_ROWS = "other_rows"
MAX_LISTED_REVIEWS = 5
NO_ADDRESS = "what was given is not an e-mail address"
UNKNOWN = "Nothing here names this address: nothing was changed."
NO_TERMINAL = "there is no terminal to ask on: add --yes"
VERIFY_FIRST = "docspace-review ledger verify says more"
NOTHING_CHANGED = "Nothing was changed."
CLEANING_FAILED = (
    "The free pages of the database are not cleaned, since other processes use it: stop serve and the "
    "workers for a moment, and run the command again with the same address."
)
NOT_COMPLETE = (
    "Not everything is erased, since others keep writing of this person: run the command again, and stop the "
    "workers for a moment if it says so again."
)
STAYS = (
    "File titles and document texts are not touched. Cards and messages in chats, mails, backups, log files "
    "and what was exported or handed out keep what they say. As long as the person has an account in "
    "DocSpace or the chat, what they do next names them again."
)
KINDS: Mapping[str, str] = {
    "accounts": "accounts",
    "docspace_accounts": "accounts",
    "people": "accounts",
    "owner_states": "accounts",
    "cards": "messages",
    "digest_lines": "messages",
    "subscriptions": "messages",
    "events": "events",
    "openings": "openings",
    "codes": "sign_ins",
    "sign_in_links": "sign_ins",
}
"""How the rows of a table are counted in what a person reads; all others are `OTHER_ROWS`."""
_LABELS = {
    "reviews": ("review", "reviews"),
    "entries": ("entry of the ledger", "entries of the ledger"),
    "accounts": ("account", "accounts"),
    "messages": ("message or subscription", "messages or subscriptions"),
    "events": ("event", "events"),
    "openings": ("opening of a review", "openings of reviews"),
    "sign_ins": ("code or link to sign in", "codes or links to sign in"),
    OTHER_ROWS: ("other row", "other rows"),
}


def describe_obstacles(survey: ErasureSurvey) -> Iterator[str]:
    """Yield what is in the way, each with what to do; none names the person."""
    for route in survey.held_routes:
        yield (
            f"The route {clean_text(route)!r} is under legal hold, and what it has recorded names this "
            "person: erase after the hold, when legal_hold is taken out of the routing file."
        )
    for mention in survey.mentions:
        yield (
            f"The routing file names this address: it is {clean_text(mention)}. Take it out, restart serve "
            "and the workers, and run the command again."
        )
    if survey.open_reviews:
        yield _describe_open_reviews(survey)
    if survey.waiting_changes:
        yield (
            f"{_count(survey.waiting_changes, 'change', 'changes')} by this person still "
            f"{'waits' if survey.waiting_changes == 1 else 'wait'} to be handled: run the command again in a "
            "minute. docspace-review events list shows them."
        )


def _describe_open_reviews(survey: ErasureSurvey) -> str:
    count = len(survey.open_reviews)
    listed = ", ".join(map(clean_text, survey.open_reviews[:MAX_LISTED_REVIEWS]))
    more = f" and {count - MAX_LISTED_REVIEWS:,} more" if count > MAX_LISTED_REVIEWS else ""
    are, need = ("is", "needs") if count == 1 else ("are", "need")
    return (
        f"{_count(count, 'review', 'reviews')} that {need} this person as owner or contributor {are} still "
        f"open: {listed}{more}. Have them answered or given to another person, and run the command again."
    )


def describe_survey(survey: ErasureSurvey) -> Iterator[str]:
    """Yield what will be erased, and what can't be."""
    counts = _count_kinds(survey.rows, reviews=len(survey.ledger.reviews), entries=survey.ledger.entries)
    yield f"This person is named in {_list_counts(counts) or 'nothing that can be erased'}."
    yield from _describe_clear_entries(survey)


def describe_erased(outcome: ErasureOutcome) -> Iterator[str]:
    """Yield what was erased, by kind, and what stays."""
    counts = _count_erased(outcome.erased)
    yield f"Erased from {_list_counts(counts) or 'nothing'}. All sessions ended: everyone signs in again."
    yield from _describe_clear_entries(outcome.survey)
    yield STAYS


def describe_left(outcome: ErasureOutcome, *, is_clean: bool) -> Iterator[str]:
    """Yield why something of the person is left, with what to do."""
    if not outcome.erased.complete:
        yield NOT_COMPLETE
    if not is_clean:
        yield CLEANING_FAILED


def _describe_clear_entries(survey: ErasureSurvey) -> Iterator[str]:
    if count := survey.ledger.clear_entries:
        name, it, say = ("names", "It", "it says") if count == 1 else ("name", "They", "they say")
        yield (
            f"{_count(count, 'entry', 'entries')} of earlier versions {name} the person in clear. {it} can't "
            f"be changed, and reviews keep what {say}."
        )


def build_json(outcome: ErasureOutcome, *, is_clean: bool) -> dict[str, Any]:
    """Return the outcome without the address: output is kept longer than it should be."""
    counts = _count_erased(outcome.erased)
    return {
        "erased": {name: counts[name] for name in _LABELS},
        "values": outcome.erased.values,
        "clear_entries": outcome.survey.ledger.clear_entries,
        "complete": outcome.erased.complete,
        "free_pages_cleaned": is_clean,
    }


def build_refusal_json(obstacles: Iterable[str]) -> dict[str, Any]:
    return {"erased": None, "obstacles": list(obstacles)}


def _count_erased(erased: ErasedCounts) -> Counter[str]:
    return _count_kinds(erased.rows, reviews=erased.reviews, entries=erased.entries)


def _count_kinds(rows: Mapping[str, int], *, reviews: int, entries: int) -> Counter[str]:
    counts = Counter({"reviews": reviews, "entries": entries})
    for table, number in rows.items():
        counts[KINDS.get(table, OTHER_ROWS)] += number
    return counts


def _list_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(_count(counts[name], *label) for name, label in _LABELS.items() if counts[name])


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
