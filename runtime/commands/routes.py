"""Who would be asked to review what."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import notifiers
from docspace.errors import DocSpaceError
from reviews import routes_file
from reviews.errors import RoutesInvalid
from runtime import settings
from runtime.wiring import Wiring


@click.group()
def routes() -> None:
    """The routing rules."""


@routes.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
def check(*, file: Path | None) -> None:
    """Check the routing FILE, or the rules in force."""
    if file is None:
        source, text = Wiring(settings.load()).routes_text()
    else:
        source, text = str(file), _text(file)
    try:
        found = routes_file.parse(text, notifiers=notifiers.examples())
    except RoutesInvalid as error:
        for problem in error.problems:
            click.echo(f"{source}: {problem}")
        sys.exit(1)
    for route in found.all:
        targets = ", ".join(map(str, route.notify))
        click.echo(
            f"{route.name}: {', '.join(route.owners)} reviews {', '.join(route.watch)}, told in {targets}"
        )


@routes.command()
@click.argument("file_id")
def test(*, file_id: str) -> None:
    """Say which route the file takes and why."""
    wiring = Wiring(settings.load())
    try:
        title, place = wiring.portal.locate(file_id)
    except DocSpaceError as error:
        click.echo(f"file {file_id}: {error}")
        sys.exit(1)
    route = wiring.routes.match(place)
    click.echo(f"{title} is in {place.path}")
    if route is None:
        click.echo("No route watches any of these folders, so its changes are ignored:")
        click.echo("\n".join(f"  {folder} {name}" for folder, name in place.folders))
        sys.exit(1)
    watched = next(f"{name} ({folder})" for folder, name in place.folders if folder in route.watch)
    owners = ", ".join(route.owners)
    click.echo(f"It takes the route {route.name}, which watches {watched}; {owners} would review it.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} can't be read as text") from error
