"""The database's tables."""

from functools import partial

import click

from runtime.commands.shared import unchecked
from store.migrate import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrate_database(unchecked().engine, waits=partial(click.echo, err=True))
    click.echo("the database is up to date")
