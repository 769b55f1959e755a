"""The commands `ledger head` and `ledger restore-guards`."""

from __future__ import annotations

import click

from reviews.ledger.hash_chain import LedgerBroken
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.refusals import refuse
from store import chain as stored
from store import guards


@click.command()
def restore_guards() -> None:
    """Restore the triggers that refuse changes to the ledger, where they are missing or disabled."""
    missing_guards = guards.restore_guards(open_wiring().engine)
    for guard in missing_guards:
        print_text(f"The guard {guard.guard} of the table {guard.table} was {guard.reason}. It was restored.")
    if missing_guards:
        print_text(
            "Entries could be changed in the meantime: run docspace-review ledger verify with a "
            "--head from before."
        )
    else:
        print_text("All guards are in force: there is nothing to restore.")


@click.command()
@json_option
def head(*, as_json: bool) -> None:
    """Print the number and hash of the last entry, to store them in another place."""
    try:
        end = stored.read_pinned_head(open_wiring().engine)
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}.")
    if as_json:
        print_json({"seq": end.seq, "hash": end.hash})
    else:
        click.echo(f"{end.seq} {end.hash}")
