"""Everything that the linter can find, each with notices in which it must be found and others."""

from tests.previews.cases import beside, reach, saying, ways_round, windows

CASES = [*reach.CASES, *windows.CASES, *beside.CASES, *ways_round.CASES, *saying.CASES]
