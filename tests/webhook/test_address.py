"""Which addresses are one, and which DocSpace may refuse."""

from __future__ import annotations

import pytest

from webhook.address import build_receiver_url, is_same_address, list_address_problems

ADDRESS = "https://reviews.example.com/docspace/webhook"


def test_the_receiver_is_beneath_the_address_of_the_installation() -> None:
    assert build_receiver_url("https://reviews.example.com/") == ADDRESS


@pytest.mark.parametrize(
    "other",
    [ADDRESS, ADDRESS + "/", f" {ADDRESS} ", "HTTPS://Reviews.Example.COM:443/docspace/webhook"],
)
def test_an_address_written_another_way_is_the_same(other: str) -> None:
    assert is_same_address(other, ADDRESS)


@pytest.mark.parametrize(
    "other",
    [
        "http://reviews.example.com/docspace/webhook",
        "https://reviews.example.com:8443/docspace/webhook",
        "https://review.example.com/docspace/webhook",
        "https://reviews.example.com/DocSpace/webhook",
        "https://reviews.example.com/docspace/webhook?for=me",
        "https://[::1",
        "https://reviews.example.com:x/docspace/webhook",
        "",
    ],
)
def test_another_address_is_not(other: str) -> None:
    assert not is_same_address(other, ADDRESS)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.1.1", "100.64.0.1", "[::1]", "[fd00::1]", "localhost",
     "reviews", "reviews.internal"],
)  # fmt: skip
def test_a_host_in_a_private_network_is_doubted(host: str) -> None:
    [doubt] = list_address_problems(f"https://{host}/docspace/webhook")

    assert "private network" in doubt


def test_plain_http_is_doubted_and_a_host_of_the_internet_with_https_is_not() -> None:
    [doubt] = list_address_problems("http://reviews.example.com/docspace/webhook")

    assert "plain http" in doubt
    assert (
        list_address_problems(ADDRESS)
        == list_address_problems("https://93.184.216.34/docspace/webhook")
        == []
    )
