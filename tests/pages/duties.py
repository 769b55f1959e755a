"""The forms to reassign and snooze, as the pages of a desk have them, and what a page offers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.duty_forms import DutyForms
from reviews.answers.menu import Menu

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

OFFER = "Reassign or snooze"


def make_duty_forms(desk: Desk) -> DutyForms:
    menu = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    return DutyForms(reassignment=desk.hand_over, menu=menu, answers=desk.answers)


def read_form_ids(page: str) -> list[str]:
    """Return the ids of the forms on a page, in their order."""
    return re.findall(r'name="form_id" value="([^"]+)"', page)


def read_times(page: str) -> list[str]:
    """Return the values of the listed times of a page with one review."""
    return re.findall(r'name="later" value="(\d+)"', page)


def read_suggestions(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]+)"></option>', page)


def list_types(desk: Desk) -> list[str]:
    """Return the types of the entries of duties, in order."""
    types = (str(entry["type"]) for entry in desk.entries())
    return [each for each in types if each in {"review:reassigned", "review:snoozed"}]
