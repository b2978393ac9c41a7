"""The linter: what a notice says that can never be right, and what real notices were sorry for."""

from __future__ import annotations

from services.core.previews.beside import beside
from services.core.previews.findings import Finding, Severity
from services.core.previews.reach import reach
from services.core.previews.saying import saying
from services.core.previews.subject import Subject
from services.core.previews.windows import windows

CHECKS = (reach, windows, beside, saying)


def lint(subject: Subject) -> tuple[Finding, ...]:
    """Every finding, what stops first. The same notice on the same board gives the same findings."""
    found = [finding for check in CHECKS for finding in check(subject)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda one: order.index(one.severity)))
