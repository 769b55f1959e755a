"""Hostile files, read by the real process without rights."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from documents import isolation
from documents.encoding import decode_text
from documents.errors import Reason, UnreadDocument
from documents.isolation import File, compare_documents, read_text, run_bounded
from documents.limits import MAX_ANSWER_BYTES
from documents.system_calls import explain_missing_filter
from runtime.doctor.local_checks import report_reading
from tests.documents.damage import damage
from tests.documents.hostile_files import HOSTILE_FILES
from tests.documents.packages import build_docx, write_paragraph
from tests.documents.restricted_reader import describe_answer

ROOT = Path(isolation.__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"
SEED = 7
DAMAGES = 6
LETTER = build_docx(write_paragraph("Pay within 30 days."))


def read_reason(content: bytes, name: str) -> str:
    try:
        read_text(File(name, content))
    except UnreadDocument as error:
        return str(error.reason)
    return "read"


def run_restricted(attempt: str) -> str:
    """Return how an attempt ends in a process that has given up its rights."""
    program = (
        "import os, socket, sys\nfrom documents.child import restrict_process\nrestrict_process()\n"
        f"try:\n    {attempt}\nexcept BaseException as error:\n    print(type(error).__name__, error)\n"
        "else:\n    print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-c", program],
        cwd=ROOT,
        env={},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_ends_with_a_reason(name: str) -> None:
    build, reasons = HOSTILE_FILES[name]

    assert read_reason(build(), name.rpartition(" ")[2]) in reasons


def test_what_can_not_be_read_is_never_the_same_text() -> None:
    outcome = compare_documents(File("a.docx", LETTER), File("a.docx", LETTER[:-40]))

    assert (outcome.comparison.state, outcome.comparison.reason) == ("unreadable", Reason.DAMAGED)
    assert (outcome.unread, outcome.text, outcome.defect) == (1, None, "")


def test_a_comparison_in_the_process_is_that_of_the_comparison_here() -> None:
    later = build_docx(write_paragraph("Pay within 60 days."))

    outcome = compare_documents(read_text(File("a.docx", LETTER)), File("a.docx", later))

    assert [(part.before, part.after) for part in outcome.comparison.parts] == [
        ("Pay within 30 days.", "Pay within 60 days.")
    ]
    assert outcome.text is not None
    assert decode_text(outcome.text.content).passages[0].text == "Pay within 60 days."


ATTEMPTS = (
    "open('/etc/passwd')",
    "open(FILE, 'w')",
    "os.truncate(FILE, 0)",
    "os.chmod(FILE, 0o777)",
    "os.chown(FILE, 1, 1)",
    "os.utime(FILE)",
    "os.setxattr(FILE, 'user.a', b'1')",
    "os.rename(FILE, FILE + '2')",
    "os.unlink(FILE)",
    "os.link(FILE, FILE + '2')",
    "os.symlink(FILE, FILE + '2')",
    "os.mkdir(FILE + '2')",
    "os.stat(FILE)",
    "os.listdir('/')",
    "os.chdir('/')",
    "open(f'/proc/{os.getppid()}/environ')",
    "socket.socket()",
    "os.pipe()",
    "os.dup(1)",
    "os.memfd_create('a')",
    "os.fork()",
    "os.execv('/bin/sh', ['sh', '-c', 'echo started'])",
    "os.kill(os.getppid(), 0)",
    "os.kill(os.getpid(), 9)",
    "os.setpriority(os.PRIO_PROCESS, os.getppid(), 5)",
    "resource.prlimit(os.getppid(), resource.RLIMIT_CORE)",
    "os.setuid(1)",
    "call('ptrace', 16, os.getppid(), 0, 0)",
    "call('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0)",
    "call('prctl', 22, 0, 0, 0, 0)",
)
CALL = (
    "import ctypes, resource\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    "def call(name, *arguments):\n"
    "    if getattr(libc, name)(*arguments) < 0:\n"
    "        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\n"
)


@pytest.mark.skipif(bool(explain_missing_filter()), reason="this kernel has no filter of system calls")
def test_the_process_has_no_right_to_any_file_process_or_network(tmp_path: Path) -> None:
    file = tmp_path / "reviews.db"
    file.write_text("kept")
    file.chmod(0o600)
    program = (
        "import os, socket\nfrom documents.child import restrict_process\n"
        f"{CALL}FILE = {str(file)!r}\nrestrict_process()\n"
        f"for attempt in {ATTEMPTS!r}:\n    try:\n        exec(attempt)\n"
        "    except OSError as error:\n        print(error.errno)\n"
        "    else:\n        print('done', attempt)\n"
    )
    code, answer = run_bounded([sys.executable, "-E", "-s", "-c", program], b"", wait_seconds=60)

    assert (code, (answer or b"").decode().split("\n")) == (0, [str(errno.EPERM)] * len(ATTEMPTS) + [""])
    assert (file.read_text(), file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (
        "kept", 0o600, [file]
    )  # fmt: skip


def test_without_a_filter_nothing_can_be_opened_all_the_same() -> None:
    program = (
        "import documents.child as child\nchild.filter_system_calls = bool\nchild.restrict_process()\n"
        "open('/etc/passwd')"
    )
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-c", program], cwd=ROOT, env={}, capture_output=True, check=False
    )

    assert b"Too many open files" in done.stderr


def test_where_there_is_no_filter_is_known() -> None:
    assert "operating system" in explain_missing_filter("darwin", "arm64")
    assert report_reading("").severity == "ok"
    assert report_reading(explain_missing_filter("darwin", "arm64")).severity == "warning"
    assert "riscv64" in explain_missing_filter("linux", "riscv64")


def test_the_process_sees_no_environment() -> None:
    code, answer = run_bounded(
        [sys.executable, "-c", "import os; print(dict(os.environ))"], b"", wait_seconds=60
    )

    assert code == 0
    assert set(json.loads((answer or b"").decode().replace("'", '"'))) <= {
        "LC_CTYPE"
    }  # which Python sets by itself


def test_memory_is_bounded() -> None:
    assert run_restricted("bytearray(600_000_000)").startswith("MemoryError")


def test_processor_time_is_bounded_and_says_so() -> None:
    program = (
        "import documents.child as child\n"
        "child._LIMITS = (('RLIMIT_CPU', 1),)\nchild.restrict_process()\nwhile True: pass\n"
    )

    assert run_bounded([sys.executable, "-c", program], b"", wait_seconds=60) == (-signal.SIGXCPU, b"")


def test_a_process_that_hangs_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_bounded(
            [sys.executable, "-c", "import time; time.sleep(600)"], bytes(10_000_000), wait_seconds=0.5
        )


def test_a_process_that_answers_too_much_is_ended() -> None:
    program = "import sys\nwhile True: sys.stdout.buffer.write(bytes(1_000_000))"

    assert run_bounded([sys.executable, "-c", program], b"", wait_seconds=60) == (-signal.SIGKILL, None)
    assert MAX_ANSWER_BYTES <= 100_000_000


def test_a_process_that_is_killed_has_failed_and_its_caller_gets_an_answer() -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"

    assert run_bounded([sys.executable, "-c", program], LETTER, wait_seconds=60) == (-signal.SIGKILL, b"")


def read_restricted(files: list[tuple[str, bytes]]) -> list[str]:
    """Return what becomes of files in one process without rights."""
    sizes = json.dumps([(name, len(content)) for name, content in files]).encode()
    command = [sys.executable, "-E", "-s", "-m", "tests.documents.restricted_reader"]
    content = b"\n".join([sizes, b"".join(content for _, content in files)])
    _, answer = run_bounded(command, content, wait_seconds=600)
    return (answer or b"").decode().splitlines()


def test_every_file_of_the_corpus_is_read_the_same_without_rights() -> None:
    files = [(path.name, path.read_bytes()) for path in sorted(CORPUS.iterdir())]

    assert read_restricted(files) == [describe_answer(name, content) for name, content in files]


def test_a_damaged_file_is_read_or_refused_and_nothing_else() -> None:
    random = Random(SEED)  # noqa: S311 - damages, not secrets
    sources = [path for path in sorted(CORPUS.iterdir()) if "-" not in path.stem and path.stat().st_size]
    files = [(path.name, damage(path.read_bytes(), random)) for path in sources for _ in range(DAMAGES)]

    answers = read_restricted(files)

    assert len(answers) == len(files)
    assert {answer.partition(" ")[0] for answer in answers} <= {"read", *Reason} - {Reason.CRASHED}


def test_a_service_that_stops_does_not_end_the_process() -> None:
    """Stopping sends the signal to each process of the service, while its worker waits for them."""
    command = [sys.executable, "-E", "-s", "-m", "documents.child"]
    process = subprocess.Popen(command, cwd=ROOT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    source = {"is_text": False, "name": "a.docx", "size": len(LETTER)}
    task = json.dumps({"compare": False, "sources": [source]}).encode()
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(task + b"\n" + LETTER[:10])
        process.stdin.flush()
        wait_until_it_ignores(process.pid, signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.stdin.write(LETTER[10:])
        process.stdin.close()
        header = json.loads(process.stdout.readline())
    assert header == {"state": "read"}


def wait_until_it_ignores(process_id: int, stop: signal.Signals) -> None:
    status = Path(f"/proc/{process_id}/status")
    while True:
        ignored = next(line for line in status.read_text().splitlines() if line.startswith("SigIgn"))
        if int(ignored.split()[1], 16) >> (stop - 1) & 1:
            return
        time.sleep(0.01)


def test_where_the_earlier_state_can_not_be_read_the_text_of_the_later_is_returned() -> None:
    outcome = compare_documents(File("a.docx", b"PK\x03\x04 no package"), File("a.docx", LETTER))
    assert (outcome.comparison.state, outcome.unread) == ("unreadable", 0)
    assert outcome.text is not None
    assert [each.text for each in decode_text(outcome.text.content).passages] == ["Pay within 30 days."]


def test_where_the_later_state_can_not_be_read_there_is_no_text() -> None:
    outcome = compare_documents(File("a.docx", LETTER), File("a.docx", b"PK\x03\x04 no package"))
    assert (outcome.comparison.state, outcome.unread, outcome.text) == ("unreadable", 1, None)
