"""What holds for every page: who may load what, how large it is, and that everybody can use it."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path

import pytest

from services.api.pages import rendering
from services.api.pages.words import CATALOGUES, ENGLISH
from services.core.accuracy import YARDSTICKS
from services.core.advisories import Basis, Level
from services.core.crossings import Direction, Kind, Mode, Side, Verdict
from services.core.notices import What
from services.core.observations import Bound, Reporter
from services.core.observations import Kind as Measured
from services.core.text import Language
from tests.api.service import Service
from tests.pages.reading import Element, page

PAGES = (
    "/",
    "/?mode=truck&direction=to-uz&citizenship=DE&vehicle_mass_t=20&from=Shymkent&to=Tashkent",
    "/?mode=pedestrian&direction=to-kz&at=2025-02-06T12:00&lang=uz-Cyrl",
    "/?mode=zeppelin&at=never&from=Atlantis",
    "/?q=Syrdarya",
    "/?q=Atlantis",
    "/crossings/malik-syrdarya?mode=car&direction=to-kz&citizenship=UZ",
    "/crossings/dawit-ata-tazhen?mode=truck&direction=to-uz",
    "/crossings/keles-saryagash?mode=car&direction=to-kz&lang=ru",
    "/crossings/nowhere",
    "/crossings/yallama-konysbayev?mode=car&direction=to-kz&told=1",
    "/accuracy",
    "/notices",
)
STATIC = Path(rendering.__file__).parent / "static"
TEMPLATES = Path(rendering.__file__).parent / "templates"
LARGEST_FIRST_PAGE = 40 * 1024


@pytest.fixture(params=PAGES)
def shown(request: pytest.FixtureRequest, border: Service) -> Element:
    reply = border.get(request.param)
    return page(reply, reply.status_code)


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_is_told_to_load_nothing_of_others(border: Service, path: str) -> None:
    headers = border.get(path).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_policy_comes_with_kept_and_unchanged_answers_too(border: Service) -> None:
    first = border.get("/", mode="bus", direction="to-uz")
    kept = border.get("/", mode="bus", direction="to-uz")
    unchanged = border.get("/", {"If-None-Match": kept.headers["etag"]}, mode="bus", direction="to-uz")
    assert unchanged.status_code == 304
    policies = {one.headers["content-security-policy"] for one in (first, kept, unchanged)}
    assert len(policies) == 1


def test_only_sources_lead_elsewhere(shown: Element) -> None:
    for one in shown.walk():
        for name in ("href", "src", "action"):
            address = one.get(name)
            if address is None or re.match(r"^(/(?!/)|#|\?|tel:)", address):
                continue
            assert one.tag == "a", (one.tag, address)
            assert "external" in one["rel"].split(), address


def test_every_control_has_a_label(shown: Element) -> None:
    named = {one.get("for") for one in shown.all("label")}
    for control in [*shown.all("input"), *shown.all("select")]:
        if control.get("type") != "hidden":
            assert control.get("id") in named or control.inside("label"), control.attributes
    for button in shown.all("button"):
        assert button.words


def test_every_name_on_a_page_is_of_one_thing(shown: Element) -> None:
    ids = [one["id"] for one in shown.walk() if "id" in one.attributes]
    assert sorted(ids) == sorted(set(ids))


def test_what_refers_to_something_on_the_page_finds_it(shown: Element) -> None:
    ids = {one["id"] for one in shown.walk() if "id" in one.attributes}
    for one in shown.walk():
        for name in ("aria-labelledby", "aria-describedby", "for", "list"):
            assert set((one.get(name) or "").split()) <= ids, one.attributes
        if (one.get("href") or "").startswith("#"):
            assert one["href"][1:] in ids, one["href"]


def test_headings_go_down_by_one(shown: Element) -> None:
    levels = [int(one.tag[1]) for one in shown.walk() if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_page_has_a_language_a_title_and_a_main_part(shown: Element) -> None:
    assert shown.one("html")["lang"] == "en"
    assert shown.one("title").words
    assert shown.one("main")
    viewport = shown.one("meta", name="viewport")["content"]
    assert "user-scalable" not in viewport


def test_no_style_or_script_stands_in_the_page(shown: Element) -> None:
    for one in shown.walk():
        assert one.tag != "style"
        assert "style" not in one.attributes
        assert not [name for name in one.attributes if name.startswith("on")]
        if one.tag == "script":
            assert one["src"].startswith("/static/")
            assert one.words == ""


def test_pictures_are_named_or_hidden(shown: Element) -> None:
    for one in shown.all("svg"):
        assert one.get("aria-hidden") == "true" or one.get("aria-label"), one.attributes


def test_a_status_is_a_word_and_an_icon_and_not_a_colour_alone(shown: Element) -> None:
    for pill in shown.all("span", cls="pill"):
        assert pill.words in {ENGLISH[f"verdict.{which}"] for which in (*Verdict, "never")}
        assert pill.one("use")["href"] in {f"#i-{which}" for which in (*Verdict, "never")}


@pytest.mark.parametrize("path", PAGES[:3])
def test_the_first_page_with_all_it_needs_is_small(border: Service, path: str) -> None:
    reply = border.get(path, {"Accept-Encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    sent = int(reply.headers["content-length"])
    needed = [one["href"] for one in page(reply).all("link")] + [
        one["src"] for one in page(reply).all("script")
    ]
    for address in needed:
        sent += int(border.get(address, {"Accept-Encoding": "gzip"}).headers["content-length"])
    assert sent <= LARGEST_FIRST_PAGE


def test_our_script_is_small_and_nothing_needs_it() -> None:
    assert (STATIC / "otkel.js").stat().st_size <= 3 * 1024


@pytest.mark.parametrize("name", sorted(rendering.assets()))
def test_files_may_be_kept_for_a_year_because_their_names_change_with_them(
    border: Service, name: str
) -> None:
    address = rendering.address(name)
    plain = border.get(address, {"Accept-Encoding": "identity"})
    zipped = border.get(address, {"Accept-Encoding": "gzip"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.content == zipped.content == (STATIC / name).read_bytes()
    assert plain.headers["vary"] == "accept-encoding"
    assert border.get(f"/static/{name}").status_code == 404


def test_the_style_loads_nothing() -> None:
    style = (STATIC / "otkel.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_an_answer_is_kept_and_its_bytes_are_the_same(border: Service) -> None:
    first, second = (border.get("/", mode="bus", direction="to-kz", citizenship="RU") for _ in range(2))
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert re.fullmatch(r"public, max-age=[0-5], must-revalidate", first.headers["cache-control"])


def test_a_stale_board_says_when_it_was_last_confirmed(border: Service, tmp_path: Path) -> None:
    kept = tmp_path / "board.json"
    kept.write_bytes(border.settings.board_file.read_bytes())
    gone = Service.on(f"sqlite:///{tmp_path}/nowhere/otkel.db", tmp_path)
    try:
        for path in ("/", "/notices", "/crossings/yallama-konysbayev"):
            banner = page(gone.get(path)).one("p", cls="stale")
            assert banner["role"] == "status"
            assert re.search(r"last confirmed (today|yesterday) \d\d:\d\d", banner.words)
        assert page(gone.get("/")).all("article")
    finally:
        gone.close()


def test_a_fresh_board_has_no_such_banner(border: Service) -> None:
    assert not page(border.get("/")).all("p", cls="stale")


def test_before_the_first_board_there_is_a_page_that_says_so(tmp_path: Path) -> None:
    empty = Service.on(f"sqlite:///{tmp_path}/nowhere/otkel.db", tmp_path)
    try:
        reply = empty.get("/")
        assert page(reply, 503).one("h1").words == "The service is starting"
        assert reply.headers["retry-after"] == "2"
    finally:
        empty.close()


def test_templates_hold_no_sentences() -> None:
    for file in TEMPLATES.iterdir():
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", file.read_text("utf-8"), flags=re.DOTALL)
        attributes = re.findall(r'(?:aria-label|title|alt|placeholder|content)="([^"]*)"', text)
        spoken = [one for one in attributes if re.search(r"[^\W\d_]", one)]
        allowed = {"width=device-width, initial-scale=1", "light dark", "#0b4650"}
        assert not [one for one in spoken if one not in allowed], file.name
        left = re.sub(r'[\w-]+="[^"]*"', "", re.sub(r"<[^>]*>", " ", text))
        assert not re.search(r"[^\W\d_]", left), (file.name, left.split())


def used_keys() -> set[str]:
    """Keys that the templates and the code of the pages name, and beginnings of those they put together."""
    files = [*TEMPLATES.iterdir(), *TEMPLATES.parent.glob("*.py")]
    text = "".join(file.read_text("utf-8") for file in files if file.name != "words.py")
    return set(re.findall(r"""["']([a-z]+(?:[.-][\w/-]*)*\.?)(?:\{|["'])""", text))


def test_every_word_is_used() -> None:
    used = used_keys()
    beginnings = tuple(key for key in used if key.endswith("."))
    idle = [key for key in ENGLISH if key not in used and not key.startswith(beginnings)]
    assert idle == []


def test_every_word_of_the_domain_has_its_words() -> None:
    needed = [f"{kind}.{mode}" for kind in ("mode", "travelling", "those") for mode in Mode]
    needed += [f"direction.{one}" for one in Direction] + [f"level.{one}" for one in Level]
    needed += [f"{kind}.{side}" for kind in ("side", "post") for side in Side] + [
        f"wait.{one}" for one in Basis
    ]
    needed += [f"verdict.{one}" for one in Verdict] + [f"until.{one}" for one in Verdict]
    needed += [f"language.{one}" for one in Language] + [f"kind.{one}" for one in Kind]
    needed += [f"what.{one}" for one in What]
    needed += [f"report.{one}" for one in (*Measured, *Bound)] + [
        f"accuracy.against.{one}" for one in YARDSTICKS
    ]
    needed += [f"{kind}.{one}" for kind in ("report.by", "wait.reported") for one in Reporter]
    assert [key for key in needed if key not in ENGLISH] == []


def test_catalogues_have_the_same_keys_and_gaps() -> None:
    gaps = {key: set(re.findall(r"{(\w+)}", text)) for key, text in ENGLISH.items()}
    for words in CATALOGUES.values():
        assert {key: set(re.findall(r"{(\w+)}", text)) for key, text in words.items()} == gaps


def colours(scheme: str) -> dict[str, str]:
    """The colours of the light or the dark scheme."""
    style = (STATIC / "otkel.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found if scheme == "light" else {**found, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXTS = [
    *(
        (ink, ground, 4.5)
        for ink in ("ink", "soft", "link")
        for ground in ("paper", "sheet", "brand-soft", "land")
    ),
    ("on-brand", "brand", 4.5),
    *((state, f"{state}-soft", 4.5) for state in ("open", "unconfirmed", "closed")),
    *((state, ground, 4.5) for state in ("open", "unconfirmed", "closed") for ground in ("paper", "sheet")),
    *((state, "land", 3) for state in ("open", "unconfirmed", "closed", "border", "focus")),
    *(("focus", ground, 3) for ground in ("paper", "sheet")),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), TEXTS)
def test_everything_can_be_read_in_light_and_dark(scheme: str, ink: str, ground: str, least: float) -> None:
    found = colours(scheme)
    assert contrast(found[ink], found[ground]) >= least


def test_zipped_files_are_the_files() -> None:
    for name, asset in rendering.assets().items():
        assert gzip.decompress(asset.zipped) == (STATIC / name).read_bytes()
