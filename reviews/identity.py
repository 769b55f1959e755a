"""Identities: a person in DocSpace, a reviewer in the ledger, and how that identity was proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Identity(StrEnum):
    """How the identity of the person who answered was proven; the people of the demo are not proven."""

    SLACK = "slack"
    TEAMS_BOT = "teams_bot"
    OIDC = "oidc"
    MAIL_CODE = "mail_code"
    LINK = "link"
    DEMO = "demo"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person in DocSpace; `id` is the GUID, `None` where only the name is available."""

    id: str | None
    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A person as the ledger names them, under one address.

    `chat_ids` has their account's id by chat, as in `reviews.chats`. `proven_by` maps each member of the
    ledger to how it was proven, as in `ProvenPerson`; it is empty in older answers.
    """

    name: str
    email: str | None = None
    docspace_id: str | None = None
    chat_ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    proven_by: Mapping[str, str] = field(default_factory=dict, compare=False)
