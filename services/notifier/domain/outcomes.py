"""What an attempt to send comes to: said by the one who spoke to the server, and nothing else is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server said 250 to the whole message. `proof`: the fingerprint of what it took."""

    subject: str
    proof: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never leave as it is: the recipient is refused, or the message cannot be written.

    `bad_address`: the server knows nobody there, so that nothing else is sent to it.
    """

    reason: str
    bad_address: bool = False


@dataclass(frozen=True, slots=True)
class Postponed:
    """The mail server was away or busy; in `doubt` where the line broke before its answer."""

    reason: str
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Expired:
    """Its link is no longer good: sending it would only mislead."""


Outcome = Accepted | Refused | Postponed | Expired
