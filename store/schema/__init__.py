"""The tables. Times are UTC; lists and objects that are never searched are JSON."""

from store.schema.alarms import alarms, canaries
from store.schema.base import metadata
from store.schema.bulks import bulk_reviews, review_file_people, review_files
from store.schema.campaign_tables import campaigns
from store.schema.chain import (
    checkpoint_fault,
    daily_checkpoints,
    last_checkpoint,
    ledger,
    ledger_head,
    ledger_people,
    ledger_tiles,
    ledger_verifier_keys,
)
from store.schema.chat import cards, digest_lines, gates, review_digests, subscriptions
from store.schema.comparisons import comparisons
from store.schema.earlier_states import answered_texts, earlier_comparisons
from store.schema.figures import route_increments, route_sums, tallies
from store.schema.openings import openings
from store.schema.past import past_events, past_files
from store.schema.persons import (
    absences,
    accounts,
    calendar_round,
    codes,
    conversations,
    docspace_accounts,
    groups,
    idempotency_keys,
    people,
    quotas,
    sessions,
    sign_in_links,
)
from store.schema.review_tables import answers, queued_reminders, review_index, reviews
from store.schema.timestamps import timestamp_round, timestamps
from store.schema.tree import baselines, files, folders, unexplained_differences
from store.schema.without_review import incomplete_periods, owner_states, round_claims, unrouted_changes
from store.schema.witnesses import witness_round, witness_states, witnessed_checkpoint
from store.schema.work import events, webhook_state, workers

__all__ = [
    "absences",
    "accounts",
    "alarms",
    "answered_texts",
    "answers",
    "baselines",
    "bulk_reviews",
    "calendar_round",
    "campaigns",
    "canaries",
    "cards",
    "checkpoint_fault",
    "codes",
    "comparisons",
    "conversations",
    "daily_checkpoints",
    "digest_lines",
    "docspace_accounts",
    "earlier_comparisons",
    "events",
    "files",
    "folders",
    "gates",
    "groups",
    "idempotency_keys",
    "incomplete_periods",
    "last_checkpoint",
    "ledger",
    "ledger_head",
    "ledger_people",
    "ledger_tiles",
    "ledger_verifier_keys",
    "metadata",
    "openings",
    "owner_states",
    "past_events",
    "past_files",
    "people",
    "queued_reminders",
    "quotas",
    "review_digests",
    "review_file_people",
    "review_files",
    "review_index",
    "reviews",
    "round_claims",
    "route_increments",
    "route_sums",
    "sessions",
    "sign_in_links",
    "subscriptions",
    "tallies",
    "timestamp_round",
    "timestamps",
    "unexplained_differences",
    "unrouted_changes",
    "webhook_state",
    "witness_round",
    "witness_states",
    "witnessed_checkpoint",
    "workers",
]
