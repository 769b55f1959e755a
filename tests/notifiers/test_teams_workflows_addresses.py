"""Which addresses and names of workflows are taken, and that no log shows an address."""

from __future__ import annotations

import subprocess
import sys

import pytest

from notifiers import UnusableSetting, teams
from notifiers.teams.addresses import explain_bad_workflow
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.notifiers.surroundings import make_channel_context
from tests.notifiers.workflows import MICROSOFT, channel


def test_no_library_logs_the_address(sink: WorkflowsSink) -> None:
    """Also where everything is logged, and the answer is an odd one, of which urllib3 warns."""
    sink.fail("500", headers={"no name": "x"})
    code = (
        "import sys; from runtime.observe import logs; from notifiers.teams.connector import send\n"
        "logs.configure('debug')\n"
        "send('TEAMS_WORKFLOW_X', sys.argv[1], {}, timeout=5)"
    )

    done = subprocess.run([sys.executable, "-c", code, sink.url], capture_output=True, text=True, check=False)

    assert "OutcomeUnknown: TEAMS_WORKFLOW_X: Power Automate had an internal error (500)" in done.stderr
    assert SIG not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "address",
    [
        MICROSOFT,
        MICROSOFT.replace(":443", ""),
        f"https://prod-12.westeurope.logic.azure.com:443/workflows/0a/triggers/manual/paths/invoke?sig={SIG}",
    ],
)
def test_the_addresses_of_workflows_are_taken(address: str) -> None:
    assert explain_bad_workflow(address) is None
    assert channel(address)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (f"https://acme.webhook.office.com/webhookb2/x?sig={SIG}", "Microsoft retired those in May 2026"),
        (f"https://outlook.office.com/webhook/{SIG}", "Microsoft retired those in May 2026"),
        (f"https://OUTLOOK.office365.com/webhook/{SIG}", "Microsoft retired those in May 2026"),
        (MICROSOFT.replace("https", "http"), "must start with https://"),
        (MICROSOFT.replace(":443", ":8443"), "add the host to TEAMS_ALLOW_HOSTS"),
        (MICROSOFT.replace("powerplatform.com", "powerplatform.com.evil.example"), "add the host to TEAMS"),
        (MICROSOFT.replace("0a1b2c3d4e5f.09.", ""), "add the host to TEAMS_ALLOW_HOSTS"),
        (f"https://evil.example\\.logic.azure.com/?sig={SIG}", "add the host to TEAMS_ALLOW_HOSTS"),
        (f"https://evil-logic.azure.com/?sig={SIG}", "add the host to TEAMS_ALLOW_HOSTS"),
        (f"https://x.logic.azure.com@evil.example/?sig={SIG}", "is not a web address"),
        (f"https://relay.example.com/?sig={SIG}", "add the host to TEAMS_ALLOW_HOSTS"),
        (MICROSOFT.split("&sig", maxsplit=1)[0], "copy the whole address"),
        (f"https://prod.logic.azure.com:port/?sig={SIG}", "is not a web address"),
        (f"https://[::1/?sig={SIG}", "is not a web address"),
        (f"prod-12.westeurope.logic.azure.com/?sig={SIG}", "is not a web address"),
        (SIG, "is not a web address"),
    ],
)
def test_an_address_that_is_none_of_workflows_is_refused_without_its_value(address: str, reason: str) -> None:
    with pytest.raises(UnusableSetting, match=reason) as caught:
        channel(address)

    assert str(caught.value).startswith("TEAMS_WORKFLOW_EU_1 ")
    assert SIG not in str(caught.value)
    assert "office.com/" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("http://127.0.0.1:8080/hook", "127.0.0.1:8080"),
        ("http://127.0.0.1:8080/hook", "relay.example.com, 127.0.0.1"),
        ("https://Relay.example.com/hook", "relay.EXAMPLE.com"),
        ("https://relay.example.com/hook", "relay.example.com:443"),
        ("http://[::1]:8080/hook", "[::1]:8080"),
    ],
)
def test_a_host_that_the_operator_names_is_taken_with_plain_http_too(address: str, hosts: str) -> None:
    assert channel(address, hosts)


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("http://127.0.0.1:8081/hook", "127.0.0.1:8080"),
        ("http://relay.example.com/hook", "relay.example.com:443"),
        ("http://[::1]:8081/hook", "[::1]:8080"),
        ("http://sub.relay.example.com/hook", "relay.example.com"),
        ("ftp://relay.example.com/hook", "relay.example.com"),
        ("https://acme.webhook.office.com/hook", "acme.webhook.office.com"),
        ("https://user@relay.example.com/hook", "relay.example.com"),
    ],
)
def test_naming_a_host_allows_no_other_and_no_connector(address: str, hosts: str) -> None:
    with pytest.raises(UnusableSetting):
        channel(address, hosts)


@pytest.mark.parametrize("name", ["compliance", "compliance-eu", "eu_1", "1"])
def test_names_of_workflows_are_taken(name: str) -> None:
    assert teams.why_not(name) is None


@pytest.mark.parametrize("name", ["Compliance", "", "-eu", "a b", "https://x.logic.azure.com", "eu\n", "ü"])
def test_what_is_no_name_is_refused_with_an_example(name: str) -> None:
    assert "whose address is in TEAMS_WORKFLOW_COMPLIANCE" in (teams.why_not(name) or "")


def test_a_workflow_without_a_setting_is_said_at_the_start() -> None:
    with pytest.raises(KeyError, match="TEAMS_WORKFLOW_EU_1"):
        teams.build(make_channel_context(addresses=["eu-1"]))
