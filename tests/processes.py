"""What the tests need to know about processes and ports."""

import random
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

PORTS = range(15_000, 32_000)
"""Below the ports that systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): a client
that keeps trying a dead port within that range may be given the very same port and so talk to itself."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def descendants(pid: int) -> list[int]:
    """Children, grandchildren and so on, at this moment."""
    children = defaultdict(list)
    for child, (parent, _state) in _processes().items():
        children[parent].append(child)
    found: list[int] = []
    queue = [pid]
    while queue:
        found += (queue := [child for parent in queue for child in children[parent]])
    return found


def running(pid: int) -> bool:
    """Whether the process does anything still; a dead one that nobody has buried does not."""
    _parent, state = _processes().get(pid, (0, "Z"))
    return state not in "ZX"


def eventually(condition: Callable[[], bool], *, within: float) -> bool:
    """Whether the condition comes true within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and state letter of every process; from `ps` where there is no /proc."""
    if not Path("/proc/self/stat").exists():
        table = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,state="], check=True, capture_output=True, text=True
        )
        rows = (line.split() for line in table.stdout.splitlines())
        return {int(pid): (int(parent), state[0]) for pid, parent, state in rows}
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has ended since
            continue
        found[int(stat.parent.name)] = (int(parent), state)
    return found
