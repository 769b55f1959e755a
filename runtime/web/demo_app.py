"""The web application of the demo: that of `serve`, with links to sign in as one of the portal's people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from demo import ALICE, BOB, OLGA
from pages.demo_sign_in import DemoPerson, DemoRole
from reviews.text import clean_text
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.web.serve import create_working_app

if TYPE_CHECKING:
    from flask import Flask

    from runtime.settings.settings import Settings

HERE = "127.0.0.1"
STAND_INS = tuple(
    DemoPerson(name=who.display_name, email=who.email, role=part)
    for who, part in ((OLGA, DemoRole.OWNER), (ALICE, DemoRole.DEPUTY), (BOB, DemoRole.EDITOR))
)


def create_app() -> Flask:
    """Return the application; it starts only for a portal on this machine, and serves only this machine."""
    try:
        require_stand_in(settings.load())
    except UnusableSettings as error:
        sys.exit(f"docspace-review: {clean_text(str(error))}")
    return create_working_app(STAND_INS)


def require_stand_in(config: Settings) -> None:
    """Raise `UnusableSettings` if this could be anything but the demo: its links sign anyone in."""
    for name, host in (
        ("HOST", config.host),
        ("PUBLIC_URL", urlsplit(config.public_url).hostname),
        ("DOCSPACE_API_HOST", urlsplit(config.docspace_api_host).hostname),
    ):
        if host != HERE:
            raise UnusableSettings(f"{name}: the demo's sign-in is for this machine alone, {HERE}")
