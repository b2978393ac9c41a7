"""Who acts on the practice border."""

from dataclasses import replace

from services.core.access import Actor, Official


def taking_part(actor: Actor) -> Actor:
    """The same official with the same rights, who may speak of every crossing of their side there.

    Their own crossings are not on that border, so nobody whose rights end with those could practise.
    """
    official = Official(**actor.official.model_dump(exclude={"crossings"}), crossings=[])
    return replace(actor, official=official)
