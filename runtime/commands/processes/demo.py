"""The command `demo`: everything on this machine."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from runtime.web.demo import run_demo


@click.command()
def demo() -> None:
    """Run everything on this machine, with a stand-in portal and the inbox as chat: no account, no key."""
    run_demo(command=name_command(sys.argv[0], sys.executable))


def name_command(started_as: str, interpreter: str) -> str:
    """Return this program as a shell starts it; `python -m runtime` leaves only the path of a file."""
    path = Path(started_as)
    if path.name == "__main__.py":
        return f"{shlex.quote(interpreter)} -m {path.parent.name}"
    return shlex.quote(started_as)
