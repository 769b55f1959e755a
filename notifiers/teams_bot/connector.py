"""The Bot Framework's connector, through which the bot writes in Teams (facts on Teams, 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from notifiers.shared.bounded_http import BoundedSession
from notifiers.shared.json_answers import read_json_object
from notifiers.shared.json_members import get_text
from notifiers.teams_bot.failures import check_answer
from reviews.errors import OutcomeUnknown, Permanent, TryLater

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifiers.teams_bot.hosts import ServiceHosts
    from notifiers.teams_bot.tokens import Tokens

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0
MAX_PARALLEL_REQUESTS = 16
_CHANNEL = ("@thread.tacv2", "@thread.skype")
_THREAD = ";messageid="
_ID_SEPARATOR = "|"  # is in no id of a conversation

Activity = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class TeamsConversation:
    """A place for the bot to write: a channel, a chat or a thread, and the service that delivers there.

    `bot` is the bot's own id in Teams, `28:<app id>`.
    """

    id: str
    service_url: str
    tenant: str
    bot: str

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel, in which the bot must begin a thread of its own."""
        return self.id.endswith(_CHANNEL)


def read_conversation(details: Mapping[str, str], conversation_id: str) -> TeamsConversation:
    """Return a conversation from its stored data: `service_url`, `tenant`, `bot`."""
    return TeamsConversation(
        id=conversation_id,
        service_url=details.get("service_url", ""),
        tenant=details.get("tenant", ""),
        bot=details.get("bot", ""),
    )


def make_message_id(conversation_id: str, activity_id: str) -> str:
    """Return the id under which a message is stored: its thread and its own id."""
    return f"{conversation_id}{_ID_SEPARATOR}{activity_id}"


def get_activity_id(message: str) -> str:
    """Return the message's own id, as Teams' addresses of messages have it."""
    return message.rpartition(_ID_SEPARATOR)[2]


def get_channel_id(message: str) -> str:
    """Return the id of a message's channel or chat."""
    return message.partition(_ID_SEPARATOR)[0].partition(_THREAD)[0]


class Connector:
    """Authorised requests to the service addresses of conversations; raises errors of the product only."""

    def __init__(self, tokens: Tokens, hosts: ServiceHosts, *, read_seconds: float = READ_SECONDS) -> None:
        self._tokens = tokens
        self._hosts = hosts
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._session = BoundedSession(parallel=MAX_PARALLEL_REQUESTS)

    def post(self, conversation: TeamsConversation, activity: Activity) -> str:
        """Post a message that begins a thread in a channel, or is the next one in a chat; return its id."""
        if not conversation.is_channel:
            response = self._send("POST", conversation, "activities", activity=activity, operation="the post")
            return _require_message_id(conversation.id, get_text(response, "id"))
        request = {
            "isGroup": True,
            "bot": {"id": conversation.bot},
            "channelData": {"channel": {"id": conversation.id}, "tenant": {"id": conversation.tenant}},
            "activity": activity,
        }
        response = self._call(
            "POST", conversation.service_url, "/v3/conversations", json=request, operation="the post"
        )
        return _require_message_id(get_text(response, "id"), get_text(response, "activityId"))

    def post_in_thread(
        self, conversation: TeamsConversation, activity: Activity, *, thread_message_id: str | None
    ) -> str:
        """Post a message in the thread of `thread_message_id`, or as one of its own; return its id."""
        if thread_message_id is None:
            return self.post(conversation, activity)
        thread, _, root = thread_message_id.partition(_ID_SEPARATOR)
        path = f"{_build_path(thread)}/activities/{quote(root, safe='')}"
        response = self._call("POST", conversation.service_url, path, json=activity, operation="the notice")
        return _require_message_id(thread, get_text(response, "id"))

    def begin(self, conversation: TeamsConversation, user_id: str) -> str:
        """Begin the chat with a person, by the bot's name for them, or find it; return its id."""
        request = {
            "members": [{"id": user_id}],
            "bot": {"id": conversation.bot},
            "tenantId": conversation.tenant,
        }
        response = self._call(
            "POST", conversation.service_url, "/v3/conversations", json=request, operation="the chat"
        )
        chat_id = get_text(response, "id")
        if not chat_id:
            raise TryLater("the chat: Teams does not say where")
        return chat_id

    def update(self, conversation: TeamsConversation, message: str, activity: Activity) -> None:
        """Change a message; `MessageGone` if it was deleted. `conversation` names service and tenant."""
        thread, _, activity_id = message.partition(_ID_SEPARATOR)
        path = f"{_build_path(thread)}/activities/{quote(activity_id, safe='')}"
        self._call(
            "PUT",
            conversation.service_url,
            path,
            json={**activity, "id": activity_id},
            operation="the redraw",
        )

    def reply(
        self,
        conversation: TeamsConversation,
        activity: Activity,
        *,
        reply_to_id: str = "",
        recipient_id: str | None = None,
    ) -> None:
        """Write a reply in a conversation, below the message `reply_to_id` if it is set.

        With `recipient_id`, no one but the person with this id in Teams sees it.
        """
        after = f"activities/{quote(reply_to_id, safe='')}" if reply_to_id else "activities"
        if recipient_id is None:
            self._send("POST", conversation, after, activity=activity, operation="the reply")
            return
        private = {**activity, "recipient": {"id": recipient_id}}
        self._send(
            "POST", conversation, f"{after}?isTargetedActivity=true", activity=private, operation="the reply"
        )

    def fetch_member(self, conversation: TeamsConversation, user_id: str) -> dict[str, Any]:
        """Return a person's roster entry in the conversation: `name`, `email`, `aadObjectId`, ..."""
        path = f"{_build_path(conversation.id)}/members/{quote(user_id, safe='')}"
        return self._call("GET", conversation.service_url, path, operation="the look into the roster")

    def _send(
        self, method: str, conversation: TeamsConversation, path: str, *, activity: Activity, operation: str
    ) -> dict[str, Any]:
        return self._call(
            method,
            conversation.service_url,
            f"{_build_path(conversation.id)}/{path}",
            json=activity,
            operation=operation,
        )

    def _call(
        self, method: str, service_url: str, path: str, *, operation: str, **content: Any
    ) -> dict[str, Any]:
        if not self._hosts.is_allowed(service_url):
            raise Permanent(
                f"{operation}: the stored service address is not Microsoft's and not in TEAMS_ALLOW_HOSTS: "
                "the bot's token is not sent there"
            )
        address = f"{service_url.rstrip('/')}{path}"
        token = self._tokens.get()
        response = check_answer(operation, lambda: self._request_with_retry(method, address, token, content))
        return read_json_object(response)

    def _request_with_retry(
        self, method: str, address: str, token: str, content: dict[str, Any]
    ) -> requests.Response:
        """Send the request; if the token is refused, send it once more with a new one."""
        response = self._request(method, address, token, content)
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return response
        self._tokens.forget(token)
        return self._request(method, address, self._tokens.get(), content)

    def _request(self, method: str, address: str, token: str, content: dict[str, Any]) -> requests.Response:
        return self._session.request(
            method, address, timeout=self._timeout, allow_redirects=False, auth=_BearerAuth(token), **content
        )


class _BearerAuth(requests.auth.AuthBase):
    """The token, set on each request as its `auth`: otherwise a `.netrc` on the machine would replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _build_path(conversation_id: str) -> str:
    return f"/v3/conversations/{quote(conversation_id, safe='')}"


def _require_message_id(conversation_id: str, activity_id: str) -> str:
    if not conversation_id or not activity_id:
        raise OutcomeUnknown("the post: Teams says that the card was posted, but not where")
    return make_message_id(conversation_id, activity_id)
