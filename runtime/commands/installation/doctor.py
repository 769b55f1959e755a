"""The command `doctor`; what it does is imported when it runs."""

from __future__ import annotations

import click

from runtime.commands.lazy_group import run_later
from runtime.commands.printing.json_output import json_option


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Check settings, database, DocSpace, each channel and each route; exit 1 if something is broken."""
    run_later("runtime.commands.installation.findings_report:report_findings", as_json=as_json)
