"""The command `slack`: what Slack needs from this installation."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from runtime.app_manifests import slack_manifest
from runtime.commands.printing.json_output import print_json
from runtime.settings import settings
from runtime.settings.settings import Settings, UnusableSettings
from runtime.wiring.wiring import Wiring

MAX_COMMAND_LENGTH = 32


@click.command()
@click.option(
    "--socket", is_flag=True, help="For Socket Mode, as with SLACK_APP_TOKEN: no address is needed."
)
def manifest(*, socket: bool) -> None:
    """Print the app manifest, ready to paste into Slack."""
    config = settings.load()
    print_json(slack_manifest.build_manifest(build_installation(config, socket=socket)))


def build_installation(config: Settings, *, socket: bool) -> slack_manifest.Installation:
    """Return what Slack needs; `UnusableSettings` names the setting that Slack would refuse.

    With `socket`, or if the settings have the token for it, requests come through Socket Mode.
    """
    return slack_manifest.Installation(
        address="" if socket or config.uses_slack_socket else _require_public_url(config),
        command=_require_command(config),
        portal=slack_manifest.get_host(config.docspace_api_host),
        routes=Wiring(config).routes,
    )


def _require_public_url(config: Settings) -> str:
    address = config.require("PUBLIC_URL", "Slack has to reach this installation from the internet")
    if urlsplit(address).scheme != "https":
        raise UnusableSettings("PUBLIC_URL: Slack reaches an app over https only")
    return address


def _require_command(config: Settings) -> str:
    """Return the slash command; Slack accepts no capital letters and no blanks (facts on Slack, 1.6)."""
    name = config.slack_command
    plain = name.isprintable() and name == name.lower() and not any(map(str.isspace, name))
    if not (plain and name.startswith("/") and 2 <= len(name) <= MAX_COMMAND_LENGTH) or "/" in name[1:]:
        raise UnusableSettings(
            f"SLACK_COMMAND: a slash, and at most {MAX_COMMAND_LENGTH - 1} characters without "
            "capitals or blanks, as in /reviews"
        )
    return name
