import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from services.cli.main import app
from services.core.database import ROOT
from services.core.settings import Settings

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "docker-compose.yml").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def blocks(text: str, *, indent: int) -> dict[str, str]:
    """The text under each key that stands `indent` spaces in."""
    pieces = re.split(rf"^ {{{indent}}}([\w-]+):(?: [&{{].*)?\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


TOP = blocks(COMPOSE, indent=0)
SERVICES = {
    name: block.replace("<<: *otkel\n", f"<<: *otkel\n{TOP['x-otkel']}")
    for name, block in blocks(TOP["services"], indent=2).items()
}


def commands_in_compose() -> list[list[str]]:
    """Every `otkel …` that a service runs, be it to serve, to migrate or to say that it is alive."""
    found = []
    for line in re.findall(r"^ +(?:command|test): (\[.*\])$", COMPOSE, flags=re.MULTILINE):
        argv = [word for word in json.loads(line) if word != "CMD"]
        if argv[:2] == ["sh", "-c"]:
            found += [shlex.split(part) for part in argv[2].split("&&")]
        else:
            found.append(argv)
    return [argv for argv in found if argv[0] == "otkel"]


def commands_in_manual() -> list[list[str]]:
    """Every `otkel …` that a reader of the deployment's README is told to run."""
    lines = re.findall(r"docker compose exec \w+ (otkel .*)", (DEPLOY / "README.md").read_text())
    return [shlex.split(line, comments=True) for line in lines]


def accepts(argv: list[str]) -> None:
    """Read a command line as the `otkel` command would, without running it."""
    name, *words = argv
    command = get_command(app)
    while isinstance(command, TyperGroup):
        context = typer.Context(command, info_name=name)
        name = words.pop(0)
        inner = command.get_command(context, name)
        assert inner is not None, f"otkel has no command {name}"
        command = inner
    command.make_context(name, words).close()


def test_the_processes_of_the_service_are_all_there() -> None:
    assert [" ".join(argv[:3]) for argv in commands_in_compose()] == [
        "otkel migrate",
        "otkel load",
        "otkel serve api",
        "otkel serve relay",
        "otkel check relay",
        "otkel serve worker",
        "otkel check worker",
    ]


@pytest.mark.parametrize("argv", [*commands_in_compose(), *commands_in_manual()], ids=" ".join)
def test_every_command_is_one_that_otkel_accepts(argv: list[str]) -> None:
    accepts(argv)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("otkel serve nothing", "no command nothing"),
        ("otkel serve api --prot 1", "No such option: --prot"),
        ("otkel serve api --port http", "valid integer"),
        ("otkel migrate more", "unexpected extra argument"),
    ],
)
def test_other_commands_would_be_noticed(line: str, fault: str) -> None:
    with pytest.raises(Exception, match=fault):
        accepts(line.split())


@pytest.mark.parametrize("file", sorted(path.name for path in DEPLOY.iterdir() if path.is_file()))
def test_every_variable_is_a_setting(file: str) -> None:
    known = {f"OTKEL_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"OTKEL_\w+", (DEPLOY / file).read_text())) <= known


def test_all_that_differs_is_asked_for_and_no_secret_is_given_away() -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / ".env.example").read_text(), flags=re.MULTILINE))
    asked_for = re.findall(r"\$\{(\w+)(:\?)?", COMPOSE)
    assert {name for name, _ in asked_for} == set(example)
    assert all(required for _, required in asked_for)
    assert example.pop("CONSOLE_ORIGIN") == "http://localhost:8000"
    assert all(value.startswith("replace-me") for value in example.values())
    assert ".env" in (DEPLOY / ".gitignore").read_text().split()


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_confined(name: str) -> None:
    service = SERVICES[name]
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert line in service
    for limit in ("mem_limit", "pids_limit", "restart"):
        assert re.search(rf"^ +{limit}: \S", service, flags=re.MULTILINE), limit
    users = re.findall(r'user: "(\d+):\d+"', service)
    assert len(users) == 1
    assert int(users[0]) > 0


@pytest.mark.parametrize("name", SERVICES)
def test_every_lasting_container_says_whether_it_is_healthy(name: str) -> None:
    assert ("healthcheck:" in SERVICES[name]) == (name != "migrate")


def test_nothing_but_the_api_is_published_and_that_only_to_this_machine() -> None:
    published = {name: re.findall(r'ports:\n +- "(.*)"', service) for name, service in SERVICES.items()}
    assert {name: ports for name, ports in published.items() if ports} == {"api": ["127.0.0.1:8000:8000"]}
    assert COMPOSE.count("ports:") == 1
    assert "network_mode" not in COMPOSE


@pytest.mark.parametrize(("store", "network"), [("postgres", "database"), ("redis", "queue")])
def test_stores_are_on_networks_that_lead_nowhere(store: str, network: str) -> None:
    assert f"networks: [{network}]" in SERVICES[store]
    assert blocks(TOP["networks"], indent=2)[network].strip() == "internal: true"


def test_redis_refuses_rather_than_forgets() -> None:
    assert '"--maxmemory-policy", "noeviction"' in SERVICES["redis"]


def test_every_image_is_named_by_a_release() -> None:
    images = re.findall(r"^ +image: (\S+)", COMPOSE, flags=re.MULTILINE)
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert {image for image in images if image != "otkel:local"} | set(bases) == {
        "postgres:17-alpine",
        "redis:7-alpine",
        "python:3.13-slim",
    }


def test_the_image_is_made_of_files_that_exist_and_that_the_builder_is_given() -> None:
    given = re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), flags=re.MULTILINE)
    copied = [
        source
        for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, flags=re.MULTILINE)
        for source in sources.split()
    ]
    assert sorted(given) == sorted(copied)
    assert all(Path(ROOT, source).exists() for source in copied)


def test_the_image_takes_only_locked_packages_and_names_no_place_to_get_them() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if " install " in line and "pip" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert not re.search(r"://|index-url|find-links|apt-get|apk add", DOCKERFILE)
