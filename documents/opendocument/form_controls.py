"""Form controls of an OpenDocument file and their values (OpenDocument 1.3, part 3, 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_ON = {"checked", "true"}
_BOXES = {"form:checkbox": "form:current-state", "form:radio": "form:current-selected"}
_INITIAL_STATES = {"form:checkbox": "form:state", "form:radio": "form:selected"}
_LABELS = {"form:fixed-text", "form:button", "form:frame"}


def find_controls(root: Element) -> dict[str, Element]:
    """Return the form controls beneath an element, by the id by which a shape refers to them."""
    return {
        each.get("form:id", each.get(_ID, "")): each
        for forms in root.iter("office:forms")
        for each in forms.iter()
        if each.tag.startswith("form:")
    }


def read_control(control: Element) -> tuple[str, str]:
    """Return the name of a form control, and its value as text."""
    name = control.get("form:name", control.get("form:label", ""))
    tag = control.tag
    label = control.get("form:label", "")
    if tag in _BOXES:
        state = control.get(_BOXES[tag], control.get(_INITIAL_STATES[tag], ""))
        return name, f"{'☒' if state in _ON else '☐'} {label}"
    if tag in _LABELS:
        return name, label
    if tag == "form:listbox":
        return name, ", ".join(_iterate_selected(control))
    value = control.get("form:current-value", control.get("form:value", "")) or "".join(control.itertext())
    return name, value


def _iterate_selected(listbox: Element) -> Iterator[str]:
    for option in listbox.iter("form:option"):
        if option.get("form:current-selected", option.get("form:selected")) == "true":
            yield option.get("form:label", "")
