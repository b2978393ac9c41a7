"""Keeps the processes of one service alive together, and ends them together.

Each child leads a session and so a process group of its own:

- Ctrl-C at a terminal goes to the whole foreground group. A child in it would hear that once from the
  terminal and once from here, and a Celery worker takes the second as "drop everything".
- What a dead child has forked can be killed with its group before the child is started again.
- Only the child itself is asked to end. What it has forked is its own affair until it is gone.

The children write to the supervisor's own output. A pipe in between would break when the supervisor is
killed, and its breaking would disturb the orderly end that the children are then asked for.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import FrameType, TracebackType
from typing import Any, NoReturn

from services.cli.leash import Leash, send

# Choices, not findings: quick enough that nobody notices a kill, slow enough not to spin.
FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
SETTLED_AFTER = 10.0
STILLBORN_UNDER = 1.0
TRIES = 5
INSISTING_AFTER = 1.0
ORPHAN_GRACE = 6.0
"""Seconds that orphans have to end by themselves; an idle Celery worker needs up to five."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """`env` is the whole environment of the child; None gives it the supervisor's."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None


class Supervisor:
    """`grace`: seconds between asking the children to end and killing them."""

    def __init__(self, children: Sequence[Child], *, grace: float = 8.0) -> None:
        self._children = tuple(children)
        self._grace = grace

    def run(self) -> int:
        """Keep every child alive until SIGTERM, SIGINT or SIGHUP arrives; call it in the main thread.

        0 after such a signal; one more, a second or more after the first, ends the grace. 1 when a child
        could not be started at all: five times in a row it did not live for a second, and it never had.
        """
        with Leash(grace=ORPHAN_GRACE) as leash, _Signals() as signals:
            lives = [_Life(child, leash) for child in self._children]
            while not signals.asked and not any(life.hopeless for life in lives):
                leash.mend()
                now = time.monotonic()
                signals.wait(
                    min((wait for life in lives if (wait := life.tend(now)) is not None), default=None)
                )
            self._end(lives, signals)
            return 0 if signals.asked else 1

    def _end(self, lives: Sequence[_Life], signals: _Signals) -> None:
        deadline = time.monotonic() + self._grace
        for life in lives:
            life.ask_to_end()
        while sum(life.goes_on() for life in lives) and not signals.insisted:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            signals.wait(left)
        for life in lives:
            life.kill()


def take_over(children: Sequence[Child], *, grace: float = 8.0) -> NoReturn:
    """Become the supervisor of these children, in this very process but rid of all that it has loaded."""
    ear, mouth = os.pipe()
    with os.fdopen(mouth, "w") as letter:  # not on the command line, which everybody may read
        json.dump([asdict(child) for child in children], letter)
    os.dup2(ear, 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "services.cli.supervisor", str(grace)])  # noqa: S606


@dataclass(slots=True)
class Restarts:
    """How long to wait before a child that died is started again, and whether to start it at all."""

    delay: float = FIRST_DELAY
    deaths: int = 0
    has_lived: bool = False

    def after(self, lifetime: float) -> float:
        """Seconds to wait after a life of `lifetime` seconds."""
        if lifetime >= SETTLED_AFTER:
            self.delay = FIRST_DELAY
        self.has_lived = self.has_lived or lifetime >= STILLBORN_UNDER
        self.deaths += 1
        wait, self.delay = self.delay, min(self.delay * 2, LONGEST_DELAY)
        return wait

    @property
    def hopeless(self) -> bool:
        """A child that has once lived is always tried again: what it now lacks may return."""
        return not self.has_lived and self.deaths >= TRIES


class _Life:
    """One child: the process that it is now, or the instant at which it starts again."""

    def __init__(self, child: Child, leash: Leash) -> None:
        self._child = child
        self._leash = leash
        self._restarts = Restarts()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0
        self._ending = False

    @property
    def hopeless(self) -> bool:
        return self._restarts.hopeless

    def tend(self, now: float) -> float | None:
        """Bury and start as needed; seconds until there is something to do, None if a signal will tell."""
        if not self.goes_on() and self._due <= now and not self.hopeless:
            self._start(now)
        if self._process is not None:
            return None
        return 0.0 if self.hopeless else max(0.0, self._due - now)

    def goes_on(self) -> bool:
        """Whether the child is alive. What a dead child has left in its group is killed here, once."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            return True
        send(self._process.pid, signal.SIGKILL)
        self._leash.release(self._process.pid)
        self._process = None
        if not self._ending:
            self._wait_after(f"ended with {code}")
        return False

    def ask_to_end(self) -> None:
        self._ending = True
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        if not self.goes_on() or self._process is None:
            return
        log.warning("%s does not end and is killed", self._child.name)
        send(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._leash.release(self._process.pid)

    def _start(self, now: float) -> None:
        self._started = now
        try:
            self._process = subprocess.Popen(
                self._child.argv,
                env=self._child.env,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=self._leash.tie_me,  # no other thread runs here that could hold a lock
            )
        except OSError as error:
            self._wait_after(f"does not start ({error})")
        else:
            self._leash.tie(self._process.pid)

    def _wait_after(self, what: str) -> None:
        now = time.monotonic()
        lifetime = now - self._started
        self._due = now + self._restarts.after(lifetime)
        log.warning("%s %s after %.1f s", self._child.name, what, lifetime)


class _Signals:
    """Hears requests to end, and wakes `wait` for them and for the death of a child."""

    ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self) -> None:
        self.asked_at: float | None = None
        self.insisted = False
        self._previous: dict[signal.Signals, Any] = {}
        self._ear, self._mouth = socket.socketpair()

    @property
    def asked(self) -> bool:
        return self.asked_at is not None

    def __enter__(self) -> _Signals:
        self._mouth.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        for number in self.ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, and shells for what runs behind them
                self._previous[number] = signal.signal(number, self._hear)
        self._previous[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._ear.close()
        self._mouth.close()

    def wait(self, seconds: float | None) -> None:
        """Until a signal comes, at most so long; None waits for ever. A signal since the last wait counts."""
        if select.select([self._ear], [], [], seconds)[0]:
            self._ear.recv(4096)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        """One request may come as two signals at once, so insisting takes `INSISTING_AFTER` seconds."""
        now = time.monotonic()
        if self.asked_at is None:
            self.asked_at = now
        self.insisted = now - self.asked_at >= INSISTING_AFTER


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    told = [Child(**child) for child in json.load(sys.stdin)]
    sys.exit(Supervisor(told, grace=float(sys.argv[1])).run())
