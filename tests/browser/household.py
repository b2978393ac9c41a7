"""The service as a stranger starts it, with a console that a browser on this machine can open."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.core import access, notices
from services.core.access import Role
from services.core.crossings import Side
from services.core.notices import NoticeRevision
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge
from tests.processes import descendants, eventually, free_port

STARTS_WITHIN = 90


@dataclass(frozen=True)
class House:
    origin: str
    edge: Edge
    process: subprocess.Popen[bytes]

    def invite(self, name: str, country: Side = Side.UZ, roles: tuple[Role, ...] = tuple(Role)) -> str:
        """The link for somebody new."""
        with self.edge.work() as work:
            official = access.add_official(
                work, name=name, authority="State Customs Committee", country=country, roles=roles
            )
            token = access.invitations.invite(work, official, actor="system")
        return f"{self.origin}/console/welcome#{token}"

    def sign_out(self, name: str) -> None:
        """Wherever they are signed in, as a session ends by itself."""
        with self.edge.work() as work:
            access.sessions.end_all(work, access.named(work, name).id)

    def told(self, headline: str) -> list[NoticeRevision]:
        """Every revision with this headline."""
        with self.edge.reading() as session:
            rows = notices.revisions(session)
        return [row for row in rows if any(text.headline == headline for text in row.document.texts.values())]

    def page(self, path: str) -> str:
        """What a traveller's browser is sent."""
        return httpx.get(f"{self.origin}{path}", timeout=5, trust_env=False).text

    def kill_api(self) -> None:
        """SIGKILL the process that serves, which its supervisor will start again."""
        for pid in descendants(self.process.pid):
            argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"services.api" in argv:
                os.kill(pid, signal.SIGKILL)


@contextmanager
def house(data: Path) -> Iterator[House]:
    port = free_port()
    origin = f"http://localhost:{port}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("OTKEL_")}
    argv = [sys.executable, "-m", "services.cli", "up", "--port", str(port), "--data", str(data)]
    with (data.parent / "log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log, start_new_session=True)
    settings = Settings(data_dir=data)
    edge = Edge.to(settings.database, keys=Keyring(settings.keys_folder))
    try:
        if not eventually(lambda: _ready(origin), within=STARTS_WITHIN):
            raise RuntimeError(f"the service does not start: {(data.parent / 'log').read_text()[-2000:]}")
        yield House(origin, edge, process)
    finally:
        edge.close()
        process.terminate()
        process.wait(timeout=30)


def _ready(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/readyz", timeout=1, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def section(markup: str, heading: str) -> str:
    """The part of a page under one heading; empty where there is none."""
    parts = re.split(r"<h2[^>]*>", markup)
    return next((part for part in parts if part.startswith(heading)), "")
