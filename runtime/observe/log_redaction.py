"""Redaction of logs and reports: secrets wherever they occur, and people's full addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPLACEMENT = "[secret]"
MIN_SECRET_LENGTH = 6
"""Characters. Shorter strings are part of too many harmless words, and no secret either."""

_PERSON = re.compile(r"([^\s@:<'\"])[^\s@:<'\"]*(@[\w.-]+\.[A-Za-z]{2,}\b)")  # an address of mail
# Forms of secrets, including those of remote services, whose forms are public.
_FORMS = re.compile(
    r"(?P<before>\b(?:sig|token|ticket|client_secret|password|code)=|\bBearer\s+|://[^\s/:@]*:)(?P<secret>[^\s&@\"']{4,})"
    r"|\b(?:xox[a-z]|xapp)-[\w-]{4,}|\bsk-[0-9a-f]{16,}",
    re.IGNORECASE,
)


def mask_addresses(text: str) -> str:
    """Shorten people's addresses in a text, for readers who need not know who it is."""
    return _PERSON.sub(r"\1…\2", text)


class LogRedaction:
    """Redaction of this installation's secrets and of common forms; with `people`, of addresses too."""

    def __init__(self, secrets: Iterable[str] = (), *, people: bool = False) -> None:
        self._people = people
        parts = {
            part
            for secret in secrets
            for part in _list_secret_forms(secret)
            if len(part) >= MIN_SECRET_LENGTH
        }
        longest_first = sorted(parts, key=len, reverse=True)
        self._secrets_pattern = re.compile("|".join(map(re.escape, longest_first))) if parts else None

    def redact_text(self, text: str) -> str:
        """Return the text with each secret replaced."""
        if self._secrets_pattern is not None:
            text = self._secrets_pattern.sub(REPLACEMENT, text)
        text = _FORMS.sub(lambda match: (match["before"] or "") + REPLACEMENT, text)
        return mask_addresses(text) if self._people else text

    def redact_value(self, value: Any) -> Any:
        """Return a value with all its texts redacted; what is neither text nor a number becomes text."""
        if isinstance(value, str):
            return self.redact_text(str(value))
        if isinstance(value, dict):
            return {self.redact_text(str(key)): self.redact_value(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact_value(each) for each in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.redact_text(str(value))


def _list_secret_forms(secret: str) -> Iterator[str]:
    """Yield the forms in which a secret may occur; of a database address, only the user's password."""
    if "://" not in secret:
        yield secret
        return
    try:
        parts = urlsplit(secret)
        password, secretive = parts.password, not parts.scheme.startswith(("sqlite", "postgres"))
    except ValueError:
        password, secretive = None, True
    if password:
        yield password
        yield unquote(password)
    if secretive:
        yield secret
