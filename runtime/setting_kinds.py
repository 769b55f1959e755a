"""What a setting can be: addresses, secrets, switches."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr


def _web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http://)")
    if value and not _has_host(value):
        raise ValueError("is no web address: write it as in https://example.com")
    return value.rstrip("/")


def _outside_address(value: str) -> str:
    """Refuse what would not be in front of every path of ours: the pages' own links begin at the root."""
    address = _web_address(value)
    parts = urlsplit(address)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("has something beside the host and its port: write it as in https://example.com")
    return address


def _api_host(value: str) -> str:
    """Take an address with or without its scheme."""
    if value and not _has_host(value if "://" in value else f"https://{value}"):
        raise ValueError("is no address: write it as in https://acme.onlyoffice.com")
    return value


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0) and not any(
            character.isspace() for character in address.strip()
        )
    except ValueError:
        return False


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


class LogFormat(StrEnum):
    """How lines of the log are written: for programs, or for whoever reads along on a terminal."""

    JSON = "json"
    CONSOLE = "console"


def _printable(value: SecretStr) -> SecretStr:
    """Take off white space around a secret; one with a line break inside would end up in error messages."""
    text = value.get_secret_value().strip()
    if not text.isprintable():
        raise ValueError("holds a line break or another control character")
    return SecretStr(text)


def _ascii(value: SecretStr) -> SecretStr:
    """Refuse what can't stand in a header; no key and no token that was copied whole holds it."""
    if not value.get_secret_value().isascii():
        raise ValueError("holds a character that no key holds: copy it anew")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
OutsideAddress = Annotated[str, AfterValidator(_outside_address)]
ApiHost = Annotated[str, AfterValidator(_api_host)]
Secret = Annotated[SecretStr, AfterValidator(_printable)]
Key = Annotated[Secret, AfterValidator(_ascii)]
Family = dict[str, Secret]
"""Settings that share the beginning of their names, by the rest of the name in lower case."""
