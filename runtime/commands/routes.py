"""The command `routes`: who would be asked to review what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

import notifiers
from docspace.errors import DocSpaceError
from reviews.errors import RoutesInvalid
from reviews.routes import file_parser
from reviews.routes.people_table import list_persons
from reviews.routes.route import OPERATORS_ROUTE
from reviews.text import clean_text
from runtime.settings import settings
from runtime.settings.routes_source import read_routes_text
from runtime.wiring.wiring import Wiring

if TYPE_CHECKING:
    from reviews.routes.route import Route


@click.group()
def routes() -> None:
    """The routing rules."""


@routes.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
def check(*, file: Path | None) -> None:
    """Check the routing FILE, or the rules in force."""
    if file is None:
        source, text = read_routes_text(settings.load())
    else:
        source, text = str(file), _read_text(file)
    try:
        parsed = file_parser.parse(
            text, notifiers=notifiers.list_address_forms(), silent=notifiers.list_silent_channels()
        )
    except RoutesInvalid as error:
        for problem in error.problems:
            click.echo(f"{source}: {problem}")
        click.get_current_context().exit(1)
    wiring = Wiring(settings.load()) if file is None else None
    for route in parsed.all:
        targets = ", ".join(map(str, route.notify))
        click.echo(
            f"{route.name}: {', '.join(route.owners)} reviews {', '.join(route.watch)}, posted in {targets}"
        )
        if wiring is not None:
            _print_unknown_groups(route, wiring)
    for addresses in list_persons(parsed.people, parsed.people):
        if len(addresses) > 1:
            click.echo(f"[people]: {' and '.join(addresses)} are one person")
    if parsed.operators:
        click.echo(f"{OPERATORS_ROUTE}: alarms are posted in {', '.join(map(str, parsed.operators.notify))}")


@routes.command()
@click.argument("file_id")
def test(*, file_id: str) -> None:
    """Show which route matches the file, and why."""
    wiring = Wiring(settings.load())
    try:
        title, place = wiring.portal.locate(file_id)
    except DocSpaceError as error:
        click.echo(f"file {clean_text(file_id)}: {error}")
        click.get_current_context().exit(1)
    route = wiring.routes.match(place)
    click.echo(f"{clean_text(title)} is in {clean_text(place.path)}")
    if route is None:
        click.echo("No route watches any of these folders, so changes of this file are ignored:")
        click.echo("\n".join(f"  {clean_text(folder)} {clean_text(name)}" for folder, name in place.folders))
        click.get_current_context().exit(1)
    watched = next(
        f"{clean_text(name)} ({folder})" for folder, name in place.folders if folder in route.watch
    )
    owners = ", ".join(route.owners)
    click.echo(f"It matches the route {route.name}, which watches {watched}; {owners} would review it.")


def _print_unknown_groups(route: Route, wiring: Wiring) -> None:
    """Print the groups of a route by which no one can answer, as far as the worker has looked them up."""
    for name in route.named_groups:
        try:
            members = wiring.directory.get_group(name)
        except sa.exc.SQLAlchemyError:
            members = None
        if members is None:
            click.echo(f"  {name}: not looked up yet; the worker looks it up when it starts")
        elif not members:
            click.echo(f"  {name}: Slack has no such user group, or the app lacks the scope usergroups:read")


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} can't be read as text") from error
