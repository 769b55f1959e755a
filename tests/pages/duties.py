"""The forms to reassign and snooze, as the pages of a desk have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.duty_forms import DutyForms
from reviews.answers.menu import Menu

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def make_duty_forms(desk: Desk) -> DutyForms:
    menu = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    return DutyForms(reassignment=desk.hand_over, menu=menu, answers=desk.answers)
