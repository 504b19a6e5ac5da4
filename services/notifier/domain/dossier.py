"""What is known of a candidacy: a message names all of it or does not leave."""

from dataclasses import dataclass

from notifier.domain.words import one_line


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a candidacy; facts come in any order."""

    number: str | None = None
    title: str | None = None
    porteur: str | None = None
    withdrawn: bool = False

    def facts(self) -> dict[str, str] | None:
        """What every message to its porteur names, one line each; None while it is not known."""
        if self.number is None or self.title is None or self.porteur is None:
            return None
        return {name: one_line(getattr(self, name)) for name in ("number", "title", "porteur")}
