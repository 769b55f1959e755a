"""An OpenID Connect issuer on 127.0.0.1, with really signed tokens; misbehaves when told to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from jwt.algorithms import RSAAlgorithm

from tests.edge.bot_issuer import key_number
from tests.edge.loopback import Loopback, Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENT_ID, CLIENT_SECRET = "docspace-review", "a-secret-of-thirty-two-characters"
TENANT = "7c1b1f2e-4c5d-4a58-9d55-0a5e6c1f9b10"
HOUR = 3600
SAM = {"sub": "4712", "name": "Sam Ito", "email": "deputy@example.com", "email_verified": True}
"""Claims of another person than the one who signs in unasked."""

Claims = dict[str, Any]


class Prompts(StrEnum):
    """Which values of `prompt` an issuer knows, and what becomes of one that it does not know.

    `login` each should know, `select_account` it may not (OpenID Connect Core 1.0, 3.1.2.1 and 15.1). What an
    issuer does not understand it may refuse or ignore (3.1.2.1): Keycloak ignores it (keycloak/keycloak
    issue 42064); Logto sends the browser back with `invalid_request` (logto-io/logto issue 6921), GitLab with
    `invalid_configuration` (gitlab-org/gitlab issue 377368); WSO2 shows a page of its own, from which no one
    comes back (wso2/product-is issue 13983). The discovery may say which it knows
    (`prompt_values_supported`: Initiating User Registration via OpenID Connect 1.0, 4.2), or may not.
    """

    ALL_LISTED = "knows both, says so"
    LOGIN_LISTED = "knows login, says so, keeps the browser else"
    LOGIN_REFUSES = "knows login, refuses what it does not know"
    LOGIN_IGNORES = "knows login, ignores what it does not know"
    NONE_REFUSES = "knows neither, refuses both"
    NONE_IGNORES = "knows neither, ignores both"

    @property
    def accepted(self) -> frozenset[str]:
        if self in {Prompts.NONE_REFUSES, Prompts.NONE_IGNORES}:
            return frozenset()
        return frozenset({"login", "select_account"} if self is Prompts.ALL_LISTED else {"login"})

    @property
    def metadata(self) -> dict[str, list[str]]:
        is_listed = self in {Prompts.ALL_LISTED, Prompts.LOGIN_LISTED}
        return {"prompt_values_supported": ["none", *sorted(self.accepted)]} if is_listed else {}

    @property
    def error(self) -> str | None:
        """What a browser is sent back with that asked for something else."""
        return "invalid_request" if self in {Prompts.LOGIN_REFUSES, Prompts.NONE_REFUSES} else None


class AuthorizationRequest(NamedTuple):
    """What a browser was sent with."""

    redirect_uri: str
    nonce: str
    challenge: str


class OidcIssuer(Loopback):
    """Use as a context manager; `issuer` is its name.

    `person` is signed in at once and unasked. `spoil` changes the claims before they are signed,
    `sign` replaces how. While `down` names a page (`discovery`, `token`, `keys`) that one fails; `says`
    replaces the whole answer of the token endpoint. `refuses` is the error that a browser comes back with.
    Where a `prompt` that it knows makes it ask who it shall be, that is `other`, if there is one.
    """

    def __init__(self, *, tenant: str | None = None) -> None:
        super().__init__(self._answer)
        self._path = f"/{tenant}/v2.0" if tenant else ""
        self.issuer = f"{self.root}{self._path}"
        self.tells_issuer = self.issuer
        self.person: Claims = {
            "sub": "4711",
            "name": "Dana Ozola",
            "email": "owner@example.com",
            "email_verified": True,
        }
        if tenant:
            self.person = {
                "sub": "opaque",
                "name": "Dana Ozola",
                "preferred_username": "owner@example.com",
                "tid": tenant,
                "oid": "0d0d0d0d-0000-4000-8000-0000000000aa",
            }
        self.spoil: Callable[[Claims], Any] = lambda claims: None  # noqa: ARG005
        self.sign: Callable[[Claims], str] = self.signed
        self.down: set[str] = set()
        self.says: Any = None
        self.refuses: str | None = None
        self.prompts = Prompts.LOGIN_LISTED
        self.other: Claims | None = None
        self.ends_at: str | None = None
        self.algorithms = ["RS256"]
        self._asked: dict[str, AuthorizationRequest] = {}
        self._number = 0
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer told."""
        self._number += 1
        self.key = key_number(self._number)

    def signed(self, claims: Claims, *, key: Any = None, alg: str = "RS256", kid: str | None = None) -> str:
        headers = {"kid": kid or f"key-{self._number}"}
        return jwt.encode(claims, self.key if key is None else key, algorithm=alg, headers=headers)

    def _answer(self, request: Request) -> Reply:
        parts = urlsplit(request.path)
        pages = {
            f"{self._path}/.well-known/openid-configuration": ("discovery", self._discovery),
            "/authorize": ("authorize", lambda: self._authorize(dict(parse_qsl(parts.query)))),
            "/token": ("token", lambda: self._token(request)),
            "/keys": ("keys", self._keys),
        }
        name, page = pages.get(parts.path, ("", lambda: Reply(404, b"")))
        return Reply(503, b"down") if name in self.down else page()

    def _discovery(self) -> Reply:
        return json_reply(
            {
                "issuer": self.tells_issuer,
                "authorization_endpoint": f"{self.root}/authorize",
                "token_endpoint": f"{self.root}/token",
                "jwks_uri": f"{self.root}/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": self.algorithms,
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                **self.prompts.metadata,
                **({"end_session_endpoint": self.ends_at} if self.ends_at else {}),
            }
        )

    def _authorize(self, asked: dict[str, str]) -> Reply:
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return Reply(400, b"unknown client, or no PKCE")
        code = secrets.token_urlsafe(8)
        requested = set(asked.get("prompt", "").split())
        if self.other is not None and requested & self.prompts.accepted:
            self.person = self.other
        is_unknown = bool(requested - self.prompts.accepted)
        if is_unknown and self.prompts is Prompts.LOGIN_LISTED:
            return Reply(401, b"unsupported prompt")
        refuses = self.refuses or (self.prompts.error if is_unknown else None)
        self._asked[code] = AuthorizationRequest(
            asked["redirect_uri"], asked["nonce"], asked["code_challenge"]
        )
        back = {"error": refuses} if refuses else {"code": code}
        address = f"{asked['redirect_uri']}?{urlencode({**back, 'state': asked['state']})}"
        return Reply(302, b"", headers={"Location": address})

    def _token(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode()))
        user = f"{CLIENT_ID}:{CLIENT_SECRET}".encode()
        if request.headers.get("authorization") != f"Basic {base64.b64encode(user).decode()}":
            return json_reply({"error": "invalid_client"}, status=401)
        asked = self._asked.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if asked is None or challenge != asked.challenge or form.get("redirect_uri") != asked.redirect_uri:
            return json_reply({"error": "invalid_grant"}, status=400)
        if self.says is not None:
            return json_reply(self.says)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + HOUR, "nonce": asked.nonce}
        claims |= self.person
        self.spoil(claims)
        token_body = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": HOUR}
        return json_reply({**token_body, "id_token": self.sign(claims)})

    def _keys(self) -> Reply:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return json_reply({"keys": [{**public, "use": "sig", "kid": f"key-{self._number}"}]})
