"""What `people erase` says: what names a person, what is in the way, what was erased, what stays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reviews.text import clean_text
from runtime.evidence.ledger_key import KEY_UNUSED, RESTART_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviews.erasure.erased_person import ErasedPerson
    from runtime.commands.people.person_erasure import ErasedCounts, ErasureOutcome, ErasureSurvey, Obstacles
    from store.erasure.blind_search import Mention

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
NOT_OWNER = (
    "The tables are not vacuumed, and statistics may still hold values of rows that are erased, since the "
    "tables belong to another role of the database: run the command again with the same address, and with "
    "that role in DATABASE_URL."
)
STATISTICS_KEPT = (
    "The statistics of {tables} still hold values of rows that are erased, since a view, a trigger or the "
    "like that was added to the database names their columns: drop it, and run the command again with the "
    "same address."
)
RUN_AGAIN = "Run the command again with the same address."
CLEANING_STOPPED = f"The free pages of the database are not cleaned: {{reason}}. {RUN_AGAIN}"
STOPPED = "Not everything is erased: {reason}"
NOT_COMPLETE = (
    "Not everything is erased, since others keep writing of this person: run the command again, and stop the "
    "workers for a moment if it says so again."
)
LEFT = (
    "Not everything is erased: {place} still names the person. Run the command again with the same address; "
    "if it says so again, report it as an error of this program."
)
FOREIGN_LEFT = (
    "Not everything is erased: {place} still names the person. That table is not one of this program: take "
    "the person out of it, or drop it, and run the command again with the same address."
)
STILL_NAMED = "Still named in {place}: {reason}. Decide whether that may stay."
NOT_ENDED = "Not everything is erased: something came in the way meanwhile, of which nothing was changed."
LACKS_KEY = (
    "The entries of this ledger are authenticated by a key, and this command has another, or none: set "
    "LEDGER_KEY (and LEDGER_KEY_PREVIOUS) as serve and the workers have it, and run the command again. If "
    "docspace-review ledger key new was run, restart them first."
)
HAS_UNUSED_KEY = (
    f"LEDGER_KEY was replaced, and {KEY_UNUSED}. {RESTART_FIRST} If they run with it, docspace-review doctor "
    "says what keeps it from signing."
)
STAYS = (
    "File titles and document texts are not touched. Cards and messages in chats, mails, backups, log files "
    "and what was exported or handed out keep what they say. As long as the person has an account in "
    "DocSpace or the chat, what they do next names them again."
)
FORMER_TABLES = (
    "The tables {tables}, in which versions before 0.4 kept work, were not looked at and may name people: "
    "drop them once all processes run this version, unless another program uses DBOS in this database."
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


def describe_obstacles(obstacles: Obstacles) -> Iterator[str]:
    """Yield what is in the way, each with what to do; none names the person."""
    if obstacles.lacks_key:
        yield LACKS_KEY
    if obstacles.has_unused_key:
        yield HAS_UNUSED_KEY
    for route in obstacles.held_routes:
        yield (
            f"The route {clean_text(route)!r} is under legal hold, and what it has recorded names this "
            "person: erase after the hold, when legal_hold is taken out of the routing file."
        )
    for mention in obstacles.mentions:
        yield (
            f"The routing file names this address: it is {clean_text(mention)}. Take it out, restart serve "
            "and the workers, and run the command again."
        )
    if obstacles.open_reviews:
        yield _describe_open_reviews(obstacles.open_reviews)
    if obstacles.waiting_changes:
        changes = _count(obstacles.waiting_changes, "change", "changes")
        wait = "waits" if obstacles.waiting_changes == 1 else "wait"
        yield (
            f"{changes} by this person still {wait} to be handled: run the command again in a minute. "
            "docspace-review events list shows them."
        )


def _describe_open_reviews(review_ids: Sequence[str]) -> str:
    count = len(review_ids)
    listed = ", ".join(map(clean_text, review_ids[:MAX_LISTED_REVIEWS]))
    more = f" and {count - MAX_LISTED_REVIEWS:,} more" if count > MAX_LISTED_REVIEWS else ""
    are, name = ("is", "names") if count == 1 else ("are", "name")
    return (
        f"{_count(count, 'review', 'reviews')} that {name} this person {are} still open or sent back: "
        f"{listed}{more}. Have them answered, those sent back in their next version, and run the command "
        "again."
    )


def describe_person(person: ErasedPerson) -> Iterator[str]:
    """Yield under which names and accounts the person is known: who is asked sees whom it is about."""
    accounts = [
        *(f"DocSpace {clean_text(each)}" for each in sorted(person.ids)),
        *(f"{chat} {clean_text(account)}" for chat, account in sorted(person.chat_ids)),
    ]
    yield f"Names: {', '.join(sorted(person.names)) or 'none'}."
    yield f"Accounts: {', '.join(accounts) or 'none'}."


def describe_survey(survey: ErasureSurvey) -> Iterator[str]:
    """Yield what will be erased, and what can't be."""
    counts = _count_kinds(survey.rows, reviews=len(survey.ledger.reviews), entries=survey.ledger.entries)
    person = survey.ledger.person
    yield f"This person is named in {_list_counts(counts) or 'nothing that can be erased'}."
    yield (
        f"Whoever has one of {_count(len(person.names), 'name', 'names')} and "
        f"{_count(len(person.all_ids), 'account', 'accounts')} is taken for this person."
    )
    yield from _describe_clear_entries(survey)


def describe_erased(outcome: ErasureOutcome) -> Iterator[str]:
    """Yield what was erased, by kind, and what stays."""
    counts = _count_erased(outcome.erased)
    ended = " All sessions ended: everyone signs in again." if outcome.erased.complete else ""
    yield f"Erased from {_list_counts(counts) or 'nothing'}.{ended}"
    yield from _describe_clear_entries(outcome.survey)
    yield STAYS
    yield from _describe_former_tables(outcome.survey)
    yield from _describe_mentions(outcome.erased)


def describe_unknown(outcome: ErasureOutcome) -> Iterator[str]:
    """Yield what is said of an address that no column of ours names."""
    yield from _describe_former_tables(outcome.survey)
    if not outcome.erased.mentions:
        yield UNKNOWN
    yield from _describe_mentions(outcome.erased)


def _describe_mentions(erased: ErasedCounts) -> Iterator[str]:
    for each in erased.mentions:
        if each.reason is not None:
            yield STILL_NAMED.format(place=_format_place(each), reason=each.reason)


def _format_place(mention: Mention) -> str:
    column = clean_text(f"{mention.table}.{mention.column}")
    return f"{column} ({_count(mention.count, 'row', 'rows')})"


def describe_left(outcome: ErasureOutcome, *, uncleaned: str) -> Iterator[str]:
    """Yield why something of the person is left, with what to do; `uncleaned` says it of free pages."""
    if outcome.erased.obstacles:
        yield NOT_ENDED
        yield from describe_obstacles(outcome.erased.obstacles)
    elif left := outcome.erased.left:
        for each in left:
            yield (FOREIGN_LEFT if each.is_foreign else LEFT).format(place=_format_place(each))
    elif not outcome.erased.complete:
        yield NOT_COMPLETE
    if uncleaned:
        yield uncleaned


def _describe_clear_entries(survey: ErasureSurvey) -> Iterator[str]:
    if count := survey.ledger.clear_entries:
        name, it, say = ("names", "It", "it says") if count == 1 else ("name", "They", "they say")
        yield (
            f"{_count(count, 'entry', 'entries')} of earlier versions {name} the person in clear. {it} can't "
            f"be changed, and reviews keep what {say}."
        )


def _describe_former_tables(survey: ErasureSurvey) -> Iterator[str]:
    if survey.former_tables:
        yield FORMER_TABLES.format(tables=" and ".join(survey.former_tables))


def build_json(outcome: ErasureOutcome, *, is_clean: bool) -> dict[str, Any]:
    """Return the outcome without the address: output is kept longer than it should be."""
    counts = _count_erased(outcome.erased)
    person = outcome.survey.ledger.person
    return {
        "erased": {name: counts[name] for name in _LABELS},
        "person": {"names": len(person.names), "accounts": len(person.all_ids)},
        "values": outcome.erased.values,
        "clear_entries": outcome.survey.ledger.clear_entries,
        "complete": outcome.erased.complete,
        "left": [_build_mention(each) for each in outcome.erased.left],
        "still_named": [
            {**_build_mention(each), "reason": each.reason}
            for each in outcome.erased.mentions
            if each.reason is not None
        ],
        "obstacles": list(describe_obstacles(outcome.erased.obstacles)),
        "free_pages_cleaned": is_clean,
    }


def _build_mention(mention: Mention) -> dict[str, Any]:
    return {"table": mention.table, "column": mention.column, "rows": mention.count}


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
