"""Small checks of JSON that combine into Slack's rules; each yields problems worded as Slack does."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.edge.mrkdwn import text_problems

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and its JSON pointer, yields the problems found in it and beneath it."""

Fields = Mapping[str, Check]


def problem(what: str, pointer: str) -> str:
    return f"{what} [json-pointer:{pointer or '/'}]"


def anything(_value: Any, _pointer: str) -> Iterator[str]:
    """For what Slack takes and the product has no use for: present is enough."""
    return iter(())


def mapping(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield problem("must provide an object", pointer)


def boolean(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield problem("must be a boolean", pointer)


def within(value: str, pointer: str, *, longest: int, shortest: int = 1) -> Iterator[str]:
    if len(value) < shortest:
        yield problem(f"must be more than {shortest - 1} characters", pointer)
    if len(value) > longest:
        yield problem(f"must be less than {longest + 1} characters", pointer)


def string(longest: int, *, shortest: int = 1, pattern: str = "", otherwise: str = "invalid value") -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", pointer)
            return
        yield from within(value, pointer, longest=longest, shortest=shortest)
        if pattern and value and not re.fullmatch(pattern, value, re.DOTALL):
            yield problem(otherwise, pointer)

    return check


def number(lowest: int, highest: int) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            yield problem(f"must be a number from {lowest} to {highest}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be a valid enum value ({', '.join(allowed)})", pointer)

    return check


def text(longest: int, *kinds: str) -> Check:
    """A text object; `kinds` are the types it may have, by default both."""
    allowed = kinds or ("plain_text", "mrkdwn")
    members = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield problem("must provide an object", pointer)
            return
        kind, words = value.get("type"), value.get("text")
        if kind not in allowed:
            yield problem(f"must be one of: {', '.join(allowed)}", f"{pointer}/type")
            return
        yield from unknown(value, members[kind], pointer)
        if not isinstance(words, str):
            yield problem("missing required field: text", pointer)
            return
        yield from within(words, f"{pointer}/text", longest=longest)
        if not words.strip() and words:
            yield problem("must hold more than white space", f"{pointer}/text")
        if kind == "mrkdwn":
            yield from (problem(what, f"{pointer}/text") for what in text_problems(words))

    return check


def unknown(value: Mapping[str, Any], allowed: set[str], pointer: str) -> Iterator[str]:
    for name in value:
        if name not in allowed:
            yield problem(f"invalid additional property: {name}", pointer)


def shape(required: Fields, optional: Fields, *, one_of_these: Sequence[str] = ()) -> Check:
    """An object with these properties and no other; at least one of `one_of_these` must be there."""
    fields = {**required, **optional}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield problem("must provide an object", pointer)
            return
        for name in required:
            if name not in value:
                yield problem(f"missing required field: {name}", pointer)
        if one_of_these and not any(name in value for name in one_of_these):
            yield problem(f"must provide one of: {', '.join(one_of_these)}", pointer)
        yield from unknown(value, set(fields), pointer)
        for name, content in value.items():
            if name in fields:
                yield from fields[name](content, f"{pointer}/{name}")

    return check


def many(check_item: Check, fewest: int, most: int) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield problem("must provide an array", pointer)
            return
        if len(value) < fewest:
            yield problem(f"no fewer than {fewest} items allowed", pointer)
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            yield from check_item(item, f"{pointer}/{index}")

    return check


def by_type(family: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of the checks applies."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(kind, str) or kind not in family:
            yield problem(f"unsupported type: {kind}", f"{pointer}/type")
            return
        yield from family[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        for each in checks:
            yield from each(value, pointer)

    return check
