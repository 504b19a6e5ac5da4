"""An installation that is tried out writes to nobody who did not ask for it: to one address, or to a list.

A rehearsal goes the whole way (claims, rendering, server, confirmation) and says in its subject whom it was for.
"""

from dataclasses import dataclass

from kernel.runtime.settings import Settings
from notifier.domain.delivery import Refused
from notifier.domain.words import masked
from notifier.mail.letter import Letter


@dataclass(frozen=True, slots=True)
class Trial:
    """`everything_to`: the one address of a rehearsal. `only`: addresses and domains written to. Empty: all."""

    everything_to: str = ""
    only: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> "Trial":
        words = (word.strip().lower().lstrip("@") for word in settings.mail_only.split(","))
        return cls(settings.mail_rehearsal.strip(), frozenset(word for word in words if word))

    def refused(self, address: str) -> Refused | None:
        """Says no to an address that is not on the list, where there is a list and no rehearsal."""
        wanted = address.strip().lower()
        if self.everything_to or not self.only or not self.only.isdisjoint((wanted, wanted.rpartition("@")[2])):
            return None
        return Refused("installation d’essai : cette adresse n’est pas dans la liste CHEVALEMENT_MAIL_ONLY")

    def readdressed(self, letter: Letter) -> Letter:
        """The message as it leaves: in a rehearsal to the one address, whom it was for masked in the subject."""
        if not self.everything_to:
            return letter
        return letter.readdressed(self.everything_to, f"[Répétition, pour {masked(letter.to)}] {letter.subject}")
