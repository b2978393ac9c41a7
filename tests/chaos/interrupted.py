"""One run in which the API dies under every act, between commit and reply, and every act is asked for again.

Each client has an API process of its own that dies. What was cut off they send again to any process.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx

from services.core.work import Edge
from tests.chaos import counting
from tests.chaos.acts import Act, Desk, Official, Told, Verb
from tests.chaos.clients import PATIENCE_SECONDS, Done, Refused, attempt, connected, given_up
from tests.chaos.counting import Records
from tests.chaos.household import START_SECONDS, Household
from tests.chaos.orders import Orders
from tests.chaos.storm import Database
from tests.processes import eventually
from tests.servers import Postgres

MIX: Mapping[Verb, float] = {
    "publish": 6,
    "amend": 4,
    "withdraw": 2,
    "end": 2,
    "submit": 4,
    "approve": 6,
    "report": 5,
}
GUARDED_BY_KEY: Mapping[Verb, float] = {verb: MIX[verb] for verb in ("publish", "submit", "report")}
"""Nothing but their key keeps these from being done twice; the others name what they have read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The same seed gives the same acts. `careless` more are done by a client who makes a new key for each
    attempt."""

    database: Database
    crashes: int
    seed: int
    clients: int = 4
    careless: int = 8

    @property
    def colleagues_from(self) -> int:
        """The first colleague among the officials, who belong to the two sides in turn: an even number."""
        return self.clients + self.clients % 2

    @property
    def shares(self) -> list[int]:
        """How many acts each client does."""
        return [len(range(number, self.crashes, self.clients)) for number in range(self.clients)]


@dataclass(frozen=True, slots=True)
class Death:
    """A process that ended itself between commit and reply, and what the database then had of the act."""

    pid: int
    address: str
    committed: Told | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An act that was acknowledged in the end; no `death` if nobody died for it as ordered."""

    done: Done
    death: Death | None
    repeated: bool
    """Whether the reply said that it had been done before."""

    def hit(self, ended: Mapping[int, int]) -> bool:
        """Whether its process killed itself, and the act was in the database by then. `ended`: exit codes by
        process."""
        return (
            self.death is not None
            and self.death.committed is not None
            and ended.get(self.death.pid) == -signal.SIGKILL
        )

    @property
    def replayed(self) -> bool:
        """Whether the reply told what had been committed, and that nothing was done now."""
        told = Told(self.done.subject, self.done.revision)
        return self.repeated and self.death is not None and self.death.committed == told


@dataclass
class Persistent:
    """A client whose process dies under each of its acts."""

    name: str
    desk: Desk
    own: str
    addresses: Sequence[str]
    way: Random
    orders: Orders
    edge: Edge
    keyed: bool = True
    found: list[Interrupted] = field(default_factory=list)
    failure: str | None = None

    def run(self, acts: int) -> None:
        with connected() as http:
            for number in range(acts):
                try:
                    self.found.append(self._interrupted(http, self.desk.draw(f"{self.name} act {number}")))
                except Refused as refused:
                    self.failure = str(refused)
                    return

    def _interrupted(self, http: httpx.Client, act: Act) -> Interrupted:
        asked_at, address, death, sent = time.monotonic(), self.own, None, act
        self.orders.place(act.key)
        for attempts in count(1):
            reply = attempt(http, sent.request(http, address))
            if reply is not None:
                told = act.told(reply)
                self.desk.note(act, told)
                return Interrupted(Done.now(act, told, address, asked_at, attempts), death, told.repeated)
            if time.monotonic() - asked_at > PATIENCE_SECONDS:
                break
            death = death or self._death(act)
            if death is not None:
                address = self.way.choice(self.addresses)
                if not self.keyed:
                    sent = replace(act, key=f"{act.key}, attempt {attempts + 1}")
        raise given_up(act)

    def _death(self, act: Act) -> Death | None:
        pid = self.orders.taken(act.key)
        if pid is None:
            return None
        with self.edge.reading() as session:
            return Death(pid, self.own, counting.recorded(session, act))


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Every list of sentences names what is wrong."""

    plan: Plan
    acts: Sequence[Interrupted]
    hit: Sequence[Interrupted]
    """The acts that were in the database when their process had just ended itself."""
    other_deaths: Sequence[str]
    lost: Sequence[str]
    duplicates: Sequence[str]
    ledger: Sequence[str]
    careless: int
    """Acts that were hit in the same way and asked for again under other keys."""
    said_again: int
    """Records of these that say what another one says."""
    seconds: float

    @property
    def faults(self) -> dict[str, Sequence[str]]:
        """By what went wrong; all of them must be empty."""
        return {
            "duplicates": self.duplicates,
            "lost": self.lost,
            "ledger": self.ledger,
            "other_deaths": self.other_deaths,
        }


def run(plan: Plan) -> Report:
    """Everything it starts is gone afterwards."""
    with (
        TemporaryDirectory(prefix="otkel-crashing-", ignore_cleanup_errors=True) as home,
        ExitStack() as stack,
    ):
        url = stack.enter_context(Postgres(durable=True)).url if plan.database == "postgresql" else None
        house = Household(
            Path(home), database_url=url, apis=plan.clients, api="tests.chaos.dying", workers=()
        )
        officials = [Official(*known) for known in house.furnish(plan.colleagues_from + plan.clients)]
        edge = stack.enter_context(house.edge())
        stack.enter_context(house)
        clients, began = _clients(plan, house, officials, edge), time.monotonic()
        with ThreadPoolExecutor(plan.clients) as pool:
            list(pool.map(Persistent.run, clients, plan.shares))
        seconds, records = time.monotonic() - began, _recorded(edge)
        careless = _careless(plan, clients[0])
        careless.run(plan.careless)
        if not eventually(lambda: all(api.serves for api in house.apis), within=START_SECONDS):
            raise RuntimeError(f"not everybody was started again; they say:\n{house.said()}")
        ended = Orders.beside(house.settings).ended()
        return _report(plan, clients, careless, records, counting.said_again(_recorded(edge)), ended, seconds)


def _clients(plan: Plan, house: Household, officials: Sequence[Official], edge: Edge) -> Sequence[Persistent]:
    return [
        Persistent(
            name=f"client {number}",
            desk=Desk(official, MIX, Random(f"client {number} {plan.seed}"), colleague),
            own=own,
            addresses=house.addresses,
            way=Random(f"way {number} {plan.seed}"),
            orders=Orders.beside(house.settings),
            edge=edge,
        )
        for number, (own, official, colleague) in enumerate(
            zip(house.addresses, officials, officials[plan.colleagues_from :], strict=False)
        )
    ]


def _careless(plan: Plan, client: Persistent) -> Persistent:
    desk = Desk(client.desk.official, GUARDED_BY_KEY, Random(f"careless {plan.seed}"))
    return replace(client, name="careless client", desk=desk, keyed=False, found=[])


def _recorded(edge: Edge) -> Records:
    with edge.reading() as session:
        return counting.read(session)


def _report(
    plan: Plan,
    clients: Sequence[Persistent],
    careless: Persistent,
    records: Records,
    said_again: int,
    ended: Mapping[int, int],
    seconds: float,
) -> Report:
    acts = [one for client in clients for one in client.found]
    done = [one.done for one in acts]
    expected = {one.death.pid for one in (*acts, *careless.found) if one.death}
    refused = [client.failure for client in (*clients, careless) if client.failure]
    return Report(
        plan=plan,
        acts=acts,
        hit=[one for one in acts if one.hit(ended)],
        other_deaths=[f"{pid}: exit code {code}" for pid, code in ended.items() if pid not in expected],
        lost=[*counting.lost(done, records), *refused],
        duplicates=counting.duplicates(done, records),
        ledger=records.faults,
        careless=sum(one.hit(ended) for one in careless.found),
        said_again=said_again,
        seconds=seconds,
    )
