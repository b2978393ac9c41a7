"""One storm: officials at work, processes killed, then quiet, then the count."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from services.core import outbox
from services.core.board import position
from tests.chaos import counting
from tests.chaos.acts import Desk, Official, Verb
from tests.chaos.clients import Client, Done
from tests.chaos.counting import Records
from tests.chaos.household import Household, Member, ServerVictim, Victim
from tests.chaos.probing import AdvisoryWatch, Prober, Seen, newest_known
from tests.processes import eventually
from tests.servers import Postgres, Redis

Database: TypeAlias = Literal["postgresql", "sqlite"]
DATABASES: tuple[Database, ...] = ("postgresql", "sqlite")

MIX: Mapping[Verb, float] = {"publish": 5, "amend": 2, "withdraw": 1, "report": 2}

GAP_SECONDS = (1.0, 3.0)
"""Between one kill and the next."""
QUIET_SECONDS = 60.0
VISIBLE_SECONDS = 1.0
"""How soon an acknowledged notice must be in every process, if neither that nor the database was down."""
VISIBLE_AFTER_CRASH_SECONDS = 10.0
"""How soon otherwise: nobody can read from a database that is down, and a process that starts anew on a
machine where others start too takes seconds. No answer on the border may be older than this."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens in a storm; the same seed gives the same acts and the same kills."""

    database: Database
    posts: int
    kills: int
    seed: int
    clients: int = 4

    @property
    def gaps(self) -> list[float]:
        rng = Random(f"gaps {self.seed}")
        return [rng.uniform(*GAP_SECONDS) for _ in range(self.kills)]

    def schedules(self) -> list[list[float]]:
        """When each client acts: evenly at random until the last kill and a moment longer."""
        rng, length = Random(f"acts {self.seed}"), sum(self.gaps) + 1.0
        shares = [len(range(number, self.posts, self.clients)) for number in range(self.clients)]
        return [sorted(rng.uniform(0, length) for _ in range(share)) for share in shares]


@dataclass(frozen=True, slots=True)
class Kill:
    victim: str
    at: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Every list names what is wrong; times are seconds."""

    plan: Plan
    done: Sequence[Done]
    kills: Sequence[Kill]
    refused: Sequence[str]
    lost: Sequence[str]
    duplicates: Sequence[str]
    missing: Sequence[str]
    ledger: Sequence[str]
    unseen: Sequence[str]
    failed_reads: Sequence[str]
    seen: Sequence[Seen]
    lags: Sequence[float]

    @property
    def faults(self) -> dict[str, Sequence[str]]:
        """By what went wrong; all of them must be empty."""
        return {
            "lost": [*self.lost, *self.refused],
            "duplicates": self.duplicates,
            "missing": self.missing,
            "ledger": self.ledger,
            "unseen": self.unseen,
            "failed_reads": self.failed_reads,
        }

    @property
    def killed(self) -> Counter[str]:
        return Counter(kill.victim for kill in self.kills)

    @property
    def visible(self) -> list[float]:
        """Until seen by a process while nothing that it needs was down, shortest first."""
        return sorted(one.seconds for one in self.seen if not one.disturbed)

    @property
    def visible_after_crash(self) -> list[float]:
        return sorted(one.seconds for one in self.seen if one.disturbed)

    @property
    def outages(self) -> list[float]:
        """From the first attempt to the acknowledgement, shortest first."""
        return sorted(done.acknowledged_at - done.asked_at for done in self.done)


def run(plan: Plan) -> Report:
    """Have the storm. Everything it starts is gone afterwards."""
    with TemporaryDirectory(prefix="otkel-chaos-", ignore_cleanup_errors=True) as home, ExitStack() as stack:
        servers = _servers(plan, stack)
        urls = {server.name: server.server.url for server in servers}
        house = Household(Path(home), database_url=urls.get("postgres"), redis_url=urls.get("redis"))
        officials = [Official(*known) for known in house.furnish(plan.clients)]
        edge = stack.enter_context(house.edge())
        stack.enter_context(house)
        databases = [server for server in servers if server.name == "postgres"]
        prober, watch = Prober(house.apis, databases), AdvisoryWatch(edge)
        clients = _clients(plan, officials, house.addresses, prober.tell)
        with _in_background(prober.run, watch.run):
            kills = _storm(plan, clients, [*house.members, *servers])
            done = [done for client in clients for done in client.done]
            eventually(lambda: _quiet(house, watch) and prober.idle, within=QUIET_SECONDS)
        with edge.reading() as session:
            records = counting.read(session)
        return _report(plan, clients, done, kills, records, prober, watch, house.apis)


def _servers(plan: Plan, stack: ExitStack) -> list[ServerVictim]:
    if plan.database == "sqlite":
        return []
    return [
        ServerVictim("postgres", stack.enter_context(Postgres(durable=True))),
        ServerVictim("redis", stack.enter_context(Redis())),
    ]


def _clients(
    plan: Plan, officials: Sequence[Official], addresses: Sequence[str], tell: Callable[[Done], None]
) -> list[Client]:
    return [
        Client(
            name=f"client {number}",
            desk=Desk(official, MIX, Random(f"client {number} {plan.seed}")),
            addresses=addresses,
            schedule=schedule,
            way=Random(f"way {number} {plan.seed}"),
            tell=tell,
        )
        for number, (official, schedule) in enumerate(zip(officials, plan.schedules(), strict=True))
    ]


def _storm(plan: Plan, clients: Sequence[Client], victims: Sequence[Victim]) -> list[Kill]:
    began, stop = time.monotonic(), threading.Event()
    kills: list[Kill] = []
    working = [threading.Thread(target=client.run, args=(began, stop), daemon=True) for client in clients]
    for thread in working:
        thread.start()
    rng = Random(f"victims {plan.seed}")
    try:
        for gap in plan.gaps:
            time.sleep(gap)
            victim, at = _kind(rng, victims), time.monotonic()
            if not eventually(victim.kill, within=30):
                raise RuntimeError(f"{victim.name} does not come back")
            kills.append(Kill(victim.name, at))
        for thread in working:
            thread.join()
    finally:
        stop.set()
    return kills


def _kind(rng: Random, victims: Sequence[Victim]) -> Victim:
    """One of a random kind: the API counts as one, however many processes it has."""
    kind = rng.choice(sorted({victim.name.partition("-")[0] for victim in victims}))
    return rng.choice([victim for victim in victims if victim.name.startswith(kind)])


@contextmanager
def _in_background(*loops: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _quiet(house: Household, watch: AdvisoryWatch) -> bool:
    """Everybody is up, no promise waits, and the newest run knows the whole ledger."""
    if not all(member.serves for member in house.members):
        return False
    with watch.edge.reading() as session:
        waiting = [row for row in outbox.pending(session) if row.dedupe_key is None]
        return not waiting and newest_known(session) >= position(session).ledger_seq


def _report(
    plan: Plan,
    clients: Sequence[Client],
    done: Sequence[Done],
    kills: Sequence[Kill],
    records: Records,
    prober: Prober,
    watch: AdvisoryWatch,
    apis: Sequence[Member],
) -> Report:
    backward = [f"{watch.steps_back} times a newer run knew less"] if watch.steps_back else []
    return Report(
        plan=plan,
        done=done,
        kills=kills,
        refused=[client.failure for client in clients if client.failure],
        lost=counting.lost(done, records),
        duplicates=counting.duplicates(done, records),
        missing=[*counting.missing(done, records), *backward],
        ledger=records.faults,
        unseen=counting.unseen(done, apis),
        failed_reads=prober.failed_reads,
        seen=prober.seen,
        lags=sorted(watch.lag(one, records.seqs.get((one.subject, one.revision), 0)) for one in done),
    )
