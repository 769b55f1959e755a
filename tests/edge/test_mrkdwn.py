import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edge.mrkdwn import mentions, text_problems

ESCAPES = [
    "<@U012AB>",
    "<@W012AB|dana>",
    "<!subteam^S012AB>",
    "<!subteam^S012AB|@law>",
    "<!here>",
    "<!channel>",
    "<!everyone>",
    "<#C012AB>",
    "<#C012AB|compliance>",
    "<https://portal.example/a?b=1&amp;c=2|Policy &lt;7&gt;.docx>",
    "<http://portal.example>",
    "<mailto:dana@company.com|Dana>",
    "<!date^1760000000^{date_short_pretty} at {time}|then>",
    "<!date^1760000000^{date}^https://portal.example|then>",
    "> a quotation",
]
UNKNOWN = [
    "<>",
    "<b>",
    "<!hereabouts>",
    "<!subteam^X1>",
    "<@dana>",
    "<ftp://portal.example>",
    "<javascript:alert(1)|x>",
    "<https://portal.example/a b>",
    "<https://portal.example|two|labels>",
    "<https://portal.example|two\nlines>",
    "<https://portal.example|>",
    "<!date^1760000000^{time}>",
    "<!date^soon^{time}|then>",
    "<!date^1760000000^{clock}|then>",
    "<!date^1760000000^no token|then>",
    "<<!channel>>",
    "a < b",
    "a > b",
    "a & b",
    "&nbsp;",
]


@pytest.mark.parametrize("words", ESCAPES)
def test_what_slack_knows_is_no_problem(words: str) -> None:
    assert list(text_problems(words)) == []


@pytest.mark.parametrize("words", UNKNOWN)
def test_what_slack_does_not_know_or_was_not_escaped_is_reported(words: str) -> None:
    assert list(text_problems(words))


@given(st.text())
def test_escaped_text_has_no_problems_and_pings_no_one(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert list(text_problems(escaped)) == []
    assert list(mentions(escaped)) == []


def test_a_mention_is_found_even_with_a_hostile_label() -> None:
    assert list(mentions("<!channel|two|labels>")) == ["<!channel>"]
