"""Control sequences of Slack's mrkdwn: what may stand in `<...>`, and whom it pings (facts on Slack, 1.3)."""

import re
from collections.abc import Iterator

_SEQUENCE = re.compile(r"<([^<>]*)>")
_QUOTE = re.compile(r"^(?:>>>|>)", re.MULTILINE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_LABEL = r"(?:\|[^|\n]+)?"
_PING = re.compile(r"(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)(?:\|.*)?", re.DOTALL)
_ALLOWED = re.compile(
    rf"(?:#C[A-Z0-9]+|https?://[^\s|]+|mailto:[^\s|@]+@[^\s|@]+|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+"
    rf"|!here|!channel|!everyone){_LABEL}",
)
_DATE = re.compile(r"!date\^\d+\^(?P<format>[^|^\n]+)(?:\^https?://[^\s|^]+)?\|[^|\n]+")
_TOKEN = re.compile(r"\{([^}]*)\}")
_DATE_TOKENS = {
    "date_num", "date_slash", "date", "date_short", "date_long", "date_pretty", "date_short_pretty",
    "date_long_pretty", "date_long_full", "time", "time_secs", "ago", "day_divider_pretty",
}  # fmt: skip


def text_problems(words: str) -> Iterator[str]:
    """Say what in `words` is not escaped, and which control sequences Slack does not know.

    Slack shows such text somehow instead of refusing it; here it is a problem, because the usual cause is a
    hostile title that was not escaped. A `>` that begins a line is a quotation and allowed.
    """
    for match in _SEQUENCE.finditer(words):
        if not _is_known(match[1]):
            yield f"unknown control sequence: {match[0]}"
    rest = _QUOTE.sub("", _SEQUENCE.sub("", words))
    for sign in "<>":
        if sign in rest:
            yield f"unescaped {sign}"
    if _BARE_AMPERSAND.search(words):
        yield "unescaped &"


def mentions(words: str) -> Iterator[str]:
    """Every ping in `words`, without its label: `<@U1>`, `<!subteam^S1>`, `<!here>`."""
    for match in _SEQUENCE.finditer(words):
        ping = _PING.fullmatch(match[1])
        if ping:
            yield f"<{ping[1]}>"


def _is_known(inside: str) -> bool:
    date = _DATE.fullmatch(inside)
    if date:
        tokens = _TOKEN.findall(date["format"])
        return bool(tokens) and _DATE_TOKENS.issuperset(tokens)
    return bool(_ALLOWED.fullmatch(inside))
