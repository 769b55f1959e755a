"""The command `migrate`: the database's tables."""

from functools import partial

import click

from runtime.commands.ledger.ledger_keys import prepare_ledger_key
from runtime.commands.opened_wiring import open_wiring_unchecked
from runtime.commands.printing.folded_text import print_text
from store.migrate import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Migrate the database to the schema of this version."""
    wiring = open_wiring_unchecked()
    migrate_database(wiring.engine, on_wait=partial(click.echo, err=True))
    print_text("The database is up to date.")
    prepare_ledger_key(wiring)
