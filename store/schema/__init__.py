"""The tables. Times are UTC; lists and objects that are never searched are JSON."""

from store.schema.alarms import alarms, canaries
from store.schema.base import Utc, metadata
from store.schema.bulks import bulk_reviews, review_file_people, review_files
from store.schema.chain import ledger, ledger_head
from store.schema.chat import cards, digest_lines, gates, subscriptions
from store.schema.duties import answers, review_index, reviews
from store.schema.figures import tallies
from store.schema.past import past_events, past_files
from store.schema.persons import (
    accounts,
    codes,
    conversations,
    docspace_accounts,
    groups,
    people,
    quotas,
    sessions,
    sign_in_links,
    told,
)
from store.schema.tree import baselines, files, folders
from store.schema.work import events, webhook_state, workers

__all__ = [
    "Utc",
    "accounts",
    "alarms",
    "answers",
    "baselines",
    "bulk_reviews",
    "canaries",
    "cards",
    "codes",
    "conversations",
    "digest_lines",
    "docspace_accounts",
    "events",
    "files",
    "folders",
    "gates",
    "groups",
    "ledger",
    "ledger_head",
    "metadata",
    "past_events",
    "past_files",
    "people",
    "quotas",
    "review_file_people",
    "review_files",
    "review_index",
    "reviews",
    "sessions",
    "sign_in_links",
    "subscriptions",
    "tallies",
    "told",
    "webhook_state",
    "workers",
]
