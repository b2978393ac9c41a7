"""Kinds of failure. An edge maps a kind to a status or an exit code; the domain knows neither."""


class OtkelError(Exception):
    """A failure with a sentence that may be shown to whoever asked."""


class NotFound(OtkelError):
    """What was named does not exist."""


class Invalid(OtkelError):
    """What was given cannot be taken. `field` is a dotted path into it, such as `effects.0.window.end`."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(OtkelError):
    """What was asked contradicts what is already recorded."""


class Unidentified(OtkelError):
    """Nobody, or nobody known, is asking for something that needs a name behind it."""


class Forbidden(OtkelError):
    """Whoever asks is known and may not do this."""


class TooMany(OtkelError):
    """Whoever asks has asked too much of late."""


class Unavailable(OtkelError):
    """Something needed does not answer now; the same request may succeed later."""
