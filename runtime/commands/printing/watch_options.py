"""Options of the commands that print until they are interrupted."""

from __future__ import annotations

import click

MIN_INTERVAL, MAX_INTERVAL = 1, 60
"""Seconds between two questions to the database."""

json_line_option = click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
interval_option = click.option(
    "--interval",
    type=click.IntRange(MIN_INTERVAL, MAX_INTERVAL),
    default=2,
    show_default=True,
    help="Seconds between two looks.",
)
