"""The system calls that a process which reads documents may still make: a filter of the kernel (seccomp).

Limits of a process don't stop calls that open nothing: `truncate`, `chmod`, `kill`. The filter lets through
what needs memory, time and open files, and refuses all else with EPERM. No call with a path is among it, so
nothing is left for Landlock to forbid. Numbers: Linux's `syscall_64.tbl` and `asm-generic/unistd.h`; the
form of the filter: seccomp(2), prctl(2).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

_CALLS = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "madvise": (28, 233), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128), "sched_yield": (24, 124), "futex": (202, 98),
    "getpid": (39, 172), "gettid": (186, 178), "gettimeofday": (96, 169), "getrusage": (98, 165),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "getrandom": (318, 278),
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
"""Their numbers on x86_64 and on aarch64."""
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column of the table, and the kernel's name of the machine (`AUDIT_ARCH_…`)."""
_LOAD, _IS_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050000 | errno.EPERM, 0x7FFF0000
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def explain_missing_filter(system: str = sys.platform, machine: str = platform.machine()) -> str:
    """Return why there is no filter on this machine; empty where there is one."""
    if system != "linux":
        return "there is no filter of system calls for this operating system"
    if machine not in _MACHINES:
        return f"the numbers of system calls on {machine} are not known"
    # A kernel that knows filters looks for the program that is missing here.
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_SECCOMP, _FILTER, None, 0, 0)
    return "" if ctypes.get_errno() == errno.EFAULT else "this kernel has no filter of system calls (seccomp)"


def filter_system_calls() -> bool:
    """Refuse all other system calls to this process from now on; return whether that can be had."""
    if explain_missing_filter():
        return False
    program = _build_program(*_MACHINES[platform.machine()])
    libc = ctypes.CDLL(None, use_errno=True)
    argument = ctypes.byref(_Program(len(program) // 8, program))
    if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not libc.prctl(_SET_SECCOMP, _FILTER, argument, 0, 0)


def _build_program(column: int, machine: int) -> bytes:
    """Return the filter: of another machine's calls the process dies, of its own those of the table pass."""
    numbers = [each[column] for each in _CALLS.values()]
    checks = [(_IS_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    instructions = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IS_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *checks,
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *each) for each in instructions)
