"""Whom the test servers run as, and where they may write."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes: several times what the tests keep at once."""


class ServerError(RuntimeError):
    """A server that the tests need cannot be had; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as when the tests run as root."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> Account | None:
        """None if the tests do not run as root: then the servers run as whoever runs the tests."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise ServerError(
            "PostgreSQL does not run as root, and there is neither an account postgres nor nobody"
        )

    def can_run(self, program: Path) -> bool:
        try:
            tried = subprocess.run([program, "--version"], **as_account(self), capture_output=True, cwd="/")
        except PermissionError:
            return False
        return tried.returncode == 0

    def can_enter(self, directory: Path) -> bool:
        return all(place.stat().st_mode & 0o001 for place in (directory, *directory.parents))

    def take(self, directory: Path) -> None:
        for path in (directory, *directory.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def write_into_memory() -> None:
    """Let this process and those that it starts have temporary files where no disk is waited for, if there is
    room, programs may run there, and nobody has named another place."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    place = os.statvfs(MEMORY)
    if place.f_bavail * place.f_frsize >= ROOM and not place.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def directory_for(account: Account | None) -> tempfile.TemporaryDirectory[str]:
    usual = Path(tempfile.gettempdir())
    for place in (usual, Path("/tmp"), Path("/var/tmp")):
        if account is None or (place.is_dir() and account.can_enter(place)):
            made = tempfile.TemporaryDirectory(prefix="otkel-test-", dir=place, ignore_cleanup_errors=True)
            if account is not None:
                account.take(Path(made.name))
            return made
    raise ServerError(
        f"an unprivileged account can enter neither {usual} nor /tmp: set TMPDIR to where it can"
    )


def environment() -> dict[str, str]:
    """Nothing of the caller's locale, time zone or library paths."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_account(account: Account | None) -> _Identity:
    """Arguments of `subprocess.Popen` that start a program as this account."""
    return _Identity(user=account.uid, group=account.gid, extra_groups=[]) if account else _Identity()
