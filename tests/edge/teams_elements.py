"""The buttons and inputs of an Adaptive Card, as a client of Teams draws and reads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.edge.teams_state import Json


def actions(card: Json) -> Iterator[tuple[Json, list[Json]]]:
    """Yield each action with the cards around it, the innermost last: their inputs go along with a click."""
    yield from _actions(card, [])


def _actions(card: Json, around: list[Json]) -> Iterator[tuple[Json, list[Json]]]:
    within = [*around, card]
    for action in _direct(card):
        if action["type"] == "Action.ShowCard":
            yield from _actions(action["card"], within)
        else:
            yield action, within


def _direct(element: Any) -> Iterator[Json]:
    """Yield the actions of a card and of the action sets in it, those behind a ShowCard not among them."""
    if isinstance(element, list):
        for each in element:
            yield from _direct(each)
    elif isinstance(element, dict):
        yield from element.get("actions", [])
        for name in ("body", "items", "columns"):
            yield from _direct(element.get(name, []))


def list_button_labels(card: Json) -> list[str]:
    """Return the words on the buttons, those behind a ShowCard after its own."""
    words = []
    for action in _direct(card):
        words.append(action["title"])
        if action["type"] == "Action.ShowCard":
            words += list_button_labels(action["card"])
    return words


def list_verbs(card: Json) -> list[str]:
    """Return the verbs of what can be executed, in the card's order."""
    return [action["verb"] for action, _ in actions(card) if action["type"] == "Action.Execute"]


def pressed(card: Json, verb: str, typed: Mapping[str, str]) -> Json:
    """Return the `Action.Execute` of a verb, its data merged with what was typed.

    LookupError if there is no such button or input; ValueError if the client would not let it be sent.
    """
    for action, around in actions(card):
        if action.get("verb") == verb and action["type"] == "Action.Execute":
            inputs = _inputs(around) if action.get("associatedInputs") != "none" else {}
            return {**action, "data": {**action.get("data", {}), **_filled(inputs, typed)}}
    raise LookupError(f"no button with the verb {verb}")


def _inputs(around: list[Json]) -> dict[str, Json]:
    elements = [each for card in around for each in card.get("body", [])]
    return {each["id"]: each for each in elements if each["type"].startswith("Input.")}


def _filled(inputs: Mapping[str, Json], typed: Mapping[str, str]) -> dict[str, str]:
    """Return what goes along: an input that no one touched has its initial `value` (Adaptive Cards 1.5)."""
    strange = typed.keys() - inputs.keys()
    if strange:
        raise LookupError(f"no inputs {sorted(strange)}")
    filled = {**{name: each["value"] for name, each in inputs.items() if "value" in each}, **typed}
    for name, each in inputs.items():
        text = filled.get(name, "")
        if each.get("isRequired") and not text:
            raise ValueError(f"{name} is required")
        if len(text) > each.get("maxLength", len(text)):
            raise ValueError(f"{name} is too long")
    return filled
