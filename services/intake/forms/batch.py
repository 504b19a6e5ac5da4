"""What staff want done to the dossiers they ticked; what is missing is told beside its field."""

from collections.abc import Collection

from intake.domain.acts import BATCH, Kind
from intake.forms.candidacy import ToCorrect
from intake.forms.messages import LONGEST
from intake.forms.reading import Reader
from intake.forms.words import Words

TAG = 40


def read_kind(words: Words) -> Kind | None:
    """The field `acte`; None where nothing that the list offers was chosen."""
    return next((kind for kind in BATCH if kind == words["acte"]), None)


def read_batch(kind: Kind, words: Words, team: Collection[str], reader_id: str) -> dict[str, str] | ToCorrect:
    """What each dossier of the act gets; `team` are the people a dossier may be entrusted to."""
    reader, found = Reader(words), {}
    if kind == "confier":
        found["responsable"] = reader.choice("responsable", words["responsable"], team, "Choisissez qui suivra.")
    elif kind == "etiqueter":
        found["etiquette"] = reader.line("etiquette", TAG, "Écrivez l’étiquette à ajouter.")
    elif kind == "message":
        found["message"] = reader.text("message", LONGEST, "Écrivez votre message aux porteurs.")
    else:
        found["lecteur"] = reader_id
    return ToCorrect(reader.errors) if reader.errors else found
