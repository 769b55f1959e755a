"""`init --answers`: what is written, what is refused, and that nothing is written by halves."""

from __future__ import annotations

import os
import stat
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from demo import ALICE, COMPLIANCE, OTHER, ROOM, SignInPage
from demo.faults import Fault
from demo.starting_data import API_KEY, OLGA
from runtime.settings.environment_file import parse_environment_text
from tests.edge.http_sink import UNREACHABLE
from tests.edge.loopback import Loopback, Reply, Request
from tests.edge.slack_socket import APP_TOKEN
from tests.edge.smtp_server import MailServer
from tests.setup.newcomer import CHANNEL, SIGNING_SECRET, write_route
from webhook.secret import explain_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.setup.newcomer import Newcomer

ROUTE = {
    "name": "compliance",
    "watch": [str(COMPLIANCE)],
    "owners": [OLGA.email],
    "notify": [f"slack:{CHANNEL}"],
}
ADD_SCOPES = "add them (OAuth & Permissions), and reinstall the app"
LOGIN = Fault(status=302, headers={"Location": "https://login.example.com/x?y=z"})
WORKFLOW = "https://prod-1.westeurope.logic.azure.com/workflows/1/invoke?api=1&sig=s3cr3t"


def read_settings(newcomer: Newcomer) -> Mapping[str, str]:
    return parse_environment_text((newcomer.folder / ".env").read_text(), newcomer.folder)


def test_in_a_folder_where_others_prepared_links_nothing_is_written_through_them(newcomer: Newcomer) -> None:
    place = newcomer.folder.parent / "place"
    prepared = ((0o777, "none", "others may write the folder"), (0o755, ".env", "is a link"))
    for mode, name, says in (*prepared, (0o755, "routes.toml", "is a link")):
        (newcomer.folder / name).symlink_to(place)
        newcomer.folder.chmod(mode)
        done = newcomer.init()
        assert done.returncode == 2
        assert says in done.stderr
        (newcomer.folder / name).unlink()
    assert not place.exists()
    assert newcomer.list_files() == []


def test_both_files_are_written_for_their_owner(newcomer: Newcomer) -> None:
    done = newcomer.init()

    assert (done.returncode, done.stderr) == (0, "")
    assert newcomer.list_files() == [".env", "routes.toml"]
    assert stat.S_IMODE((newcomer.folder / ".env").stat().st_mode) == 0o600
    assert tomllib.loads(newcomer.read("routes.toml")) == {"route": [ROUTE]}
    written = dict(read_settings(newcomer))
    assert explain_refusal(written.pop("DOCSPACE_WEBHOOK_SECRET")) == ""
    assert len(written.pop("SECRET_KEY")) >= 32
    assert written == {
        "DOCSPACE_API_HOST": newcomer.address,
        "DOCSPACE_API_KEY": API_KEY,
        "INTAKE": "webhook",
        "PUBLIC_URL": f"http://127.0.0.1:{newcomer.port}",
        "SLACK_BOT_TOKEN": newcomer.slack.token,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_TEAM_ID": newcomer.slack.team_id,
    }


def test_each_check_says_what_it_saw_and_the_end_says_what_comes_next(newcomer: Newcomer) -> None:
    done = newcomer.init()

    assert "✓ The key works: Olga Owner, DocSpace admin.\n" in done.stdout
    assert f"✓ Folder {COMPLIANCE} is Rooms / Legal & Compliance / Compliance.\n" in done.stdout
    assert "✓ DocSpace 3.7.0 answers.\n" in done.stdout
    steps = [
        line.split("docspace-review ")[1]
        for line in done.stdout.splitlines()
        if line.startswith("  ")
        if "docspace-review " in line
    ]
    assert steps == ["serve", "webhook register", "canary --wait 60", "doctor"]


def test_no_secret_is_printed(newcomer: Newcomer) -> None:
    with MailServer() as mail:
        done = newcomer.init(smtp_url=mail.url, mail_from="reviews@example.com", teams_workflow=WORKFLOW)
    wrong = newcomer.init(key="sk-wr0ng", slack_bot_token="xoxb-wr0ng", slack_signing_secret="wr0ng")

    printed = done.stdout + done.stderr + wrong.stdout + wrong.stderr
    secrets = [value for name, value in read_settings(newcomer).items() if "KEY" in name or "SECRET" in name]
    assert [each for each in [*secrets, newcomer.slack.token, "wr0ng", "s3cr3t"] if each in printed] == []


def test_without_a_public_address_the_sweep_finds_changes_and_slack_needs_no_address(
    newcomer: Newcomer,
) -> None:
    done = newcomer.init(public_url=None, slack_signing_secret=None, slack_app_token=APP_TOKEN)

    assert (done.returncode, done.stderr) == (0, "")
    written = read_settings(newcomer)
    assert (written["INTAKE"], written["SLACK_APP_TOKEN"]) == ("sweep", APP_TOKEN)
    assert not {"PUBLIC_URL", "DOCSPACE_WEBHOOK_SECRET", "SLACK_SIGNING_SECRET"} & set(written)
    assert "webhook register" not in done.stdout


def test_a_channel_is_taken_by_its_name_on_any_page_of_the_list(newcomer: Newcomer) -> None:
    for number in range(1100):
        newcomer.slack.add_channel(f"C0{number:09d}", f"room-{number}")

    done = newcomer.init(notify="slack:#room-1099")

    assert done.returncode == 0
    assert tomllib.loads(newcomer.read("routes.toml"))["route"][0]["notify"] == ["slack:C0000001099"]


def test_a_folder_is_taken_by_its_address(newcomer: Newcomer) -> None:
    done = newcomer.init(folder=f"{newcomer.address}/rooms/shared/{ROOM}/filter?folder={COMPLIANCE}&page=1")

    assert done.returncode == 0
    assert tomllib.loads(newcomer.read("routes.toml"))["route"][0]["watch"] == [str(COMPLIANCE)]


def test_what_works_in_part_is_a_warning_and_is_written(newcomer: Newcomer) -> None:
    newcomer.slack.channels[CHANNEL].bot_is_member = False
    newcomer.slack.scopes.discard("commands")

    done = newcomer.init(deputies=["nemo@example.com"])

    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "warning: deputies: no one in DocSpace has the address nemo@example.com: is it spelled right?",
        f"warning: notify: the bot is not in the channel {CHANNEL}: type /invite @docspace-review there",
        f"warning: slack_bot_token: the app lacks commands: {ADD_SCOPES}",
    ]


BEHIND_A_FIREWALL: dict[str, Any] = {"public_url": None, "slack_signing_secret": None}
REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a key that DocSpace refuses": (
        {"key": "sk-0"},
        ["key: DocSpace refuses the API key (401): copy it again, or make one in DocSpace under Developer"],
    ),
    "no portal": ({"portal": f"http://{UNREACHABLE}"}, ["portal: DocSpace did not answer: ConnectionError"]),
    "an address that is none": ({"portal": "ftp://acme"}, ["portal: is not an address"]),
    "a folder that is not there": ({"folder": 1}, ["folder: there is no folder 1 in this DocSpace"]),
    "an address without a folder": ({"folder": "https://a.example/login"}, ["folder: this address names no"]),
    "a wrong token": (
        {"slack_bot_token": "xoxb-wrong"},
        ["slack_bot_token: Slack refuses the token (invalid_auth): it is", "The app in Slack is made"],
    ),
    "an app-level token in place of the bot's": (
        {"slack_bot_token": APP_TOKEN},
        ["slack_bot_token: holds an app-level token (xapp-…), which is for", "The app in Slack"],
    ),
    "a wrong app-level token": (
        {"slack_app_token": "xapp-wrong"},
        ["slack_app_token: Slack refuses slack_app_token (invalid_auth): make one with connections:write"],
    ),
    "a bot token in place of the app-level one": (
        {"slack_app_token": "xoxb-1"}, ["slack_app_token: holds a bot token (xoxb-…), which is for"]
    ),
    "no way for clicks": (
        {"slack_signing_secret": None}, ["slack_signing_secret: is missing, and without it no click arrives"]
    ),
    "a signing secret behind a firewall": (
        {"public_url": None}, ["slack_signing_secret: works only where Slack reaches public_url"]
    ),
    "a channel that is not there": ({"notify": "slack:no-such"}, ["notify: the app sees no channel no-such"]),
    "a channel of no kind": ({"notify": "pigeon:1"}, ["notify: there is no channel 'pigeon'"]),
    "an answer that there is not": ({"owner": "a@example.com"}, ["owner: is no answer: is owners meant?"]),
    "an intake of another kind": ({"intake": "both"}, ["intake: must be one of webhook, sweep"]),
    "an answer of another type": ({"owners": 7}, ["owners: must be a list of texts"]),
    "a workflow that is missing": ({"notify": "teams:audit"}, ["teams_workflow: is missing for audit"]),
    "a retired connector": (
        {"notify": "teams:audit", "teams_workflow": "https://acme.webhook.office.com/s3cr3t"},
        ["teams_workflow: the address of audit is a connector of Office 365"],
    ),
    "mail without a server": ({"notify": "mail:a@example.com"}, ["smtp_url: is missing"]),
    "a public address with a path": ({"public_url": "https://example.com/reviews"}, ["public_url: has more"]),
    "a value that no file can hold": (
        {"mail_from": "O'Neil <a@example.com>"}, ["mail_from: holds ' or \\, which not every reader of .env"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("others", "lines"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_used_is_explained_and_nothing_is_written(
    newcomer: Newcomer, others: dict[str, Any], lines: list[str]
) -> None:
    done = newcomer.init(**others)

    errors = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
    assert done.returncode == 2
    assert errors[-1] == "Nothing was written."
    assert [line for line, beginning in zip(errors, lines, strict=False) if beginning not in line] == []
    assert len(errors) == len(lines) + 1
    assert newcomer.list_files() == []


SWITCH_ON = "switch it on at api.slack.com, your app, Socket Mode, Enable Socket Mode"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"app_token": APP_TOKEN.replace("A0FAKEAPP", "A0OTHER")},
            "slack_app_token: slack_app_token belongs to the app A0OTHER, slack_bot_token to the app A0FAKE",
        ),
        ({"switched_off": "error"}, f"slack_app_token: Socket Mode is switched off in the app: {SWITCH_ON}"),
        ({"scopes": set()}, "slack_app_token: slack_app_token lacks the scope connections:write: make one"),
    ],
    ids=["of another app", "switched off", "without the scope"],
)
def test_a_token_by_which_no_click_would_arrive_is_refused(
    newcomer: Newcomer, change: dict[str, Any], line: str
) -> None:
    for name, value in change.items():
        setattr(newcomer.slack.sockets, name, value)

    done = newcomer.init(**BEHIND_A_FIREWALL, slack_app_token=newcomer.slack.sockets.app_token)

    assert done.returncode == 2
    assert done.stderr.startswith(line)
    assert newcomer.list_files() == []


def test_slacks_word_that_socket_mode_is_off_is_a_warning(newcomer: Newcomer) -> None:
    newcomer.slack.sockets.switched_off = "warning"

    done = newcomer.init(**BEHIND_A_FIREWALL, slack_app_token=APP_TOKEN)

    assert done.returncode == 0
    warning = f"slack_app_token: Slack says: [WARN] Socket Mode is not turned on: {SWITCH_ON}"
    assert done.stderr.splitlines() == [f"warning: {warning}"]


def test_people_and_targets_of_no_form_are_listed_with_all_the_rest(newcomer: Newcomer) -> None:
    done = newcomer.init(key="sk-0", owners=["nemo"], deputies="@", notify=["slack", "slack:", "inbox:3"])

    problems = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
    assert [line.partition(":")[0] for line in problems[:-1]] == [
        "key", "owners", "deputies", "notify", "notify", "notify",
    ]  # fmt: skip


def test_a_file_of_answers_may_begin_with_the_mark_of_an_editor(newcomer: Newcomer) -> None:
    newcomer.write_answers(newcomer.list_answers())
    text = newcomer.read("answers.toml")
    (newcomer.folder / "answers.toml").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))

    assert newcomer.run("init", "--answers", "answers.toml").returncode == 0


def test_a_file_that_is_too_large_is_refused_and_not_cut(newcomer: Newcomer) -> None:
    (newcomer.folder / "answers.toml").write_text("#" * 1_000_001)

    done = newcomer.run("init", "--answers", "answers.toml")

    assert (done.returncode, newcomer.list_files()) == (2, [])
    assert done.stderr == "docspace-review: answers.toml is larger than any file of answers (64 KB)\n"


def test_a_mistake_in_another_line_of_the_routing_file_names_that_file(newcomer: Newcomer) -> None:
    (newcomer.folder / "routes.toml").write_text('[[route]]\nname = "compliance"\ndue = "8x"\n')

    done = newcomer.init()

    assert "the files: routes.toml: line 3: due: " in done.stderr


def test_all_that_is_missing_is_listed_at_once(newcomer: Newcomer) -> None:
    (newcomer.folder / "answers.toml").write_text(
        'portal = "http://127.0.0.1:1"\nnotify = "slack:C0REVIEWS1"\nslack_app_token = "x"'
    )

    done = newcomer.run("init", "--answers", "answers.toml")

    missing = [line.partition(":")[0] for line in done.stderr.splitlines()[:-1]]
    assert missing == ["portal", "key", "folder", "owners", "slack_bot_token", "slack_app_token"]
    assert done.returncode == 2
    assert newcomer.list_files() == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (LOGIN, "portal: the address leads to https://login.example.com: "),
        (Fault(status=301), "portal: the address leads elsewhere: enter"),
        (Fault(body=SignInPage()), "portal: a page answers there, not DocSpace's API"),
        (Fault(status=500), "portal: DocSpace answered 500: check the address"),
        (Fault(status=402), "key: DocSpace refuses the API key (402)"),
        (Fault(status=404), "portal: there is no DocSpace at this address"),
    ],
    ids=["a redirect", "one to nowhere", "a page to sign in", "a failure", "an unpaid portal", "no DocSpace"],
)  # fmt: skip
def test_a_portal_that_answers_otherwise_is_explained(
    newcomer: Newcomer, fault: Fault, sentence: str
) -> None:
    newcomer.portal.faults.add(fault, count=None)

    done = newcomer.init()

    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert newcomer.list_files() == []


def test_a_key_with_few_rights_is_refused_or_warned_of(newcomer: Newcomer) -> None:
    blind = newcomer.init(key=newcomer.portal.add_key(ALICE.id, "rooms:read", "accounts.self:read"))
    narrow = newcomer.init(key=newcomer.portal.add_key(ALICE.id, "files:read"))

    assert "key: it lacks the scope files:read, so no change can be read" in blind.stderr
    assert blind.returncode == 2
    assert "warning: key: it lacks the scope accounts:read" in narrow.stderr
    assert "✓ The key works.\n" in narrow.stdout
    assert narrow.returncode == 0


def test_a_folder_that_cannot_be_written_is_left_as_it_is(newcomer: Newcomer) -> None:
    (newcomer.folder / ".env").mkdir()

    done = newcomer.init()

    assert done.returncode == 2
    assert ".env" in done.stderr
    assert newcomer.list_files() == [".env"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_left_as_it_is(newcomer: Newcomer) -> None:
    newcomer.write_answers(newcomer.list_answers())
    newcomer.folder.chmod(0o500)
    done = newcomer.run("init", "--answers", "answers.toml")
    newcomer.folder.chmod(0o700)

    assert done.returncode == 2
    assert newcomer.list_files() == []


def test_answers_that_are_no_toml_are_refused(newcomer: Newcomer) -> None:
    (newcomer.folder / "answers.toml").write_text("portal = ")

    done = newcomer.run("init", "--answers", "answers.toml")

    assert done.returncode == 2
    assert done.stderr.startswith("the file: is not TOML: Invalid value (at end of document)")


def test_a_broken_file_of_settings_is_named_with_its_line(newcomer: Newcomer) -> None:
    (newcomer.folder / ".env").write_text("# mine\n\nDATABASE_URL sqlite://s3cr3t\n")

    done = newcomer.init()

    assert (done.returncode, "s3cr3t" in done.stderr) == (2, False)
    assert ".env: line 3 is no setting" in done.stderr


def test_without_a_terminal_the_file_is_asked_for(newcomer: Newcomer) -> None:
    done = newcomer.run("init")

    assert done.returncode == 2
    assert done.stderr == (
        "docspace-review: init asks its questions in a terminal; without one, use --answers FILE\n"
    )


def test_mail_and_the_inbox_say_how_people_sign_in(newcomer: Newcomer) -> None:
    inbox = newcomer.init(notify="inbox", public_url=None)
    with MailServer() as mail:
        done = newcomer.init(
            notify=["mail:a@example.com", "inbox"], smtp_url=mail.url, mail_from="reviews@example.com"
        )

    assert "warning: notify: no one can sign in on the pages yet: give smtp_url and mail_from" in inbox.stderr
    assert "warning: public_url: without it, links lead to this machine alone" in inbox.stderr
    assert inbox.returncode == 0
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ The mail server accepts the sender.\n" in done.stdout


def test_a_proxy_that_lets_nothing_through_is_named(newcomer: Newcomer) -> None:
    newcomer.environment.update(HTTP_PROXY=f"http://{UNREACHABLE}", NO_PROXY="127.0.0.1")

    done = newcomer.init(portal="http://docspace.example")

    assert done.stderr.startswith("portal: the proxy of HTTPS_PROXY lets no request through")
    assert newcomer.list_files() == []


def test_run_again_only_what_is_answered_anew_changes(newcomer: Newcomer) -> None:
    assert newcomer.init().returncode == 0
    before = dict(read_settings(newcomer))
    environment, routes = newcomer.folder / ".env", newcomer.folder / "routes.toml"
    environment.write_text(f"# ours\nLOG_LEVEL=info\n{environment.read_text()}")
    routes.write_text(f'# by hand\n{routes.read_text()}due = "8h"\n')

    newcomer.write_answers({"owners": ["alice.moreau@example.com"]})
    done = newcomer.run("init", "--answers", "answers.toml")

    assert (done.returncode, done.stderr) == (0, "")
    assert read_settings(newcomer) == {**before, "LOG_LEVEL": "info"}
    assert newcomer.read(".env").startswith("# ours\nLOG_LEVEL=info\n")
    assert routes.read_text().startswith("# by hand\n")
    [route] = tomllib.loads(routes.read_text())["route"]
    assert route == {**ROUTE, "owners": ["alice.moreau@example.com"], "due": "8h"}


def test_of_several_routes_one_is_named(newcomer: Newcomer) -> None:
    (newcomer.folder / "routes.toml").write_text(write_route("legal", OTHER) + write_route("tax", 1))

    unclear = newcomer.init()
    clear = newcomer.init(route="legal", folder=None, owners=None)

    assert unclear.stderr.startswith(
        "route: is missing: there are several, name the one that is meant (legal"
    )
    assert clear.returncode == 0
    routes = tomllib.loads(newcomer.read("routes.toml"))["route"]
    assert [(each["watch"], each["owners"], each["notify"]) for each in routes] == [
        ([str(OTHER)], ["o@example.com"], [f"slack:{CHANNEL}"]),
        (["1"], ["o@example.com"], ["inbox"]),
    ]


def test_what_the_shell_sets_otherwise_is_said(newcomer: Newcomer) -> None:
    newcomer.environment["PUBLIC_URL"] = "https://shell.example"

    done = newcomer.init()

    assert done.stderr == (
        "warning: PUBLIC_URL: is set in the environment of this terminal, which takes precedence: unset it\n"
    )


def test_routes_in_the_environment_are_not_written_over(newcomer: Newcomer) -> None:
    newcomer.environment["ROUTES"] = "[[route]]"

    done = newcomer.init()

    assert (done.returncode, newcomer.list_files()) == (2, [])
    assert "ROUTES: is set, and takes precedence over routes.toml" in done.stderr


def test_a_proxy_in_between_is_used(newcomer: Newcomer) -> None:
    """Only the proxy can resolve the name, as on a machine without a way of its own to the internet."""
    asked: list[str] = []

    def forward(request: Request) -> Reply:
        asked.append(request.path)
        path = request.path.removeprefix("http://docspace.example")
        headers = {"Authorization": request.headers.get("authorization", "")}
        answer = requests.get(f"{newcomer.address}{path}", headers=headers, timeout=60)
        return Reply(answer.status_code, answer.content)

    with Loopback(forward) as proxy:
        newcomer.environment.update(HTTP_PROXY=proxy.root, NO_PROXY="127.0.0.1")
        done = newcomer.init(portal="http://docspace.example")

    assert (done.returncode, done.stderr) == (0, "")
    assert all(path.startswith("http://docspace.example/api/2.0/") for path in asked)
    assert asked


def test_a_sweep_beside_a_public_address_stays_one(newcomer: Newcomer) -> None:
    first, again = newcomer.init(intake="sweep"), newcomer.init()
    impossible = newcomer.init(intake="webhook", public_url="")

    assert (first.returncode, again.returncode) == (0, 0)
    assert read_settings(newcomer)["INTAKE"] == "sweep"
    assert "webhook register" not in again.stdout
    assert "public_url: is missing: the webhook needs it" in impossible.stderr.splitlines()


def test_a_name_that_no_setting_can_have_is_refused(newcomer: Newcomer) -> None:
    """A line break in it would write further settings."""
    answers = newcomer.list_answers()
    newcomer.write_answers(answers)
    for name in ("legal team", "x=1\\nDATABASE_URL"):
        with (newcomer.folder / "answers.toml").open("a") as file:
            file.write(f'[teams_workflow]\n"{name}" = "{WORKFLOW}"\n')
        done = newcomer.run("init", "--answers", "answers.toml")
        newcomer.write_answers(answers)

        assert done.returncode == 2
        assert "is not a workflow name" in done.stderr
        assert newcomer.list_files() == []


def test_a_file_of_settings_does_not_say_where_else_to_write(newcomer: Newcomer) -> None:
    place = newcomer.folder.parent / "elsewhere.toml"
    (newcomer.folder / ".env").write_text(f"ROUTES_FILE={place}\n")

    done = newcomer.init()

    assert done.returncode == 2
    assert "ROUTES_FILE: .env names a file that is not directly in this folder" in done.stderr
    assert not place.exists()
