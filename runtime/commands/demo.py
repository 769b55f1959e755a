"""The command `demo`: everything on this machine."""

from __future__ import annotations

import sys

import click

from runtime.web.demo import run_demo


@click.command()
def demo() -> None:
    """Run everything on this machine, with a stand-in portal and the inbox as chat: no account, no key."""
    run_demo(command=sys.argv[0])
