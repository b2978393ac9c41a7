"""`python -m tests.browser --photographs DIR`: officials at the console, in a real browser.

Needs Chromium on PATH and the packages of `requirements-browser.txt`; starts everything else itself. Ends
with one line of JSON; exit code 1 if anything was not as it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.browser.household import house
from tests.browser.person import NoBrowser, browsers
from tests.browser.story import Story, failed


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.browser", description=__doc__)
    parser.add_argument("--photographs", type=Path, help="a folder for pictures of every page")
    options = parser.parse_args(arguments)
    if options.photographs:
        options.photographs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="otkel-browser-") as folder:
        try:
            with browsers() as browser, house(Path(folder) / "data") as home:
                story = Story(home, browser, options.photographs)
                story.tell()
        except NoBrowser as error:
            print(f"tests.browser: {error}", file=sys.stderr)
            return 2
    print(json.dumps(story.checks))
    return 1 if any(failed(story.checks)) else 0


if __name__ == "__main__":
    sys.exit(main())
