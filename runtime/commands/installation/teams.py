"""The command `teams`: what Microsoft Teams needs from this installation."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import click

from runtime.app_manifests import teams_package
from runtime.settings import settings
from runtime.settings.settings import Settings, UnusableSettings


def _check_version(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}", text):
        raise click.BadParameter("three numbers with dots between them, as in 1.0.1")
    return text


@click.command()
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), default="docspace-review-teams.zip",
    show_default=True, help="Path of the file to write.",
)  # fmt: skip
@click.option(
    "--app-version", callback=_check_version, default="1.0.0", show_default=True,
    help="Version of the app; Teams replaces an app only with a higher one.",
)  # fmt: skip
def manifest(*, output: Path, app_version: str) -> None:
    """Write the app package of the bot, ready to upload."""
    config = settings.load()
    address, app_id = _require_public_url(config), _require_app_id(config)
    output.write_bytes(teams_package.build_package(address, app_id=app_id, version=app_version))
    click.echo(f"{output}: upload it in the Teams admin center, or in Teams under Apps, Manage your apps")
    click.echo(f"The messaging endpoint of the Azure Bot is {address}/teams/messages")


def _require_public_url(config: Settings) -> str:
    address = config.require("PUBLIC_URL", "Teams has to reach this installation from the internet")
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise UnusableSettings("PUBLIC_URL: Teams reaches a bot over https only")
    return address


def _require_app_id(config: Settings) -> str:
    text = config.require("TEAMS_APP_ID", "the application (client) id of the bot's registration in Entra ID")
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        raise UnusableSettings(
            "TEAMS_APP_ID is not an application id, which has the form 00000000-0000-0000-0000-000000000000"
        ) from None
