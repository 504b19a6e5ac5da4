"""One source, two readings: what staff write is what people read, and nothing that a value holds is read as it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from kernel.contracts.label import load_label
from kernel.contracts.notifier import MessageKind
from kernel.runtime.settings import Settings
from notifier.mail.links import Links
from notifier.mail.samples import sample
from notifier.mail.wording import WrongWording
from notifier.mail.writing import CannotWrite, Writer, Written, shipped

AT = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
KINDS = get_args(MessageKind)


@pytest.fixture(scope="module")
def writer() -> Writer:
    known = Settings.load(data=Path("/nowhere"), secret="for tests")
    label = load_label(known.label_file, known.territory_file)
    return Writer(label, "https://label.example", known.mail_from, Links("for tests", "https://label.example"))


class Reader(HTMLParser):
    """What a person sees of a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = tag == "div" and "display" in (dict(attrs).get("style") or "")
        self._skipped += tag in {"style", "title"} or hidden

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= self._skipped > 0 and tag in {"style", "title", "div"}

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.seen.append(data)


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w’]+", text.lower()))


def seen(written: Written) -> set[str]:
    reader = Reader()
    reader.feed(written.html)
    return words(" ".join(reader.seen))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_the_same_in_both_readings(writer: Writer, kind: MessageKind) -> None:
    written = writer.write(sample(kind, AT), AT)
    html, text = seen(written), words(re.sub(r"https?://\S+", " ", written.text))
    assert len(html) > 30
    assert html - text <= {"choisir", "label", "example", "https"}, "said in HTML alone"
    assert {one for one in text - html if not one.isdigit()} <= {"aide", "pourquoi", "répondre"}, (
        "said in plain text alone"
    )
    assert "src=" not in written.html and "url(" not in written.html, "nothing is loaded from elsewhere"
    assert "prefers-color-scheme: dark" in written.html and "max-width:600px" in written.html
    assert written.html.index("charset") < written.html.index("<style>")
    assert all(len(line) <= 80 or "http" in line for line in written.text.splitlines())
    assert not re.search(r"\{\{|\{%|None|\ue000|<!--~|%%", written.html + written.text + written.subject)


@pytest.mark.parametrize(
    ("reason", "said"),
    [("Répond à votre besoin « Construire la chaufferie »", 0), ("Répond à votre besoin « Cons… »", 1)],
)
def test_a_mail_of_matches_names_a_need_once(writer: Writer, reason: str, said: int) -> None:
    alert = sample("alerte_equipe", AT)
    [match] = alert.snapshot["projects"][0]["matches"]
    match |= {"need": "Construire la chaufferie.", "reason": reason}
    written = writer.write(alert, AT)

    assert [one.count("Besoin :") for one in (written.text, written.html)] == [said, said]
    assert [one.count("Construire la chaufferie") for one in (written.text, written.html)] == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_each_value_of_every_kind_is_needed_or_a_choice(writer: Writer, kind: MessageKind) -> None:
    """A wording asks for nothing that its snapshot does not give; what it asks for, it cannot do without."""
    whole = sample(kind, AT)
    asked = writer.names_in(shipped(kind)) & set(whole.snapshot)
    assert asked
    for name in asked - {"key", "decoding"}:
        rest = {key: value for key, value in whole.snapshot.items() if key != name}
        with pytest.raises(CannotWrite, match=kind):
            writer.write(replace(whole, snapshot=rest), AT)
        if name not in {"last_good_at", "outcome", "sources", "count"} and kind != "message_du_porteur":
            with pytest.raises(CannotWrite):
                writer.write(replace(whole, snapshot={**whole.snapshot, name: None}), AT)


MARKUP = st.sampled_from(["# Titre", "[lien](https://mal.example)", "**gras**", "!pistes", "{{ 7 * 7 }}", "> a : b"])


@settings(deadline=None)  # a busy machine is no fault
@given(value=st.tuples(st.text(max_size=20), MARKUP, st.text(max_size=20)).map(" ".join))
def test_a_value_is_never_read_as_source(writer: Writer, value: str) -> None:
    whole = sample("accuse_reception", AT)
    written = writer.write(replace(whole, snapshot={**whole.snapshot, "porteur": value}), AT)
    assert written.html.count("<h1") == 1 and 'href="https://mal' not in written.html
    assert "<strong>gras" not in written.html and "49" not in written.text.replace("{{ 7 * 7 }}", "")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("# Bonjour", "Objet"),
        ("Objet: x\n\n", "pas de texte"),
        ("Objet: x\n\n!nulle_part", "pistes"),
        ("Objet: x\n\n[Ouvrir](javascript:alert)", "https"),
        ("Objet: x\n\n- sans valeur", "deux-points"),
    ],
)
def test_a_source_that_cannot_be_read_says_why(writer: Writer, source: str, why: str) -> None:
    with pytest.raises(WrongWording, match=why):
        writer.try_out(source)


def test_a_source_that_does_not_compile_is_refused(writer: Writer) -> None:
    with pytest.raises(TemplateError):
        writer.try_out("Objet: x\n\n{% if %}\nPersonne\n{% endif %}")


def test_an_edited_wording_reaches_nothing_else(writer: Writer) -> None:
    """What staff write runs in a sandbox: the platform is not theirs to read from a mail."""
    sheets = writer.try_out("Objet: x\n\nBonjour {{ links.__class__.__mro__ }}")
    with pytest.raises((TemplateError, ValueError)):
        writer.filled(sheets, sample("accuse_reception", AT), AT)


def test_a_delivery_keeps_the_wording_it_was_born_with(writer: Writer) -> None:
    old, new = (replace(sample("accuse_reception", AT), template_version=number) for number in (2, 3))
    writer.learn("accuse_reception", 2, "Objet: Ancien {{ number }}\n\nAncien texte.")
    writer.learn("accuse_reception", 3, "Objet: Nouveau {{ number }}\n\nNouveau texte.")
    assert (writer.write(old, AT).subject, writer.write(new, AT).subject) == (
        "Ancien LE-2026-0012",
        "Nouveau LE-2026-0012",
    )
    with pytest.raises(CannotWrite, match="version 9"):
        writer.write(replace(old, template_version=9), AT)
