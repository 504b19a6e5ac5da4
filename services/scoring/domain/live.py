"""A live session: students answer on phones, by a code, one voice a device. No name, no account, no address is kept.

A device is known by the digest of a number that it drew; staff say which project is presented, and reveal. An answer
that comes late, from a phone that had no network, counts for any project already presented, until the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from scoring.domain.grids import Grid
from scoring.domain.marks import LEVELS, NOT_APPLICABLE, Mark
from scoring.domain.rulings import Refused

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without I, L and O, which a room misreads."""
CODE_LENGTH = 6
WORD_MAX = 140
BALLOTS_MAX = 400
VOICE = "Voix"
"""What a seat of a student is called: all the same."""

CHOICES: tuple[tuple[str, str], ...] = (
    ("4", "Oui, tout à fait"),
    ("3", "Plutôt oui"),
    ("2", "Entre les deux"),
    ("1", "Plutôt non"),
    ("0", "Non, pas du tout"),
    (NOT_APPLICABLE, "Je ne sais pas"),
)


@dataclass(frozen=True, slots=True)
class Live:
    """`presented` in the order of the room; `current` is the project on screen, `revealed` once its results are."""

    sitting_id: UUID
    code: str
    is_open: bool = True
    current: UUID | None = None
    revealed: bool = False
    presented: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a phone sends about one project; `voice` is the number that the device drew."""

    code: str
    candidacy_id: UUID
    voice: str
    marks: Mapping[str, Mark]


def code_of(numbers: Iterable[int]) -> str:
    """Six letters of six draws."""
    return "".join(LETTERS[number % len(LETTERS)] for number in numbers)


def plain_code(typed: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(letter for letter in typed.upper() if letter.isalpha())[:CODE_LENGTH]


def person_of(voice: str) -> str:
    """What is kept of a device: it cannot be turned back into the number, nor told from another session's."""
    return f"voix:{sha256(voice.encode()).hexdigest()[:32]}"


def read_answers(values: Mapping[str, str], grid: Grid) -> tuple[dict[str, Mark], dict[str, str]]:
    """The marks of a phone's form, and by field what is wrong. The word goes with the first question."""
    marks: dict[str, Mark] = {}
    errors: dict[str, str] = {}
    word = " ".join(values.get("mot", "").split())
    if len(word) > WORD_MAX:
        errors["mot"] = f"Raccourcissez : {len(word)} caractères, {WORD_MAX} au plus"
    for code in grid.codes:
        choice = values.get(f"note-{code}", "")
        if choice not in LEVELS | {NOT_APPLICABLE}:
            errors[f"note-{code}"] = "Choisissez une réponse"
            continue
        applies = choice != NOT_APPLICABLE
        marks[code] = Mark(int(choice) if applies else None, applies, "" if marks else word)
    return marks, errors


def read_ballots(text: str, grid: Grid) -> tuple[list[dict[str, Mark]], str | None]:
    """Paper ballots, one a line: a digit for each question, `s` for « je ne sais pas »; and what is wrong."""
    found = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        digits = [sign for sign in line.lower() if sign not in " ,;\t-/"]
        if len(digits) != len(grid.codes) or not set(digits) <= LEVELS | {"s"}:
            return [], f"Bulletin {number} : écrivez {len(grid.codes)} réponses de 0 à 4, ou s, par exemple « 3 4 s »"
        found.append({c: Mark(None if d == "s" else int(d), d != "s") for c, d in zip(grid.codes, digits, strict=True)})
    if not found:
        return [], "Écrivez au moins un bulletin, un par ligne"
    return found, None if len(found) <= BALLOTS_MAX else f"{len(found)} bulletins : {BALLOTS_MAX} au plus à la fois"


def present(live: Live, candidacy_id: UUID) -> Live:
    """Put a project on screen; its results are hidden again. Raises `Refused`."""
    _check_open(live)
    presented = live.presented if candidacy_id in live.presented else (*live.presented, candidacy_id)
    return replace(live, current=candidacy_id, revealed=False, presented=presented)


def reveal(live: Live) -> Live:
    """Show the results of the project on screen. Raises `Refused`."""
    _check_open(live)
    if live.current is None:
        raise Refused("Aucun projet n'est à l'écran : présentez-en un d'abord.")
    return replace(live, revealed=True)


def end(live: Live) -> Live:
    """Take no more answers."""
    return replace(live, is_open=False)


def check_answer(live: Live, candidacy_id: UUID, *, already_given: bool) -> None:
    """Raises `Refused` when this answer may not count."""
    _check_open(live)
    if candidacy_id not in live.presented:
        raise Refused("Ce projet n'est pas encore présenté : attendez qu'il soit à l'écran.")
    if already_given and live.revealed and live.current == candidacy_id:
        raise Refused("Les résultats de ce projet sont montrés : votre réponse ne change plus.")


def _check_open(live: Live) -> None:
    if not live.is_open:
        raise Refused("Cette session est terminée : elle ne prend plus de réponses.")
