"""On whose behalf an official may speak."""

from __future__ import annotations

from collections.abc import Sequence

from services.core.access import Actor
from services.core.crossings import Side, known_codes
from services.core.errors import Forbidden, Invalid
from services.core.notices.documents import Effect, NoticeFields
from services.core.notices.rules import sides
from services.core.work import Work


def spoken_by(work: Work, actor: Actor, fields: NoticeFields) -> NoticeFields:
    """The notice with every effect on the official's own side. Raises Invalid or Forbidden."""
    codes = known_codes(work.session)
    for number, effect in enumerate(fields.effects):
        for place, code in enumerate(effect.selector.crossings):
            if code not in codes:
                raise Invalid(
                    f"no crossing is called {code!r}", field=f"effects.{number}.selector.crossings.{place}"
                )
        _may_speak(actor, effect, number, effect.selector.sides)
    for place, code in enumerate(fields.alternatives):
        if code not in codes:
            raise Invalid(f"no crossing is called {code!r}", field=f"alternatives.{place}")
    own = (Side(actor.official.country),)
    return fields.model_copy(
        update={
            "effects": tuple(
                effect.model_copy(update={"selector": effect.selector.model_copy(update={"sides": own})})
                for effect in fields.effects
            )
        }
    )


def _may_speak(actor: Actor, effect: Effect, number: int, about: Sequence[Side]) -> None:
    official = actor.official
    if any(side != official.country for side in about):
        raise Forbidden(f"effects.{number}: you speak for the {official.country} side only")
    if official.crossings:
        chosen = set(effect.selector.crossings)
        if not chosen or not chosen <= set(official.crossings):
            allowed = ", ".join(official.crossings)
            raise Forbidden(f"effects.{number}: you speak for these crossings only: {allowed}")


def may_change(actor: Actor, fields: NoticeFields) -> None:
    """Whether a notice is one of theirs. Raises Forbidden."""
    for number, effect in enumerate(fields.effects):
        _may_speak(actor, effect, number, sides(effect.selector))
