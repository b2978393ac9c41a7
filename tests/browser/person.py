"""An official in a browser of their own, with a telephone that holds their passkey."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.processes import eventually

PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class NoBrowser(RuntimeError):
    """There is no Chromium here."""


@contextmanager
def browsers() -> Iterator[Browser]:
    """Raises NoBrowser."""
    found = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowser("no chromium or google-chrome on PATH: install one (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Person:
    name: str
    origin: str
    context: BrowserContext
    page: Page
    mistakes: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, origin: str, name: str, size: ViewportSize = PHONE) -> Person:
        context = browser.new_context(viewport=size, color_scheme="light")
        person = cls(name, origin, context, context.new_page())
        person.page.set_default_timeout(20_000)
        person.page.on("pageerror", lambda error: person.mistakes.append(str(error)))
        devtools = context.new_cdp_session(person.page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return person

    def open(self, path: str) -> None:
        self.page.goto(f"{self.origin}/console{path}")

    def welcome(self, link: str) -> None:
        """Follow an invitation and make a passkey."""
        self.page.goto(link)
        self.page.click("[data-passkey=welcome]")
        self.page.wait_for_url("**/console")

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.click("[data-passkey=sign-in]")
        self.page.wait_for_url("**/console")

    def write(self, headline: str, *crossings: str, form: dict[str, Any] | None = None) -> None:
        """A notice in its form, up to the preview."""
        self.open("/drafts/new")
        for code in crossings:
            self.tick("effect.0.crossings", code)
        self.page.fill('[name="text.en.headline"]', headline)
        for name, value in (form or {}).items():
            self.page.fill(f'[name="{name}"]', value)
        self.page.click('button.big[value="preview"]')
        self.page.wait_for_url("**/preview")

    def tick(self, name: str, value: str) -> None:
        """Tap the chip, where nothing lies over it."""
        self.page.click(f'label:has([name="{name}"][value="{value}"])')

    def decide(self, confirm: str | None = None) -> None:
        """Press the button that publishes, submits or approves."""
        if confirm is not None:
            self.page.fill("#confirm", confirm)
        self.page.click(".decision form[data-act] button.big >> nth=0")

    def wait_for(self, words: str, within: float = 20) -> None:
        """Until the page says so. The console's policy lets nobody evaluate words in it, not even us."""
        if not eventually(lambda: words in self.page.inner_text("body"), within=within):
            raise AssertionError(f"{words!r} never appears in: {self.page.inner_text('main')[:2000]}")

    def photograph(self, folder: Path | None, name: str) -> None:
        """The whole page as it is on a telephone and on a desk."""
        if folder is None:
            return
        before = self.page.viewport_size
        for size, suffix in ((PHONE, "phone"), (DESKTOP, "desktop")):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=True)
        if before:
            self.page.set_viewport_size(before)
