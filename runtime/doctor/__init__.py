"""The doctor: what is broken or missing in an installation, and what to do about each finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from runtime.doctor import (
    accounts,
    alarms,
    calendars,
    chats,
    database,
    evidence,
    local_checks,
    portal,
    rights,
    setting_checks,
    slack,
    slack_socket,
    timestamps,
    webhook,
)
from runtime.doctor.finding_groups import SETTINGS, find_group
from runtime.doctor.findings import Finding, report_error, report_warning
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.wiring.wiring import Wiring
from store.database_description import refuse_to_create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHECKS: tuple[Callable[[Wiring], Iterable[Finding]], ...] = (
    setting_checks.check_file,
    setting_checks.check_names,
    setting_checks.check_groups,
    setting_checks.check_secrets,
    setting_checks.check_addresses,
    setting_checks.check_monitoring,
    local_checks.check_routes,
    local_checks.check_reading,
    local_checks.check_health_parts,
    database.check_kind,
    local_checks.check_completeness,
    database.check_ledger_guards,
    evidence.check_key,
    evidence.check_origin,
    evidence.check_checkpoints,
    evidence.check_witnesses,
    timestamps.check_timestamps,
    portal.check_key,
    portal.check_folders,
    rights.check_rights,
    accounts.check_accounts,
    webhook.check_webhook,
    slack.check_app,
    slack_socket.check_token,
    slack_socket.check_connections,
    slack.check_channels,
    slack.check_groups,
    chats.check_channels,
    calendars.check_calendar,
    alarms.check_operators,
    alarms.check_checkpoint_posts,
    alarms.check_canaries,
)


def examine() -> Iterator[Finding]:
    """Run all checks; a check that can't be made is a finding and stops no other."""
    try:
        wiring = Wiring(settings.load())
        refuse_to_create(wiring.engine)
    except UnusableSettings as error:
        finding = report_error("settings", str(error), "correct the setting, and run doctor again")
        yield replace(finding, group=SETTINGS)
        return
    try:
        yield from _run_checks(wiring)
    finally:
        wiring.engine.dispose()


def _run_checks(wiring: Wiring) -> Iterator[Finding]:
    missing = [] if database.has_database(wiring) else [database.report_missing(wiring)]
    reported: set[str] = set()
    for check in CHECKS:
        if missing and find_group(check) == find_group(database.check_kind):
            yield replace(missing.pop(), group=find_group(check))
        for finding in _run_check(check, wiring, reported):
            yield replace(finding, group=find_group(check))


def _run_check(
    check: Callable[[Wiring], Iterable[Finding]], wiring: Wiring, reported: set[str]
) -> Iterator[Finding]:
    """Run one check; what keeps several from being made is reported once."""
    try:
        yield from check(wiring)
    except UnusableSettings as error:
        if str(error) not in reported:
            reported.add(str(error))
            yield report_error("settings", str(error), "correct the setting, and run doctor again")
    except sa.exc.SQLAlchemyError:
        if database.ABOUT not in reported:
            reported.add(database.ABOUT)
            yield report_warning("checks", "some checks need the database", "fix it, and run doctor again")
