"""The app package for Teams: the bot's id, where it may be added, and its commands.

Manifest version 1.29 is the first with slash commands (facts on Teams, 2.4).
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json"
_ICONS = Path(__file__).parent / "icons"
_NEVER = (1980, 1, 1, 0, 0, 0)  # the same settings produce the same bytes
_COMMANDS = {
    "recent": "The latest reviews; recent 5 for five of them",
    "pending": "Open reviews; pending mine for your own",
    "overdue": "Overdue reviews",
    "mine": "Your open reviews, and your recent answers",
    "stats": "Statistics for the last 30 days; stats 7d for a week",
    "show": "The review of one document: show and its link or id",
    "changes": "What changed in a document: changes and its link or id",
    "receipt": "What proves the ledger entries of a review: receipt and its id",
    "web": "All your reviews in the browser; in a chat with the bot alone",
    "help": "Available commands",
}


def build_package(public_url: str, *, app_id: str, version: str) -> bytes:
    """Return the zip file that an administrator uploads: the manifest and two icons."""
    package_file = io.BytesIO()
    with zipfile.ZipFile(package_file, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(build_manifest(public_url, app_id=app_id, version=version), indent=2)
        _add(archive, "manifest.json", text.encode())
        for icon in ("color.png", "outline.png"):
            _add(archive, icon, (_ICONS / icon).read_bytes())
    return package_file.getvalue()


def build_manifest(public_url: str, *, app_id: str, version: str) -> dict[str, Any]:
    """Return the manifest of the bot at this address."""
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.29",
        "version": version,
        "id": app_id,
        "developer": {
            "name": "docspace-review",
            "websiteUrl": public_url,
            "privacyUrl": public_url,
            "termsOfUseUrl": public_url,
        },
        "name": {"short": "DocSpace reviews", "full": "Reviews of changes in ONLYOFFICE DocSpace"},
        "description": {
            "short": "Review changed documents of a watched folder with one click.",
            "full": (
                "When a document in a watched folder of ONLYOFFICE DocSpace changes, a card in the "
                "channel shows which document, what happened and who did it. The owner acknowledges the "
                "review or requests changes right there. A ledger records who answered for which version, "
                "and when."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1F4E79",
        "bots": [_build_bot_entry(app_id)],
        "supportsChannelFeatures": "tier1",
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "validDomains": [urlsplit(public_url).hostname],
    }


def _build_bot_entry(app_id: str) -> dict[str, Any]:
    """Return the bot's entry; slash commands are for groups, since a personal chat has no other readers."""
    commands = [{"title": title, "description": text} for title, text in _COMMANDS.items()]
    return {
        "botId": app_id,
        "scopes": ["team", "groupChat", "personal"],
        "supportsTargetedMessages": True,
        "commandLists": [
            {"scopes": ["team", "groupChat"], "triggers": ["mention", "slash"], "commands": commands},
            {"scopes": ["personal"], "triggers": ["mention"], "commands": commands},
        ],
    }


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _NEVER), content, zipfile.ZIP_DEFLATED)
