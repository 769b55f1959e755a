"""The Web API methods of the fake Slack, in a table by name."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.edge import block_kit, slack_views
from tests.edge.slack_state import Channel, Json, Person, RateLimited, Refused, Workspace

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    run: Callable[[Workspace, Args], Json]
    required: Sequence[str] = ()
    scope: str | None = None
    """`{kind}` stands for channels, groups or im, as the channel asked about is."""


def call(workspace: Workspace, name: str, args: Args) -> Json:
    """Answer one call; raises `Refused` or `RateLimited`."""
    method = METHODS.get(name)
    if not method:
        raise Refused("unknown_method")
    missing = [f"[ERROR] missing required field: {each}" for each in method.required if not args.get(each)]
    if missing:
        raise Refused("invalid_arguments", response_metadata={"messages": missing})
    if method.scope:
        needed = method.scope.format(kind=_kind(workspace.channels.get(str(args.get("channel")))))
        if needed not in workspace.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(workspace.scopes)))
    return {"ok": True, **method.run(workspace, args)}


def refuse_bad_message(args: Args) -> None:
    """Raise what Slack would answer to this text, these blocks and this metadata."""
    problems = block_kit.find_problems(args, surface="message")
    if not problems:
        return
    error = "invalid_blocks"
    if any("no_text" in each for each in problems):
        error = "no_text"
    elif any("json-pointer:/metadata" in each for each in problems):
        error = "invalid_metadata_format"
    elif len(str(args.get("text") or "")) > block_kit.MESSAGE_TEXT:
        error = "msg_too_long"
    messages = [f"[ERROR] {each}" for each in problems]
    raise Refused(error, errors=problems, response_metadata={"messages": messages})


def truth(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}


def _kind(channel: Channel | None) -> str:
    if channel and channel.direct:
        return "im"
    return "groups" if channel and channel.private else "channels"


def _auth_test(workspace: Workspace, _args: Args) -> Json:
    return {
        "url": "https://fake.slack.com/",
        "team": "Fake",
        "team_id": workspace.team_id,
        "user": "docspace-review",
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def _bot_info(workspace: Workspace, args: Args) -> Json:
    if args["bot"] != workspace.bot_id:
        raise Refused("bot_not_found")
    return {"bot": {"id": workspace.bot_id, "app_id": workspace.api_app_id, "name": "docspace-review"}}


def _post_message(workspace: Workspace, args: Args) -> Json:
    if args["channel"] in workspace.people and "im:write" not in workspace.scopes:
        # Direct messages need it (facts on Slack, 1.6); whether Slack asks for it each time is not known.
        raise Refused("missing_scope", needed="im:write", provided=",".join(sorted(workspace.scopes)))
    channel = workspace.writable_channel(args["channel"])
    refuse_bad_message(args)
    _spend_allowance(workspace, channel)
    names = ("text", "blocks", "attachments", "metadata", "thread_ts")
    content = {name: args.get(name) for name in names}
    if args.get("thread_ts"):
        workspace.message(channel, args["thread_ts"])
    if truth(args.get("reply_broadcast")):
        content["subtype"] = "thread_broadcast"
    message = workspace.post(channel, content)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _spend_allowance(workspace: Workspace, channel: Channel) -> None:
    """About one message a second and channel, with a burst (facts on Slack, 1.2)."""
    if not workspace.rate_limit:
        return
    now = workspace.clock()
    left = min(workspace.burst, channel.allowance + now - channel.allowed_at)
    if left < 1:
        raise RateLimited(max(1, math.ceil(1 - left)))
    channel.allowance, channel.allowed_at = left - 1, now


def _update(workspace: Workspace, args: Args) -> Json:
    channel = workspace.writable_channel(args["channel"])
    message = workspace.message(channel, args["ts"])
    refuse_bad_message(args)
    if message["user"] != workspace.bot_user_id:
        raise Refused("cant_update_message")
    workspace.edit(message, args)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def _post_ephemeral(workspace: Workspace, args: Args) -> Json:
    channel = workspace.writable_channel(args["channel"])
    if channel.members is not None and args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    refuse_bad_message(args)
    reply = workspace.tell_privately(args["user"], channel.id, args, "chat.postEphemeral")
    return {"message_ts": reply["ts"]}


def _history(workspace: Workspace, args: Args) -> Json:
    channel = _read_by_bot(workspace, args)

    def in_channel(message: Json) -> bool:
        return "thread_ts" not in message or message.get("subtype") == "thread_broadcast"

    return _listed([each for each in reversed(channel.messages) if in_channel(each)], args)


def _replies(workspace: Workspace, args: Args) -> Json:
    """Answer with a thread: the message that began it first, whenever that was."""
    channel = _read_by_bot(workspace, args)
    root = workspace.message(channel, args["ts"])
    replies = _listed([each for each in channel.messages if each.get("thread_ts") == root["ts"]], args)
    began = _listed([root], {**args, "oldest": "", "latest": ""})
    return {**replies, "messages": [*began["messages"], *replies["messages"]]}


def _read_by_bot(workspace: Workspace, args: Args) -> Channel:
    channel = workspace.channel(args["channel"])
    if not channel.bot_is_member:
        raise Refused("not_in_channel")
    return channel


def _listed(messages: Sequence[Json], args: Args) -> Json:
    oldest, latest = _moment(args, "oldest", "0"), _moment(args, "latest", "Infinity")
    inclusive, metadata = truth(args.get("inclusive")), truth(args.get("include_all_metadata"))

    def wanted(message: Json) -> bool:
        ts = Decimal(message["ts"])
        return oldest < ts < latest or (inclusive and ts in {oldest, latest})

    matching = [each for each in messages if wanted(each)]
    limit = int(args.get("limit") or 100)
    hidden = {"channel"} if metadata else {"channel", "metadata"}
    shown = [{n: v for n, v in each.items() if n not in hidden} for each in matching[:limit]]
    return {"messages": shown, "has_more": len(matching) > limit}


def _moment(args: Args, name: str, otherwise: str) -> Decimal:
    try:
        return Decimal(str(args.get(name) or otherwise))
    except InvalidOperation as error:
        raise Refused(f"invalid_ts_{name}") from error


def _channel_info(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel(args["channel"])
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.direct,
            "is_im": channel.direct,
            "is_private": channel.private,
            "is_archived": channel.archived,
            "is_member": channel.bot_is_member,
        }
    }


def _list_channels(workspace: Workspace, args: Args) -> Json:
    """List channels by pages of at most 1,000; private ones only if the bot is in (documented).

    A scope covers its kind of channels; without `groups:read`, private ones can't be requested.
    """
    kinds = str(args.get("types") or "public_channel").split(",")
    needed = {"public_channel": "channels:read", "private_channel": "groups:read"}
    for kind in kinds:
        if needed[kind] not in workspace.scopes:
            provided = ",".join(sorted(workspace.scopes))
            raise Refused("missing_scope", needed=needed[kind], provided=provided)
    limit, start = int(args.get("limit") or 100), int(args.get("cursor") or 0)
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    hidden = truth(args.get("exclude_archived"))
    shown = [
        each
        for each in workspace.channels.values()
        if not each.direct
        and not (hidden and each.archived)
        and ("private_channel" in kinds and each.bot_is_member if each.private else "public_channel" in kinds)
    ]
    rows = [
        {"id": each.id, "name": each.name, "is_private": each.private, "is_archived": each.archived}
        for each in shown[start : start + limit]
    ]
    following = str(start + limit) if start + limit < len(shown) else ""
    return {"channels": rows, "response_metadata": {"next_cursor": following}}


def _open_conversation(workspace: Workspace, args: Args) -> Json:
    if args["users"] not in workspace.people:
        raise Refused("user_not_found")
    return {"channel": {"id": workspace.channel(args["users"]).id}}


def _user(workspace: Workspace, person: Person) -> Json:
    profile = {"real_name": person.name, "display_name": person.name}
    if "users:read.email" in workspace.scopes:
        profile["email"] = person.email
    grid = {"id": person.id, "enterprise_id": "E0FAKE", "teams": list(person.workspaces)}
    return {
        **({"enterprise_user": grid} if person.workspaces else {}),
        "id": person.id,
        "team_id": person.team_id or workspace.team_id,
        "name": person.name.lower().replace(" ", "."),
        "real_name": person.name,
        "deleted": person.deleted,
        "is_bot": person.bot,
        "is_restricted": person.guest,
        "tz": "Europe/Riga",
        "profile": profile,
    }


def _look_up_by_email(workspace: Workspace, args: Args) -> Json:
    for each in workspace.people.values():
        elsewhere = each.team_id and workspace.team_id not in each.workspaces
        if each.email.lower() == args["email"].lower() and not (each.deleted or each.bot or elsewhere):
            return {"user": _user(workspace, each)}
    raise Refused("users_not_found")


def _user_info(workspace: Workspace, args: Args) -> Json:
    person = workspace.people.get(args["user"])
    if not person:
        raise Refused("user_not_found")
    locale = {"locale": person.locale} if truth(args.get("include_locale")) else {}
    return {"user": {**_user(workspace, person), **locale}}


def _groups(workspace: Workspace, args: Args) -> Json:
    disabled = truth(args.get("include_disabled"))
    groups = [each for each in workspace.groups.values() if disabled or not each.disabled]
    rows = [
        {
            "id": each.id,
            "team_id": workspace.team_id,
            "is_usergroup": True,
            "handle": each.handle,
            "name": each.name,
            "date_delete": int(each.disabled),
        }
        for each in groups
    ]
    return {"usergroups": rows}


def _group_users(workspace: Workspace, args: Args) -> Json:
    group = workspace.groups.get(args["usergroup"])
    if not group:
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


def _permalink(workspace: Workspace, args: Args) -> Json:
    channel = workspace.channel(args["channel"])
    message = workspace.message(channel, args["message_ts"])
    digits = message["ts"].replace(".", "")
    return {"channel": channel.id, "permalink": f"https://fake.slack.com/archives/{channel.id}/p{digits}"}


def _unfurl(workspace: Workspace, args: Args) -> Json:
    """Show something under the links of a message; each is checked as the blocks of a message are."""
    channel = workspace.channel(args["channel"])
    for shown in args["unfurls"].values():
        refuse_bad_message({"text": "an unfurl has none", **shown})
    workspace.unfurls.append({"channel": channel.id, "ts": args["ts"], "unfurls": args["unfurls"]})
    return {}


METHODS: Mapping[str, Method] = {
    "auth.test": Method(_auth_test),
    "bots.info": Method(_bot_info, ("bot",), "users:read"),
    "chat.postMessage": Method(_post_message, ("channel",), "chat:write"),
    "chat.update": Method(_update, ("channel", "ts"), "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, ("channel", "user"), "chat:write"),
    "chat.getPermalink": Method(_permalink, ("channel", "message_ts")),
    "chat.unfurl": Method(_unfurl, ("channel", "ts", "unfurls"), "links:write"),
    "conversations.history": Method(_history, ("channel",), "{kind}:history"),
    "conversations.replies": Method(_replies, ("channel", "ts"), "{kind}:history"),
    "conversations.list": Method(_list_channels),
    "conversations.info": Method(_channel_info, ("channel",), "{kind}:read"),
    "conversations.open": Method(_open_conversation, ("users",), "im:write"),
    "usergroups.list": Method(_groups, (), "usergroups:read"),
    "usergroups.users.list": Method(_group_users, ("usergroup",), "usergroups:read"),
    "users.lookupByEmail": Method(_look_up_by_email, ("email",), "users:read.email"),
    "users.info": Method(_user_info, ("user",), "users:read"),
    "views.open": Method(slack_views.open_view, ("trigger_id", "view")),
    "views.push": Method(slack_views.push_view, ("trigger_id", "view")),
    "views.update": Method(slack_views.update_view, ("view",)),
    "views.publish": Method(slack_views.publish_view, ("user_id", "view")),
}
