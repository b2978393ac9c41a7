"""What officials do in a day, and what goes wrong in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Route

from services.core.crossings import Side
from tests.browser.household import House, section
from tests.browser.person import Person
from tests.processes import eventually

VISIBLE_SECONDS = 2.0
"""From the tap until travellers read it."""

YALLAMA, SIRDARYO, NAVOIY = "yallama-konysbayev", "sirdaryo-atameken", "navoiy-kaplanbek"


@dataclass
class Story:
    house: House
    browser: Browser
    photographs: Path | None = None
    checks: dict[str, dict[str, object]] = field(default_factory=dict)

    def tell(self) -> None:
        aziza, jasur, bolat = self._everybody()
        self._publishes_and_withdraws(aziza)
        self._types_the_wrong_crossing(aziza)
        self._two_agree(aziza, jasur, bolat)
        self._the_session_ends(aziza)
        self._the_connection_is_lost(aziza)
        self._the_server_dies(aziza)
        self._the_answer_is_lost_and_the_session_ends(aziza)
        self._reports(aziza)
        self._practises(aziza)
        self._keyboard(aziza)
        self._looks(aziza)
        mistakes = [mistake for person in (aziza, jasur, bolat) for mistake in person.mistakes]
        self._holds("SCRIPT_ERRORS", not mistakes, mistakes or 0)

    def _everybody(self) -> tuple[Person, Person, Person]:
        people = []
        for name, side in (("Aziza Karimova", Side.UZ), ("Jasur Aliyev", Side.UZ), ("Bolat Serik", Side.KZ)):
            person = Person.at(self.browser, self.house.origin, name)
            person.welcome(self.house.invite(name, side))
            people.append(person)
        aziza = people[0]
        aziza.page.click("text=Sign out")
        aziza.page.wait_for_url("**/sign-in")
        aziza.photograph(self.photographs, "sign-in")
        aziza.sign_in()
        self._holds("SIGN_IN", "Aziza Karimova" in aziza.page.inner_text("header"))
        return people[0], people[1], people[2]

    def _publishes_and_withdraws(self, aziza: Person) -> None:
        headline = "Yallama shut to trucks"
        started = time.monotonic()
        aziza.write(headline, YALLAMA)
        self._measures("WRITING_S", time.monotonic() - started, 60)
        aziza.wait_for("Neighbours that fill", within=60)
        named = aziza.page.inner_text("#effects")
        self._holds("NEIGHBOURS_NAMED", "Najimov" in named and "times as many as otherwise" in named)
        aziza.photograph(self.photographs, "preview")
        aziza.page.locator("button.big").scroll_into_view_if_needed()  # which takes a second of its own
        self._measures("VISIBLE_S", self._until(lambda: aziza.decide("yallama"), headline), VISIBLE_SECONDS)
        aziza.page.wait_for_url("**/notices/*")
        aziza.photograph(self.photographs, "published")
        (row,) = self.house.told(headline)
        self._holds("WITHDRAWN_TEXT_READY", aziza.page.locator(".closing [lang=kk]").count() > 0)
        gone = self._until(lambda: aziza.page.click("button.danger"), headline, gone=True)
        self._measures("WITHDRAWN_S", gone, VISIBLE_SECONDS)
        aziza.page.wait_for_url("**done=withdrawn")
        self._holds(
            "SIGNED_BY_DEVICE", "signed by its author's device" in aziza.page.inner_text(".revisions")
        )
        self._holds("TOLD_ONCE", row.revision == 1)

    def _types_the_wrong_crossing(self, aziza: Person) -> None:
        aziza.write("Yallama shut by mistake", SIRDARYO)
        aziza.decide("Yallama")
        aziza.wait_for("type SIRDARYO to confirm")
        aziza.photograph(self.photographs, "wrong-crossing")
        self._holds("WRONG_CROSSING", not self.house.told("Yallama shut by mistake"))

    def _two_agree(self, aziza: Person, jasur: Person, bolat: Person) -> None:
        headline = "Three posts shut for the holiday"
        aziza.write(headline, YALLAMA, SIRDARYO, NAVOIY)
        aziza.photograph(self.photographs, "wide")
        aziza.decide(aziza.page.inner_text("b.typed >> nth=0"))
        aziza.wait_for("You wrote this yourself")
        address = aziza.page.url
        alone = aziza.page.evaluate(
            """async address => (await fetch(address.replace('preview', 'approve'), {method: 'POST',
            headers: {'accept': 'application/json'}, body: new URLSearchParams({version: '2'})})).status""",
            address,
        )
        self._holds("SELF_APPROVAL", alone == 403 and not self.house.told(headline), alone)
        bolat.page.goto(address)
        self._holds("OTHER_STATE_APPROVES_NOT", "There is no such thing" in bolat.page.inner_text("main"))
        jasur.open("")
        jasur.photograph(self.photographs, "waiting")
        jasur.page.click(f"text={headline}")
        jasur.page.wait_for_url("**/preview")
        self._measures("APPROVED_VISIBLE_S", self._until(jasur.decide, headline), VISIBLE_SECONDS)
        jasur.page.wait_for_url("**/notices/*")
        self._holds(
            "SIGNED_BY_BOTH", "by author, approver and service" in jasur.page.inner_text(".revisions")
        )

    def _the_session_ends(self, aziza: Person) -> None:
        headline = "Shut while signed out"
        aziza.write(headline, YALLAMA)
        self.house.sign_out(aziza.name)
        aziza.decide("yallama")
        aziza.wait_for("You are signed out, and nothing was done")
        aziza.photograph(self.photographs, "signed-out")
        nothing = not self.house.told(headline)
        self._signs_in_elsewhere(aziza)
        aziza.decide("yallama")
        aziza.page.wait_for_url("**/notices/*")
        self._holds("EXPIRED_SESSION", nothing and len(self.house.told(headline)) == 1)

    def _signs_in_elsewhere(self, aziza: Person) -> None:
        """In the same page, without leaving what stands on it: the passkey is of this tab's telephone."""
        done = aziza.page.evaluate(
            """async () => {
              const json = (address, value) => fetch(address, {method: 'POST', body: JSON.stringify(value),
                headers: {'content-type': 'application/json', 'accept': 'application/json'}});
              const raw = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')),
                letter => letter.charCodeAt(0));
              const begun = await (await json('/console/sign-in/begin', {})).json();
              const given = await navigator.credentials.get({publicKey: {...begun.options,
                challenge: raw(begun.options.challenge), allowCredentials: []}});
              return (await json('/console/sign-in/passkey', {ceremony: begun.ceremony,
                credential: given.toJSON()})).status;
            }"""
        )
        assert done == 200, done

    def _the_connection_is_lost(self, aziza: Person) -> None:
        headline = "Shut while the line was down"
        aziza.open("/drafts/new")
        aziza.page.fill('[name="text.en.headline"]', headline)
        self._kept(aziza)
        aziza.context.set_offline(True)
        aziza.page.fill('[name="text.ru.headline"]', "Закрыто")
        aziza.wait_for("No connection. What you write is kept on this device")
        aziza.photograph(self.photographs, "offline")
        kept = aziza.page.evaluate(
            "Object.values(localStorage).join().includes(encodeURIComponent('Закрыто'))"
        )
        aziza.context.set_offline(False)
        self._kept(aziza)
        address = aziza.page.url
        aziza.page.goto(address)
        again = aziza.page.input_value('[name="text.ru.headline"]')
        self._holds("DRAFT_SURVIVES", kept and again == "Закрыто", again)
        self._holds("DRAFT_NOT_LOCKED", self._saves_after_a_lost_answer(aziza))
        aziza.tick("effect.0.crossings", YALLAMA)
        aziza.page.click('button.big[value="preview"]')
        aziza.page.wait_for_url("**/preview")
        aziza.context.set_offline(True)
        aziza.decide("yallama")
        aziza.wait_for("NOT PUBLISHED YET")
        aziza.photograph(self.photographs, "not-published-yet")
        nothing = not self.house.told(headline)
        aziza.context.set_offline(False)
        aziza.page.wait_for_url("**/notices/*", timeout=30_000)
        self._holds("LOST_CONNECTION", nothing and len(self.house.told(headline)) == 1)

    def _saves_after_a_lost_answer(self, aziza: Person) -> bool:
        """Whether one can write on when a draft was kept and nobody heard of it."""
        lost: list[str] = []

        def lose(route: Route) -> None:
            lost.append(route.fetch().text())
            route.abort()

        aziza.page.route("**/drafts/*", lose, times=1)
        aziza.page.fill('[name="text.ru.body"]', "Мост")
        assert eventually(lambda: aziza.page.inner_text("#kept") != "Kept", within=30)
        aziza.page.fill('[name="text.ru.body"]', "Мост закрыт")
        self._kept(aziza)
        served = aziza.page.evaluate("fetch(location.href).then(reply => reply.text())")
        return len(lost) == 1 and "Мост закрыт" in served

    def _kept(self, person: Person) -> None:
        """Until the server has what is written."""
        assert eventually(lambda: person.page.inner_text("#kept") == "Kept", within=30)

    def _the_server_dies(self, aziza: Person) -> None:
        headline = "Shut while the server died"
        aziza.write(headline, YALLAMA)
        self.house.kill_api()
        aziza.decide("yallama")
        aziza.wait_for("NOT PUBLISHED YET")
        aziza.page.wait_for_url("**/notices/*", timeout=60_000)
        self._holds("DEAD_SERVER", len(self.house.told(headline)) == 1)

    def _the_answer_is_lost_and_the_session_ends(self, aziza: Person) -> None:
        """What was done is not said to be undone."""
        headline = "Shut while nobody heard the answer"

        def lose(route: Route) -> None:
            route.fetch()
            self.house.sign_out(aziza.name)
            route.abort()

        aziza.write(headline, YALLAMA)
        aziza.page.route("**/publish", lose, times=1)
        aziza.decide("yallama")
        aziza.wait_for("whether this was done before is not known")
        done = len(self.house.told(headline))
        self._signs_in_elsewhere(aziza)
        aziza.decide("yallama")
        aziza.page.wait_for_url("**/notices/*")
        self._holds("LOST_ANSWER", done == len(self.house.told(headline)) == 1)

    def _reports(self, aziza: Person) -> None:
        aziza.open("")
        aziza.page.click(f'a[href="/console/report?crossing={YALLAMA}"]')
        aziza.page.click("button[value=not-moving] >> nth=0")
        aziza.wait_for("Taken in. Thank you.")
        self._holds("REPORT_TAPS", True, 2)

    def _practises(self, aziza: Person) -> None:
        aziza.open("/practice")
        real = aziza.page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor")
        told = aziza.page.inner_text("p.practice")
        aziza.photograph(self.photographs, "practice")
        aziza.open("/practice/drafts/new")
        aziza.tick("effect.0.crossings", "practice-one")
        aziza.page.fill('[name="text.en.headline"]', "A practice closure")
        aziza.page.click('button.big[value="preview"]')
        aziza.page.wait_for_url("**/preview")
        aziza.decide(aziza.page.inner_text("b.typed >> nth=0"))
        aziza.page.wait_for_url("**/practice/notices/*")
        aziza.open("")
        plain = aziza.page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor")
        nowhere = "A practice closure" not in self.house.page("/notices")
        apart = real != plain and "PRACTICE" in told
        self._holds("PRACTICE", nowhere and apart and not self.house.told("A practice closure"))

    def _keyboard(self, aziza: Person) -> None:
        """From an empty form to the preview without a pointer."""
        aziza.open("/drafts/new")
        page, hidden = aziza.page, False
        page.emulate_media(reduced_motion="reduce")  # or what is measured is still on its way
        for _ in range(80):
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.name || document.activeElement.className")
            if name == "effect.0.crossings":
                value = page.evaluate("document.activeElement.value")
                if value == YALLAMA:
                    page.keyboard.press("Space")
                hidden |= page.evaluate(
                    """() => { const bar = document.querySelector('.bar').getBoundingClientRect(),
                      here = document.activeElement.getBoundingClientRect();
                      return here.bottom > bar.top && here.top < bar.bottom; }"""
                )
            if name == "text.en.headline":
                page.keyboard.type("Yallama shut, by keyboard")
                page.keyboard.press("Enter")
                break
        page.wait_for_url("**/preview")
        self._holds("KEYBOARD", "Yallama shut, by keyboard" in page.inner_text("main"))
        self._holds("FOCUS_NEVER_HIDDEN", not hidden)

    def _looks(self, aziza: Person) -> None:
        for path, name in (
            ("", "today"),
            ("/drafts/new", "write"),
            ("/notices", "notices"),
            (f"/report?crossing={YALLAMA}", "report"),
            ("/audit", "audit"),
            ("/officials", "officials"),
            ("/me", "me"),
            ("/practice/drafts/new", "practice-write"),
        ):
            aziza.open(path)
            wide = aziza.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
            aziza.photograph(self.photographs, name)
            self._holds(f"FITS_A_PHONE_{name.upper()}", not wide)

    def _until(self, act: Callable[[], None], headline: str, *, gone: bool = False) -> float:
        """Seconds from the act until the travellers' page tells of it, or of it no more."""
        started = time.monotonic()
        act()

        def seen() -> bool:
            in_force = section(self.house.page("/notices"), "In force")
            return (headline in in_force) is not gone

        return time.monotonic() - started if eventually(seen, within=30) else float("inf")

    def _measures(self, name: str, value: float, limit: float) -> None:
        self._note(name, round(value, 2), limit, value <= limit)

    def _holds(self, name: str, held: bool, value: object = None) -> None:
        self._note(name, held if value is None else value, True if value is None else None, held)

    def _note(self, name: str, value: object, limit: object, passed: bool) -> None:
        self.checks[name] = {"value": value, "limit": limit, "pass": passed}
        print(f"  {'ok  ' if passed else 'FAIL'} {name:32} {value}", flush=True)


def failed(checks: dict[str, dict[str, object]]) -> Iterator[str]:
    yield from (name for name, check in checks.items() if not check["pass"])
