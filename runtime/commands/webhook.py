"""The webhook by which DocSpace tells of changes: made, repaired, looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docspace import errors
from docspace.webhooks import LONGEST_NAME
from reviews.text import plain
from runtime.commands import rights_texts
from runtime.commands import webhook_texts as texts
from runtime.commands.shared import as_json, print_json, wired
from runtime.observe.last_received import last_received
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import utc_now
from runtime.worker.webhook_rounds import registration
from webhook.found import State
from webhook.registration import NOT_ALLOWED, Outcome, Result
from webhook.rights import in_each_folder
from webhook.secret import new_secret, trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.wiring.wiring import Wiring
    from webhook.found import Found
    from webhook.registration import Registration
    from webhook.rights import FolderRights


@click.group()
def webhook() -> None:
    """The webhook by which DocSpace tells of changes."""


@webhook.command()
@click.option(
    "--name", default=texts.NAME, show_default=True, help="What a new webhook is called in DocSpace."
)
@click.option("--new-secret", "renew", is_flag=True, help="Give it a new secret, and show that once.")
def register(*, name: str, renew: bool) -> None:
    """Make the webhook in DocSpace, or repair the one that has this address.

    It gets the secret that is set as DOCSPACE_WEBHOOK_SECRET. Where none is, a new webhook gets one that is
    shown once, and one that is there keeps its own.
    """
    if not plain(name) or len(name) > LONGEST_NAME:
        raise click.BadParameter(f"a webhook's name has 1 to {LONGEST_NAME} characters", param_hint="--name")
    wiring = wired()
    use_case = registration(wiring)
    given = "" if renew else wiring.settings.option(texts.SETTING)
    if problem := trouble(given) if given else "":
        raise UnusableSettings(f"{texts.SETTING}: {problem}")
    try:
        found = use_case.look()
        made = new_secret() if renew or not (given or found.hook) else ""
        outcome = _registered(use_case, found, name=plain(name), secret=given or made)
    except errors.Forbidden:
        _end(texts.by_hand(use_case.address, given=bool(given)), well=False)
    except errors.DocSpaceError as error:
        _end([f"It is not known whether anything has changed: {error}."], well=False)
    else:
        _tell(outcome, given=bool(given), made=made)


@webhook.command()
@as_json
def status(*, as_json: bool) -> None:
    """Say how DocSpace has the webhook; exit 1 unless it is known to tell of every change."""
    wiring = wired()
    use_case = registration(wiring)
    found, reason = None, ""
    try:
        found = use_case.look()
    except errors.Forbidden:
        reason = NOT_ALLOWED
    except errors.DocSpaceError as error:
        reason = str(error)
    rights = _rights(wiring)
    with wiring.transactions(reading=True) as work:
        received = last_received(work)
    told = (use_case.address, found, reason, received)
    if as_json:
        print_json({**texts.as_json(*told), "rights": rights_texts.as_json(rights)})
    _end(
        [] if as_json else [*texts.standing(*told), *rights_texts.lines(rights)],
        well=found is not None and found.state is State.IN_ORDER,
    )


def _rights(wiring: Wiring) -> list[FolderRights]:
    """Return what the key's user may do in each watched folder; nothing where that can't be asked."""
    try:
        return list(in_each_folder(wiring.docspace, wiring.routes, now=utc_now()))
    except (errors.DocSpaceError, UnusableSettings):
        return []


def _registered(use_case: Registration, found: Found, *, name: str, secret: str) -> Outcome:
    if found.hook is None:
        return use_case.create(found, name=name, secret=secret)
    return use_case.repair(found, secret=secret, certificate=True)


def _tell(outcome: Outcome, *, given: bool, made: str) -> None:
    """Say what became of it. `made` is a secret that nobody knows yet."""
    match outcome.result:
        case Result.CREATED | Result.REPAIRED | Result.IN_ORDER:
            _end(
                [*texts.done(outcome), *texts.secret(outcome, given=given, made=made)],
                well=given or bool(made),
            )
        case Result.NOT_ALLOWED:
            _end(texts.by_hand(outcome.found.address, given=given), well=False)
        case _:
            _end(texts.refused(outcome, made=made), well=False)


def _end(lines: Sequence[str], *, well: bool) -> None:
    if lines:
        click.echo("\n".join(lines))
    if not well:
        click.get_current_context().exit(1)
