"""What is broken or missing in an installation, and what to do about each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from runtime.doctor import accounts, alarms, chats, database, given, ours, portal, rights, slack, webhook
from runtime.doctor.findings import Finding, broken, lacking
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.wiring.wiring import Wiring
from store.described import never_create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHECKS: tuple[Callable[[Wiring], Iterable[Finding]], ...] = (
    given.names,
    given.groups,
    given.secrets,
    given.addresses,
    given.monitoring,
    ours.routes,
    ours.database,
    ours.completeness,
    database.kind,
    database.record_guards,
    portal.key,
    portal.folders,
    rights.rights,
    accounts.accounts,
    webhook.webhook,
    slack.app,
    slack.channels,
    slack.groups,
    chats.channels,
    alarms.operators,
    alarms.canaries,
)


def examine() -> Iterator[Finding]:
    """Check everything; a check that can't be made is a finding, and stops no other."""
    try:
        wiring = Wiring(settings.load())
        never_create(wiring.engine)
    except UnusableSettings as error:
        yield broken("settings", str(error), "mend the setting, and ask again")
        return
    try:
        yield from _found(wiring)
    finally:
        wiring.engine.dispose()


def _found(wiring: Wiring) -> Iterator[Finding]:
    if not database.is_there(wiring):
        yield database.missing(wiring)
    told: set[str] = set()
    for check in CHECKS:
        try:
            yield from check(wiring)
        except UnusableSettings as error:
            if str(error) not in told:  # several checks need the same setting
                told.add(str(error))
                yield broken("settings", str(error), "mend the setting, and ask again")
        except sa.exc.SQLAlchemyError:
            if database.ABOUT not in told:
                told.add(database.ABOUT)
                yield lacking("checks", "some can't be made without the database", "mend it, and ask again")
