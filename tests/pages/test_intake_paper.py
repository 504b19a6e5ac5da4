"""The accusé de réception to keep: what the law asks, each answer under its question, for who may see it."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader

from intake.domain.dossier import Candidacy
from intake.forms.candidacy import Filled, read
from intake.forms.words import words_of
from intake.pages import paper
from kernel.ui.paper import Paper, PaperFailed, Printer
from tests.intake_story import NOW, ROOT, SAMPLES, Pairs, form, label, sample_form
from tests.pages.intake_desk import Desk, opened, page, wave_form
from tests.pages.test_ui_paper import HOSTILE, bare, text_of

TEMPLATES = ROOT / "services" / "intake" / "templates"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


async def received(desk: Desk, pairs: Pairs) -> str:
    """The address of the receipt of a dossier that was sent."""
    return (await desk.post("/candidatures", pairs)).headers["location"]


def candidacy(pairs: Pairs) -> Candidacy:
    filled = read(words_of(pairs), label())
    assert isinstance(filled, Filled)
    return Candidacy(uuid4(), "LE-2026-0042", uuid4(), NOW, filled.dossier)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
async def test_it_holds_every_answer_of_a_real_dossier(desk: Desk, path: Path) -> None:
    address = await received(desk, sample_form(path))
    answer = await desk.get(address.replace("/accuse?", "/accuse.pdf?"))

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="accuse-LE-2026-0001.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    words = bare(text_of(answer.content))
    for typed in typed_words(sample_form(path)):
        assert bare(typed) in words, typed


def typed_words(pairs: Pairs) -> list[str]:
    """The lines that people wrote themselves, codes and amounts left out."""
    coded = ("porteur_forme", "commune", "stade", "themes", "budget", "consentement", "porteur_identifiant")
    columns = ("-montant", "-etat", "-nature")
    kept = [v for n, v in pairs if n not in coded and not n.startswith("grille-") and not n.endswith(columns)]
    return [" ".join(line.split()) for value in kept for line in value.splitlines() if line.strip()]


async def test_it_bears_the_mentions_of_the_law_and_leaves_out_what_nobody_filled() -> None:
    pole = label()
    without = text_of(await Printer().pdf(paper.document(candidacy(form()), pole)))
    told = replace(pole, postal_address="1 place du Chevalement, 62300 Lens", telephone="03 00 00 00 00")
    complete = text_of(await Printer().pdf(paper.document(candidacy(form()), told)))

    for words in ("LE-2026-0042", "jeudi 12 mars 2026 à 12", "heure de Paris", "Équipe du Label", pole.mail, "L112-11"):
        assert words in without
    assert "Ce qui se passe ensuite" in without
    assert ("Adresse postale" in without, "Téléphone" in without) == (False, False)
    assert "1 place du Chevalement, 62300 Lens" in complete
    assert "03 00 00 00 00" in complete


async def test_amounts_months_and_levels_are_shown_as_people_read_them() -> None:
    pairs = form(
        budget="1 250 000",
        plan__0__financeur="Région",
        plan__0__montant="40 000",
        plan__0__etat="acquis",
        besoin__0__objet="Planter",
        besoin__0__nature="investissement",
        besoin__0__debut="2026-09",
        grille__ressources="4",
    )
    words = bare(text_of(await Printer().pdf(paper.document(candidacy(pairs), label()))))

    for shown in ("1250000€", "Région40000€Acquis", "NatureInvestissement", "Début2026-09", "4–Exemplaire", "Énergie"):
        assert shown in words


def labels_of(document: Paper) -> set[str]:
    """The questions of the copy, headings included, without what comes from the label's own file."""
    ours = {criterion.name for axis in label().axes for criterion in axis.criteria}
    found = {b.text for b in document.blocks if b.kind == "heading"} | {w for b in document.blocks for w in b.head}
    found |= {row[0] for b in document.blocks if b.kind == "pairs" for row in b.rows}
    return {words for words in found if words.replace("’", "'") not in ours | {axis.name for axis in label().axes}}


def test_the_questions_are_those_of_the_form() -> None:
    """Whoever rewords a question of the form rewords its copy."""
    pairs = form(plan__0__financeur="Région", besoin__0__objet="Planter", besoin__0__nature="investissement")
    asked = "\n".join(path.read_text() for path in [*TEMPLATES.glob("*.html"), *(TEMPLATES.parent).rglob("*.py")])
    own = {"Copie de vos réponses", "Besoin 1", "Critère", "Niveau", "Téléphone", "Adresse postale"}

    for words in labels_of(paper.document(candidacy(pairs), label())) - own:
        places = asked.count(f'"{words}"') + asked.count(f">{words}<")
        assert places >= 2, f"{words!r} is asked nowhere else"


@pytest.mark.parametrize("typed", [*HOSTILE, "مشروع 🌳"])
async def test_hostile_answers_are_copied(desk: Desk, typed: str) -> None:
    address = await received(desk, form(titre=typed, description=typed, partenaires=typed, perimetre=typed))
    answer = await desk.get(address.replace("/accuse?", "/accuse.pdf?"))

    assert answer.status_code == 200
    if typed in HOSTILE:
        assert bare(text_of(answer.content)).count(bare(typed)) >= 4


async def test_it_opens_to_its_key_and_to_staff_alone(desk: Desk) -> None:
    address = await received(desk, form())
    path = address.replace("/accuse?", "/accuse.pdf?")
    bare_path = path.partition("?")[0]

    assert (await desk.get(path)).status_code == 200
    for role in (None, "partner", "expert", "applicant", "ops"):
        for refused in (bare_path, f"{bare_path}?cle=", f"{bare_path}?cle=x", path[:-1], f"{bare_path}?cle=%FF"):
            answer = await desk.get(refused, role)
            assert (answer.status_code, "Une forêt urbaine" in answer.text) == (404, False)
    assert (await desk.get(bare_path, "staff")).status_code == 200
    for unknown in (f"/candidatures/{uuid4()}/accuse.pdf", "/candidatures/x/accuse.pdf"):
        assert (await desk.get(unknown, "staff")).status_code == 404


async def test_the_pages_lead_to_it(desk: Desk) -> None:
    address = await received(desk, form())
    receipt = await desk.get(address)
    dossier = await desk.get(f"/dossiers/{address.split('/')[2]}", "staff")

    for seen, pattern in ((receipt, "accuse.pdf?cle="), (dossier, "accuse.pdf")):
        (link,) = [e.get("href", "") for e in page(seen).iter() if pattern in e.get("href", "")]
        assert (await desk.get(link, "staff" if seen is dossier else None)).status_code == 200


async def test_a_document_that_cannot_be_set_in_time_is_a_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(self: Printer, document: Paper) -> bytes:
        raise PaperFailed("late")

    address = await received(desk, form())
    monkeypatch.setattr(Printer, "pdf", late)
    answer = await desk.get(address.replace("/accuse?", "/accuse.pdf?"))

    assert answer.status_code == 503
    assert "Réessayez dans une minute" in answer.text


async def test_the_document_does_not_change_with_the_state(desk: Desk) -> None:
    address = await received(desk, form())
    path = address.replace("/accuse?", "/accuse.pdf?")
    before = (await desk.get(path)).content
    decision = [("decision", "non_retenu"), ("motif", "Trop tôt pour cette vague.")]
    await desk.post(f"/dossiers/{address.split('/')[2]}/preselection", decision, "staff")

    assert (await desk.get(path)).content == before
    assert len(PdfReader(io.BytesIO(before)).pages) >= 2
