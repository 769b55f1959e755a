"""The webhook by which DocSpace tells of changes: made, repaired, looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docspace import errors
from docspace.webhooks import MAX_NAME_LENGTH
from reviews.text import plain
from runtime.commands import rights_texts
from runtime.commands import webhook_texts as texts
from runtime.commands.shared import json_option, open_wiring, print_json
from runtime.observe.last_received import find_last_received
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import utc_now
from runtime.worker.webhook_rounds import build_registration
from webhook.registration import NOT_ALLOWED, RegistrationOutcome, RegistrationResult
from webhook.rights import check_folder_rights
from webhook.secret import explain_refusal, generate_secret
from webhook.webhook_status import WebhookState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.wiring.wiring import Wiring
    from webhook.registration import Registration
    from webhook.rights import FolderRights
    from webhook.webhook_status import WebhookStatus


@click.group()
def webhook() -> None:
    """The webhook through which DocSpace reports changes."""


@webhook.command()
@click.option("--name", default=texts.NAME, show_default=True, help="Name of a new webhook in DocSpace.")
@click.option("--new-secret", "renew", is_flag=True, help="Set a new secret, and show it once.")
def register(*, name: str, renew: bool) -> None:
    """Create the webhook in DocSpace, or repair the one with this address.

    It gets the secret in DOCSPACE_WEBHOOK_SECRET. If that is not set, a new webhook gets a secret that is
    shown once, and an existing webhook keeps its own.
    """
    if not plain(name) or len(name) > MAX_NAME_LENGTH:
        raise click.BadParameter(
            f"a webhook's name has 1 to {MAX_NAME_LENGTH} characters", param_hint="--name"
        )
    wiring = open_wiring()
    use_case = build_registration(wiring)
    given = "" if renew else wiring.settings.get_option(texts.SETTING)
    if problem := explain_refusal(given) if given else "":
        raise UnusableSettings(f"{texts.SETTING}: {problem}")
    try:
        found = use_case.get_status()
        made = generate_secret() if renew or not (given or found.hook) else ""
        outcome = _create_or_repair(use_case, found, name=plain(name), secret=given or made)
    except errors.Forbidden:
        _print_and_exit(texts.describe_manual_steps(use_case.address, given=bool(given)), well=False)
    except errors.DocSpaceError as error:
        _print_and_exit([f"The outcome is unknown: {error}."], well=False)
    else:
        _print_outcome(outcome, given=bool(given), made=made)


@webhook.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show the webhook's state in DocSpace; exit 1 unless it reports every change."""
    wiring = open_wiring()
    use_case = build_registration(wiring)
    found, reason = None, ""
    try:
        found = use_case.get_status()
    except errors.Forbidden:
        reason = NOT_ALLOWED
    except errors.DocSpaceError as error:
        reason = str(error)
    rights = _rights(wiring)
    with wiring.transactions(reading=True) as work:
        received = find_last_received(work)
    told = (use_case.address, found, reason, received)
    if as_json:
        print_json({**texts.build_status_json(*told), "rights": rights_texts.build_rights_json(rights)})
    _print_and_exit(
        [] if as_json else [*texts.describe_status(*told), *rights_texts.describe_rights(rights)],
        well=found is not None and found.state is WebhookState.IN_ORDER,
    )


def _rights(wiring: Wiring) -> list[FolderRights]:
    """Return what the key's user may do in each watched folder; nothing where that can't be asked."""
    try:
        return list(check_folder_rights(wiring.docspace_http, wiring.routes, now=utc_now()))
    except (errors.DocSpaceError, UnusableSettings):
        return []


def _create_or_repair(
    use_case: Registration, found: WebhookStatus, *, name: str, secret: str
) -> RegistrationOutcome:
    if found.hook is None:
        return use_case.create(found, name=name, secret=secret)
    return use_case.repair(found, secret=secret, certificate=True)


def _print_outcome(outcome: RegistrationOutcome, *, given: bool, made: str) -> None:
    """Say what became of it. `made` is a secret that nobody knows yet."""
    match outcome.result:
        case RegistrationResult.CREATED | RegistrationResult.REPAIRED | RegistrationResult.IN_ORDER:
            _print_and_exit(
                [*texts.describe_result(outcome), *texts.describe_secret(outcome, given=given, made=made)],
                well=given or bool(made),
            )
        case RegistrationResult.NOT_ALLOWED:
            _print_and_exit(texts.describe_manual_steps(outcome.found.address, given=given), well=False)
        case _:
            _print_and_exit(texts.describe_refusal(outcome, made=made), well=False)


def _print_and_exit(lines: Sequence[str], *, well: bool) -> None:
    if lines:
        click.echo("\n".join(lines))
    if not well:
        click.get_current_context().exit(1)
