"""Cases of languages, shares and delays."""

from __future__ import annotations

from services.core.notices import What
from tests.makers import ALFA, a_notice
from tests.previews.cases.saying_so import ALFA_SHUT, ALL_FIVE, Case, one

CASES = [
    Case("language-missing", "only English", "texts.kk", ALFA_SHUT),
    Case("language-missing", "all five", None, a_notice(texts=ALL_FIVE)),
    Case(
        "body-missing",
        "one has a body and one has none",
        "texts.ru.body",
        a_notice(texts={"en": {"headline": "Shut", "body": "Go elsewhere."}, "ru": {"headline": "Закрыт"}}),
    ),
    Case(
        "body-missing",
        "none has a body",
        None,
        a_notice(texts={"en": {"headline": "Shut"}, "ru": {"headline": "Закрыт"}}),
    ),
    Case(
        "capacity-unsaid", "a limit without a share", "effects.0.capacity_share", one(What.RESTRICTED, ALFA)
    ),
    Case("capacity-unsaid", "a limit with a share", None, one(What.RESTRICTED, ALFA, capacity_share=0.5)),
    Case("delay-unsaid", "a delay without a figure", "effects.0.delay_minutes", one(What.DELAY, ALFA)),
    Case("delay-unsaid", "a delay with a figure", None, one(What.DELAY, ALFA, delay_minutes=90)),
]
