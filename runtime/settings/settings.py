"""The settings of the contract, read from the environment.

Any secret may come from a file named in `<NAME>_FILE` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from runtime.settings.adopted_file import get_adopted_file
from runtime.settings.environment import hide_postgresql_names, read_environment
from runtime.settings.setting_kinds import (
    ApiHost,
    AuthorityAddress,
    HeaderSecret,
    Intake,
    LogFormat,
    LogLevel,
    NonEmptyText,
    OriginText,
    OutsideAddress,
    RetentionPeriod,
    Secret,
    SecretFamily,
    SecretText,
    SigningKey,
    SlackAppToken,
    SlackBotToken,
    Switch,
    WebAddress,
    make_choice_parser,
    make_number_parser,
    require_utf8,
)

FAMILIES = ("teams_workflow", "apprise")
_BLANK_IS_ABSENT = ("sweep_minutes", "keep_events", "keep_reviews", "keep_text")
SWEEP_INTERVALS = {Intake.WEBHOOK: timedelta(minutes=15), Intake.SWEEP: timedelta(minutes=1)}
"""How often a folder is swept where SWEEP_MINUTES is not set."""
_EMPTY = SecretText("")
_SQLITE_FILE = SecretText("sqlite:///docspace-review.db")


class UnusableSettings(Exception):
    """A setting is missing or can't be used; the message names it in one line."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings. Field names are the setting names in lower case. An absent secret is an empty one."""

    database_url: Secret = _SQLITE_FILE
    host: NonEmptyText = "127.0.0.1"
    port: Annotated[int, make_number_parser(1, 65535)] = 3000
    public_url: OutsideAddress = ""
    secret_key: SigningKey = _EMPTY
    ledger_key: Secret = _EMPTY
    ledger_key_previous: Secret = _EMPTY
    ledger_origin: OriginText = ""
    ledger_witnesses: str = ""
    tsa_url: AuthorityAddress = ""
    tsa_certificates: str = ""
    docspace_api_host: ApiHost = ""
    docspace_api_key: HeaderSecret = _EMPTY
    docspace_webhook_secret: Secret = _EMPTY
    docspace_webhook_secret_previous: Secret = _EMPTY
    intake: Annotated[Intake, make_choice_parser(Intake)] = Intake.WEBHOOK
    sweep_minutes: Annotated[int | None, make_number_parser(0, 1440)] = None  # 0 never sweeps
    webhook_heal: Annotated[Switch, make_choice_parser(Switch)] = Switch.ON
    keep_events: RetentionPeriod = timedelta(days=90)
    keep_reviews: RetentionPeriod = None
    keep_text: RetentionPeriod = timedelta(days=30)
    routes_file: NonEmptyText = ""
    routes: str = ""
    compliance_folder_id: str = ""
    department_owner_email: str = ""
    notify: str = ""
    slack_bot_token: SlackBotToken = _EMPTY
    slack_app_token: SlackAppToken = _EMPTY
    slack_signing_secret: Secret = _EMPTY
    slack_team_id: str = ""
    slack_api_url: WebAddress = "https://slack.com/api"
    slack_command: str = "/reviews"
    teams_workflow: SecretFamily = field(default_factory=dict)
    teams_app_id: str = ""
    teams_app_password: Secret = _EMPTY
    teams_tenant_id: str = ""
    teams_outgoing_secret: Secret = _EMPTY
    teams_allow_hosts: str = ""
    absences_allow_hosts: str = ""
    teams_login_url: WebAddress = "https://login.microsoftonline.com"
    teams_openid_url: WebAddress = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    oidc_issuer: WebAddress = ""
    oidc_client_id: str = ""
    oidc_client_secret: Secret = _EMPTY
    smtp_url: Secret = _EMPTY
    mail_from: str = ""
    trusted_proxies: Annotated[int | None, make_number_parser(0, 10)] = None
    apprise: SecretFamily = field(default_factory=dict)
    metrics_token: Secret = _EMPTY
    sentry_dsn: Secret = _EMPTY
    log_level: Annotated[LogLevel, make_choice_parser(LogLevel)] = LogLevel.INFO
    # Set by Heroku, Cloud Run, Cloud Foundry, Fly.io, Railway and Render, for every process there.
    dyno: str = ""
    k_service: str = ""
    vcap_application: str = ""
    fly_app_name: str = ""
    railway_project_id: str = ""
    render: str = ""
    log_format: Annotated[LogFormat | None, make_choice_parser(LogFormat)] = None

    @property
    def has_receiver(self) -> bool:
        """Whether DocSpace's webhook is received; otherwise the sweep alone finds changes."""
        return self.intake is Intake.WEBHOOK

    @property
    def uses_slack_socket(self) -> bool:
        """Whether Slack's requests come over a connection that we open (Socket Mode), and not by HTTP."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def has_reachable_pages(self) -> bool:
        """Whether there are pages that people reach, so that chats may link to them.

        Their links are signed with `SECRET_KEY`. Without `PUBLIC_URL` they lead to this machine, which is
        right for a try on one machine. With Socket Mode an installation is behind a firewall, and its people
        are elsewhere.
        """
        has_key = bool(self.secret_key.get_secret_value())
        return has_key and bool(self.public_url or not self.uses_slack_socket)

    @property
    def sweep_interval(self) -> timedelta:
        """How often each watched folder is swept; zero for never."""
        if self.sweep_minutes is not None:
            return timedelta(minutes=self.sweep_minutes)
        return SWEEP_INTERVALS[self.intake]

    @property
    def outside_address(self) -> str:
        """The address that people's browsers use."""
        return self.public_url or self.inside_address

    @property
    def inside_address(self) -> str:
        """The address that `serve` listens on."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def proxies(self) -> int:
        """How many proxies in front of us each add the address of their client.

        On Heroku one by default: its router (Heroku's page HTTP Routing, heading Heroku headers).
        """
        if self.trusted_proxies is None:
            return 1 if self.dyno else 0
        return self.trusted_proxies

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        both = (self.docspace_webhook_secret, self.docspace_webhook_secret_previous)
        return tuple(secret.get_secret_value() for secret in both if secret.get_secret_value())

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets that are set, so that each can be redacted in logs wherever it occurs."""
        own = [value for value in vars(self).values() if isinstance(value, SecretText)]
        members = [member for family in FAMILIES for member in getattr(self, family).values()]
        texts = [secret.get_secret_value() for secret in (*own, *members)]
        return tuple(text for text in texts if text)

    def _find_family_member(self, name: str) -> SecretText | None:
        for family in FAMILIES:
            if name.startswith(f"{family.upper()}_"):
                members: SecretFamily = getattr(self, family)
                return members.get(name.removeprefix(f"{family.upper()}_").lower())
        return None

    def require(self, name: str, purpose: str) -> str:
        """Return a setting that a part requires, or raise `UnusableSettings` naming it."""
        text = self.get_option(name)
        if not text.strip():
            raise UnusableSettings(f"{name} is empty: {purpose}")
        return text

    def get_option(self, name: str) -> str:
        """Return a setting by its name; it may be empty."""
        member = self._find_family_member(name)
        value = getattr(self, name.lower(), "") if member is None else member
        return value.get_secret_value() if isinstance(value, SecretText) else str(value)


NAMES = tuple(each.name for each in fields(Settings))
"""The names of all settings and families, in lower case."""
_PARSERS: dict[str, Callable[[str], Any]] = {
    name: getattr(hint, "__metadata__", (str,))[0]
    for name, hint in get_type_hints(Settings, include_extras=True).items()
}


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings of this process's environment; `overrides` take precedence.

    Raises `UnusableSettings` for the first that can't be used.
    """
    problem = get_adopted_file().problem
    if problem:
        raise UnusableSettings(problem)
    hide_postgresql_names()
    values = dict(overrides or {})
    return parse_settings({name: values[name] if name in values else _read(name) for name in NAMES})


def parse_settings(values: Mapping[str, Any]) -> Settings:
    """Return the settings with these values, texts or parsed ones, by their names in lower case.

    Raises `UnusableSettings` for the first that can't be used. One that is `None` is absent.
    """
    parsed: dict[str, Any] = {}
    for name in NAMES:
        value = values.get(name)
        is_blank = isinstance(value, str) and not value.strip()
        if value is not None and not (is_blank and name in _BLANK_IS_ABSENT):
            parsed[name] = _parse_one(name, value, _PARSERS[name])
    return _require_intake(Settings(**parsed))


def _require_intake(settings: Settings) -> Settings:
    """Refuse settings with which no change would ever be found."""
    if not settings.has_receiver and not settings.sweep_interval:
        raise UnusableSettings("SWEEP_MINUTES: is 0, but INTAKE=sweep finds changes by the sweep alone")
    return settings


def _parse_one(name: str, value: Any, parser: Callable[[str], Any]) -> Any:
    """Return the value of a setting, or of each member of a family; what is no text is a value already."""
    if isinstance(value, Mapping):
        return {member: _parse_one(f"{name}_{member}", text, parser) for member, text in value.items()}
    if not isinstance(value, str):
        return value
    try:
        return parser(require_utf8(value))
    except ValueError as error:
        raise UnusableSettings(f"{name.upper()}: {error}") from None


def _read(name: str) -> str | dict[str, str] | None:
    """Return the text of a setting, or those of a family by their names; `None` where there is none."""
    if name in FAMILIES:
        return _read_family(f"{name.upper()}_")
    # ROUTES_FILE is a setting of its own: the file is read where its lines can be reported.
    return read_environment().get("ROUTES") if name == "routes" else _read_value_or_file(name.upper())


def _read_family(prefix: str) -> dict[str, str]:
    """Return the settings that begin with this, as `TEAMS_WORKFLOW_`, by the rest of their names."""
    _require_names(prefix)
    members = {name.removesuffix("_FILE") for name in read_environment() if name.startswith(prefix)}
    return {name.removeprefix(prefix).lower(): _read_value_or_file(name) or "" for name in sorted(members)}


def _require_names(prefix: str) -> None:
    """Refuse a family's setting without a name: an ignored address would be noticed late."""
    bare = prefix.removesuffix("_")
    for name in {bare, prefix, f"{bare}_FILE"} & read_environment().keys():
        raise UnusableSettings(f"{name}: lacks the name that a route uses for the channel, as in {prefix}OPS")


def _read_value_or_file(name: str) -> str | None:
    """Return a setting's own value, else the text of the file that `<NAME>_FILE` names."""
    value, path = read_environment().get(name), read_environment().get(f"{name}_FILE")
    if value is not None or not path:
        return value
    return _read_text_file(name, path)


def _read_text_file(name: str, path: str) -> str:
    """Return the text of a file. An address in place of a file name may be a secret itself.

    `TEAMS_WORKFLOW_AUDIT_FILE` looks like the address of a workflow `audit-file`, but is the file of `audit`.
    """
    if "://" in path:
        raise UnusableSettings(f"{name}_FILE: takes the path of a file, but holds an address")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UnusableSettings(f"{name}_FILE: can't read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UnusableSettings(f"{name}_FILE: {path} is not text in UTF-8") from None


def is_setting(name: str) -> bool:
    """Return whether a name in upper case is a setting, or one of a family."""
    return name.lower() in NAMES or name.startswith(tuple(f"{family.upper()}_" for family in FAMILIES))
