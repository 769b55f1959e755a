"""A portal on this machine, and the command that sweeps it."""

from __future__ import annotations

from demo import ALICE, COMPLIANCE, OTHER, DemoPortal
from runtime.cli import cli
from tests.runtime.command import CommandResult, run_command


class WatchedPortal:
    """A portal, and the command of an installation that watches it."""

    def __init__(self, portal: DemoPortal, address: str, database: str) -> None:
        self.portal = portal
        self.settings = {
            "DATABASE_URL": database,
            "DOCSPACE_API_HOST": address,
            "DOCSPACE_API_KEY": portal.api_key,
            "ROUTES": route("compliance", COMPLIANCE) + route("other", OTHER),
        }

    def sweep(self, *more: str) -> CommandResult:
        return run_command(["sweep", "--baseline", *more], cli, **self.settings)

    def fill(self, count: int, folder: int) -> None:
        for number in range(count):
            self.portal.add_file(f"Paper {number}.docx", folder, by=ALICE.id)

    def pages(self) -> list[str]:
        """Return which pages of which folders were asked for."""
        asked = (call.path for call in self.portal.faults.calls("startIndex="))
        return [path.partition("/files/")[2].partition("?")[0] + _start(path) for path in asked]


def _start(path: str) -> str:
    return " " + path.partition("startIndex=")[2].partition("&")[0]


def route(name: str, *folders: int) -> str:
    watch = ", ".join(f'"{folder}"' for folder in folders)
    return (
        f'[[route]]\nname = "{name}"\nwatch = [{watch}]\nowners = ["o@example.com"]\nnotify = ["console"]\n'
    )
