"""Two versions of a dossier side by side, question by question, in words; what did not change is not shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.domain.revision import changed
from intake.forms.answers import answers_of
from intake.pages.draft_words import lines_of, question
from intake.store.revisions import Version
from kernel.contracts.label import Label


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer before and after, in lines; a line that is in both is in neither list's `only`."""

    question: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def removed(self) -> list[str]:
        return [line for line in self.before if line not in self.after]

    @property
    def added(self) -> list[str]:
        return [line for line in self.after if line not in self.before]

    @property
    def kept(self) -> int:
        """How many lines are the same."""
        return sum(line in self.after for line in self.before)


def comparisons(versions: Sequence[Version], label: Label) -> dict[int, list[Changed]]:
    """What each version but the first changed, by its number."""
    return {after.revision: compared(before, after, label) for before, after in pairwise(versions)}


def compared(before: Version, after: Version, label: Label) -> list[Changed]:
    """The answers that differ, in the order of the dossier."""
    old, new = answers_of(before.dossier), answers_of(after.dossier)
    return [
        Changed(
            question(name, label),
            tuple(lines_of(name, old.get(name, ""), label)),
            tuple(lines_of(name, new.get(name, ""), label)),
        )
        for name in changed(old, new)
    ]
