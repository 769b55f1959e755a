"""Rules of the portal for webhooks and their owners (facts on DocSpace, 1.3, 1.4 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from demo.entries import PersonType
from demo.errors import BadArgumentError, ForbiddenError
from demo.wire_format import TRIGGERS, trigger_names

if TYPE_CHECKING:
    from datetime import datetime

    from demo.entries import PortalPerson
    from demo.webhooks import PortalWebhook

MAX_SECRET_LENGTH: Final = 30
_DENIED_MESSAGE: Final = "Access denied"
_NOT_FOR_USERS: Final = (
    "user.created",
    "user.invited",
    "group.",
    "room.created",
    "room.copied",
    "agent.created",
)
_EARLY_TRIGGER_COUNT: Final = 28
"""Number of triggers before 3.7."""


@dataclass(frozen=True)
class SecretPolicy:
    """The portal's password rules, which also apply to secrets; an admin may set stricter ones."""

    min_length: int = 8
    requires_capital: bool = False
    requires_digit: bool = False
    requires_special: bool = False

    def check(self, secret: str) -> None:
        """Raise BadArgumentError with the requirements, unless the secret meets them."""
        missing_parts = {
            "at least one capital letter": self.requires_capital
            and not any(char.isupper() for char in secret),
            "at least one digit": self.requires_digit and not any(char.isdigit() for char in secret),
            "at least one special character": self.requires_special and secret.isalnum(),
        }
        fits = self.min_length <= len(secret) <= MAX_SECRET_LENGTH and all(
            "!" <= char <= "~" for char in secret
        )
        if not fits or any(missing_parts.values()):
            length = f"Minimum length: {self.min_length}, maximum length: {MAX_SECRET_LENGTH}"
            more = ", ".join(text for text, lacks in missing_parts.items() if lacks)
            raise BadArgumentError(f"The secret is not strong enough. {length}{', ' if more else ''}{more}")


@dataclass
class Rules:
    """Rules that may be switched at any time. `limits_users` restricts the developer tools to admins.

    `before_3_7` lists the triggers as older portals do, and checks neither them nor the address's scheme.
    `portal_zone` is the portal's time zone, `server_zone` that of its machine.
    """

    secrets: SecretPolicy = field(default_factory=SecretPolicy)
    limits_users: bool = False
    before_3_7: bool = False
    portal_zone: tzinfo = UTC
    server_zone: tzinfo = UTC

    def format_time(self, moment: datetime | None) -> str | None:
        """Format a webhook's own time as in answers: the wall clock of one zone with the offset of the other.

        (`TenantUtil.DateTimeFromUtc` in the server's WebhooksConfigDto.cs:168-181; facts on DocSpace, 10.6.)
        """
        if moment is None:
            return None
        wall = moment.astimezone(self.portal_zone).replace(tzinfo=self.server_zone)
        return wall.isoformat(timespec="microseconds")

    def sees_all(self, person: PortalPerson) -> bool:
        """Return whether the person manages all webhooks; raises ForbiddenError if they may manage none."""
        if person.is_admin:
            return True
        if person.is_guest or self.limits_users:
            raise ForbiddenError(_DENIED_MESSAGE)
        return False

    def check_manages(self, person: PortalPerson, hook: PortalWebhook) -> None:
        if not self.sees_all(person) and hook.created_by != person.id:
            raise ForbiddenError(_DENIED_MESSAGE)

    def check(self, person: PortalPerson, url: str, *, ssl: bool, triggers: int) -> None:
        """Raise BadArgumentError for triggers that the person may not use, or an invalid address."""
        names = trigger_names(triggers) if triggers else []
        if not self.before_3_7 and not all(_is_for(person, name) for name in names):
            raise BadArgumentError("Trigger is not available")
        if urlsplit(url).scheme not in {"http", "https"}:
            raise BadArgumentError("Invalid URL format")
        if ssl and urlsplit(url).scheme != "https" and not self.before_3_7:
            raise BadArgumentError("HTTPS is required")

    def triggers(self, person: PortalPerson) -> Any:
        """Return the available triggers, in the form of the release."""
        numbers = {"*": 0, **TRIGGERS}
        if self.before_3_7:
            return dict(list(numbers.items())[: 1 + _EARLY_TRIGGER_COUNT])
        return [
            {"name": name, "id": bit, "available": _is_for(person, name)} for name, bit in numbers.items()
        ]


def _is_for(person: PortalPerson, trigger: str) -> bool:
    """Return whether a person may use a trigger; some need an admin (`AvailableFor` in WebhookTrigger.cs)."""
    is_admin = person.type in {PersonType.DOCSPACE_ADMIN, PersonType.ROOM_ADMIN}
    return is_admin or not trigger.startswith(_NOT_FOR_USERS)
