"""What a response_url of the fake Slack does: five uses in thirty minutes (facts on Slack, 1.3)."""

from tests.edge.loopback import Reply, json_reply
from tests.edge.slack_methods import refuse_bad_message, truth
from tests.edge.slack_state import Channel, Json, Refused, ResponseUrl, Workspace

_OK = Reply(200, b"ok", "text/plain")


def respond(workspace: Workspace, url_id: str, args: Json) -> Reply:
    """Carry out one post to a response_url; call it with the workspace locked."""
    url = workspace.response_urls.get(url_id)
    if not url:
        return json_reply({"ok": False, "error": "no_such_url"}, status=404)
    if url.uses_left < 1:
        return json_reply({"ok": False, "error": "used_url"}, status=404)
    if workspace.clock() > url.expires:
        return json_reply({"ok": False, "error": "expired_url"}, status=404)
    url.uses_left -= 1
    try:
        if truth(args.get("delete_original")):
            _delete(workspace, url)
            return _OK
        refuse_bad_message(args)
        if truth(args.get("replace_original")):
            _replace(workspace, url, args)
        elif args.get("response_type") == "in_channel":
            workspace.post(_channel(workspace, url), _content(args))
        else:
            workspace.tell_privately(url.user_id, url.channel_id, args, "response_url")
    except Refused as refusal:
        return json_reply(refusal.body, status=400)
    return _OK


def _content(args: Json) -> Json:
    return {name: args.get(name) for name in ("text", "blocks", "attachments")}


def _channel(workspace: Workspace, url: ResponseUrl) -> Channel:
    """The channel even if the bot is not in it: a response_url works there too."""
    if url.channel_id not in workspace.channels:
        raise Refused("channel_not_found")
    return workspace.channels[url.channel_id]


def _original(workspace: Workspace, url: ResponseUrl) -> tuple[list[Json], Json]:
    """The message the click was on, public or private, and the list that holds it."""
    for holder in (_channel(workspace, url).messages, workspace.ephemerals):
        for message in holder:
            if message["ts"] == url.message_ts:
                return holder, message
    raise Refused("message_not_found")


def _replace(workspace: Workspace, url: ResponseUrl, args: Json) -> None:
    _, message = _original(workspace, url)
    workspace.edit(message, args)


def _delete(workspace: Workspace, url: ResponseUrl) -> None:
    holder, message = _original(workspace, url)
    holder.remove(message)
