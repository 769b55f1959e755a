"""How Teams vouches for what it sends to a bot, and the ways to spoil it (facts on Teams, 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.edge.bot_issuer import Issuer


@dataclass(frozen=True)
class Spoil:
    """What is wrong with a request; the default is nothing.

    `claims` replace those of the token, `without` are left out of it; `key`, `alg` and `kid` sign it
    otherwise. `header` replaces the whole header, an empty one is not sent. `activity` replaces members of
    the activity.
    """

    claims: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    key: Any = None
    alg: str = "RS256"
    kid: str | None = None
    header: str | None = None
    activity: Mapping[str, Any] = field(default_factory=dict)


HONEST = Spoil()


def authorization(issuer: Issuer, service_url: str, spoil: Spoil = HONEST) -> dict[str, str]:
    """Return the headers that vouch for an activity."""
    if spoil.header is not None:
        return {"Authorization": spoil.header} if spoil.header else {}
    claims = {"serviceurl": service_url, **spoil.claims}
    token = issuer.token(without=spoil.without, key=spoil.key, alg=spoil.alg, kid=spoil.kid, **claims)
    return {"Authorization": f"Bearer {token}"}
