"""Signs what Teams sends to a bot: keys, metadata and really signed tokens (facts on Teams, 2.4)."""

import json
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.edge.loopback import Loopback, Reply, Request, json_reply

ISSUER = "https://api.botframework.com"
METADATA, KEYS = "/v1/.well-known/openidconfiguration", "/v1/.well-known/keys"
HOUR = 3600


@cache
def key_number(number: int) -> rsa.RSAPrivateKey:  # noqa: ARG001 - tells one key from another
    """Return a key of our own; the same for the same number, since making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Signs tokens and answers for its keys.

    `rotate` puts a new key in the place of the old one. While `down` is set every page fails. `requests`
    are the paths that were asked for, oldest first.
    """

    def __init__(
        self,
        *,
        app_id: str,
        endorsements: Iterable[str] = ("msteams",),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app_id, self.endorsements, self.clock = app_id, list(endorsements), clock
        self.down = False
        self.requests: list[str] = []
        self._number = 0
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer told."""
        self._number += 1
        self.key = key_number(self._number)
        self.kid = f"key-{self._number}"

    def token(
        self,
        *,
        without: Iterable[str] = (),
        key: Any = None,
        alg: str = "RS256",
        kid: str | None = None,
        **claims: Any,
    ) -> str:
        """Return a token that is right in everything but what is given: claims, key, algorithm, key's id.

        `serviceurl` is to be given to match the activity's `serviceUrl`.
        """
        now = int(self.clock())
        right = {"iss": ISSUER, "aud": self.app_id, "iat": now, "nbf": now, "exp": now + HOUR}
        payload = {name: value for name, value in (right | claims).items() if name not in set(without)}
        headers = {"kid": self.kid if kid is None else kid}
        return jwt.encode(payload, self.key if key is None else key, algorithm=alg, headers=headers)

    def page(self, request: Request, root: str) -> Reply | None:
        """Answer for the metadata or the keys; `None` for any other path."""
        if request.path not in {METADATA, KEYS}:
            return None
        self.requests.append(request.path)
        if self.down:
            return Reply(503, b"", "text/plain")
        return json_reply(self._metadata(root) if request.path == METADATA else self._keys())

    def _metadata(self, root: str) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{root}{KEYS}",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def _keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        key = {"use": "sig", "kid": self.kid, "x5t": self.kid, "endorsements": self.endorsements}
        return {"keys": [{**public, **key}]}


class BotIssuer(Issuer, Loopback):
    """The issuer alone on a server of its own: use as a context manager; `metadata_url` is its address."""

    def __init__(
        self,
        *,
        app_id: str,
        endorsements: Iterable[str] = ("msteams",),
        clock: Callable[[], float] = time.time,
    ) -> None:
        Issuer.__init__(self, app_id=app_id, endorsements=endorsements, clock=clock)
        Loopback.__init__(self, self._answer)
        self.metadata_url = f"{self.root}{METADATA}"

    def _answer(self, request: Request) -> Reply:
        return self.page(request, self.root) or Reply(404, b"no such page", "text/plain")
