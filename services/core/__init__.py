"""The domain: what is known of the border and what follows from it.

Knows no HTTP, no queue and no network. Functions take a `Work` (one transaction, one instant)
or plain values; none of them commits or reads the clock.
"""
