import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from services.cli.supervisor import LONGEST_DELAY, Restarts
from tests.processes import descendants, eventually, running

CHILD = """
import os, signal, sys, time
from pathlib import Path

name, place, *habits = sys.argv[1:]
if "forks" in habits and os.fork() == 0:
    name, habits = name + "-child", ["deaf"] if "deaf" in habits else []

def end(number, frame):
    with Path(place, name + ".signals").open("a") as heard:
        heard.write(signal.Signals(number).name + " ")
    if "deaf" not in habits:
        sys.exit(0)

signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
with Path(place, name).open("a") as lives:
    lives.write(str(os.getpid()) + " ")
until = time.monotonic() + 60
while time.monotonic() < until:
    time.sleep(0.02)
"""

PARENT = """
import json, sys
from services.cli.supervisor import Child, Supervisor

children, grace = json.loads(sys.argv[1])
sys.exit(Supervisor([Child(name, argv) for name, argv in children.items()], grace=grace).run())
"""


class Family:
    """A supervisor in a process of its own, and what its children have written down."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.children: dict[str, list[str]] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def add(self, name: str, *habits: str) -> None:
        """`deaf` hears signals and goes on; `forks` has a child that behaves like itself."""
        self.children[name] = [sys.executable, "-c", CHILD, name, str(self.place), *habits]

    def start(self, *, grace: float = 8.0) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-c", PARENT, json.dumps([self.children, grace])]
        with (self.place / "said").open("w") as said:
            self.process = subprocess.Popen(argv, start_new_session=True, stderr=said)
        return self.process

    def lives(self, name: str, count: int = 1, *, within: float = 5.0) -> list[int]:
        """The process ids that `name` has had, once there have been `count` of them."""
        assert eventually(lambda: len(self._words(name)) >= count, within=within), (
            f"{name}: {self._words(name)}"
        )
        return [int(word) for word in self._words(name)]

    def heard(self, name: str) -> list[str]:
        return self._words(f"{name}.signals")

    def everyone(self) -> list[int]:
        assert self.process is not None
        return [self.process.pid, *descendants(self.process.pid)]

    def _words(self, file: str) -> list[str]:
        path = self.place / file
        return path.read_text().split() if path.exists() else []


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path)
    yield family
    if family.process is not None:
        for pid in family.everyone() if family.process.poll() is None else []:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        family.process.wait()


def test_a_killed_child_is_started_again_and_its_own_children_do_not_outlive_it(family: Family) -> None:
    family.add("worker", "forks", "deaf")
    family.start()
    (worker,), (grandchild,) = family.lives("worker"), family.lives("worker-child")
    os.kill(worker, signal.SIGKILL)
    assert len(family.lives("worker", 2, within=2)) == 2
    assert eventually(lambda: not running(grandchild), within=1)


def test_a_child_that_ends_by_itself_is_started_again(family: Family) -> None:
    family.add("relay")
    family.start()
    os.kill(family.lives("relay")[0], signal.SIGTERM)
    assert len(family.lives("relay", 2, within=2)) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_children_in_order(family: Family, number: signal.Signals) -> None:
    for name in ("api", "relay", "worker"):
        family.add(name)
    process = family.start()
    pids = [family.lives(name)[0] for name in family.children]
    process.send_signal(number)
    assert process.wait(5) == 0
    assert not any(map(running, pids))
    assert [family.heard(name) for name in family.children] == [["SIGTERM"]] * 3


def test_ctrl_c_at_a_terminal_reaches_a_child_once(family: Family) -> None:
    family.add("worker", "deaf")
    process = family.start(grace=0.5)
    family.lives("worker")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(5) == 0
    assert family.heard("worker") == ["SIGTERM"]


def test_a_child_that_does_not_end_is_killed_after_the_grace_with_all_it_has_forked(family: Family) -> None:
    family.add("worker", "forks", "deaf")
    family.add("api")
    process = family.start(grace=1.0)
    family.lives("worker-child")
    family.lives("api")
    everyone = family.everyone()
    began = time.monotonic()
    process.terminate()
    assert process.wait(5) == 0
    assert 1.0 <= time.monotonic() - began < 2.0
    assert eventually(lambda: not any(map(running, everyone)), within=1)


def test_a_second_request_ends_the_grace_but_not_when_both_come_as_one(family: Family) -> None:
    family.add("worker", "deaf")
    process = family.start(grace=30.0)
    family.lives("worker")
    process.terminate()
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.2)
    process.terminate()
    assert process.wait(2) == 0


def test_nothing_outlives_a_killed_supervisor_and_what_can_end_in_order_does(family: Family) -> None:
    family.add("api")
    family.add("relay", "deaf")
    family.add("worker", "forks", "deaf")
    family.add("frozen")
    process = family.start()
    pids = [family.lives(name)[0] for name in (*family.children, "worker-child")]
    everyone = family.everyone()
    assert set(pids) < set(everyone)
    os.kill(family.lives("frozen")[0], signal.SIGSTOP)
    process.kill()
    assert eventually(lambda: not running(pids[0]), within=1)
    assert family.heard("api") == ["SIGTERM"]
    assert eventually(lambda: not any(map(running, everyone)), within=8)


def test_nothing_outlives_the_supervisor_even_if_its_watcher_was_killed_before(family: Family) -> None:
    family.add("worker", "deaf")
    process = family.start()
    (worker,) = family.lives("worker")
    (watcher,) = [pid for pid in descendants(process.pid) if pid != worker]
    os.kill(watcher, signal.SIGKILL)
    assert eventually(lambda: len({*descendants(process.pid)} - {watcher}) == 2, within=2)
    process.kill()
    assert eventually(lambda: not running(worker), within=8)


@pytest.mark.parametrize("argv", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit(3)"]])
def test_a_child_that_cannot_be_started_ends_the_service_after_five_tries(
    family: Family, argv: list[str]
) -> None:
    family.add("api")
    family.children["worker"] = argv
    process = family.start()
    (api,) = family.lives("api")
    began = time.monotonic()
    assert process.wait(10) == 1
    assert 2.5 < time.monotonic() - began < 5.0
    assert (family.place / "said").read_text().count("worker ") == 5
    assert not running(api)


def test_taking_over_turns_the_process_itself_into_the_supervisor(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from services.cli.supervisor import Child, take_over\n"
        "child = [sys.executable, '-c', 'import os, time; print(os.environ, flush=True); time.sleep(60)']\n"
        "take_over([Child('api', child, {'ONLY': 'this'})])\n"
    )
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen([sys.executable, "-c", program], stdout=said, start_new_session=True)
    try:
        assert eventually(lambda: "'ONLY': 'this'" in (tmp_path / "said").read_text(), within=5)
        assert "HOME" not in (tmp_path / "said").read_text()
        assert len(descendants(process.pid)) == 2
    finally:
        process.terminate()
    assert process.wait(5) == 0


def test_waits_double_up_to_five_seconds_and_begin_anew_after_a_long_life() -> None:
    restarts = Restarts()
    waits = [restarts.after(lifetime) for lifetime in (0.1, 9.9, 0.1, 0.1, 0.1, 0.1, 0.1, 10.0, 0.1)]
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, LONGEST_DELAY, LONGEST_DELAY, 0.2, 0.4]


@pytest.mark.parametrize(
    ("lifetimes", "hopeless"),
    [((0.9,) * 4, False), ((0.9,) * 5, True), ((1.0,) + (0.1,) * 20, False), ((0.1,) * 4 + (1.0,), False)],
)
def test_only_a_child_that_never_lived_a_second_is_given_up(
    lifetimes: tuple[float, ...], hopeless: bool
) -> None:
    restarts = Restarts()
    for lifetime in lifetimes:
        restarts.after(lifetime)
    assert restarts.hopeless is hopeless
