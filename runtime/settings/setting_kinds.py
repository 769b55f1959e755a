"""The kinds of settings: addresses, secrets, switches.

Each is a type annotated with its parser: a function from the text of a setting to its value. A parser raises
`ValueError` with a reason that goes on from the setting's name and never repeats a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

Choice = TypeVar("Choice", bound=StrEnum)

MAKES_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' prints a good one"
MIN_KEY_LENGTH = 32
# 32 random hexadecimal digits have fewer than 8 different ones once in 28 million times, and 64, as Heroku
# makes them, once in 8 * 10**18.
MIN_DISTINCT_CHARACTERS = 8
MAX_FORESEEN_SHARE = (
    0.4  # a text of 16 characters twice has more; 32 random hexadecimal digits have 0.04 on average
)
_KNOWN_TEXTS = (
    "1234567890 qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/ 1q2w3e4r5t6y7u8i9o0p qawsedrftgyhujikolp",
    "a1b2c3d4e5f6g7h8i9j0 00112233445566778899aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz",
    "changeme replaceme secret signing password passwort passw0rd p@ssw0rd s3cr3t example default",
    "docspace onlyoffice review token welcome letmein admin insert your own key here test placeholder",
)
"""Walks over the keyboard, and words of sample keys."""
FOREVER = "forever"
MIN_RETENTION_DAYS = 30
MAX_ORIGIN_LENGTH = 200
_APP_LEVEL = "xapp-"
_EXAMPLE = "longrandomtext"  # with various words and signs around it in different places


@dataclass(frozen=True)
class SecretText:
    """A text that no representation shows, so that it reaches no log and no error by accident."""

    _text: str = field(default="", repr=False)

    def get_secret_value(self) -> str:
        return self._text


def require_utf8(text: str) -> str:
    """Refuse text that no file name, no database and no remote service accepts."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not text in UTF-8") from None
    if "\0" in text:
        raise ValueError("holds a NUL")
    return text


def require_content(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def make_number_parser(least: int, most: int) -> Callable[[str], int]:
    """Return the parser of whole numbers in this range, both ends included."""

    def parse_number(text: str) -> int:
        reason = f"must be a whole number from {least} to {most}"
        try:
            number = int(text)
        except ValueError:
            raise ValueError(reason) from None
        if not least <= number <= most:
            raise ValueError(reason)
        return number

    return parse_number


def make_choice_parser(choices: type[Choice]) -> Callable[[str], Choice]:
    def parse_choice(text: str) -> Choice:
        if text not in set(choices):
            raise ValueError(f"must be one of {', '.join(choices)}")
        return choices(text)

    return parse_choice


def parse_web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http://)")
    if value and not _has_host(value):
        raise ValueError("is not a web address: write it as in https://example.com")
    return value.rstrip("/")


def parse_authority_address(value: str) -> str:
    """Take the address of an authority as it is; a name and a password in it would be sent nowhere."""
    address = value.strip()
    parse_web_address(address)
    if address and ("@" in urlsplit(address).netloc or urlsplit(address).fragment):
        raise ValueError("has a name, a password or a fragment: write it as in https://tsa.example.com/tsr")
    return address


def parse_outside_address(value: str) -> str:
    """Refuse an address that can't precede every path of ours: the pages' own links begin at the root."""
    address = parse_web_address(value)
    parts = urlsplit(address)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("has more than the host and its port: write it as in https://example.com")
    return address


def parse_api_host(value: str) -> str:
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


def parse_origin(value: str) -> str:
    """Refuse what can't be the name of a key (C2SP signed-note, Format)."""
    if "+" in value or not value.isprintable() or any(map(str.isspace, value)):
        raise ValueError("holds a space, a plus or a control character: write it as in example.com/reviews")
    if len(value) > MAX_ORIGIN_LENGTH:
        raise ValueError(f"is longer than {MAX_ORIGIN_LENGTH} characters")
    return value


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


class Intake(StrEnum):
    """Where changes come from: DocSpace's webhook, or the sweep of its logs and listings alone."""

    WEBHOOK = "webhook"
    SWEEP = "sweep"


class LogFormat(StrEnum):
    """The format of log lines: for programs, or for people at a terminal."""

    JSON = "json"
    CONSOLE = "console"


def parse_retention(text: str) -> timedelta | None:
    """Read `90d`, or `forever` as `None`. The minimum of 30 days is more than the work itself needs."""
    form = re.fullmatch(r"([0-9]{1,6})\s*d", text.strip().lower())
    if form is not None and int(form[1]) >= MIN_RETENTION_DAYS:
        return timedelta(days=int(form[1]))
    if text.strip().lower() == FOREVER:
        return None
    if form is None:
        raise ValueError(f"{text!r} is not a duration: write days as in 90d, or {FOREVER}")
    raise ValueError(f"{text!r} is shorter than {MIN_RETENTION_DAYS}d, as far as the work itself looks back")


def parse_secret(text: str) -> SecretText:
    """Strip white space around a secret; one with a line break inside would end up in error messages."""
    secret = text.strip()
    if not secret.isprintable():
        raise ValueError("holds a line break or another control character")
    return SecretText(secret)


def parse_header_secret(text: str) -> SecretText:
    """Refuse characters that a header can't hold; no key or token that was copied whole has them."""
    if not text.strip().isascii():
        raise ValueError("holds a character that no key has: copy it again")
    return parse_secret(text)


def parse_bot_token(text: str) -> SecretText:
    """Refuse Slack's app-level token, which is copied from the next page of the same app."""
    if text.strip().startswith(_APP_LEVEL):
        raise ValueError("holds an app-level token (xapp-…), which is for SLACK_APP_TOKEN: take xoxb-…")
    return parse_header_secret(text)


def parse_app_token(text: str) -> SecretText:
    """Refuse what is no app-level token of Slack; an empty one is none."""
    token = parse_header_secret(text)
    if token.get_secret_value().startswith("xoxb-"):
        raise ValueError("holds a bot token (xoxb-…), which is for SLACK_BOT_TOKEN: take xapp-…")
    if token.get_secret_value() and not token.get_secret_value().startswith(_APP_LEVEL):
        raise ValueError(
            "is no app-level token: make one at api.slack.com, your app, Basic Information, App-Level Tokens"
        )
    return token


def parse_signing_key(text: str) -> SecretText:
    """Refuse a key that can be guessed: with it, links and sessions can be signed. An empty one is none."""
    key = parse_secret(text)
    if key.get_secret_value():
        _require_hard_to_guess(key.get_secret_value())
    return key


def _require_hard_to_guess(key: str) -> None:
    letters = "".join(filter(str.isalpha, key.casefold()))
    if _EXAMPLE in letters:
        raise ValueError(f"is the example from a public page: {MAKES_KEY}")
    if len(key) < MIN_KEY_LENGTH:
        raise ValueError(f"has {len(key)} characters and needs {MIN_KEY_LENGTH} or more: {MAKES_KEY}")
    different = len(set(key))
    if different < MIN_DISTINCT_CHARACTERS:
        raise ValueError(
            f"has {different} different characters and needs {MIN_DISTINCT_CHARACTERS} or more: {MAKES_KEY}"
        )
    if _count_foreseen(key.casefold()) > MAX_FORESEEN_SHARE * len(key):
        raise ValueError(f"holds repeats, sequences or common words: {MAKES_KEY}")


def _count_foreseen(key: str) -> int:
    """Return how many characters end a triple that was there before, or is a known one either way round.

    Triples of a sequence such as `abc`, `531` or `777` are known too.
    """
    seen: set[str] = set()
    count = 0
    for triple in map("".join, zip(key, key[1:], key[2:], strict=False)):
        step, next_step = ord(triple[1]) - ord(triple[0]), ord(triple[2]) - ord(triple[1])
        is_sequence = step == next_step and abs(step) <= 2
        is_known = any(triple in text or triple[::-1] in text for text in _KNOWN_TEXTS)
        count += is_sequence or is_known or triple in seen
        seen.add(triple)
    return count


NonEmptyText = Annotated[str, require_content]
RetentionPeriod = Annotated[timedelta | None, parse_retention]
WebAddress = Annotated[str, parse_web_address]
OutsideAddress = Annotated[str, parse_outside_address]
AuthorityAddress = Annotated[str, parse_authority_address]
OriginText = Annotated[str, parse_origin]
ApiHost = Annotated[str, parse_api_host]
Secret = Annotated[SecretText, parse_secret]
HeaderSecret = Annotated[SecretText, parse_header_secret]
SlackBotToken = Annotated[SecretText, parse_bot_token]
SlackAppToken = Annotated[SecretText, parse_app_token]
SigningKey = Annotated[SecretText, parse_signing_key]
SecretFamily = Annotated[dict[str, SecretText], parse_secret]
"""Settings that share the beginning of their names, by the rest of the name in lower case."""
