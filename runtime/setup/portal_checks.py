"""Checks of the portal's address, the key, the folders and the people, by asking DocSpace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from docspace.client import AccountStatus
from docspace.rooms import fetch_version
from reviews.text import clean_text
from runtime.settings.settings import UnusableSettings
from runtime.setup.answer_settings import build_wiring, explain_unusable
from runtime.setup.check_results import CheckResult, has_problem, report_limit, report_problem, report_works
from runtime.setup.form_checks import is_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.client import AccountInfo, ApiKeyInfo, Client
    from runtime.setup.answers import Answers

_MAKE_KEY = "copy it again, or make one in DocSpace under Developer tools, API keys"
_READS_FILES = frozenset({"*", "*:read", "files:read", "files:write"})
_READS_PEOPLE = frozenset({"*", "*:read", "accounts:read", "accounts:write"})


def check_portal(answers: Answers) -> list[CheckResult]:
    """Check that a DocSpace answers at the address."""

    def check() -> CheckResult:
        version = clean_text(fetch_version(build_wiring(answers).keyless_http))
        return report_works("portal", f"DocSpace {version} answers" if version else "DocSpace answers")

    return [_explain_failures("portal", check)]


def check_key(answers: Answers) -> list[CheckResult]:
    """Check that DocSpace accepts the key, and report what it may not do."""
    results: list[CheckResult] = []

    def check() -> CheckResult:
        client = build_wiring(answers).unlimited_client
        key_info = client.get_key()
        results.extend(_report_scopes(key_info))
        return report_works("key", f"the key works{_describe_user(client)}")

    return [_explain_failures("key", check), *results]


def check_folders(answers: Answers) -> list[CheckResult]:
    """Check that the key's user sees each folder."""
    return [_check_folder(answers, folder) for folder in answers.folder]


def check_people(answers: Answers) -> list[CheckResult]:
    """Report owners and deputies who have no account in DocSpace: they can't open the document there."""
    names = [("owners", each) for each in answers.owners] + [("deputies", each) for each in answers.deputies]
    return [_check_person(answers, name, address) for name, address in names if is_address(address)]


def check_docspace(answers: Answers) -> list[CheckResult]:
    """Check all of that, as far as one check does not make the next one pointless."""
    results = check_portal(answers) if answers.portal else []
    if answers.portal and answers.key and not has_problem(results):
        results += check_key(answers)
        if not has_problem(results):
            results += [*check_folders(answers), *check_people(answers)]
    return results


def _check_folder(answers: Answers, folder: str) -> CheckResult:
    def check() -> CheckResult:
        path = build_wiring(answers).unlimited_client.get_folder_path(folder)
        titles = " / ".join(clean_text(each.title) for each in path)
        return report_works("folder", f"folder {folder} is {titles}")

    shown = clean_text(folder)
    try:
        return _explain_failures("folder", check)
    except errors.NotFound:
        return report_problem("folder", f"there is no folder {shown} in this DocSpace")
    except errors.RequestRefused:
        return report_problem(
            "folder", f"the key's user may not see the folder {shown}: give the user access to its room"
        )


def _check_person(answers: Answers, name: str, address: str) -> CheckResult:
    shown = clean_text(address)

    def check() -> CheckResult:
        account = build_wiring(answers).unlimited_client.find_account(address)
        if account.status == AccountStatus.TERMINATED:
            return report_limit(name, f"the account of {shown} is disabled in DocSpace")
        return report_works(name, f"{shown} is {clean_text(account.name)} in DocSpace")

    try:
        return _explain_failures(name, check)
    except errors.Forbidden:
        return report_limit(name, f"the key may not look up {shown}, so the address is taken as it is")
    except errors.RequestRefused:
        return report_limit(name, f"no one in DocSpace has the address {shown}: is it spelled right?")


def _explain_failures(answer: str, check: Callable[[], CheckResult]) -> CheckResult:
    """Return the result of a check, or what kept it from being made; `RequestRefused` is left to the caller.

    For the portal and the key a refusal means that DocSpace is not there, or does not accept the key.
    """
    try:
        return check()
    except UnusableSettings as error:
        return report_problem(answer, explain_unusable(error))
    except errors.Redirected as error:
        target = f"leads to {clean_text(error.address)}: " if error.address else "leads elsewhere: "
        return report_problem("portal", f"the address {target}enter the address where DocSpace itself is")
    except errors.NotTheApi:
        return report_problem(
            "portal",
            "a page answers there, not DocSpace's API: check the address, and any proxy before it",
        )
    except errors.KeyRefused as error:
        return report_problem("key", f"{str(error).partition(':')[0]}: {_MAKE_KEY}")
    except errors.DocSpaceError as error:
        if isinstance(error, errors.RequestRefused) and answer not in {"portal", "key"}:
            raise
        return report_problem(answer, _describe_outage(error))


def _describe_outage(error: errors.DocSpaceError) -> str:
    text = str(error)
    if "ProxyError" in text:
        return "the proxy of HTTPS_PROXY lets no request through: correct it, or name the host in NO_PROXY"
    if "SSLError" in text:
        return "its certificate can't be verified: set REQUESTS_CA_BUNDLE to your authority's file (PEM)"
    if isinstance(error, errors.NotFound):
        return "there is no DocSpace at this address: check it"
    return f"{text}: check the address, and that this machine reaches it"


def _describe_user(client: Client) -> str:
    """Return whose key it is, as far as the key may read that."""
    try:
        user = client.get_key_user()
    except errors.Forbidden:
        return ""
    return f": {clean_text(user.name)}, {_describe_role(user)}"


def _describe_role(user: AccountInfo) -> str:
    if user.is_admin:
        return "DocSpace admin"
    return "room admin" if user.sees_people else "user or guest"


def _report_scopes(key_info: ApiKeyInfo) -> list[CheckResult]:
    """Report what a key with a list of permissions may not do (facts on DocSpace, 4.1)."""
    granted = key_info.permissions
    if granted is None or "*" in granted:
        return []
    results = []
    if not granted & _READS_FILES:
        results.append(report_problem("key", "it lacks the scope files:read, so no change can be read"))
    if not granted & _READS_PEOPLE:
        results.append(report_limit("key", "it lacks the scope accounts:read: contributors have no address"))
    return results
