"""Whatever the order in which two devices save, no word is lost: it is the answer, or it waits beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import draft
from intake.domain.draft import MOST_RIVALS, SECTIONS, TITLES, Answer, Save, merge
from intake.domain.refusals import Refused
from intake.forms.draft import (
    fields_of,
    is_field,
    mark,
    money,
    save_of,
    saves_of,
    statuses,
    value_of,
    value_typed,
    with_room,
    words_of_draft,
)
from intake.forms.words import REPLACED, Words, words_of
from tests.intake_story import NOW, SAMPLES, form, label, sample_form

TEXTS = st.sampled_from(["", "Un", "Deux", "Trois", " ", "مشروع", "🌳"])
DEVICES = st.sampled_from(["téléphone", "ordinateur", "tablette"])


def draft_of(words: Words) -> dict[str, Answer]:
    names = [name for section in SECTIONS for name in fields_of(section, label())]
    return {name: Answer(value_of(words, name), 1, NOW) for name in names if value_of(words, name)}


@given(st.lists(st.tuples(DEVICES, st.booleans(), TEXTS), max_size=12))
def test_no_interleaving_of_devices_loses_a_word(acts: list[tuple[str, bool, str]]) -> None:
    """A device reloads, or saves on what it saw last; what it replaces knowingly is the only thing that goes."""
    stored, seen = Answer(), {name: Answer() for name in ("téléphone", "ordinateur", "tablette")}
    written: set[str] = set()
    for device, reloads, text in acts:
        if reloads:
            seen[device] = stored
            continue
        before, found = stored, merge(stored, Save(text, seen[device].revision), NOW)
        stored = found.answer
        if found.conflict:
            assert stored.value == before.value
        else:
            written -= {before.value}
            seen[device] = stored
        written |= {text}
        assert {word for word in written if word.strip()} <= {stored.value, *stored.rivals}
        assert len({stored.value, *stored.rivals}) == 1 + len(stored.rivals)


def test_the_same_words_from_two_places_are_no_conflict() -> None:
    first = merge(Answer(), Save("Lens", 0), NOW).answer

    assert merge(first, Save("Lens", 0), NOW) == draft.Merged(first, conflict=False)
    assert (first.revision, first.value) == (1, "Lens")


def test_a_choice_settles_what_was_seen_and_nothing_else() -> None:
    stored = Answer("A", 3, NOW, ("B", "C"))

    kept = merge(stored, Save("A", 3, frozenset({"B"})), NOW).answer
    taken = merge(stored, Save("B", 3, frozenset({"B"})), NOW).answer
    late = merge(stored, Save("B", 2, frozenset({"B"})), NOW)
    assert (kept.value, kept.rivals, kept.revision) == ("A", ("C",), 3)
    assert (taken.value, taken.rivals, taken.revision) == ("B", ("C",), 4)
    assert late.conflict
    assert set(late.answer.rivals) == {"B", "C"}


def test_a_late_deletion_deletes_nothing_and_too_many_versions_are_refused() -> None:
    stored = Answer("A", 2, NOW)
    assert merge(stored, Save(" ", 1), NOW) == draft.Merged(stored, conflict=True)

    crowded = Answer("A", 2, NOW, tuple(map(str, range(MOST_RIVALS))))
    with pytest.raises(Refused, match="choisissez"):
        merge(crowded, Save("encore", 1), NOW)


def test_every_question_of_the_form_has_one_section() -> None:
    sections = {name: draft.section_of(name) for name, _ in form() if name not in {"consentement"}}

    assert None not in sections.values()
    assert set(SECTIONS) | {"verification"} == set(TITLES)
    assert len(fields_of("grille", label())) == 13
    assert not is_field("grille-magie", label())
    assert not is_field("consentement", label())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_real_dossier_comes_back_from_its_draft_as_it_was(path: object) -> None:
    words = words_of(sample_form(path))  # type: ignore[arg-type] # a path
    kept = words_of_draft(draft_of(words))

    found = statuses(kept, label())
    assert not any(status.wrong or status.missing for status in found.values())
    assert found["projet"].progress == "fait"
    for name in (name for section in SECTIONS for name in fields_of(section, label())):
        assert value_of(kept, name) == value_of(words, name)
        assert value_of(with_room(kept), name) == value_of(words, name)


def test_sections_say_where_they_stand() -> None:
    empty = statuses(Words(), label())
    assert {status.progress for status in empty.values()} == {"vide"}
    assert set(empty["projet"].missing) == {"titre", "resume", "description", "themes"}
    assert not empty["besoins"].missing

    words = words_of([("titre", "Un verger"), ("budget", "beaucoup"), ("plan-0-montant", "12"), ("stade", "idee")])
    found = statuses(words, label())
    assert (found["projet"].progress, set(found["projet"].missing)) == (
        "a_completer",
        {"resume", "description", "themes"},
    )
    assert set(found["budget"].wrong) == {"budget", "plan-0-financeur"}
    assert (found["calendrier"].progress, found["documents"].progress) == ("fait", "vide")


def test_what_nobody_touched_is_not_saved_again() -> None:
    shown = Answer("Un verger", 4, NOW)
    pairs = [("titre", "Un verger"), ("revision-titre", mark(shown)), ("resume", "Neuf"), ("revision-resume", "0.")]

    assert saves_of(words_of(pairs), ("titre", "resume")) == {"resume": Save("Neuf", 0)}
    assert save_of("Autre", mark(shown)) == Save("Autre", 4)
    assert save_of("Autre", "n’importe quoi") == Save("Autre", 0)
    assert save_of("Un verger", mark(shown), ["x"]) == Save("Un verger", 4, frozenset({"x"}))


@given(st.text(max_size=40))
def test_any_text_survives_the_draft(typed: str) -> None:
    words = words_of([("titre", typed), ("plan-0-financeur", typed), ("besoin-2-objet", typed)])
    kept = words_of_draft(draft_of(words))

    assert kept["titre"] == words["titre"]
    if typed.strip():
        assert kept.table("plan")[0]["financeur"] == words["titre"]
    assert kept.unreadable >= ({"titre"} if REPLACED in words["titre"] else set())


def test_an_answer_sent_alone_has_one_shape() -> None:
    assert value_typed("themes", ["energie", "energie", "mobilite"]) == "energie\nmobilite"
    assert value_typed("plan", [{"financeur": "Région", "rien": "x"}, {"montant": " "}]).count("financeur") == 1
    assert value_typed("titre", "a\r\nb\x00") == f"a\nb{REPLACED}"
    for name, wrong in (("titre", ["a"]), ("plan", "a"), ("plan", ["a"]), ("themes", "a"), ("themes", [{"a": "b"}])):
        with pytest.raises(ValueError, match=r"."):
            value_typed(name, wrong)  # type: ignore[arg-type] # what no page sends


def test_sums_count_what_can_be_read() -> None:
    rows = form(
        budget="1,2 M€",
        plan__0__montant="12 000,50 €", plan__0__etat="acquis", plan__1__montant="12000.5", plan__2__montant="beaucoup",
        besoin__0__montant="3 000",
    )  # fmt: skip
    found = money(words_of(rows))

    assert (found.budget, found.needs) == (1_200_000, 3_000)
    assert found.plan == {"acquis": 12_001, "envisage": 12_001}
