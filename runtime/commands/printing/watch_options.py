"""Options of the commands that print until they are interrupted."""

from __future__ import annotations

import click

MIN_INTERVAL, MAX_INTERVAL = 1, 60
"""Seconds between two questions to the database."""

json_line_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")
interval_option = click.option(
    "--interval",
    metavar="SECONDS",
    type=click.IntRange(MIN_INTERVAL, MAX_INTERVAL),
    default=2,
    show_default=True,
    help="How long to wait between two looks.",
)
