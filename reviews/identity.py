"""Who somebody is: a person in DocSpace, a reviewer in the ledger, and how that was proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Identity(StrEnum):
    """How the person who answered was proven to be who they are; the people of the demo are none."""

    SLACK = "slack"
    TEAMS_BOT = "teams_bot"
    OIDC = "oidc"
    MAIL_CODE = "mail_code"
    LINK = "link"
    DEMO = "demo"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in DocSpace; `id` is the GUID, `None` where only a name is known."""

    id: str | None
    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Somebody as the record names them, under one address.

    `proven_by` says of each member how it was proven, as in `ProvenPerson`; older answers say nothing of it.
    """

    name: str
    email: str | None = None
    docspace_id: str | None = None
    slack_user: str | None = None
    teams_user: str | None = None
    proven_by: Mapping[str, str] = field(default_factory=dict, compare=False)
