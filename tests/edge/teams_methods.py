"""The Bot Framework's connector, as the fake Teams answers it (facts on Teams, 2.4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.edge.loopback import Request
from tests.edge.teams_activities import problems
from tests.edge.teams_state import Json, Person, Refused, Tenant

_TARGETED = "isTargetedActivity"


@dataclass(frozen=True)
class ConnectorRequest:
    """One request to the connector: the conversation, and the activity or the member that it names."""

    conversation: str
    named: str
    content: Any
    targeted: bool


@dataclass(frozen=True)
class Method:
    name: str
    verb: str
    path: re.Pattern[str]
    run: Callable[[Tenant, ConnectorRequest], tuple[int, Json]]


def find(request: Request, content: Any, *, root: str) -> tuple[Method, ConnectorRequest]:
    """Return the method that a request is for, and what it asks; `root` begins its path."""
    address = urlsplit(request.path)
    path = address.path.removeprefix(root)
    targeted = parse_qs(address.query).get(_TARGETED) == ["true"]
    for method in METHODS:
        match = method.path.fullmatch(path)
        if match and method.verb == request.method:
            names = {name: unquote(value) for name, value in match.groupdict("").items()}
            return method, ConnectorRequest(
                names.get("conversation", ""), names.get("named", ""), content, targeted=targeted
            )
    raise Refused(404, "NotFound", f"no such method: {request.method} {path}")


def refuse_bad_activity(tenant: Tenant, activity: Any) -> None:
    mistakes = problems(tenant, activity)
    if mistakes:
        raise Refused(400, "Bad Argument", "; ".join(mistakes))


def _create(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    request_body = asked.content if isinstance(asked.content, dict) else {}
    if request_body.get("members"):
        return _create_personal(tenant, request_body)
    data = request_body.get("channelData") or {}
    channel = (data.get("channel") or {}).get("id", "")
    if (data.get("tenant") or {}).get("id") != tenant.tenant_id:
        raise Refused(403, "BotNotInConversationRoster", "The tenant is another one.")
    if (request_body.get("bot") or {}).get("id") != tenant.bot_id or request_body.get("isGroup") is not True:
        raise Refused(400, "Bad Argument", "bot and isGroup are needed")
    place = tenant.writable_place(channel)
    if place.kind != "channel":
        raise Refused(400, "Bad Argument", "that is no channel")
    refuse_bad_activity(tenant, request_body.get("activity"))
    message = tenant.keep(place, request_body["activity"], by=tenant.bot_id)
    return 201, {"id": message["conversation"], "activityId": message["id"]}


def _create_personal(tenant: Tenant, request_body: Json) -> tuple[int, Json]:
    """Begin the chat with one person, or find it; nothing is posted there yet."""
    if (
        request_body.get("tenantId") != tenant.tenant_id
        or (request_body.get("bot") or {}).get("id") != tenant.bot_id
    ):
        raise Refused(403, "BotNotInConversationRoster", "The tenant or the bot is another one.")
    [named] = request_body["members"]
    person = tenant.people.get(named.get("id"))
    if person is None or person.id in tenant.blocking:
        raise Refused(403, "ForbiddenOperationException", "The app is not installed for that person.")
    chat = f"a:{person.id}"
    if chat not in tenant.places:
        tenant.add_chat(chat, person.id)
    return 201, {"id": chat}


def _send(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    place = tenant.writable_place(asked.conversation)
    refuse_bad_activity(tenant, asked.content)
    only = _recipient(tenant, asked) if asked.targeted else ""
    thread = asked.conversation if ";" in asked.conversation else ""
    return 201, {"id": tenant.keep(place, asked.content, by=tenant.bot_id, thread=thread, only=only)["id"]}


def _reply(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    above = tenant.message(asked.conversation, asked.named)
    place = tenant.writable_place(asked.conversation)
    refuse_bad_activity(tenant, asked.content)
    only = _recipient(tenant, asked) if asked.targeted else ""
    thread = above["conversation"]
    return 201, {"id": tenant.keep(place, asked.content, by=tenant.bot_id, thread=thread, only=only)["id"]}


def _recipient(tenant: Tenant, asked: ConnectorRequest) -> str:
    """Return who alone sees a message; a chat with one person has no need of that."""
    place, named = tenant.place(asked.conversation), (asked.content.get("recipient") or {}).get("id")
    if not named:
        raise Refused(400, "Bad Argument", "a targeted message needs a recipient")
    if place.kind == "personal":
        raise Refused(400, "Bad Argument", "a personal chat has no targeted messages")
    return tenant.member(place, named).id


def _update(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    message = _own(tenant, asked)
    if isinstance(asked.content, dict) and "recipient" in asked.content:
        raise Refused(400, "Bad Argument", "no recipient on an update")
    refuse_bad_activity(tenant, asked.content)
    for name in ("text", "attachments", "summary", "entities"):
        message.pop(name, None)
    message |= {**asked.content, "id": message["id"], "edits": message["edits"] + 1}
    return 200, {"id": message["id"]}


def _delete(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    _own(tenant, asked)["deleted"] = True
    return 200, {}


def _own(tenant: Tenant, asked: ConnectorRequest) -> Json:
    message = tenant.message(asked.conversation, asked.named)
    tenant.writable_place(asked.conversation)
    if message["by"] != tenant.bot_id:
        raise Refused(403, "NotEnoughPermissions", "The message is somebody else's.")
    return message


def _member(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    return 200, _describe_person(tenant, tenant.member(tenant.place(asked.conversation), asked.named))


def _members(tenant: Tenant, asked: ConnectorRequest) -> tuple[int, Json]:
    place = tenant.place(asked.conversation)
    inside = [p for p in tenant.people.values() if place.members is None or p.id in place.members]
    return 200, {"members": [_describe_person(tenant, each) for each in inside]}


def _describe_person(tenant: Tenant, person: Person) -> Json:
    first_name, _, family = person.name.partition(" ")
    return {
        "id": person.id,
        "name": person.name,
        "aadObjectId": person.oid,
        "objectId": person.oid,
        "givenName": first_name,
        "surname": family,
        "email": person.email,
        "userPrincipalName": person.email,
        "tenantId": person.tenant_id or tenant.tenant_id,
        "userRole": "user",
    }


_OF = r"/v3/conversations/(?P<conversation>[^/]+)"
METHODS = (
    Method("create", "POST", re.compile("/v3/conversations"), _create),
    Method("send", "POST", re.compile(f"{_OF}/activities"), _send),
    Method("reply", "POST", re.compile(f"{_OF}/activities/(?P<named>[^/]+)"), _reply),
    Method("update", "PUT", re.compile(f"{_OF}/activities/(?P<named>[^/]+)"), _update),
    Method("delete", "DELETE", re.compile(f"{_OF}/activities/(?P<named>[^/]+)"), _delete),
    Method("member", "GET", re.compile(f"{_OF}/members/(?P<named>[^/]+)"), _member),
    Method("members", "GET", re.compile(f"{_OF}/(?:paged)?[mM]embers"), _members),
)
