"""Options that several listings take."""

from __future__ import annotations

import click

limit_option = click.option(
    "--limit",
    metavar="NUMBER",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="At most so many.",
)
