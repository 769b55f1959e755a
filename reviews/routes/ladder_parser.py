"""Reading of the ladder of a route: its steps, in order, each with whom it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reviews.kinds import StepAction
from reviews.routes.ladder import DEADLINE, DEPUTIES, LadderStep, end_ladder
from reviews.routes.route import is_group
from reviews.routes.toml_table import TomlTable
from reviews.routes.value_parsers import (
    UnknownChannel,
    make_choice_parser,
    parse_owner,
    parse_text,
    suggest_nearest,
)
from reviews.routes.working_time_keys import MAX_WEEKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from reviews.routes.route import Target

STEP_KEYS = ("after", "do", "to", "urgent")
MAX_STEPS = 20
MAX_PERCENTAGE = 1000
_PERCENTAGE_PATTERN = re.compile("([1-9][0-9]{0,3})%")
_SHAPE = 'ladder must be a list of steps, as in ladder = [{after = "50%", do = "remind"}]'
_RECIPIENTS = 'write "deputies", an address, a group such as @compliance-team, or a channel as in notify'


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """What a step may refer to: the channels, those of them that post nothing, and the route around it.

    `latest` is the percentage after which the working time until a step takes too many weeks, if any does.
    """

    parse_target: Callable[[str], Target]
    silent: Collection[str]
    has_deputies: bool
    is_urgent: bool
    latest: int | None = None


def read_ladder(
    route: TomlTable, context: StepContext, *, find_step_line: Callable[[int], int]
) -> tuple[LadderStep, ...]:
    """Return the steps in the table of a route, the last of which is a lapse; none where it has no ladder.

    Problems are added to those of the route. `find_step_line` returns the line of a step by its index.
    """
    tables = route.table.get("ladder")
    if tables is None:
        return ()
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        route.add_problem("ladder", _SHAPE)
        return ()
    _check_route(route, tables)
    readers = [
        _StepTable(table, number=number, context=context, find_step_line=find_step_line)
        for number, table in enumerate(tables[:MAX_STEPS])
    ]
    steps = [reader.read_step() for reader in readers]
    for number, (reader, step) in enumerate(zip(readers, steps, strict=True)):
        reader.check_order(step, steps[:number], is_last=number == len(tables) - 1)
        route.problems += reader.problems
    return end_ladder(tuple(step for step in steps if step is not None))


def check_urgent(route: TomlTable) -> None:
    """Refuse an urgent route on which no one is ever reminded."""
    if route.table.get("urgent") is True and not route.table.keys() & {"due", "remind", "after_request"}:
        route.add_problem(
            "urgent", "urgent: no one is reminded on this route: write due, remind or after_request beside it"
        )


def _check_route(route: TomlTable, tables: list[Any]) -> None:
    """Refuse a ladder that is empty or too long, or one on a route where it has no effect."""
    if not tables:
        route.add_problem("ladder", "ladder has no steps: leave it out for the default")
    if len(tables) > MAX_STEPS:
        route.add_problem("ladder", f"ladder has {len(tables)} steps, and {MAX_STEPS} are allowed")
    if "due" not in route.table:
        route.add_problem("ladder", "ladder: its steps are percentages of the time until due: write due too")
    if "remind" in route.table:
        route.add_problem("remind", "remind: the ladder has the reminders: leave out remind, or the ladder")


class _StepTable(TomlTable):
    """One step; each of its problems names it by its number, and has its line."""

    def __init__(
        self,
        table: Mapping[str, Any],
        *,
        number: int,
        context: StepContext,
        find_step_line: Callable[[int], int],
    ) -> None:
        super().__init__(table, find_line=lambda _key: find_step_line(number))
        self.number = number
        self.context = context

    def add_problem(self, key: str, reason: str) -> None:
        super().add_problem(key, f"ladder, step {self.number + 1}: {reason}")

    def read_step(self) -> LadderStep | None:
        """Return the step, or nothing where it is not clear when it comes or what it does."""
        for key in self.table:
            if key not in STEP_KEYS:
                self.add_problem(key, f"unknown key {key!r}{suggest_nearest(key, STEP_KEYS)}")
        for key in ("after", "do"):
            if key not in self.table:
                self.add_problem(key, f"{key} is missing")
        after = self.read_text("after", None, _parse_percentage, example="50%")
        action = self.read_text("do", None, make_choice_parser(StepAction))
        urgent = self.read_flag("urgent") if "urgent" in self.table else self.context.is_urgent
        to, place = self._read_recipient(action)
        if after is None or action is None:
            return None
        if action is StepAction.LAPSE and after < DEADLINE:
            self.add_problem(
                "after", "after: a review lapses at its deadline at the earliest: write 100% or more"
            )
        latest = self.context.latest
        if latest is not None and latest < after:
            self.add_problem("after", f"after: this much working time takes more than {MAX_WEEKS} weeks")
        return LadderStep(after=after, action=action, to=to, place=place, urgent=urgent)

    def check_order(
        self, step: LadderStep | None, earlier: Collection[LadderStep | None], *, is_last: bool
    ) -> None:
        """Refuse a step before an earlier one of the list, and any after a lapse.

        A lapse that is not the last step is reported itself, and not again with each step that follows it.
        """
        if step is None:
            return
        latest = max(
            (each.after for each in earlier if each and each.action is not StepAction.LAPSE), default=0
        )
        if step.after < latest:
            self.add_problem(
                "after", f"after: {step.label} comes after {latest}%: write the steps in ascending order"
            )
        if step.action is StepAction.LAPSE and not is_last:
            self.add_problem("do", "do: after a lapse no one is asked: write it as the last step")

    def _read_recipient(self, action: StepAction | None) -> tuple[str, tuple[str, str] | None]:
        """Return to whom the step escalates, and their (notifier, target) where that is a channel."""
        if action is not StepAction.ESCALATE:
            if action is not None and "to" in self.table:
                self.add_problem("to", 'to counts only beside do = "escalate"')
            return "", None
        if "to" not in self.table:
            self.add_problem("to", f"to is missing: {_RECIPIENTS}")
        return self.read_text("to", None, self._parse_recipient) or ("", None)

    def _parse_recipient(self, text: str) -> tuple[str, tuple[str, str] | None]:
        recipient = parse_text(text)
        if recipient == DEPUTIES:
            if not self.context.has_deputies:
                raise ValueError("this route has no deputies: write deputies, or someone else here")
            return recipient, None
        if is_group(recipient) or ("@" in recipient and ":" not in recipient):
            return parse_owner(recipient), None
        try:
            target = self.context.parse_target(recipient)
        except UnknownChannel:
            if ":" in recipient:
                raise
            near = get_close_matches(recipient.casefold(), [DEPUTIES])
            hint = f"; did you mean {DEPUTIES!r}?" if near else f": {_RECIPIENTS}"
            raise ValueError(f"{recipient!r} is neither people nor a channel{hint}") from None
        if target.notifier in self.context.silent:
            raise ValueError(f"{target} posts nothing, so no one can be asked there")
        return str(target), (target.notifier, target.address)


def _parse_percentage(text: str) -> int:
    form = _PERCENTAGE_PATTERN.fullmatch(text.strip())
    if form is None or int(form[1]) > MAX_PERCENTAGE:
        raise ValueError(
            f'{text!r} is not a percentage: write a whole number from 1% to {MAX_PERCENTAGE}%, as in "50%"'
        )
    return int(form[1])
