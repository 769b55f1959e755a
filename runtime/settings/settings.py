"""The settings of the contract: the only reader of the environment.

Any secret may come from a file named in `<NAME>_FILE` instead.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.settings.setting_kinds import (
    ApiHost,
    HeaderSecret,
    LogFormat,
    LogLevel,
    OutsideAddress,
    RetentionPeriod,
    Secret,
    SecretFamily,
    SigningKey,
    Switch,
    WebAddress,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnusableSettings(Exception):
    """A setting is missing or can't be used; the message names it in one line."""


def _require_text(value: Any) -> Any:
    """Refuse text that no file name, no database and no remote service accepts."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("is not text in UTF-8") from None
        if "\0" in value:
            raise ValueError("holds a NUL")
    return value


FAMILIES = ("teams_workflow", "apprise")
_EMPTY = SecretStr("")


class Settings(BaseSettings):
    """The settings. Field names are the setting names in lower case. An absent secret is an empty one."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: Secret = SecretStr("sqlite:///docspace-review.db")
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=3000, ge=1, le=65535)
    public_url: OutsideAddress = ""
    secret_key: SigningKey = _EMPTY
    docspace_api_host: ApiHost = ""
    docspace_api_key: HeaderSecret = _EMPTY
    docspace_webhook_secret: Secret = _EMPTY
    docspace_webhook_secret_previous: Secret = _EMPTY
    sweep_minutes: int = Field(default=15, ge=0, le=1440)  # 0 never sweeps
    webhook_heal: Switch = Switch.ON
    keep_events: RetentionPeriod = timedelta(days=90)
    keep_reviews: RetentionPeriod = None
    routes_file: str = Field(default="routes.toml", min_length=1)
    routes: str = ""
    compliance_folder_id: str = ""
    department_owner_email: str = ""
    notify: str = ""
    slack_bot_token: HeaderSecret = _EMPTY
    slack_signing_secret: Secret = _EMPTY
    slack_team_id: str = ""
    slack_api_url: WebAddress = "https://slack.com/api"
    slack_command: str = "/reviews"
    teams_workflow: SecretFamily = Field(default_factory=dict)
    teams_app_id: str = ""
    teams_app_password: Secret = _EMPTY
    teams_tenant_id: str = ""
    teams_outgoing_secret: Secret = _EMPTY
    teams_allow_hosts: str = ""
    teams_login_url: WebAddress = "https://login.microsoftonline.com"
    teams_openid_url: WebAddress = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    oidc_issuer: WebAddress = ""
    oidc_client_id: str = ""
    oidc_client_secret: Secret = _EMPTY
    smtp_url: Secret = _EMPTY
    mail_from: str = ""
    trusted_proxies: int | None = Field(default=None, ge=0, le=10)
    apprise: SecretFamily = Field(default_factory=dict)
    metrics_token: Secret = _EMPTY
    sentry_dsn: Secret = _EMPTY
    log_level: LogLevel = LogLevel.INFO
    # Set by Heroku, Cloud Run, Cloud Foundry, Fly.io, Railway and Render, for every process there.
    dyno: str = ""
    k_service: str = ""
    vcap_application: str = ""
    fly_app_name: str = ""
    railway_project_id: str = ""
    render: str = ""
    log_format: LogFormat | None = None

    every_text = field_validator("*", mode="before")(_require_text)

    @field_validator("keep_events", "keep_reviews", mode="wrap")
    @classmethod
    def _use_default_if_empty(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        """Treat an empty setting as absent."""
        is_empty = isinstance(value, str) and not value.strip()
        return cls.model_fields[str(info.field_name)].default if is_empty else read(value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Families(settings_cls), env_settings, _FromFiles(settings_cls)

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
        own = [value for value in vars(self).values() if isinstance(value, SecretStr)]
        members = [member for family in FAMILIES for member in getattr(self, family).values()]
        texts = [secret.get_secret_value() for secret in (*own, *members)]
        return tuple(text for text in texts if text)

    def _find_family_member(self, name: str) -> SecretStr | None:
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
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class _Families(PydanticBaseSettingsSource):
    """Source of `TEAMS_WORKFLOW_<NAME>` and `APPRISE_<NAME>`, each from its `<...>_FILE` too."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        prefix = f"{field_name.upper()}_"
        _need_names(prefix)
        named = [name for name in os.environ if name.startswith(prefix)]  # noqa: TID251
        members = {
            name.removesuffix("_FILE"): _read_value_or_file(name.removesuffix("_FILE")) for name in named
        }
        return (
            {name.removeprefix(prefix).lower(): value for name, value in members.items()},
            field_name,
            False,
        )

    def __call__(self) -> dict[str, Any]:
        return {name: self.get_field_value(None, name)[0] for name in FAMILIES}


def _need_names(prefix: str) -> None:
    """Refuse a family's setting without a name: an ignored address would be noticed late."""
    bare = prefix.removesuffix("_")
    for name in {bare, prefix, f"{bare}_FILE"} & {name.upper() for name in os.environ}:  # noqa: TID251
        raise UnusableSettings(f"{name}: lacks the name that a route uses for the channel, as in {prefix}OPS")


def _read_value_or_file(name: str) -> str:
    """Return a setting's own value, else the text of the file that `<NAME>_FILE` names."""
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")  # noqa: TID251
    if value is not None or not path:
        return value or ""
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


class _FromFiles(PydanticBaseSettingsSource):
    """Source that reads `<NAME>_FILE` for each setting that the environment does not have itself."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        path = os.environ.get(f"{field_name.upper()}_FILE")  # noqa: TID251
        # ROUTES_FILE is a setting of its own: the file is read where its lines can be reported.
        if not path or field_name == "routes":
            return None, field_name, False
        return _read_text_file(field_name.upper(), path), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
            if name not in FAMILIES
        }
        return {name: value for name, value in values.items() if value is not None}


def publish(values: Mapping[str, str]) -> None:
    """Put settings into the environment, for this process and its child processes."""
    os.environ.update(values)  # noqa: TID251


def list_environment_names() -> list[str]:
    """Return the names of all environment variables, ours or not."""
    return sorted(os.environ)  # noqa: TID251


def is_debugging() -> bool:
    """Return whether LOG_LEVEL is `debug`, even if the other settings can't be read."""
    return os.environ.get("LOG_LEVEL", "") == LogLevel.DEBUG  # noqa: TID251


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings of this process's environment; `overrides` take precedence."""
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(map(str, first["loc"])).upper() or "a setting"
        raise UnusableSettings(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
