"""The settings of the contract: the only reader of the environment.

Any secret may come from a file named in `<NAME>_FILE` instead.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnusableSettings(Exception):
    """A setting is missing or can't be used; the message names it in one line."""


def _web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http://)")
    return value.rstrip("/")


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _printable(value: SecretStr) -> SecretStr:
    """Take off white space around a secret; one with a line break inside would end up in error messages."""
    text = value.get_secret_value().strip()
    if not text.isprintable():
        raise ValueError("holds a line break or another control character")
    return SecretStr(text)


WebAddress = Annotated[str, AfterValidator(_web_address)]
Secret = Annotated[SecretStr, AfterValidator(_printable)]
_EMPTY = SecretStr("")


class Settings(BaseSettings):
    """Field names are the setting names in lower case. An absent secret is an empty one."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: Secret = SecretStr("sqlite:///docspace-review.db")
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    public_url: WebAddress = ""
    secret_key: Secret = _EMPTY
    docspace_api_host: str = ""
    docspace_api_key: Secret = _EMPTY
    docspace_webhook_secret: Secret = _EMPTY
    docspace_webhook_secret_previous: Secret = _EMPTY
    routes_file: str = "routes.toml"
    routes: str = ""
    compliance_folder_id: str = ""
    department_owner_email: str = ""
    notify: str = ""
    slack_bot_token: Secret = _EMPTY
    slack_signing_secret: Secret = _EMPTY
    slack_team_id: str = ""
    slack_api_url: WebAddress = "https://slack.com/api"
    slack_command: str = "/reviews"
    log_level: LogLevel = LogLevel.INFO
    dyno: str = ""  # set by Heroku

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FromFiles(settings_cls)

    @property
    def outside_address(self) -> str:
        """The address that people's browsers use."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        both = (self.docspace_webhook_secret, self.docspace_webhook_secret_previous)
        return tuple(secret.get_secret_value() for secret in both if secret.get_secret_value())

    def need(self, name: str, purpose: str) -> str:
        """Return a setting that a part can't do without, or raise `UnusableSettings` naming it."""
        value = getattr(self, name.lower())
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        if not text.strip():
            raise UnusableSettings(f"{name} is empty: {purpose}")
        return text


class _FromFiles(PydanticBaseSettingsSource):
    """Reads `<NAME>_FILE` for each setting that the environment does not name itself."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        path = os.environ.get(f"{field_name.upper()}_FILE")  # noqa: TID251
        # ROUTES_FILE is a setting of its own: the file is read where its lines can be reported.
        if not path or field_name == "routes":
            return None, field_name, False
        try:
            return Path(path).read_text().strip(), field_name, False
        except OSError as error:
            raise UnusableSettings(
                f"{field_name.upper()}_FILE: can't read {path}: {error.strerror}"
            ) from error

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def publish(values: Mapping[str, str]) -> None:
    """Put settings into the environment, for this process and those that it starts."""
    os.environ.update(values)  # noqa: TID251


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings of this process's environment; `overrides` come first."""
    try:
        return Settings(**(overrides or {}))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
        raise UnusableSettings(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
