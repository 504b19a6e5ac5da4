"""Two people who write from one organisation's mail domain may be tied: a juror is asked, nothing is decided.

A provider that anybody may use ties nobody.
"""

from collections.abc import Collection
from typing import TypeVar

T = TypeVar("T")

ANYBODYS = frozenset(
    (
        "aliceadsl.fr",
        "aol.com",
        "bbox.fr",
        "club-internet.fr",
        "free.fr",
        "gmail.com",
        "gmx.com",
        "gmx.fr",
        "hotmail.com",
        "hotmail.fr",
        "icloud.com",
        "laposte.net",
        "live.com",
        "live.fr",
        "mac.com",
        "mailo.com",
        "me.com",
        "msn.com",
        "neuf.fr",
        "numericable.fr",
        "orange.fr",
        "outlook.com",
        "outlook.fr",
        "proton.me",
        "protonmail.com",
        "sfr.fr",
        "tutanota.com",
        "wanadoo.fr",
        "yahoo.com",
        "yahoo.fr",
        "ymail.com",
    )
)


def domain_of(email: str) -> str:
    """The organisation's domain of an address, in lower case; empty for anybody's provider and for no address."""
    domain = email.rpartition("@")[2].strip().rstrip(".").lower() if "@" in email else ""
    return "" if domain in ANYBODYS else domain


def are_near(one: str, other: str) -> bool:
    """Whether two addresses are of one domain, or of a domain and a part of it."""
    mine, theirs = domain_of(one), domain_of(other)
    if not mine or not theirs:
        return False
    return mine == theirs or mine.endswith(f".{theirs}") or theirs.endswith(f".{mine}")


def near(email: str, contacts: Collection[tuple[T, str]]) -> list[T]:
    """Those whose address is near this one."""
    return [one for one, theirs in contacts if are_near(email, theirs)]
