"""Sign-in at an OpenID Connect issuer, and which of its claims count (facts on Teams, 2.3 b1).

Authlib implements the protocol: authorization code with PKCE, state and nonce. What it leaves to its caller
is checked here: the issuer, the audience, the algorithms and the tenant. Nothing connects before a person
signs in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from authlib.integrations.flask_client import OAuth, OAuthError
from joserfc.errors import JoseError

from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from authlib.integrations.flask_client import FlaskOAuth2App
    from flask import Flask

CLIENT_NAME = "oidc"
ISSUER_TIMEOUT_SECONDS = 10  # seconds
CLOCK_LEEWAY_SECONDS = 120  # seconds by which the issuer's clock and ours may differ
MAX_NAME_LENGTH = 100
ENTRA_HOSTS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
# Microsoft's tenant of all personal accounts.
CONSUMER_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
# A shared key proves nothing to a third party, and `none` proves nothing at all.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
# Besides Entra ID, whose discovery does not list it either. Google does not support `login`
# (developers.google.com/identity/openid-connect/openid-connect, "prompt").
_ACCOUNT_CHOOSER_HOSTS = frozenset({"accounts.google.com"})
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ENTRA = re.compile(rf"/({_GUID})/v2\.0")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")  # ASCII: a mere look-alike of an owner's address does not match


class IssuerAway(Exception):
    """The issuer did not answer, or not as an issuer does."""


class NotProven(Exception):
    """The sign-in proves nothing; the message is the reason, for the log."""


class NoAddress(Exception):
    """The person is identified, but has no address that the issuer vouches for."""


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The person that the issuer vouches for; `proof` has the issuer and its ids of the person."""

    name: str
    email: str
    proof: dict[str, str]


def explain_bad_issuer(issuer: str) -> str | None:
    """Return why an address is not an acceptable issuer, or `None` if it is one."""
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return "must start with https://"
    tenant = _ENTRA.fullmatch(parts.path)
    if parts.hostname in ENTRA_HOSTS and (tenant is None or tenant[1] == CONSUMER_TENANT):
        return (
            "must name your own tenant by its id in small letters, as in "
            "https://login.microsoftonline.com/<tenant id>/v2.0: with common, organizations or consumers "
            "anybody's account could vouch for your people"
        )
    return None


def choose_prompt(supported: object, *, has_account_chooser: bool) -> str:
    """Return the `prompt` that makes an issuer ask who signs in.

    `supported` is its `prompt_values_supported`. `select_account` is optional, and some issuers refuse
    unknown values; all must support `login` (OpenID Connect Core 1.0, 3.1.2.1 and 15.1).
    `has_account_chooser` if an issuer without that list supports `select_account`.
    """
    can_choose = "select_account" in supported if isinstance(supported, list) else has_account_chooser
    return "select_account" if can_choose else "login"


class Oidc:
    """One issuer, where we are a registered client."""

    def __init__(
        self,
        app: Flask,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        entra_hosts: Collection[str] = ENTRA_HOSTS,
        client: type[FlaskOAuth2App] | None = None,
    ) -> None:
        """On `entra_hosts` the issuer is a tenant of Entra ID. `client` makes the calls."""
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        parts = urlsplit(self._issuer)
        tenant = _ENTRA.fullmatch(parts.path) if parts.hostname in entra_hosts else None
        self._tenant = tenant[1] if tenant else None
        self._client: FlaskOAuth2App = OAuth(app).register(  # type: ignore[no-untyped-call]
            CLIENT_NAME,
            client_cls=client,
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": ISSUER_TIMEOUT_SECONDS,
            },
        )

    def begin_sign_in(self, redirect_uri: str, *, came_from: str, choose_account: bool = False) -> str:
        """Return the issuer's address to send the browser to; `came_from` comes back with it.

        `choose_account` makes the issuer ask which account to use, even if one is signed in there.
        """
        self._load_metadata()
        prompt = {"prompt": self._choose_prompt()} if choose_account else {}
        authorization = self._client.create_authorization_url(redirect_uri, **prompt)
        self._client.save_authorize_data(
            redirect_uri=redirect_uri,
            came_from=came_from,
            **{name: authorization[name] for name in ("state", "nonce", "code_verifier")},
        )
        address: str = authorization["url"]
        return address

    def finish_sign_in(self) -> SignedIn:
        """Return the person that the issuer vouches for, from the request with which the browser came back.

        Raises `IssuerAway`, `NotProven` or `NoAddress`.
        """
        self._load_metadata()
        options = {
            "iss": {"essential": True, "value": self._client.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
        }
        try:
            token = self._client.authorize_access_token(claims_options=options, leeway=CLOCK_LEEWAY_SECONDS)
        except OAuthError as error:
            raise NotProven(str(error.error)) from error
        except JoseError as error:
            raise NotProven(f"the token is not valid: {error.error}") from error
        except OSError as error:
            raise IssuerAway(type(error).__name__) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise NotProven(f"the issuer's answer has another form ({type(error).__name__})") from error
        claims = token.get("userinfo")
        if not claims:
            raise NotProven("the issuer sent no ID token")
        return self._read_person(claims)

    def _choose_prompt(self) -> str:
        host = urlsplit(self._issuer).hostname
        has_chooser = self._tenant is not None or host in _ACCOUNT_CHOOSER_HOSTS
        supported = self._client.server_metadata.get("prompt_values_supported")
        return choose_prompt(supported, has_account_chooser=has_chooser)

    @property
    def sign_out_address(self) -> str | None:
        """The issuer's sign-out page, if it has one (RP-Initiated Logout 1.0, section 2)."""
        address = self._client.server_metadata.get("end_session_endpoint")
        if not self._is_reachable_safely(address):
            return None
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, urlencode({"client_id": self._client_id}))))
        return str(parts._replace(query=query).geturl())

    def _read_person(self, claims: Mapping[str, Any]) -> SignedIn:
        if self._tenant is not None and claims.get("tid") != self._tenant:
            raise NotProven("the token is from another tenant")
        email = self._require_address(claims)
        ids = {"tenant": claims.get("tid"), "object": claims.get("oid")} if self._tenant else {}
        proof = {"issuer": self._issuer, "subject": str(claims["sub"])}
        proof |= {name: str(value) for name, value in ids.items() if value}
        name = clean_text(str(claims.get("name") or ""))[:MAX_NAME_LENGTH]
        return SignedIn(name=name or email, email=email, proof=proof)

    def _require_address(self, claims: Mapping[str, Any]) -> str:
        """Return the address that the issuer vouches for.

        Entra ID vouches for the user name of its own tenant; its `email` may be typed by anyone. Other
        issuers say whether they have verified an address.
        """
        address = claims.get("preferred_username") if self._tenant else claims.get("email")
        if not self._tenant and claims.get("email_verified") is not True:
            address = None
        if not isinstance(address, str) or not _EMAIL.fullmatch(address):
            raise NoAddress
        return address

    def _load_metadata(self) -> None:
        """Fetch the issuer's metadata once; raises `IssuerAway` if it is not as it should be."""
        try:
            metadata = self._client.load_server_metadata()
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise IssuerAway(type(error).__name__) from error
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            self._forget_metadata()
            raise IssuerAway("what answers there is another issuer")
        if not all(self._is_reachable_safely(metadata.get(name)) for name in _ENDPOINTS):
            self._forget_metadata()
            raise IssuerAway("the issuer names an address that is not https")
        algorithms = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            each for each in algorithms if each in ALGORITHMS
        ]

    def _forget_metadata(self) -> None:
        self._client.server_metadata.clear()

    def _is_reachable_safely(self, address: object) -> bool:
        parts = urlsplit(address) if isinstance(address, str) else None
        return parts is not None and (parts.scheme == "https" or parts.hostname in _LOOPBACK)


_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def find_return_path(state: str, session: Mapping[str, Any]) -> str | None:
    """Return where the sign-in with this state was started; `None` if there is no such sign-in."""
    stored = session.get(f"_state_{CLIENT_NAME}_{state}")
    return stored["data"]["came_from"] if stored else None
