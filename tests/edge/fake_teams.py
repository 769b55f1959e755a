"""A small strict Teams on 127.0.0.1 for tests: login, issuer, the bot's connector, scripted faults.

It refuses what Teams refuses, and a little more: activities and cards go through `teams_activities`, and
nothing is answered without the token that the login gave out (facts on Teams, 2.4).
"""

import json
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote

from tests.edge import teams_methods
from tests.edge.bot_issuer import METADATA, Issuer
from tests.edge.loopback import Loopback, Reply, Request, json_reply
from tests.edge.teams_activities import LARGEST_ACTIVITY
from tests.edge.teams_faults import Fault
from tests.edge.teams_state import BOT, PASSWORD, TENANT, Call, Json, Refused, Tenant

T = TypeVar("T")
SCOPE = "https://api.botframework.com/.default"


class FakeTeams(Tenant, Loopback):
    """Use as a context manager; `settings` are what a bot needs to talk to it.

    A "hang" lasts `hang_seconds`, a token `token_seconds`, by `clock`. `issuer` signs what it sends to the
    bot. Leaving fails when the fake itself failed on a request.
    """

    def __init__(
        self,
        *,
        app_id: str = BOT,
        password: str = PASSWORD,
        tenant_id: str = TENANT,
        hang_seconds: float = 30.0,
        token_seconds: int = 3600,
        clock: Callable[[], float] = time.time,
    ) -> None:
        Tenant.__init__(
            self,
            app_id=app_id,
            password=password,
            tenant_id=tenant_id,
            clock=clock,
            token_seconds=token_seconds,
        )
        Loopback.__init__(self, self._answer)
        self.issuer = Issuer(app_id=app_id, clock=clock)
        self.hang_seconds = hang_seconds
        self.service_path = f"/emea/{tenant_id}"
        self.service_url = f"{self.root}{self.service_path}/"
        self._calls: list[Call] = []
        self._faults: list[Fault] = []

    @property
    def settings(self) -> dict[str, str]:
        """The product's settings that put this fake in Microsoft's place."""
        return {
            "TEAMS_APP_ID": self.app_id,
            "TEAMS_APP_PASSWORD": self.password,
            "TEAMS_TENANT_ID": self.tenant_id,
            "TEAMS_ALLOW_HOSTS": "127.0.0.1",
            "TEAMS_LOGIN_URL": self.root,
            "TEAMS_OPENID_URL": f"{self.root}{METADATA}",
        }

    @property
    def reference(self) -> dict[str, str]:
        """What a bot learns of its conversations when it is installed."""
        return {"service_url": self.service_url, "tenant": self.tenant_id, "bot": self.bot_id}

    def fail(
        self,
        method: str,
        mode: str,
        *,
        times: int = 1,
        place: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make the next `times` calls of `method` fail; for methods and modes see `teams_faults`."""
        with self.changed:
            self._faults.append(Fault(method, mode, times, place, headers or {}))

    def answer(self, method: str, content: Any, *, status: int = 200, times: int = 1) -> None:
        """Answer the next `times` calls of `method` with this JSON or these bytes, after it took effect."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        with self.changed:
            self._faults.append(Fault(method, "200", times, instead=Reply(status, body)))

    def heal(self) -> None:
        """Forget the faults not yet used."""
        with self.changed:
            self._faults.clear()

    def end_tokens(self) -> None:
        """Let every token that was given out be one that is no longer taken."""
        with self.changed:
            self.tokens.clear()

    def messages(self, place_id: str) -> list[Json]:
        """Copies of what everybody sees there, oldest first; what was deleted is not among it."""
        return [each for each in self._list_messages(place_id) if not each["only"]]

    def private_messages(self, person_id: str, place_id: str) -> list[Json]:
        """Copies of what only this person sees in a channel or group chat."""
        return [each for each in self._list_messages(place_id) if each["only"] == person_id]

    def calls(self, method: str | None = None) -> list[Call]:
        with self.changed:
            return [each for each in self._calls if method in {None, each.method}]

    def wait_for(self, predicate: Callable[[], T], *, timeout: float = 60.0) -> T:
        """Wait until `predicate` holds and give its value; it is asked again after each call.

        It may read this fake only. Raises AssertionError, with the calls so far, after `timeout` seconds.
        """
        with self.changed:
            value = self.changed.wait_for(predicate, timeout)
            if not value:
                names = [each.method for each in self._calls]
                raise AssertionError(f"not within {timeout} s; Teams was called: {names}")
            return value

    def _list_messages(self, place_id: str) -> list[Json]:
        with self.changed:
            return deepcopy([each for each in self.places[place_id].messages if not each["deleted"]])

    def _answer(self, request: Request) -> Reply:
        try:
            if request.path.endswith("/oauth2/v2.0/token"):
                return self._serve("token", request, self._give_token)
            if request.path.startswith(self.service_path):
                return self._connector(request)
            page = self.issuer.page(request, self.root)
            return page or Reply(404, b"no such page", "text/plain")
        except Refused as refusal:
            return json_reply(refusal.body, status=refusal.status)

    def _connector(self, request: Request) -> Reply:
        method, asked = teams_methods.find(request, _content(request), root=self.service_path)

        def run(sent: Request) -> Reply:
            self._check_token(sent)
            if len(sent.body) > LARGEST_ACTIVITY:
                raise Refused(413, "MessageSizeTooBig", "Message size too large.")
            status, content = method.run(self, asked)
            return json_reply(content, status=status)

        return self._serve(method.name, request, run)

    def _serve(self, method: str, request: Request, run: Callable[[Request], Reply]) -> Reply:
        fault = self._log_and_take_fault(method, request)
        if fault and not fault.strikes_after:
            return self._strike(fault)
        with self.changed:
            reply = run(request)
            self.changed.notify_all()
        return self._strike(fault) if fault else reply

    def _log_and_take_fault(self, method: str, request: Request) -> Fault | None:
        mentioned = f"{unquote(request.path)} {request.body.decode(errors='replace')}"
        with self.changed:
            self._calls.append(Call(method, request.path, _content(request), self.clock()))
            self.changed.notify_all()
            for fault in self._faults:
                if fault.is_due(method, mentioned):
                    fault.times -= 1
                    return fault
        return None

    def _strike(self, fault: Fault) -> Reply:
        if fault.kind == "hang":
            self.hang(self.hang_seconds)
        return fault.strike()

    def _give_token(self, request: Request) -> Reply:
        """Answer as Entra does: the tenant, the secret, the scope and the grant are all checked."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if unquote(request.path.split("/")[1]) != self.tenant_id:
            return _login_error(400, "invalid_request", 90002)
        if form.get("grant_type") != "client_credentials":
            return _login_error(400, "unsupported_grant_type", 70003)
        if form.get("scope") != SCOPE:
            return _login_error(400, "invalid_scope", 70011)
        if form.get("client_id") != self.app_id:
            return _login_error(400, "unauthorized_client", 700016)
        if form.get("client_secret") != self.password:
            return _login_error(401, "invalid_client", 7000215)
        token = f"token-{self.new_id()}"
        self.tokens[token] = self.clock() + self.token_seconds
        return json_reply({"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": token})

    def _check_token(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0.0) <= self.clock():
            raise Refused(401, "Unauthorized", "Authorization has been denied for this request.")


def _login_error(status: int, error: str, code: int) -> Reply:
    body = {"error": error, "error_codes": [code], "error_description": f"AADSTS{code}: a long story"}
    return json_reply(body, status=status)


def _content(request: Request) -> Any:
    """Return what was sent as JSON; the login's form is kept to itself, since it holds the secret."""
    try:
        return json.loads(request.body)
    except ValueError:
        return None
