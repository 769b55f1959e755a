"""The kinds of settings: addresses, secrets, switches."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

MAKES_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' prints a good one"
MIN_KEY_LENGTH = 32
# 32 random hexadecimal digits have fewer than 8 different ones once in 28 million times, and 64, as Heroku
# makes them, once in 8 * 10**18.
MIN_DISTINCT_CHARACTERS = 8
FOREVER = "forever"
MIN_RETENTION_DAYS = 30
_EXAMPLE = "longrandomtext"  # with various words and signs around it in different places


def _require_web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http://)")
    if value and not _has_host(value):
        raise ValueError("is not a web address: write it as in https://example.com")
    return value.rstrip("/")


def _require_outside_address(value: str) -> str:
    """Refuse an address that can't precede every path of ours: the pages' own links begin at the root."""
    address = _require_web_address(value)
    parts = urlsplit(address)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("has more than the host and its port: write it as in https://example.com")
    return address


def _require_api_host(value: str) -> str:
    """Accept an address with or without its scheme."""
    if value and not _has_host(value if "://" in value else f"https://{value}"):
        raise ValueError("is not an address: write it as in https://acme.onlyoffice.com")
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
    """The format of log lines: for programs, or for people at a terminal."""

    JSON = "json"
    CONSOLE = "console"


def _parse_retention(value: Any) -> timedelta | None:
    """Read `90d`, or `forever` as `None`. The minimum of 30 days is more than the work itself needs."""
    if value is None or isinstance(value, timedelta):
        return value
    text = str(value).strip().lower()
    if text == FOREVER:
        return None
    form = re.fullmatch(r"([0-9]{1,6})\s*d", text)
    if form is None:
        raise ValueError(f"{value!r} is not a duration: write days as in 90d, or {FOREVER}")
    if int(form[1]) < MIN_RETENTION_DAYS:
        raise ValueError(
            f"{value!r} is shorter than {MIN_RETENTION_DAYS}d, as far as the work itself looks back"
        )
    return timedelta(days=int(form[1]))


def _require_printable(value: SecretStr) -> SecretStr:
    """Strip white space around a secret; one with a line break inside would end up in error messages."""
    text = value.get_secret_value().strip()
    if not text.isprintable():
        raise ValueError("holds a line break or another control character")
    return SecretStr(text)


def _require_ascii(value: SecretStr) -> SecretStr:
    """Refuse characters that a header can't hold; no key or token that was copied whole has them."""
    if not value.get_secret_value().isascii():
        raise ValueError("holds a character that no key has: copy it again")
    return value


def _require_hard_to_guess(value: SecretStr) -> SecretStr:
    """Refuse a key that can be guessed: with it, links and sessions can be signed."""
    text = value.get_secret_value()
    if not text:
        return value
    letters = "".join(filter(str.isalpha, text.casefold()))
    if _EXAMPLE in letters:
        raise ValueError(f"is the example from a public page: {MAKES_KEY}")
    if len(text) < MIN_KEY_LENGTH:
        raise ValueError(f"has {len(text)} characters and needs {MIN_KEY_LENGTH} or more: {MAKES_KEY}")
    different = len(set(text))
    if different < MIN_DISTINCT_CHARACTERS:
        raise ValueError(
            f"has {different} different characters and needs {MIN_DISTINCT_CHARACTERS} or more: {MAKES_KEY}"
        )
    return value


RetentionPeriod = Annotated[timedelta | None, BeforeValidator(_parse_retention)]
WebAddress = Annotated[str, AfterValidator(_require_web_address)]
OutsideAddress = Annotated[str, AfterValidator(_require_outside_address)]
ApiHost = Annotated[str, AfterValidator(_require_api_host)]
Secret = Annotated[SecretStr, AfterValidator(_require_printable)]
HeaderSecret = Annotated[Secret, AfterValidator(_require_ascii)]
SigningKey = Annotated[Secret, AfterValidator(_require_hard_to_guess)]
SecretFamily = dict[str, Secret]
"""Settings that share the beginning of their names, by the rest of the name in lower case."""
