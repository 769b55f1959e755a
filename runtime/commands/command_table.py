"""All commands, each with its place and its first sentence of help, which a test compares with its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.commands.lazy_group import CommandPlace, GroupPlaces
from runtime.commands.people.address_group import AddressGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

_CAMPAIGN = {
    "end": CommandPlace(
        "runtime.commands.campaigns.campaign_end:end",
        "End a campaign: its open documents are no longer asked for.",
    ),
    "list": CommandPlace(
        "runtime.commands.campaigns.campaign_listings:list_campaigns", "List the campaigns, the newest first."
    ),
    "show": CommandPlace(
        "runtime.commands.campaigns.campaign_listings:show",
        "Show one campaign: its figures, its people, and each document.",
    ),
    "start": CommandPlace(
        "runtime.commands.campaigns.campaign_start:start",
        "Start a campaign: each person has to acknowledge each document of the folder by a day.",
    ),
}
_DELIVERIES = {
    "list": CommandPlace(
        "runtime.commands.events.delivery_commands:list_deliveries",
        "List the cards and notices, the newest first.",
    ),
    "replay": CommandPlace(
        "runtime.commands.events.delivery_commands:replay_delivery",
        "Deliver a dead card again, or all of them.",
    ),
}
_DOCUMENTS = {
    "compare": CommandPlace(
        "runtime.commands.documents.documents:compare",
        "Print how the text of a file differs BEFORE and AFTER a change; what matters most comes first.",
    ),
    "text": CommandPlace(
        "runtime.commands.documents.documents:text",
        "Print the text of a FILE: a document, workbook, presentation or form.",
    ),
}
_EVENTS = {
    "list": CommandPlace(
        "runtime.commands.events.event_commands:list_events", "List the change events, the newest first."
    ),
    "replay": CommandPlace(
        "runtime.commands.events.event_commands:replay_event",
        "Process a dead event again, or all of them, or a waiting event at once.",
    ),
    "watch": CommandPlace(
        "runtime.commands.events.event_commands:watch_events",
        "Print each change event as it comes in, and each change of its state, until Ctrl-C.",
    ),
}
_LEDGER = {
    "checkpoint": CommandPlace(
        "runtime.commands.ledger.checkpoints:checkpoint",
        "Print the last checkpoint: the signed root of the tree of all entries, as a C2SP signed note.",
    ),
    "export": CommandPlace(
        "runtime.commands.ledger.ledger_export:export",
        "Write the entries to standard output: JSON lines for `ledger verify`, or CSV to read.",
    ),
    "head": CommandPlace(
        "runtime.commands.ledger.ledger_state:head",
        "Print the number and hash of the last entry, to store them in another place.",
    ),
    "key": CommandPlace(
        "runtime.commands.ledger.ledger_keys:key",
        "Print the keys by which others verify checkpoints, the present one first.",
    ),
    "pack": CommandPlace(
        "runtime.commands.ledger.pack:pack",
        "Write the auditor's pack: the reviews of a route that were opened in a period, and what "
        "proves them.",
    ),
    "receipt": CommandPlace(
        "runtime.commands.ledger.receipts:receipt",
        "Print the receipt of a review: each of its entries, with the proof that the signed ledger has it.",
    ),
    "restore-guards": CommandPlace(
        "runtime.commands.ledger.ledger_state:restore_guards",
        "Restore the triggers that refuse changes to the ledger, where they are missing or disabled.",
    ),
    "timestamp": CommandPlace(
        "runtime.commands.ledger.timestamps:timestamp",
        "Say when a checkpoint existed, by the last timestamp of an RFC 3161 authority.",
    ),
    "verify": CommandPlace(
        "runtime.commands.ledger.verification:verify",
        "Check the ledger in the database, or the chain in a FILE that `ledger export --format jsonl` wrote.",
    ),
}
_REVIEWS = {
    "changes": CommandPlace(
        "runtime.commands.reviews.review_commands:show_changes",
        "Show how the document of a review differs from what was reviewed before.",
    ),
    "list": CommandPlace(
        "runtime.commands.reviews.review_commands:list_reviews",
        "List the reviews, the newest first; overdue and lapsed ones the longest overdue first.",
    ),
    "show": CommandPlace(
        "runtime.commands.reviews.review_commands:show_review",
        "Show one review: who has to answer by when, the answers, the cards and the history.",
    ),
    "watch": CommandPlace(
        "runtime.commands.reviews.review_commands:watch_reviews",
        "Print each review as it opens, and each change of its state, until Ctrl-C.",
    ),
}
_ROUTES = {
    "check": CommandPlace(
        "runtime.commands.installation.routes:check",
        "Check the routing FILE, or the rules in force, and show when changes would be due.",
    ),
    "test": CommandPlace(
        "runtime.commands.installation.routes:test", "Show which route matches the file, and why."
    ),
}
_WEBHOOK = {
    "register": CommandPlace(
        "runtime.commands.installation.webhook:register",
        "Create the webhook in DocSpace, or repair the one with this address.",
    ),
    "status": CommandPlace(
        "runtime.commands.installation.webhook:status",
        "Show the webhook's state in DocSpace; exit 1 unless it reports every change.",
    ),
}

COMMANDS: Mapping[str, CommandPlace | GroupPlaces] = {
    "campaign": GroupPlaces(
        "Campaigns: people acknowledge each document of a folder, though it has not changed.", _CAMPAIGN
    ),
    "canary": CommandPlace(
        "runtime.commands.installation.canary:canary",
        "Send a test through the production path to a card in each channel; exit 1 if it does not arrive.",
    ),
    "completion": CommandPlace(
        "runtime.commands.completion:completion",
        "Print the script by which a shell completes commands and options with Tab.",
    ),
    "deliveries": GroupPlaces("Cards that are due, posted or failed.", _DELIVERIES),
    "demo": CommandPlace(
        "runtime.commands.processes.demo:demo",
        "Run everything on this machine, with a stand-in portal and the inbox as chat: no account, no key.",
    ),
    "doctor": CommandPlace(
        "runtime.commands.installation.doctor:doctor",
        "Check settings, database, DocSpace, each channel and each route; exit 1 if something is broken.",
    ),
    "documents": GroupPlaces("The text of files on this machine, read as it is for a card.", _DOCUMENTS),
    "events": GroupPlaces("Change events from DocSpace, and their state.", _EVENTS),
    "init": CommandPlace(
        "runtime.commands.installation.init:init",
        "Ask a few questions, check each answer, and write .env and routes.toml into this folder.",
    ),
    "ledger": GroupPlaces("The append-only ledger of what happened to each review.", _LEDGER),
    "migrate": CommandPlace(
        "runtime.commands.processes.migrate:migrate", "Migrate the database to the schema of this version."
    ),
    "people": GroupPlaces(
        "The people whom reviews and the ledger name.",
        {
            "erase": CommandPlace(
                "runtime.commands.people.people:erase",
                "Erase the person with this e-mail address, which can't be undone.",
            )
        },
        AddressGroup,
    ),
    "reviews": GroupPlaces("Open and answered reviews.", _REVIEWS),
    "routes": GroupPlaces("The routing rules.", _ROUTES),
    "serve": CommandPlace(
        "runtime.commands.processes.serve:serve", "Run the web application and the worker in one process."
    ),
    "slack": GroupPlaces(
        "The app in Slack.",
        {
            "manifest": CommandPlace(
                "runtime.commands.installation.slack:manifest",
                "Print the app manifest, ready to paste into Slack.",
            )
        },
    ),
    "sweep": CommandPlace("runtime.commands.processes.sweep:sweep", "Check DocSpace now for missed changes."),
    "teams": GroupPlaces(
        "The bot in Microsoft Teams.",
        {
            "manifest": CommandPlace(
                "runtime.commands.installation.teams:manifest",
                "Write the app package of the bot, ready to upload.",
            )
        },
    ),
    "webhook": GroupPlaces("The webhook through which DocSpace reports changes.", _WEBHOOK),
    "worker": CommandPlace(
        "runtime.commands.processes.worker:worker", "Run the worker alone, beside the web processes."
    ),
}
