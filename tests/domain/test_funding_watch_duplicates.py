"""Calls that are one: found by title, funder, dates and link; never two editions, never in a crowd of equal titles."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain.duplicates import Face, Likeness, broader, page_of, shown_first, suggest

TITLE = "Renaturation des cours d'école et îlots de fraîcheur"
DAY = date(2026, 6, 30)


def face(key: str, **changes: Any) -> Face:
    fields: dict[str, Any] = {
        "title": TITLE,
        "funders": ("Agence de l'eau Artois-Picardie",),
        "url": f"https://{key.replace(':', '-')}.example/appels/{key}",
        "closes_on": DAY,
        "scale": "region",
        "codes": ("32",),
    }
    return Face(key, **(fields | changes))


def others() -> list[Face]:
    subjects = ("Réparer les vélos", "Ouvrir une épicerie", "Isoler les combles", "Apprendre la musique", "Replanter")
    return [face(f"z:{number}", title=subject, funders=("ADEME",)) for number, subject in enumerate(subjects)]


def pairs(*faces: Face) -> list[Likeness]:
    return suggest([*faces, *others()])


def test_one_call_of_two_sources_is_suggested_with_its_evidence() -> None:
    (found,) = pairs(
        face("a:1"),
        face("b:9", title="RENATURATION DE COUR D’ECOLE, îlot de fraicheur", funders=("Agence de l’Eau",)),
    )

    assert (found.first, found.second, found.kind) == ("a:1", "b:9", "doublon")
    assert "Les deux titres disent la même chose." in found.evidence
    assert "La même date limite\u202f: 30 juin 2026." in found.evidence
    assert any("Agence de l'eau Artois-Picardie" in one for one in found.evidence)


@pytest.mark.parametrize(
    "changes",
    [
        {"closes_on": date(2026, 9, 30)},
        {"title": f"{TITLE} 2027"},
        {"title": f"{TITLE} - lot 2"},
        {"title": "Renaturation des berges", "funders": ("Région",)},
        {"funders": ("Fondation de France",), "closes_on": None},
    ],
)
def test_two_editions_lots_or_funders_are_two_calls(changes: dict[str, Any]) -> None:
    assert pairs(face("a:1"), face("b:9", **changes)) == []


def test_one_page_makes_up_for_other_words() -> None:
    address = "https://www.eau.example/aides/cours?utm_source=lettre"
    found = pairs(
        face("a:1", url=address, funders=()),
        face("b:9", url="https://eau.example/aides/cours/", title="Renaturation des cours d'école", funders=()),
    )

    assert ["Les deux liens mènent à la même page." in one.evidence for one in found] == [True]


def test_a_general_scheme_and_its_local_form_are_variants() -> None:
    (found,) = pairs(face("a:1", scale="pays", codes=("FR",)), face("a:2", scale="departement", codes=("62",)))

    assert found.kind == "variante"
    assert found.evidence[-1].endswith("l’une est générale, l’autre locale.")
    assert broader(face("a:2", scale="departement"), face("a:1", scale="pays")).key == "a:1"


def test_a_copy_made_by_hand_is_a_duplicate() -> None:
    assert [one.kind for one in pairs(face("a:1"), face("a:2", title=f"{TITLE} - copie 14h23"))] == ["doublon"]


def test_one_source_that_shows_equal_titles_on_two_pages_means_two_calls() -> None:
    assert pairs(face("eu:1", url="https://eu.example/calls/1"), face("eu:2", url="https://eu.example/calls/2")) == []


def test_ten_thousand_equal_titles_suggest_nothing_and_end_soon() -> None:
    crowd = [face(f"a:{number}", url="https://a.example/liste") for number in range(10_000)]

    assert suggest(crowd) == []


def test_only_pairs_of_what_is_new_are_given() -> None:
    known = [face("a:1"), face("b:1"), *others()]

    assert len(suggest(known)) == 1
    assert suggest(known, among={"z:0"}) == []
    assert len(suggest(known, among={"b:1"})) == 1


@given(st.permutations([face("a:1"), face("b:9"), face("c:3", scale="pays"), *others()]))
def test_the_order_of_the_calls_changes_nothing(faces: list[Face]) -> None:
    assert suggest(faces) == suggest(sorted(faces, key=lambda one: one.key))


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://www.eau.example/", None),
        ("https://eau.example/a/?b=2&a=1&utm_medium=x", "eau.example/a?a=1&b=2"),
    ],
)
def test_a_page_is_known_however_it_is_written(address: str, page: str | None) -> None:
    assert page_of(address) == page


def test_a_chain_of_decisions_leads_to_one_call_and_never_turns_round() -> None:
    assert shown_first({"a": ["b"], "b": ["c"]}, "a") == "c"
    assert shown_first({"a": ["b"], "b": ["a"]}, "a") in {"a", "b"}
    assert shown_first({}, "a") == "a"
