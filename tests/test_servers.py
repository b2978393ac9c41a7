import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.processes import PORTS, descendants, eventually, free_port, running
from tests.servers import Postgres, Redis, Server


def ask(server: Redis, line: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(line + b"\r\n")
        return connection.recv(4096)


@pytest.mark.parametrize("durable", [False, True])
def test_a_committed_row_survives_kill_and_restart(durable: bool) -> None:
    with Postgres(durable=durable) as server:
        url = server.create("rows")
        with psycopg.connect(url) as connection:
            connection.execute("create table kept (n int)")
            connection.execute("insert into kept values (7)")
        server.restart()
        with psycopg.connect(url) as connection:
            assert connection.execute("select n from kept").fetchall() == [(7,)]
            assert connection.execute("show fsync").fetchone() == ("on" if durable else "off",)


def test_redis_answers_on_the_same_port_after_a_kill_and_has_forgotten_everything() -> None:
    with Redis() as server:
        port = server.port
        ask(server, b"SET key value")
        server.kill()
        with pytest.raises(ConnectionRefusedError):
            ask(server, b"PING")
        server.start()
        assert (server.port, ask(server, b"PING"), ask(server, b"GET key")) == (
            port,
            b"+PONG\r\n",
            b"$-1\r\n",
        )


def test_a_frozen_redis_takes_connections_and_says_nothing_until_it_is_thawed(redis: Redis) -> None:
    redis.freeze()
    try:
        with pytest.raises(TimeoutError):
            ask(redis, b"PING")
    finally:
        redis.thaw()
    assert ask(redis, b"PING") == b"+PONG\r\n"


def test_a_frozen_postgres_is_silent_on_open_connections_too_until_it_is_thawed(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection, ThreadPoolExecutor() as pool:
        postgres.freeze()
        try:
            asked = pool.submit(connection.execute, "select 1")
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.5)
        finally:
            postgres.thaw()
        assert asked.result(timeout=5).fetchone() == (1,)


@pytest.mark.parametrize("make", [Postgres, Redis])
def test_stopping_leaves_no_process_and_no_file(make: Callable[[], Server]) -> None:
    with make() as server:
        family, home = [server.pid, *descendants(server.pid)], server.home
        assert running(family[0])
    assert not any(map(running, family))
    assert not home.exists()


def test_databases_cloned_from_one_template_do_not_see_each_other(postgres: Postgres) -> None:
    with psycopg.connect(postgres.create("pattern")) as connection:
        connection.execute("create table shape (n int)")
    with postgres.clone("pattern") as one, postgres.clone("pattern") as other:
        with psycopg.connect(one) as connection:
            connection.execute("insert into shape values (1)")
        with psycopg.connect(other) as connection:
            assert connection.execute("select count(*) from shape").fetchone() == (0,)


def test_a_killed_test_process_leaves_no_server_behind(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    program = (
        "import json, pathlib, time\n"
        "from tests.processes import descendants\n"
        "from tests.servers import Postgres, Redis\n"
        "with Postgres() as postgres, Redis() as redis:\n"
        "    pids = [postgres.pid, redis.pid, *descendants(postgres.pid)]\n"
        "    homes = [str(postgres.home), str(redis.home)]\n"
        f"    part = pathlib.Path({str(report)!r} + '.part')\n"
        "    part.write_text(json.dumps([pids, homes]))\n"
        f"    part.rename({str(report)!r})\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    try:
        assert eventually(report.exists, within=20)
    finally:
        process.kill()
        process.wait()
    pids, homes = json.loads(report.read_text())
    assert eventually(lambda: not any(map(running, pids)), within=8)
    for home in homes:
        shutil.rmtree(home)


def test_free_ports_are_out_of_the_range_of_outgoing_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert listening.getsockname()[1] not in PORTS
    assert free_port() in PORTS


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]
)
def test_no_test_connects_to_another_machine(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as caller, pytest.raises(RuntimeError, match="not this machine"):
        caller.connect((address, 80))


def test_no_test_asks_the_network_for_a_name() -> None:
    with pytest.raises(RuntimeError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_no_test_sends_a_datagram_to_another_machine() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sender,
        pytest.raises(RuntimeError, match="not this machine"),
    ):
        sender.sendto(b"", ("192.0.2.1", 9))
