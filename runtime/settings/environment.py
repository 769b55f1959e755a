"""The environment of this process: the only place that reads and changes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runtime.settings.setting_kinds import LogLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTGRESQL_NAMES = frozenset(
    {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT", "PGAPPNAME"}
)
"""What PostgreSQL's client may take from the environment; its other names lead to keys and files."""


def read_environment() -> dict[str, str]:
    """Return the environment; the case of a name does not matter."""
    return {name.upper(): value for name, value in os.environ.items()}  # noqa: TID251


def find_in_environment(name: str) -> str | None:
    """Return an environment variable, ours or not; the case of its name does not matter."""
    return read_environment().get(name.upper())


def publish(values: Mapping[str, str]) -> None:
    """Put settings into the environment, for this process and its child processes."""
    os.environ.update(values)  # noqa: TID251


def publish_defaults(values: Mapping[str, str]) -> None:
    """Put settings into the environment likewise, where the operator has not set them."""
    publish({name: value for name, value in values.items() if name not in os.environ})  # noqa: TID251


def hide_postgresql_names() -> None:
    """Take PostgreSQL's other names from the environment of this process and its child processes.

    A service can't be switched off otherwise: the client reads it whatever it is told (libpq, PGSERVICE).
    """
    for name in [each for each in os.environ if each.startswith("PG")]:  # noqa: TID251
        if name not in POSTGRESQL_NAMES:
            del os.environ[name]  # noqa: TID251


def list_environment_names() -> list[str]:
    """Return the names of all environment variables, ours or not."""
    return sorted(os.environ)  # noqa: TID251


def is_debugging() -> bool:
    """Return whether LOG_LEVEL is `debug`, even if the other settings can't be read."""
    return os.environ.get("LOG_LEVEL", "") == LogLevel.DEBUG  # noqa: TID251
