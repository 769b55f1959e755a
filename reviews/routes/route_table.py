"""One [[route]] of `routes.toml`: each of its keys is read, and what they mean together is checked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.routes import ladder_parser, value_parsers, working_time_keys
from reviews.routes.digest_times import DigestTimes
from reviews.routes.file_lines import find_line, find_step_line
from reviews.routes.route import (
    OPERATORS_ROUTE,
    CheckpointFrequency,
    MayAcknowledge,
    Operators,
    PageIdentity,
    Route,
    SegregationOfDuties,
    ShowChanges,
    ThreadVisibility,
    Unchanged,
    is_group,
)
from reviews.routes.toml_table import TomlTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import timedelta
    from typing import Any

    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import AddressForm
    from reviews.routes.working_time import WorkingHours

KEYS = (
    "name", "watch", "owners", "deputies", "notify", "review", "quiet_period", "max_wait", "due",
    "working_hours", "timezone", "may_acknowledge", "guests", "segregation_of_duties", "identity", "required",
    "remind", "private", "legal_hold", "thread", "tell_contributors", "acknowledge_reaction", "canary",
    "language", "bulk", "show_changes", "unchanged", "checkpoint", "holidays", "closed", "ladder", "urgent",
    "after_request", "digest",
)  # fmt: skip
CALENDAR_KEY = "absences"
"""A key of the whole file. Below a heading, TOML reads it as one of that table."""
OPERATORS_KEYS = ("name", "notify", "backlog", "language", "checkpoint")
_NEVER_CARRIED = 'unchanged: documents of this route are not compared, so "carry" would never apply'


class RouteTable(TomlTable):
    """One [[route]] table, the nth of a text; the first is number 0."""

    def __init__(
        self,
        table: Mapping[str, Any],
        *,
        notifiers: Mapping[str, AddressForm | None],
        silent: Collection[str],
        text: str,
        number: int,
    ) -> None:
        super().__init__(table, find_line=partial(find_line, text, number))
        self.find_step_line = partial(find_step_line, text, number)
        self.number = number
        self.silent = silent
        self.target = value_parsers.make_target_parser(notifiers)

    @property
    def is_operators_table(self) -> bool:
        name = self.table.get("name")
        return isinstance(name, str) and name.strip() == OPERATORS_ROUTE

    def read_operators(self) -> Operators:
        """Read the route for alarms, by which no reviews are opened."""
        for key in self.table:
            if key not in OPERATORS_KEYS:
                allowed = ", ".join(OPERATORS_KEYS)
                self.add_problem(
                    key, f"{key}: {OPERATORS_ROUTE!r} gets alarms, not changes; it has only {allowed}"
                )
        notify = self.read_list("notify", self.target, required=True)
        for target in notify:
            if target.notifier in self.silent:
                self.add_problem("notify", f"notify: {target} posts nothing, so it can't post alarms")
        return Operators(
            notify=notify,
            backlog=self.read_text("backlog", None, value_parsers.parse_interval) or Operators.backlog,
            language=self.read_text("language", None, value_parsers.parse_language) or Operators.language,
            checkpoint=self._read_checkpoint_frequency(),
        )

    def read_route(self, read_hours: Callable[[TomlTable], WorkingHours | None]) -> Route:
        """Read a route of the file, which may have no name."""
        default_name = f"route-{self.number + 1}"
        for key in self.table:
            if key not in KEYS:
                self.add_problem(key, f"unknown key {key!r}{_suggest_key(key)}")
        hours = read_hours(self)
        max_wait = self._read_duration("max_wait", Route.max_wait)
        watch = self.read_list("watch", value_parsers.parse_folder_id, required=True)
        owners = self.read_list("owners", value_parsers.parse_owner, required=True)
        deputies = self.read_list("deputies", value_parsers.parse_owner)
        notify = self.read_list("notify", self.target, required=True)
        thread = self.read_text("thread", None, value_parsers.make_choice_parser(ThreadVisibility))
        identity = (
            self.read_text("identity", None, value_parsers.make_choice_parser(PageIdentity)) or Route.identity
        )
        self._refuse_unproven(identity)
        private = self.read_flag("private")
        urgent = self.read_flag("urgent")
        ladder_parser.check_urgent(self)
        due = working_time_keys.read_due(self, hours)
        return Route(
            name=self.read_text("name", default_name, value_parsers.parse_text) or default_name,
            watch=watch,
            owners=owners,
            deputies=deputies,
            notify=notify,
            review=frozenset(self.read_list("review", value_parsers.parse_change_kind)) or Route.review,
            quiet_period=self._read_quiet_period(max_wait),
            max_wait=max_wait,
            due=due,
            working_hours=hours,
            may_acknowledge=self.read_text(
                "may_acknowledge", None, value_parsers.make_choice_parser(MayAcknowledge)
            )
            or Route.may_acknowledge,
            guests=self._read_guests(),
            segregation_of_duties=self.read_text(
                "segregation_of_duties", None, value_parsers.make_choice_parser(SegregationOfDuties)
            )
            or Route.segregation_of_duties,
            identity=identity,
            required=self._read_required((*owners, *deputies)),
            remind=working_time_keys.read_remind(self, hours),
            ladder=self._read_ladder(hours, due, has_deputies=bool(deputies), is_urgent=urgent),
            urgent=urgent,
            after_request=working_time_keys.read_after_request(self, hours),
            private=private,
            legal_hold=self.read_flag("legal_hold"),
            thread=thread or Route.thread,
            tell_contributors=self.read_flag("tell_contributors"),
            acknowledge_reaction=self.read_text("acknowledge_reaction", None, value_parsers.parse_reaction)
            or "",
            canary=self.read_text("canary", None, value_parsers.parse_canary_interval),
            language=self.read_text("language", None, value_parsers.parse_language) or Route.language,
            bulk=self.read_number(
                "bulk", Route.bulk, value_parsers.parse_bulk_limit, expected='a number of files or "off"'
            ),
            show_changes=self._read_show_changes(private=private),
            unchanged=self._read_unchanged(private=private),
            checkpoint=self._read_checkpoint_frequency(),
            digest=self.read_text("digest", None, DigestTimes.parse, example="daily 09:00"),
        )

    def _read_ladder(
        self, hours: WorkingHours | None, due: timedelta | None, *, has_deputies: bool, is_urgent: bool
    ) -> tuple[LadderStep, ...]:
        context = ladder_parser.StepContext(
            parse_target=self.target,
            silent=self.silent,
            has_deputies=has_deputies,
            is_urgent=is_urgent,
            latest=working_time_keys.find_latest_percentage(due, hours),
        )
        return ladder_parser.read_ladder(self, context, find_step_line=self.find_step_line)

    def _read_checkpoint_frequency(self) -> CheckpointFrequency:
        parse_choice = value_parsers.make_choice_parser(CheckpointFrequency)
        return self.read_text("checkpoint", None, parse_choice) or CheckpointFrequency.OFF

    def _read_unchanged(self, *, private: bool) -> Unchanged:
        """Read what happens without a material change; refuse `carry` where nothing is compared."""
        unchanged = self.read_text("unchanged", None, value_parsers.make_choice_parser(Unchanged))
        if unchanged is Unchanged.CARRY:
            if private:
                self.add_problem("unchanged", f'{_NEVER_CARRIED}: write "ask", or leave private out')
            elif self.table.get("show_changes") == ShowChanges.OFF:
                self.add_problem("unchanged", f'{_NEVER_CARRIED}: write "ask", or another show_changes')
        return unchanged or Route.unchanged

    def _read_guests(self) -> bool:
        if "guests" in self.table and self.table.get("may_acknowledge") != MayAcknowledge.CHANNEL:
            self.add_problem("guests", 'guests counts only beside may_acknowledge = "channel"')
        return self.read_flag("guests")

    def _read_show_changes(self, *, private: bool) -> ShowChanges:
        value = self.read_text("show_changes", None, value_parsers.make_choice_parser(ShowChanges))
        if private and value is ShowChanges.CARD:
            self.add_problem(
                "show_changes",
                'show_changes: documents of a private route are not read, so "card" would never show '
                'anything: write "ask" or "off", or leave private out',
            )
        return value or Route.show_changes

    def _refuse_unproven(self, identity: PageIdentity) -> None:
        """Refuse to enforce the segregation of duties on people who prove nothing."""
        duties = self.table.get("segregation_of_duties", Route.segregation_of_duties)
        if identity is PageIdentity.LINK and duties == SegregationOfDuties.ENFORCE:
            self.add_problem(
                "identity",
                'identity: a link does not prove who answers, so segregation_of_duties can\'t be "enforce", '
                'its default: write segregation_of_duties = "off" (or "warn"), or leave identity out',
            )

    def _read_required(self, people: tuple[str, ...]) -> int | None:
        required = self.read_number(
            "required", Route.required, value_parsers.parse_required, expected='a number or "all-owners"'
        )
        open_ended = self.table.get("may_acknowledge") == "channel" or any(map(is_group, people))
        available = len(set(map(str.casefold, people))) or 1
        if required is not None and required > available and not open_ended:
            self.add_problem(
                "required", f"required: {required} people have to answer, but only {available} may"
            )
        return required

    def _read_quiet_period(self, max_wait: timedelta) -> timedelta:
        quiet_period = self._read_duration("quiet_period", Route.quiet_period)
        if "quiet_period" in self.table and quiet_period > max_wait:
            self.add_problem("quiet_period", f"quiet_period is longer than max_wait, which is {max_wait}")
        return quiet_period

    def _read_duration(self, key: str, default: timedelta) -> timedelta:
        duration = self.read_text(key, None, value_parsers.parse_duration)
        return default if duration is None else duration


def _suggest_key(key: str) -> str:
    if key == CALENDAR_KEY:
        return ": it is no key of a route, and stands above the first [[route]]"
    return value_parsers.suggest_nearest(key, KEYS)
