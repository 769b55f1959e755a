"""The command `ledger checkpoint`: what is signed of the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import click

from reviews.ledger.hash_chain import LedgerBroken
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_note_of
from runtime.evidence.witness_policy import find_witnessed_note
from store import chain, ledger_tree

if TYPE_CHECKING:
    from datetime import datetime

    from runtime.wiring.wiring import Wiring
    from store.ledger_tree import CheckpointFault, StoredCheckpoint

MAX_DELAY = timedelta(minutes=1)
"""Entries that have waited for a checkpoint for so long are said to be not covered."""


@click.command()
@click.option(
    "--day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last checkpoint of this day (UTC), not of all.",
)
@click.option("--witnessed", is_flag=True, help="The last one that a quorum of witnesses has cosigned.")
@json_option
def checkpoint(*, day: datetime | None, witnessed: bool, as_json: bool) -> None:
    """Print the last checkpoint: the signed root of the tree of all entries, as a C2SP signed note.

    Exit code 1 if there is none, if it does not hold, or if something keeps it from covering later entries.
    """
    wiring = open_wiring()
    if day is not None and witnessed:
        raise click.UsageError("say --day or --witnessed: there is one witnessed checkpoint, the last")
    if day is not None:
        _print_daily(wiring, day, as_json=as_json)
    if witnessed:
        _print_witnessed(wiring, as_json=as_json)
    last, fault = ledger_tree.read_last_with_fault(wiring.engine)
    problem = _explain_checkpoint(wiring, last, fault)
    if as_json:
        print_json({"checkpoint": last.note if last else None, "problem": problem})
    else:
        if last is not None:
            click.echo(last.note, nl=False)
        if problem is not None:
            print_text(f"{problem[0].upper()}{problem[1:]}.", err=True)
    click.get_current_context().exit(1 if problem else 0)


def _print_witnessed(wiring: Wiring, *, as_json: bool) -> NoReturn:
    """Print the checkpoint with a quorum of cosignatures, if it holds by the present policy."""
    note, problem = None, None
    try:
        note = find_witnessed_note(wiring.engine, wiring.witness_policy, wiring.list_verifier_keys())
    except InvalidCheckpoint as error:
        problem = str(error)
    if as_json:
        print_json({"checkpoint": note, "problem": problem})
    elif note is not None:
        click.echo(note, nl=False)
    if problem is not None:
        print_text(f"There is no witnessed checkpoint: {problem}.", err=True)
    click.get_current_context().exit(0 if note else 1)


def _print_daily(wiring: Wiring, day: datetime, *, as_json: bool) -> NoReturn:
    note = ledger_tree.find_daily_note(wiring.engine, day.date())
    problem = None if note else f"no checkpoint was made on {day:%Y-%m-%d} (UTC)"
    if as_json:
        print_json({"checkpoint": note, "problem": problem})
    else:
        click.echo(note or f"No checkpoint was made on {day:%Y-%m-%d} (UTC).", nl=not note, err=not note)
    click.get_current_context().exit(1 if problem else 0)


def _explain_checkpoint(
    wiring: Wiring, last: StoredCheckpoint | None, fault: CheckpointFault | None
) -> str | None:
    """Return why the last checkpoint is not what it should be."""
    if fault is not None:
        return f"no checkpoint covers entry {fault.entry} and later ones: {fault.reason}"
    if last is None:
        return "there is no checkpoint yet: a worker makes one within two seconds of an entry"
    try:
        verify_note_of(last, wiring.ledger_keys)
        end = chain.read_pinned_head(wiring.engine).seq
    except (InvalidCheckpoint, LedgerBroken) as error:
        return f"the last checkpoint does not hold: {error}"
    if last.size < end and wiring.clock() - last.at > MAX_DELAY:
        return f"the last checkpoint does not cover entry {last.size + 1} and later ones: does a worker run?"
    return None
