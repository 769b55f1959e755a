"""The interactive elements of a message or view, and what Slack reports when they are used."""

from copy import deepcopy
from typing import Any

from tests.edge.slack_state import Json


def _elements(blocks: list[Json]) -> list[tuple[str, Json]]:
    """Every element with its block's id; Slack makes up the ids that were left out."""
    elements = []
    for index, block in enumerate(blocks):
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        elements += [(block.get("block_id", f"auto{index}"), each) for each in inside if each]
    return elements


def elements_by_id(blocks: list[Json]) -> dict[tuple[str, str], Json]:
    return {
        (block_id, each["action_id"]): each for block_id, each in _elements(blocks) if "action_id" in each
    }


def pressed(blocks: list[Json], action_id: str, *, by: str, option: str | None) -> Json:
    """What `actions[0]` of the payload says; LookupError if `by` sees no such element."""
    block_id, element = _find(blocks, action_id)
    seen_by = element.get("visible_to_user_ids")
    if seen_by and by not in seen_by:
        raise LookupError(f"{action_id} is hidden from {by}")
    shown = ("type", "text", "value", "style")
    action: Json = {name: deepcopy(element[name]) for name in shown if name in element}
    if option is not None and element["type"] == "users_select":
        action["selected_user"] = option
    elif option is not None:
        action["selected_option"] = _chosen(element, option)
    return {**action, "action_id": action_id, "block_id": block_id}


def _find(blocks: list[Json], action_id: str) -> tuple[str, Json]:
    for block_id, element in _elements(blocks):
        if element.get("action_id") == action_id:
            return block_id, element
    raise LookupError(f"no element with the action_id {action_id}")


def _chosen(element: Json, value: str) -> Json:
    for option in element.get("options", []):
        if option["value"] == value:
            return deepcopy(option)
    raise LookupError(f"no option with the value {value}")


def entry(element: Json, value: Any) -> Json:
    """What view.state says about one input."""
    kind = element["type"]
    if kind in {"static_select", "radio_buttons"}:
        return {"type": kind, "selected_option": _chosen(element, value) if value is not None else None}
    if kind in {"checkboxes", "multi_static_select"}:
        return {"type": kind, "selected_options": [_chosen(element, each) for each in value]}
    selected = {
        "users_select": "selected_user",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "datetimepicker": "selected_date_time",
        "multi_users_select": "selected_users",
    }
    return {"type": kind, selected.get(kind, "value"): value}
