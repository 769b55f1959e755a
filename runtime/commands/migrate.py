"""The command `migrate`: the database's tables."""

from functools import partial

import click

from runtime.commands.shared import open_wiring_unchecked
from store.migrate import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Migrate the database to the schema of this version."""
    migrate_database(open_wiring_unchecked().engine, on_wait=partial(click.echo, err=True))
    click.echo("the database is up to date")
