"""Nothing that is tied here outlives this process, however this process ends.

A watcher, a process of its own, holds one end of a pipe; only this process holds the other. It is told
which process groups there are. When the pipe closes, because this process ended or was killed, the watcher
asks the groups' leaders to end, waits, and kills what is left of the groups.

Linux could do part of that alone (`PR_SET_PDEATHSIG`), but its signal reaches no grandchild, is lost on a
child that ignores it or is frozen, and comes when the *thread* that started the child ends.

Out of reach: a descendant that leaves its group, as a daemon does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.05


class Leash:
    """`grace`: seconds between asking the groups to end and killing them, once this process is gone."""

    def __init__(self, *, grace: float) -> None:
        self._grace = grace
        self._groups: set[int] = set()
        self._watcher = self._start_watcher()

    def __enter__(self) -> Leash:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tie(self, group: int) -> None:
        """`group` is the id of its leader, a child that was started in a session of its own."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def tie_me(self) -> None:
        """For `preexec_fn`: tied before its program starts, a child can be missed at no moment."""
        self._tell(f"+{os.getpid()}\n")

    def release(self, group: int) -> None:
        """Say that a group has ended, so that its number may safely belong to somebody else."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def mend(self) -> None:
        """Replace the watcher if somebody has killed it."""
        if self._watcher.poll() is not None:
            os.close(self._pipe)
            self._watcher = self._start_watcher()

    def close(self) -> None:
        """End what is still tied, as if this process had ended, and wait for that."""
        os.close(self._pipe)
        self._watcher.wait()

    def _start_watcher(self) -> subprocess.Popen[bytes]:
        """A watcher that has been told everything before it exists, so that at no moment it knows less."""
        ear, self._pipe = os.pipe()
        for group in self._groups:
            self._tell(f"+{group}\n")
        try:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(self._grace)],
                stdin=ear,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(ear)

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # the watcher is dead; `mend` tells the next one everything
            os.write(self._pipe, line.encode())


def send(group: int, number: signal.Signals) -> bool:
    """Send a signal to every process of a group; False if nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers "not permitted" for a group of zombies
        return False
    return True


def _watch(grace: float) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    _end(groups, grace)


def _end(groups: Iterable[int], grace: float) -> None:
    for leader in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + grace
    left = [group for group in groups if _exists(group)]
    while left and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        left = [group for group in left if _exists(group)]
    for group in left:
        send(group, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


if __name__ == "__main__":
    _watch(float(sys.argv[1]))
