"""The command `routes`: who would be asked to review what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from docspace.errors import DocSpaceError
from reviews.errors import RoutesInvalid
from reviews.routes.people_table import list_persons
from reviews.routes.route import OPERATORS_ROUTE
from reviews.text import clean_text
from runtime.commands.installation.route_deadlines import build_json, describe_deadlines, describe_digest
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.settings import settings
from runtime.settings.routes_source import parse_routes, read_routes_text
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.routes.route import Route, Routes


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@json_option
def check(*, file: Path | None, as_json: bool) -> None:
    """Check the routing FILE, or the rules in force, and show when changes would be due."""
    now = get_utc_time()
    in_force = settings.load()
    if file is None:
        source, text = read_routes_text(in_force)
    else:
        source, text = str(file), _read_text(file)
    try:
        parsed = parse_routes(text, today=now.date(), plain_http_hosts=in_force.absences_allow_hosts)
    except RoutesInvalid as error:
        for problem in error.problems:
            print_text(f"{source}: {problem}", err=as_json)
        click.get_current_context().exit(1)
    if as_json:
        print_json(build_json(parsed, now))
    else:
        _print_routes(parsed, now, Wiring(in_force) if file is None else None)


def _print_routes(parsed: Routes, now: datetime, wiring: Wiring | None) -> None:
    for route in parsed.all:
        targets = ", ".join(map(str, route.notify))
        print_text(
            f"{route.name}: {', '.join(route.owners)} reviews {', '.join(route.watch)}, posted in {targets}"
        )
        if wiring is not None:
            _print_unknown_groups(route, wiring)
        for line in (*describe_deadlines(route, now), *describe_digest(route, now)):
            print_text(line)
    for addresses in list_persons(parsed.people, parsed.people):
        if len(addresses) > 1:
            print_text(f"[people]: {' and '.join(addresses)} are one person")
    if parsed.calendar:
        print_text(f"absences: a calendar on {parsed.calendar.host}, whose address is not shown")
    if parsed.operators:
        print_text(f"{OPERATORS_ROUTE}: alarms are posted in {', '.join(map(str, parsed.operators.notify))}")


@click.command()
@click.argument("file_id")
def test(*, file_id: str) -> None:
    """Show which route matches the file, and why."""
    wiring = Wiring(settings.load())
    try:
        title, place = wiring.portal.locate(file_id)
    except DocSpaceError as error:
        print_text(f"file {clean_text(file_id)}: {error}")
        click.get_current_context().exit(1)
    route = wiring.routes.match(place)
    print_text(f"{clean_text(title)} is in {clean_text(place.path)}")
    if route is None:
        print_text("No route watches any of these folders, so changes of this file are ignored:")
        print_text("\n".join(f"  {clean_text(folder)} {clean_text(name)}" for folder, name in place.folders))
        click.get_current_context().exit(1)
    watched = next(
        f"{clean_text(name)} ({folder})" for folder, name in place.folders if folder in route.watch
    )
    owners = ", ".join(route.owners)
    print_text(f"It matches the route {route.name}, which watches {watched}; {owners} would review it.")


def _print_unknown_groups(route: Route, wiring: Wiring) -> None:
    """Print the groups of a route by which no one can answer, as far as the worker has looked them up."""
    for name in route.named_groups:
        try:
            members = wiring.directory.get_group(name)
        except sa.exc.SQLAlchemyError:
            members = None
        if members is None:
            print_text(f"  {name}: not looked up yet; the worker looks it up when it starts")
        elif not members:
            print_text(f"  {name}: Slack has no such user group, or the app lacks the scope usergroups:read")


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} can't be read as text") from error
