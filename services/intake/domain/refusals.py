"""A rule that says no does it in one French sentence, for the person who asked."""

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")
SPENT = "Ce lien a déjà servi, ou il est trop ancien. Demandez-en un nouveau."
"""One sentence for every link that does not let in, so that it tells nothing of why."""


class Refused(Exception):
    """A rule of the label said no. The text is a sentence that a page may show as it is."""


class NoOpenWave(Refused):
    """No wave takes dossiers at this moment."""


class AlreadySubmitted(Refused):
    """The same form was sent before: its dossier exists."""


def permits(check: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Ask a `check_…` rule instead of obeying it, so that a rule is written once."""
    try:
        check(*args, **kwargs)
    except Refused:
        return False
    return True


class SpentLink(Refused):
    """A sign-in link that has let somebody in already."""


class UnknownDossier(LookupError):
    """No dossier has this identifier."""
