"""What holds for every page of the console, as it does for those of the travellers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from services.api import console as package
from services.api.console.words import CONSOLE, OFFICIALS
from services.api.pages import words as travellers
from services.core.access import Role
from services.core.advisories import Level
from services.core.crossings import Goods
from services.core.notices import End, State, What, Wide
from services.core.previews import Severity
from services.core.text import Language
from tests.api.service import Service
from tests.console.desk import EVERYWHERE, Desk, a_form, draft_of, notice_of
from tests.makers import ALFA
from tests.pages import test_every_page as every
from tests.pages.reading import Element, page

HERE = Path(package.__file__).parent
TEMPLATES = sorted((HERE / "templates" / "console").iterdir())

CHECKS: list[Callable[[Element], None]] = [
    every.test_only_sources_lead_elsewhere,
    every.test_every_control_has_a_label,
    every.test_every_name_on_a_page_is_of_one_thing,
    every.test_what_refers_to_something_on_the_page_finds_it,
    every.test_headings_go_down_by_one,
    every.test_a_page_has_a_language_a_title_and_a_main_part,
    every.test_no_style_or_script_stands_in_the_page,
    every.test_pictures_are_named_or_hidden,
]


on_one_database = pytest.mark.parametrize("console", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def pages(console: Service) -> dict[str, Element]:
    """Every page of the console, in its fullest state."""
    from tests.console.desk import at_the_desk

    aziza, jasur = at_the_desk(console, "Every page"), at_the_desk(console, "Every other page")
    notice = notice_of(aziza.publish(a_form()))
    waiting = draft_of(aziza.submit(a_form(**EVERYWHERE)))
    draft, _ = aziza.draft(a_form(**{"source.0.title": "The gazette", "source.0.confidence": "A"}))
    half, _ = aziza.draft({"effect.0.what": "hours"})
    aziza.post("/officials/proposals", what="renew", official="Every other page")
    fields = {"crossing": ALFA, "lane": "to-kz/truck", "visit": "v", "kind": "not-moving"}
    aziza.post("/report", fields)
    shown = {
        "today": aziza.page(),
        "waiting": jasur.page(),
        "new": aziza.page("/drafts/new"),
        "draft": aziza.page(f"/drafts/{draft}"),
        "faults": aziza.page(f"/drafts/{half}", check="true"),
        "preview": aziza.page(f"/drafts/{draft}/preview"),
        "to approve": jasur.page(f"/drafts/{waiting}/preview"),
        "effects": aziza.page(f"/drafts/{draft}/effects"),
        "notices": aziza.page("/notices"),
        "notice": aziza.page(f"/notices/{notice}", done="published"),
        "report": aziza.page("/report", crossing=ALFA, thanks="count"),
        "which crossing": aziza.page("/report"),
        "audit": aziza.page("/audit"),
        "officials": aziza.page("/officials"),
        "to grant": jasur.page("/officials"),
        "me": aziza.page("/me"),
        "sign in": page(console.get("/console/sign-in")),
        "welcome": page(console.get("/console/welcome")),
        "password": page(aziza.send("/me/password/begin", {})),
        "practice": Desk(console, aziza.official, aziza.token, base="/console/practice").page("/drafts/new"),
        "failure": page(aziza.get("/notices/nowhere"), 404),
    }
    with console.edge.work() as work:
        from services.core import access

        asked = access.proposals.pending(work, "uz")[-1]
        jasur_is = access.sessions.resume(work, jasur.token)
        access.proposals.decide(work, jasur_is, asked.id, grant=False)
    return shown


@on_one_database
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("test_"))
def test_on_every_page(pages: dict[str, Element], check: Callable[[Element], None]) -> None:
    for name, shown in pages.items():
        if name == "password":
            shown.one("p", cls="qr").children.clear()  # an address for telephones, and its picture
        try:
            check(shown)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


@on_one_database
def test_a_browser_is_told_to_load_nothing_of_others_and_to_keep_nothing(aziza: Desk) -> None:
    headers = aziza.get().headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert {policy[rule] for rule in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
    assert headers["cache-control"] == "no-store"


@on_one_database
def test_every_form_that_changes_something_is_a_post_to_the_console(pages: dict[str, Element]) -> None:
    for shown in pages.values():
        for form in shown.all("form"):
            assert form["action"].startswith("/console")
            assert form["method"] == "post" or form["action"].endswith("/audit")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_sentences(file: Path) -> None:
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", file.read_text("utf-8"), flags=re.DOTALL)
    left = re.sub(r'[\w-]+="[^"]*"', "", re.sub(r"<[^>]*>", " ", text))
    assert not re.search(r"[^\W\d_]", left), left.split()


def used_keys() -> set[str]:
    """Keys that the templates and the code of the console name, and beginnings of those they put together."""
    files = [*TEMPLATES, *HERE.glob("*.py")]
    text = "".join(file.read_text("utf-8") for file in files if file.name != "words.py")
    return set(re.findall(r"""["']([a-z]+(?:[.-][\w/-]*)*\.?)(?:\{|["'])""", text))


def test_every_word_is_used_and_none_is_said_twice() -> None:
    used = used_keys()
    beginnings = tuple(key for key in used if key.endswith("."))
    assert [key for key in OFFICIALS if key not in used and not key.startswith(beginnings)] == []
    assert OFFICIALS.keys() & travellers.ENGLISH.keys() == set()


def test_every_word_of_the_domain_has_its_words() -> None:
    needed = [f"what.tile.{one}" for one in What] + [f"end.{one}" for one in End]
    needed += [f"wide.{one}" for one in Wide] + [f"finding.{one}" for one in Severity]
    needed += [f"role.{one}" for one in Role] + [f"level.{one}" for one in Level]
    needed += [f"language.{one}" for one in Language] + [f"goods.{one}" for one in Goods]
    told = (State.PUBLISHED, State.AMENDED, State.WITHDRAWN, State.ENDED)
    needed += [f"{kind}.{one}" for kind in ("kind", "notice.done") for one in told]
    assert [key for key in needed if key not in CONSOLE] == []


def colour(name: str, rule: str) -> str:
    """A colour that the console's sheet gives: of a property in the rule of a selector."""
    sheet = (Path(travellers.__file__).parent / "static" / "console.css").read_text("utf-8")
    (body,) = re.findall(re.escape(rule) + r" \{([^}]*)\}", sheet)[:1]
    (found,) = re.findall(rf"{name}: (#[0-9a-f]{{3,6}})", body)[:1]
    return found if len(found) == 7 else "#" + "".join(letter * 2 for letter in found[1:])


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (colour("color", ".practice"), "#ffcf3f"),
        (colour("color", ".practice"), "#fff1bf"),
        (colour("color", ".practice b"), colour("background", ".practice b")),
        ("#fbf5e6", colour("background", ".console .top")),
        ("#fbf5e6", colour("background", ".practising .top")),
        (colour("color", ".go.danger"), colour("background", ".go.danger")),
    ],
)
def test_everything_can_be_read(ink: str, ground: str) -> None:
    assert every.contrast(ink, ground) >= 4.5
