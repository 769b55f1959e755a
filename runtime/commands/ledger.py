"""The commands of the ledger, each in a file of its own."""

from __future__ import annotations

import click

from runtime.commands.lazy_group import LazyGroup

_COMMANDS = {
    "checkpoint": "runtime.commands.checkpoints:checkpoint",
    "export": "runtime.commands.ledger_export:export",
    "head": "runtime.commands.ledger_state:head",
    "key": "runtime.commands.ledger_keys:key",
    "pack": "runtime.commands.pack:pack",
    "receipt": "runtime.commands.receipts:receipt",
    "restore-guards": "runtime.commands.ledger_state:restore_guards",
    "timestamp": "runtime.commands.timestamps:timestamp",
    "verify": "runtime.commands.verification:verify",
}


@click.group(cls=LazyGroup, places=_COMMANDS)
def ledger() -> None:
    """The append-only ledger of what happened to each review."""
