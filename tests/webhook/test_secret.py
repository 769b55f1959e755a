"""Secrets that DocSpace takes."""

from __future__ import annotations

import pytest

from demo import SecretPolicy
from webhook.secret import explain_refusal, generate_secret

STRICT = SecretPolicy(min_length=30, requires_capital=True, requires_digit=True, requires_special=True)


def test_a_new_secret_is_taken_by_the_strictest_portal_and_needs_no_quotes() -> None:
    made = {generate_secret() for _ in range(200)}

    for secret in made:
        STRICT.check(secret)
        assert explain_refusal(secret) == ""
        assert not set(secret) & set(" '\"$`\\%&;#<>|()*?![]{}~=")
    assert len(made) == 200


@pytest.mark.parametrize("secret", ["short", "x" * 31, "with a space", "пароль-пароль"])
def test_a_secret_that_no_portal_takes_says_why(secret: str) -> None:
    assert "DocSpace accepts" in explain_refusal(secret)
    assert secret not in explain_refusal(secret)
