"""The routes of this installation: from ROUTES, the routing file, or the short settings."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import notifiers
from notifiers.shared.http import is_allowed_host, parse_hosts
from reviews.errors import RoutesInvalid
from reviews.routes import file_parser
from runtime.settings.holiday_calendars import find_calendar
from runtime.settings.settings import UnusableSettings

if TYPE_CHECKING:
    from datetime import date

    from reviews.routes.route import Routes
    from runtime.settings.settings import Settings

ROUTES_FILE = "routes.toml"
"""The routing file where the setting of this name is absent; it may be missing then."""
_SHORT_FORM = '[[route]]\nname = "compliance"\nwatch = {watch}\nowners = {owners}\nnotify = {notify}\n'
_LINK = 'identity = "link"\nsegregation_of_duties = "off"\n'


def load_routes(settings: Settings, *, today: date) -> Routes:
    """Return the routes; raise `UnusableSettings` with the line and the reason of a mistake."""
    source, text = read_routes_text(settings)
    try:
        return parse_routes(text, today=today, plain_http_hosts=settings.absences_allow_hosts)
    except RoutesInvalid as error:
        raise UnusableSettings(f"{source}: {error}") from error


def parse_routes(text: str, *, today: date, plain_http_hosts: str = "") -> Routes:
    """Return the routes of a text, for the channels and the calendars of this program.

    `plain_http_hosts` are those of ABSENCES_ALLOW_HOSTS.
    """
    return file_parser.parse(
        text,
        notifiers=notifiers.list_address_forms(),
        silent=notifiers.list_silent_channels(),
        find_calendar=find_calendar,
        today=today,
        allows_plain_http=partial(is_allowed_host, hosts=parse_hosts(plain_http_hosts)),
    )


def read_routes_text(settings: Settings) -> tuple[str, str]:
    """Return the source of the routes and their text: ROUTES, the file, or the short settings."""
    if settings.routes:
        return "ROUTES", settings.routes
    path = Path(settings.routes_file or ROUTES_FILE)
    try:
        return str(path), path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if settings.routes_file:
            raise UnusableSettings(f"ROUTES_FILE: there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableSettings(f"ROUTES_FILE: {path} can't be read as text: {error}") from error
    if not settings.compliance_folder_id:
        raise UnusableSettings(
            "no routes: write routes.toml, or set COMPLIANCE_FOLDER_ID and DEPARTMENT_OWNER_EMAIL"
        )
    owner = settings.require("DEPARTMENT_OWNER_EMAIL", "no one would be asked to review changes")
    lists = {
        "watch": _format_toml_list(settings.compliance_folder_id),
        "owners": _format_toml_list(owner),
        "notify": _format_toml_list(settings.notify or "console"),
    }
    # The reader of the terminal has the link; it is sent to no one else.
    page = _LINK if lists["notify"] == '["console"]' else ""
    return "the short settings", _SHORT_FORM.format(**lists) + page


def _format_toml_list(text: str) -> str:
    """Write a comma-separated setting as a TOML list of strings; JSON's quoting is TOML's."""
    return json.dumps([part.strip() for part in text.split(",") if part.strip()])
