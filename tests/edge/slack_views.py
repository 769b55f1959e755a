"""The `views.*` methods of the fake Slack: modals and App Home (facts on Slack, 1.6)."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.edge import block_kit
from tests.edge.slack_elements import elements_by_id
from tests.edge.slack_state import Json, Refused, Workspace

Args = Mapping[str, Any]


def open_view(workspace: Workspace, args: Args) -> Json:
    refuse_bad_view(args["view"], "modal")
    user_id = workspace.use_trigger(args["trigger_id"])
    view = _stored_view(workspace, args["view"], workspace.new_id("V"))
    workspace.views[view["id"]] = view | {"user_id": user_id}
    return {"view": view}


def push_view(workspace: Workspace, args: Args) -> Json:
    """Lay a view over the one in which the trigger came about; three of them at most."""
    refuse_bad_view(args["view"], "modal")
    user_id = workspace.use_trigger(args["trigger_id"])
    beneath = [each for each in workspace.views.values() if each["user_id"] == user_id]
    if not beneath or len(beneath) >= 3:
        raise Refused("push_limit_reached" if beneath else "invalid_trigger_id")
    view = _stored_view(workspace, args["view"], workspace.new_id("V"))
    view |= {"root_view_id": beneath[0]["root_view_id"], "previous_view_id": beneath[-1]["id"]}
    workspace.views[view["id"]] = view | {"user_id": user_id}
    return {"view": view}


def update_view(workspace: Workspace, args: Args) -> Json:
    named = {args.get("view_id"), args.get("external_id")} - {None}
    for view_id, old in workspace.views.items():
        if named & {view_id, old.get("external_id")}:
            break
    else:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != old["hash"]:
        raise Refused("hash_conflict")
    refuse_bad_view(args["view"], "modal")
    return {"view": replace_view(workspace, view_id, args["view"])}


def replace_view(workspace: Workspace, view_id: str, view: Args, typed: Args | None = None) -> Json:
    """Put a view in the place of another: an input under the same ids keeps what was `typed` into it.

    It does so whatever its initial value is (a maintainer's word, github.com/slackapi/bolt-js/issues/290).
    """
    old = workspace.views[view_id]
    stored = _stored_view(workspace, view, view_id)
    for block_id, entries in (typed or {}).items():
        shown = stored["state"]["values"].get(block_id, {})
        shown.update({name: value for name, value in entries.items() if name in shown})
    workspace.views[view_id] = stored | {"user_id": old["user_id"]}
    return stored


def _initial_values(view: Args) -> Json:
    """Return what stands in each input for text before anyone types."""
    values: Json = {}
    for (block_id, action_id), element in elements_by_id(list(view["blocks"])).items():
        if element["type"] == "plain_text_input":
            value = {"type": element["type"], "value": element.get("initial_value")}
            values.setdefault(block_id, {})[action_id] = value
    return values


def publish_view(workspace: Workspace, args: Args) -> Json:
    if args["user_id"] not in workspace.people:
        raise Refused("user_not_found")
    old = workspace.homes.get(args["user_id"])
    if args.get("hash") and old and args["hash"] != old["hash"]:
        raise Refused("hash_conflict")
    refuse_bad_view(args["view"], "home")
    view = _stored_view(workspace, args["view"], old["id"] if old else workspace.new_id("V"))
    workspace.homes[args["user_id"]] = view | {"user_id": args["user_id"]}
    return {"view": view}


def refuse_bad_view(view: Any, surface: block_kit.Surface) -> None:
    problems = (
        block_kit.find_problems(view, surface=surface) if isinstance(view, Mapping) else ["must be an object"]
    )
    if problems:
        messages = [
            f"[ERROR] {each.replace('json-pointer:/', 'json-pointer:/view/', 1)}" for each in problems
        ]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})


def _stored_view(workspace: Workspace, view: Args, view_id: str) -> Json:
    return {
        "private_metadata": "",
        "callback_id": "",
        **deepcopy(dict(view)),
        "id": view_id,
        "hash": workspace.new_id("hash"),
        "root_view_id": view_id,
        "team_id": workspace.team_id,
        "app_id": workspace.api_app_id,
        "bot_id": workspace.bot_id,
        "state": {"values": _initial_values(view)},
    }
