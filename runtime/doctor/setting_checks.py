"""Checks of the settings alone: unknown names, incomplete groups, short secrets."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import notifiers
from notifiers.shared.local_hosts import is_this_machine
from notifiers.teams.addresses import explain_bad_workflow
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.settings.adopted_file import get_adopted_file
from runtime.settings.environment import list_environment_names
from runtime.settings.setting_kinds import MAKES_KEY
from runtime.settings.settings import NAMES, is_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

# Other names with these beginnings are read by others: Sentry's own library, and Slack's command line.
_BEGINNINGS = (
    "DOCSPACE_",
    "SLACK_",
    "TEAMS_",
    "OIDC_",
    "SMTP_",
    "METRICS_",
    "ROUTES_",
    "COMPLIANCE_",
    "DEPARTMENT_",
)
_CLOSE = 0.8
# Settings that are of no use without the others of their group.
_GROUPS = (
    ("DOCSPACE_API_HOST", "DOCSPACE_API_KEY"),
    ("TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"),
    ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"),
    ("SMTP_URL", "MAIL_FROM"),
    ("COMPLIANCE_FOLDER_ID", "DEPARTMENT_OWNER_EMAIL"),
)
# The minimum length of a secret, and where that comes from.
_LENGTHS = {
    "DOCSPACE_WEBHOOK_SECRET": (8, "DocSpace accepts 8 to 30 characters"),
    "DOCSPACE_WEBHOOK_SECRET_PREVIOUS": (8, "DocSpace accepts 8 to 30 characters"),
    "SLACK_SIGNING_SECRET": (32, "Slack's has 32"),
    "METRICS_TOKEN": (16, "anyone who guesses it can read the metrics"),
}


def check_names(_wiring: Wiring) -> Iterator[Finding]:
    """Report settings that look like ours and that nothing reads."""
    known_settings = [name.upper() for name in NAMES]
    for variable in sorted({*list_environment_names(), *get_adopted_file().names}):
        name = variable.upper().removesuffix("_FILE")
        if is_setting(name):
            continue
        near = get_close_matches(name, known_settings, 1, _CLOSE)
        if near or name.startswith(_BEGINNINGS):
            nearest = get_close_matches(name, known_settings, 1, 0)[0]
            yield report_warning(f"setting {variable}", "there is no such setting", f"is {nearest} meant?")


def check_file(_wiring: Wiring) -> Iterator[Finding]:
    """Report the file that settings come from, if there is one, and whether others can read its secrets."""
    file = get_adopted_file()
    path = file.path
    if path is None:
        return
    if file.is_shared:
        message = f"{path} is read, and others on this machine can read it too"
        yield report_warning("settings", message, f"chmod 600 {path}")
    else:
        yield report_ok("settings", f"from the environment, then from {path}")


def check_groups(wiring: Wiring) -> Iterator[Finding]:
    slack = "SLACK_APP_TOKEN" if wiring.settings.uses_slack_socket else "SLACK_SIGNING_SECRET"
    for group in (*_GROUPS, ("SLACK_BOT_TOKEN", slack)):
        missing = [name for name in group if not wiring.settings.get_option(name).strip()]
        if missing and len(missing) < len(group):
            present = next(name for name in group if name not in missing)
            message = f"{present} is set, but has no effect without {' and '.join(missing)}"
            yield report_error(
                f"setting {missing[0]}", message, f"set {' and '.join(missing)}, or remove {present}"
            )


def check_secrets(wiring: Wiring) -> Iterator[Finding]:
    for name, (min_length, why) in _LENGTHS.items():
        length = len(wiring.settings.get_option(name))
        if 0 < length < min_length:
            yield report_warning(f"setting {name}", f"it has {length} characters: {why}", "use a longer one")
    if wiring.settings.has_receiver and not wiring.settings.get_option("DOCSPACE_WEBHOOK_SECRET"):
        message = "it is not set, and the receiver can't start without it"
        yield report_error(
            "setting DOCSPACE_WEBHOOK_SECRET", message, "set the secret of the webhook in DocSpace"
        )
    if not wiring.settings.get_option("SECRET_KEY") and any(map(notifiers.has_page_links, wiring.channels)):
        message = "it is not set, but it signs the links to the acknowledge page"
        yield report_error("setting SECRET_KEY", message, f"set it: {MAKES_KEY}")


def check_addresses(wiring: Wiring) -> Iterator[Finding]:
    """Report whether browsers and chats reach us, and workflow addresses that are not valid."""
    outside = urlsplit(wiring.settings.outside_address)
    has_page_links = any(map(notifiers.has_page_links, wiring.channels))
    if not wiring.settings.public_url and wiring.uses_slack_socket and not has_page_links:
        message = "it is not set, and not needed: cards have no links to pages, and Slack is connected to"
        yield report_ok("setting PUBLIC_URL", message)
    elif not wiring.settings.public_url:
        message = f"it is not set, so links lead to {wiring.settings.outside_address}"
        yield report_warning("setting PUBLIC_URL", message, "set the address that people's browsers reach")
    elif outside.scheme != "https" and not is_this_machine(outside.hostname or ""):
        message = "it is not https: answers and sessions can be read in transit"
        yield report_error("setting PUBLIC_URL", message, "put a proxy with a certificate in front")
    else:
        yield report_ok("setting PUBLIC_URL", wiring.settings.outside_address)
    hosts = wiring.settings.teams_allow_hosts.split(",")
    allowed = frozenset(host.strip().lower() for host in hosts if host.strip())
    for name, address in sorted(wiring.settings.teams_workflow.items()):
        problem = explain_bad_workflow(address.get_secret_value(), allowed)
        if problem:
            yield report_error(
                f"setting TEAMS_WORKFLOW_{name.upper()}", f"it {problem}", "copy the address anew"
            )


def check_monitoring(wiring: Wiring) -> Iterator[Finding]:
    if wiring.settings.get_option("METRICS_TOKEN"):
        yield report_ok("metrics", "/metrics requires METRICS_TOKEN")
    else:
        yield report_ok("metrics", "off; setting METRICS_TOKEN turns /metrics on and protects it")
