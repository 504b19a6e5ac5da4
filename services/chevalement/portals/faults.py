"""The ways in which a portal fails, each seen on the real ones; driven on purpose, never at random."""

from enum import StrEnum


class Fault(StrEnum):
    """What a local portal is told to get wrong."""

    REFUSED_JWT = "refused_jwt"
    """Aides-territoires: every JWT is refused, however fresh."""
    MISSING_ROW = "missing_row"
    """Aides-territoires: a page holds one row fewer than the count says."""
    GONE_FIELD = "gone_field"
    """Aides-territoires: `submission_deadline` is no longer in the answer."""
    OVERLAPPING_PAGES = "overlapping_pages"
    """European portal: every page after the first begins with the last row of the one before."""
    SHIFTING_TOTAL = "shifting_total"
    """European portal: the total is one more each time it is asked."""
    BUSY_ONCE = "busy_once"
    """Both: the first answer is a 503 that says Retry-After: 1."""
    EMPTY = "empty"
    """Both: the portal answers well, and shows nothing."""
    NO_ROBOTS = "no_robots"
    """Both: robots.txt forbids everything."""
    ELSEWHERE = "elsewhere"
    """Both: the first answer is a redirection to the same server under another loopback address."""
    SILENT = "silent"
    """Both: the portal takes the request and never answers."""
