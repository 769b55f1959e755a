"""The command `webhook`: create, repair and check the webhook by which DocSpace reports changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docspace import errors
from docspace.webhooks import MAX_NAME_LENGTH
from reviews.text import clean_text
from runtime.commands.installation import rights_texts
from runtime.commands.installation import webhook_texts as texts
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.observe.last_received import find_last_received
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import get_utc_time
from runtime.wiring.webhook import build_registration
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


@click.command()
@click.option("--name", default=texts.NAME, show_default=True, help="Name of a new webhook in DocSpace.")
@click.option("--new-secret", "renew", is_flag=True, help="Set a new secret, and show it once.")
def register(*, name: str, renew: bool) -> None:
    """Create the webhook in DocSpace, or repair the one with this address.

    It gets the secret in DOCSPACE_WEBHOOK_SECRET. If that is not set, a new webhook gets a secret that is
    shown once, and an existing webhook keeps its own.
    """
    if not clean_text(name) or len(name) > MAX_NAME_LENGTH:
        raise click.BadParameter(
            f"a webhook's name has 1 to {MAX_NAME_LENGTH} characters", param_hint="--name"
        )
    wiring = open_wiring()
    use_case = build_registration(wiring)
    configured = "" if renew else wiring.settings.get_option(texts.SETTING)
    if problem := explain_refusal(configured) if configured else "":
        raise UnusableSettings(f"{texts.SETTING}: {problem}")
    try:
        current = use_case.get_status()
        new_secret = generate_secret() if renew or not (configured or current.hook) else ""
        outcome = _create_or_repair(use_case, current, name=clean_text(name), secret=configured or new_secret)
    except errors.Forbidden:
        _print_and_exit(
            texts.describe_manual_steps(use_case.address, is_configured=bool(configured)), success=False
        )
    except errors.DocSpaceError as error:
        _print_and_exit([f"The outcome is unknown: {error}."], success=False)
    else:
        _print_outcome(outcome, is_configured=bool(configured), new_secret=new_secret)


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show the webhook's state in DocSpace; exit 1 unless it reports every change."""
    wiring = open_wiring()
    use_case = build_registration(wiring)
    current, reason = None, ""
    try:
        current = use_case.get_status()
    except errors.Forbidden:
        reason = NOT_ALLOWED
    except errors.DocSpaceError as error:
        reason = str(error)
    rights = _list_rights(wiring)
    with wiring.transactions(reading=True) as work:
        last_received = find_last_received(work)
    state = (use_case.address, current, reason, last_received)
    if as_json:
        print_json({**texts.build_status_json(*state), "rights": rights_texts.build_rights_json(rights)})
    _print_and_exit(
        [] if as_json else [*texts.describe_status(*state), *rights_texts.describe_rights(rights)],
        success=current is not None and current.state is WebhookState.IN_ORDER,
    )


def _list_rights(wiring: Wiring) -> list[FolderRights]:
    """Return the rights of the key's user in each watched folder; empty if they can't be requested."""
    try:
        return list(check_folder_rights(wiring.docspace_http, wiring.routes, now=get_utc_time()))
    except (errors.DocSpaceError, UnusableSettings):
        return []


def _create_or_repair(
    use_case: Registration, current: WebhookStatus, *, name: str, secret: str
) -> RegistrationOutcome:
    if current.hook is None:
        return use_case.create(current, name=name, secret=secret)
    return use_case.repair(current, secret=secret, certificate=True)


def _print_outcome(outcome: RegistrationOutcome, *, is_configured: bool, new_secret: str) -> None:
    """Print the outcome. `new_secret` was not shown yet; empty if the secret is an old one."""
    match outcome.result:
        case RegistrationResult.CREATED | RegistrationResult.REPAIRED | RegistrationResult.IN_ORDER:
            _print_and_exit(
                [
                    *texts.describe_result(outcome),
                    *texts.describe_secret(outcome, is_configured=is_configured, new_secret=new_secret),
                ],
                success=is_configured or bool(new_secret),
            )
        case RegistrationResult.NOT_ALLOWED:
            _print_and_exit(
                texts.describe_manual_steps(outcome.status.address, is_configured=is_configured),
                success=False,
            )
        case _:
            _print_and_exit(texts.describe_refusal(outcome, new_secret=new_secret), success=False)


def _print_and_exit(lines: Sequence[str], *, success: bool) -> None:
    if lines:
        print_text("\n".join(lines))
    if not success:
        click.get_current_context().exit(1)
