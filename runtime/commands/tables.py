"""The database's tables."""

import click

from runtime import settings
from runtime.wiring import Wiring
from store.migrate import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrate_database(Wiring(settings.load()).engine)
    click.echo("the database is up to date")
