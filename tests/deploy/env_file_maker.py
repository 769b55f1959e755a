"""Makes `.env.example` of docs/settings.md and the settings' defaults.

Run it by `.venv/bin/python -m tests.deploy.env_file_maker`. A setting stands in one group. What has to be set
is empty, everything else is commented out with its default.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from typing import Any

from runtime.settings.setting_kinds import SecretText
from runtime.settings.settings import FAMILIES, Settings
from tests.meta.pages_of_docs import ROOT

EXAMPLE_FILE = ROOT / ".env.example"
MEMBERS = {"teams_workflow": "TEAMS_WORKFLOW_COMPLIANCE", "apprise": "APPRISE_OPS"}
"""A member of each family, as a line needs a whole name."""
NEEDED = frozenset(
    {
        "DOCSPACE_API_HOST",
        "DOCSPACE_API_KEY",
        "DOCSPACE_WEBHOOK_SECRET",
        "LEDGER_KEY",
        "PUBLIC_URL",
        "SECRET_KEY",
    }
)
SET_BY_PLATFORMS = frozenset(
    {"dyno", "fly_app_name", "k_service", "railway_project_id", "render", "vcap_application"}
)
GROUPS: dict[str, tuple[str, ...]] = {
    "The portal": (
        "docspace_api_host", "docspace_api_key",
        "docspace_webhook_secret", "docspace_webhook_secret_previous",
        "intake", "sweep_minutes", "webhook_heal",
    ),
    "This installation": ("public_url", "secret_key", "host", "port", "trusted_proxies", "database_url"),
    "Who must review what": (
        "routes_file", "routes", "compliance_folder_id", "department_owner_email", "notify",
        "absences_allow_hosts",
    ),
    "Slack": (
        "slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_team_id", "slack_api_url",
        "slack_command",
    ),
    "Microsoft Teams": (
        "teams_workflow", "teams_app_id", "teams_app_password", "teams_tenant_id", "teams_outgoing_secret",
        "teams_allow_hosts", "teams_login_url", "teams_openid_url",
    ),
    "Mail, sign-in, other services": (
        "smtp_url", "mail_from", "oidc_issuer", "oidc_client_id", "oidc_client_secret", "apprise",
    ),
    "The ledger": (
        "ledger_key", "ledger_key_previous", "ledger_origin", "ledger_witnesses",
        "tsa_url", "tsa_certificates",
    ),
    "Retention": ("keep_events", "keep_reviews", "keep_text"),
    "Monitoring": ("metrics_token", "sentry_dsn", "log_level", "log_format"),
}  # fmt: skip
HEAD = """\
# Settings of docspace-review. Copy this file to .env, let no one else read it (chmod 600 .env), and fill in
# what is empty; a line that begins with #NAME is a default. A value with spaces, $ or # stands in single
# quotes.
# All settings: docs/settings.md. Any of them may come from a file: NAME_FILE=/run/secrets/name.
"""
OF_COMPOSE = """\
## compose.yaml alone

# the password of its PostgreSQL; set it before the first start
POSTGRES_PASSWORD=
"""
WIDTH = 110


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of docs/settings.md: names in lower case, their defaults as written there, and the meaning."""

    names: tuple[str, ...]
    defaults: tuple[str, ...]
    meaning: str


def read_rows() -> list[Row]:
    lines = (ROOT / "docs/settings.md").read_text().splitlines()
    return [_read_row(line) for line in lines if line.startswith("| `")]


def _read_row(line: str) -> Row:
    names, default, meaning = (cell.strip() for cell in line.strip("|").split("|"))
    written = tuple(
        name.removesuffix("_<NAME>").lower() for name in re.findall(r"`([A-Z][A-Z_]+(?:_<NAME>)?)`", names)
    )
    defaults = default.split(", ") if len(written) > 1 else [default]
    return Row(
        names=written,
        defaults=tuple(defaults) if len(defaults) == len(written) else (default,) * len(written),
        meaning=_strip_markup(meaning),
    )


def _strip_markup(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "")


def build_example() -> str:
    """Return the content of the file."""
    rows = {row.names: row for row in read_rows()}
    parts = [HEAD]
    for title, names in GROUPS.items():
        group = [row for row in rows.values() if set(row.names) <= set(names)]
        group.sort(key=lambda row, names=names: names.index(row.names[0]))  # type: ignore[misc]
        parts.append(f"## {title}\n\n" + "\n".join(map(_draw_row, group)))
    return "\n".join([*parts, OF_COMPOSE])


def _draw_row(row: Row) -> str:
    comment = textwrap.fill(
        row.meaning, WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False
    )
    lines = [_draw_line(name, default) for name, default in zip(row.names, row.defaults, strict=True)]
    return "\n".join([comment, *lines, ""])


def _draw_line(name: str, documented: str) -> str:
    written = MEMBERS.get(name, name.upper())
    if written in NEEDED:
        return f"{written}="
    return f"#{written}={find_default(name, documented)}"


def find_default(name: str, documented: str) -> str:
    """Return a default as an operator writes it; where the code decides later, as the page has it."""
    [setting] = [each for each in fields(Settings) if each.name == name]
    value = setting.default
    if name in FAMILIES or value is MISSING:
        return ""
    shown = re.match(r"`([^`]+)`", documented)
    return _format_value(value) or (shown[1] if shown else "")


def _format_value(value: Any) -> str:
    if isinstance(value, SecretText):
        return value.get_secret_value()
    if isinstance(value, timedelta):
        return f"{value.days}d"
    return "" if value is None else str(value)


if __name__ == "__main__":
    EXAMPLE_FILE.write_text(build_example())
