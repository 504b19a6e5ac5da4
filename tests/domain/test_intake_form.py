"""A form is read to its end, in the order of the page; what is too much or unreadable is told, nothing is lost."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.dossier import Candidacy, submit
from intake.forms import candidacy as limits
from intake.forms.answers import answers_of
from intake.forms.candidacy import Filled, read
from intake.forms.staff import read_choice, read_wave
from intake.forms.words import REPLACED, SHOWN_ROWS, blank, words_of
from intake.store.candidacies import without_accents
from kernel.contracts.envelope import MAX_BODY_BYTES
from tests.intake_story import NOW, SAMPLES, SIMPLE, dossier, errors, form, label, sample_form

OBLIGED = set(SIMPLE) | {"themes"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_real_dossiers_pass(path: Path) -> None:
    assert errors(sample_form(path)) == {}


def test_an_empty_form_tells_all_that_is_asked_for() -> None:
    found = errors([])

    assert set(found) == OBLIGED
    assert list(found) == [
        "titre", "resume", "description", "themes", "porteur_nom", "porteur_forme", "contact_fonction",
        "contact_courriel", "commune", "stade", "consentement",
    ]  # fmt: skip
    assert all(sentence.endswith(".") for sentence in found.values())


@given(st.sampled_from(sorted(SIMPLE)), st.text(max_size=300))
def test_whatever_is_typed_is_told_on_its_own_field_and_kept(name: str, typed: str) -> None:
    words = words_of(form(**{name: typed}))

    found = read(words, label())
    assert isinstance(found, Filled) or set(found.errors) == {name}
    assert len(words[name]) == len(typed.replace("\r\n", "\n"))


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ufffe", "\x85", "\U0001ffff"])
def test_an_unreadable_character_is_shown_and_told(bad: str) -> None:
    words = words_of(form(titre=f"Avant{bad}après", besoin__0__objet=f"a{bad}", besoin__0__nature="expertise"))

    found = read(words, label())
    assert not isinstance(found, Filled)
    assert set(found.errors) == {"titre", "besoin-0-objet"}
    assert words["titre"] == f"Avant{REPLACED}après"
    assert words.table("besoin")[0]["objet"] == f"a{REPLACED}"


@pytest.mark.parametrize("fine", ["🌳🚲", "مشروع الغابة", "l’été « ouvert »", "x\u200dy", "Ægir ﬁn ½"])
def test_any_script_is_welcome(fine: str) -> None:
    assert dossier(titre=fine).project.title == fine


def test_empty_rows_do_not_count_and_half_rows_are_told() -> None:
    found = errors(form(plan__0__montant="12", besoin__1__precisions="x", besoin__4__objet="y", besoin__4__nature="z"))

    assert set(found) == {"plan-0-financeur", "besoin-0-objet", "besoin-0-nature", "besoin-1-nature"}
    filled = dossier(
        plan__3__financeur="Région", plan__0__etat="", besoin__2__objet="Étude", besoin__2__nature="expertise"
    )
    assert [line.funder for line in filled.project.plan] == ["Région"]
    assert filled.project.plan[0].state == "envisage"
    assert [need.number for need in filled.project.needs] == [1]


def test_too_many_rows_and_lines_are_told() -> None:
    rows = {f"plan__{n}__financeur": "x" for n in range(limits.MOST_ROWS + 1)}

    assert set(errors(form(**rows))) == {f"plan-{limits.MOST_ROWS}-financeur"}
    assert set(errors(form(partenaires="x\n" * 41))) == {"partenaires"}
    assert set(errors(form(documents="x" * 201))) == {"documents"}
    assert len(words_of([(f"plan-{n}-montant", "1") for n in range(1000)]).table("plan")) == SHOWN_ROWS


def test_a_need_ends_after_it_begins() -> None:
    row = {"besoin__0__objet": "Étude", "besoin__0__nature": "ingenierie", "besoin__0__debut": "2026-09"}

    assert set(errors(form(**row, besoin__0__fin="2026-08"))) == {"besoin-0-fin"}
    assert errors(form(**row, besoin__0__fin="9/2026")) == {}


def test_needs_come_in_the_order_that_the_porteur_gives_or_in_none() -> None:
    row = {"besoin__0__objet": "Étude", "besoin__0__nature": "ingenierie"}

    assert [need.priority for need in dossier(**row).project.needs] == [None]
    assert [need.priority for need in dossier(**row, besoin__0__priorite="2").project.needs] == [2]
    assert set(errors(form(**row, besoin__0__priorite="4"))) == {"besoin-0-priorite"}
    ranked = dossier(**row, besoin__0__priorite="3")
    assert json.loads(answers_of(ranked)["besoin"])[0]["priorite"] == "3"


def test_codes_that_the_form_does_not_offer_are_refused() -> None:
    changes = {"commune": "75056", "stade": "fini", "porteur_forme": "roi", "grille__ressources": "5"}

    assert set(errors(form(**changes, plan__0__financeur="x", plan__0__etat="volé"))) == {
        "commune", "stade", "porteur_forme", "grille-ressources", "plan-0-etat",
    }  # fmt: skip
    assert set(errors(form(themes=("magie",)))) == {"themes"}


def test_the_commune_gives_its_agglomeration() -> None:
    project = dossier().project

    assert (project.commune_name, project.epci_code) == ("Lens", label().communes["62498"].epci_code)


def test_robots_fill_every_field() -> None:
    assert set(errors(form(site_web="https://vente.example"))) == {"site_web"}


def test_the_fullest_form_fits_on_the_bus() -> None:
    tree = "🌳"
    rows = {f"plan__{n}__financeur": tree * limits.LINE for n in range(limits.MOST_ROWS)}
    for n in range(limits.MOST_ROWS):
        rows |= {
            f"besoin__{n}__objet": tree * limits.PURPOSE,
            f"besoin__{n}__nature": "communication",
            f"besoin__{n}__precisions": tree * limits.DETAILS,
        }
    full = dossier(
        titre=tree * limits.TITLE,
        resume=tree * limits.SUMMARY,
        description=tree * limits.DESCRIPTION,
        porteur_nom=tree * limits.LINE,
        **rows,
    )

    candidacy = Candidacy(uuid4(), "LE-2026-0001", uuid4(), NOW, full)
    assert len(submit(candidacy).events[0].model_dump_json().encode()) < MAX_BODY_BYTES


def test_one_row_more_keeps_the_words() -> None:
    words = words_of(form(plan__0__financeur="Région"))

    longer = words.with_row("plan").with_row("besoin")
    assert [row["financeur"] for row in longer.table("plan")] == ["Région", ""]
    assert len(longer.table("besoin")) == 1
    assert longer["titre"] == SIMPLE["titre"]
    assert len(blank().table("besoin")) == len(blank().table("plan")) == 3


def test_the_staff_forms_say_what_is_missing() -> None:
    assert set(read_wave(words_of([("quota", "dix")]), label()).errors) == {"title", "opens_at", "closes_at", "quota"}  # type: ignore[union-attr] # an empty form
    assert set(read_choice(words_of([("decision", "oui")])).errors) == {"decision", "motif"}  # type: ignore[union-attr] # as above


def test_search_forgets_case_and_accents() -> None:
    assert without_accents("  L'ÉCOCITÉ  du 8 ") == "l'ecocite du 8"
