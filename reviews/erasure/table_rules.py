"""What erasure does to each table, column by column. Columns of numbers, times and flags name no one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.kinds import EventState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEY = "a key of ours"
DIGEST = "a digest of more than a person"
STATE = "one of our words"
ROUTE = "the name of a route"
CAMPAIGN_NAME = "the name of a campaign, which its entries have too"
DOCUMENT = "documents and folders: titles, ids and texts are not touched"
PLACE = "a channel and what it calls a message"
WORKER = "a process of ours"
REASON = "why something failed, in our words"
SIGNED = "what the ledger's key, a witness or an authority signed: hashes and numbers"


@dataclass(frozen=True, kw_only=True)
class TableRule:
    """What is done to the rows of one table.

    A row goes if one of the columns `deleted_by` identifies the person; those of them that are `exact` hold
    one address, id or digest and nothing else. In the columns `rewritten` they are replaced: their address
    and ids everywhere, their names only in persons and in `texts`, the columns and members of JSON that hold
    text by people. Elsewhere a name may be one of our own words. From the columns `lists` they are taken out,
    an address in `emptied` becomes NULL, and a text in `causes` another one that names no one. The columns
    `with_ledger` are rewritten together with what the ledger's entries commit to, so that both say the same.
    `impersonal` says of each other column why it names no one, or why it stays.
    The newest row is emptied instead of deleted with `keeps_newest`, since SQLite would reuse its number.
    With `ends_all` all rows go, since none says whose it is. Rows that have the values `waiting` are still to
    be recorded, and stay until they are. With `shows_person` the table says whose address and ids belong
    together, so it comes last: who was stopped before finds the person again.
    """

    deleted_by: tuple[str, ...] = ()
    exact: frozenset[str] = frozenset()
    rewritten: tuple[str, ...] = ()
    with_ledger: tuple[str, ...] = ()
    impersonal: Mapping[str, str] = field(default_factory=dict)
    keeps_newest: bool = False
    ends_all: bool = False
    texts: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    waiting: Mapping[str, str] | None = None
    shows_person: bool = False

    @property
    def searched(self) -> tuple[str, ...]:
        return (*self.deleted_by, *self.rewritten, *self.lists, *self.emptied, *self.causes)

    @property
    def classified(self) -> tuple[str, ...]:
        return (*self.searched, *self.with_ledger, *self.impersonal)


def _same(reason: str, names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, reason)


_DOCUMENT_COLUMNS = _same(
    DOCUMENT,
    ("file_id", "title", "path", "link", "folders", "title_before", "path_before", "moved_to"),
)

TABLES: Mapping[str, TableRule] = {
    "absences": TableRule(
        deleted_by=("person",),
        exact=frozenset({"person"}),
        emptied=("stand_in",),
        impersonal={"source": STATE, "key": "an event of a calendar"},
    ),
    "accounts": TableRule(
        deleted_by=("id", "address", "email", "said"),
        exact=frozenset({"id", "address", "email", "said"}),
        shows_person=True,
        impersonal={
            "chat": STATE,
            "name": "goes with its row; others may have the same",
            "standing": STATE,
            "locale": "a language",
        },
    ),
    "alarms": TableRule(deleted_by=("key",), rewritten=("sentence",), texts=frozenset({"sentence"})),
    "answered_texts": TableRule(impersonal={"review_id": KEY, "state": DOCUMENT, "text": DOCUMENT}),
    "answers": TableRule(
        with_ledger=("reviewer", "note", "proof", "owner", "stand_in_for"),
        impersonal={
            "review_id": KEY,
            "decision": STATE,
            "identity": STATE,
            "sha256": DOCUMENT,
            "not_read": STATE,
        },
    ),
    "baselines": TableRule(
        impersonal={
            "folder_id": DOCUMENT,
            "stopped_by": REASON,
            "leased_by": WORKER,
            "log_row": "the number of a row in DocSpace's log",
            "glance": DIGEST,
        }
    ),
    "bulk_reviews": TableRule(
        causes=("cause",), impersonal={"review_id": KEY, "route": ROUTE, "kinds": STATE}
    ),
    "calendar_round": TableRule(impersonal={"failure": REASON}),
    "campaigns": TableRule(
        with_ledger=("people", "starter"),
        impersonal={
            "id": KEY,
            **_same(CAMPAIGN_NAME, ("name", "name_key")),
            "route": ROUTE,
            **_same(DOCUMENT, ("folder_id", "path")),
            "state": STATE,
            "problem": REASON,
        },
    ),
    "canaries": TableRule(
        rewritten=("trouble", "targets", "acknowledged_by"),
        texts=frozenset({"acknowledged_by"}),
        impersonal={"id": KEY, "digest": DIGEST, "route": ROUTE, "slot": "a route and a time"},
    ),
    "cards": TableRule(
        deleted_by=("target", "cause"),
        rewritten=("error", "notice"),
        texts=frozenset({"error", "note"}),
        impersonal={
            "review_id": KEY,
            "notifier": PLACE,
            "state": STATE,
            "message_id": PLACE,
            "claimed_by": WORKER,
        },
        keeps_newest=True,
    ),
    "checkpoint_fault": TableRule(impersonal={"reason": REASON}),
    "codes": TableRule(
        deleted_by=("email",),
        exact=frozenset({"email"}),
        impersonal={"id": KEY, "browser": KEY, "digest": DIGEST},
    ),
    "comparisons": TableRule(
        impersonal={
            "review_id": KEY,
            "state": STATE,
            **_same(DOCUMENT, ("before", "after", "summary", "parts", "text", "snippets")),
            "claimed_by": WORKER,
        }
    ),
    "conversations": TableRule(deleted_by=("address",), rewritten=("said",), impersonal={"notifier": PLACE}),
    "daily_checkpoints": TableRule(impersonal={"note": SIGNED}),
    "digest_lines": TableRule(
        deleted_by=("target",),
        rewritten=("said",),
        impersonal={"notifier": PLACE, "folder": DOCUMENT, "subject": DOCUMENT},
    ),
    "docspace_accounts": TableRule(
        deleted_by=("address", "account"), exact=frozenset({"address", "account"}), shows_person=True
    ),
    "earlier_comparisons": TableRule(
        impersonal={
            "review_id": KEY,
            **_same(DOCUMENT, ("sha256", "before", "summary", "parts")),
        }
    ),
    "events": TableRule(
        rewritten=("said", "reason"),
        waiting={"state": EventState.RECEIVED},
        impersonal={
            **_same(DIGEST, ("delivery_key", "semantic_key")),
            "file_id": DOCUMENT,
            "state": STATE,
            "claimed_by": WORKER,
        },
    ),
    "files": TableRule(
        impersonal=_same(DOCUMENT, ("file_id", "parent_id", "title", "comment", "link", "standing"))
    ),
    "folders": TableRule(
        impersonal=_same(DOCUMENT, ("id", "parent_id", "title", "was_in", "moved_from", "gone"))
    ),
    "gates": TableRule(deleted_by=("name",)),
    "groups": TableRule(lists=("members",), rewritten=("said",), impersonal={"name": "a group"}),
    "incomplete_periods": TableRule(impersonal={"route": ROUTE, "folder_id": DOCUMENT}),
    "last_checkpoint": TableRule(impersonal={"note": SIGNED}),
    "ledger": TableRule(
        impersonal={
            "review_id": KEY,
            "hash": DIGEST,
            "entry": "commits to people; an entry of an earlier version names them and can't be changed",
            "mac": SIGNED,
        }
    ),
    "ledger_head": TableRule(impersonal={"hash": DIGEST}),
    "ledger_people": TableRule(with_ledger=("disclosures",)),
    "ledger_tiles": TableRule(impersonal={"hashes": DIGEST}),
    "ledger_verifier_keys": TableRule(impersonal=_same(SIGNED, ("key", "mac"))),
    "openings": TableRule(
        deleted_by=("person",),
        exact=frozenset({"person"}),
        impersonal={"review_id": KEY, "item": STATE},
    ),
    "owner_states": TableRule(
        deleted_by=("address",),
        exact=frozenset({"address"}),
        impersonal=_same(STATE, ("presence", "reason", "unconfirmed_reason")),
    ),
    "past_events": TableRule(impersonal=_same(DIGEST, ("delivery_key", "semantic_key", "meaning"))),
    "past_files": TableRule(impersonal={"file_id": DOCUMENT}),
    "people": TableRule(
        deleted_by=("id", "email"),
        exact=frozenset({"id", "email"}),
        impersonal={"name": "goes with its row; others may have the same"},
        shows_person=True,
    ),
    "queued_reminders": TableRule(
        deleted_by=("target",),
        lists=("recipients",),
        impersonal={"review_id": KEY, "kind": STATE, "notifier": PLACE},
    ),
    "quotas": TableRule(impersonal={"key": "a digest, forgotten within an hour"}),
    "review_digests": TableRule(
        deleted_by=("target",),
        rewritten=("made_by",),
        impersonal={"notifier": PLACE, "slot": STATE, "times": STATE},
    ),
    "review_file_people": TableRule(with_ledger=("who",), impersonal={"review_id": KEY}),
    "review_files": TableRule(
        with_ledger=("contributors", "acts"),
        impersonal={
            "review_id": KEY,
            "route": ROUTE,
            **_DOCUMENT_COLUMNS,
            "place": DOCUMENT,
            "kind": STATE,
            "apart": KEY,
        },
    ),
    "review_index": TableRule(with_ledger=("value",), impersonal={"kind": STATE}),
    "reviews": TableRule(
        with_ledger=(
            "contributors",
            "owners",
            "reassigned_to",
            "acts",
            "snoozer",
            "handed_over",
            "last_step",
            "carried",
            "stand_ins",
            "marks",
        ),
        impersonal={
            "id": KEY,
            "route": ROUTE,
            "state": STATE,
            "kind": STATE,
            **_DOCUMENT_COLUMNS,
            "contents": DOCUMENT,
            "superseded_by": KEY,
            "snoozed_by": "no longer used",
            "changes": DOCUMENT,
            "campaign": KEY,
            "campaign_name": CAMPAIGN_NAME,
        },
    ),
    "round_claims": TableRule(impersonal={"name": KEY}),
    "route_increments": TableRule(impersonal={"route": ROUTE, "figure": STATE}),
    "route_sums": TableRule(impersonal={"span": STATE, "route": ROUTE, "times": "numbers"}),
    "sessions": TableRule(impersonal={"key": DIGEST}, ends_all=True),
    "sign_in_links": TableRule(deleted_by=("person",), impersonal={"id": KEY}),
    "subscriptions": TableRule(
        deleted_by=("target",),
        rewritten=("made_by",),
        texts=frozenset({"made_by"}),
        impersonal={"notifier": PLACE, "folder": DOCUMENT, "title": DOCUMENT, "kinds": STATE},
    ),
    "tallies": TableRule(impersonal={"subject": STATE, "label": "a route or a channel", "state": STATE}),
    "timestamp_round": TableRule(impersonal={"failure": REASON}),
    "timestamps": TableRule(impersonal=_same(SIGNED, ("note", "response"))),
    "told": TableRule(deleted_by=("key",)),
    "unexplained_differences": TableRule(impersonal=_same(DOCUMENT, ("folder_id", "subject"))),
    "unrouted_changes": TableRule(
        rewritten=("members",),
        waiting={},
        impersonal={"route": ROUTE, "kind": STATE, "cause": DIGEST},
    ),
    "webhook_state": TableRule(impersonal={"state": STATE, "reason": REASON}),
    "witness_round": TableRule(),
    "witness_states": TableRule(impersonal=_same(SIGNED, ("key", "note", "refusal", "failure"))),
    "witnessed_checkpoint": TableRule(impersonal={"note": SIGNED}),
    "workers": TableRule(
        impersonal={**_same(WORKER, ("id", "host")), "overdue": STATE, "slack_reason": STATE}
    ),
}
