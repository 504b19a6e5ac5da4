"""What people type becomes one harmless line; addresses are told from what is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.words import cut, is_address, masked, one_line, web_address, without_addresses


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert line == one_line(line)
    assert not any(character in line for character in "\r\n\x00\x1b\u2028\u202e\u2066")


def test_french_spaces_are_kept() -> None:
    assert one_line("12\u202f500\u202f€ «\u00a0oui\u00a0»") == "12\u202f500\u202f€ «\u00a0oui\u00a0»"


def test_a_forged_header_is_only_words() -> None:
    assert one_line("Titre\r\nBcc: tous@exemple.example") == "Titre Bcc: tous@exemple.example"


@given(st.text(), st.integers(2, 80))
def test_a_cut_text_is_short_enough(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length


def test_a_text_is_cut_between_words() -> None:
    assert cut("La Forêt urbaine de Lens", 20) == "La Forêt urbaine de…"
    assert cut("La Forêt urbaine", 20) == "La Forêt urbaine"
    assert cut("x" * 10_000, 12) == "x" * 11 + "…"


@pytest.mark.parametrize("text", ["a@b.example", "mairie+label@saint-exemple.example", "éco@saint-exemple.example"])
def test_is_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mairie",
        "@b.example",
        "a@",
        "a@b",
        "a b@c.example",
        "a@b.example\nBcc: c@d.example",
        "a@b..example",
        "<a@b.example>",
        "a@b.example, c@d.example",
        "a@-b.example",
        "x" * 250 + "@b.example",
    ],
)
def test_is_not_an_address(text: str) -> None:
    assert not is_address(text)


def test_lists_show_masked_addresses() -> None:
    assert masked("technique@porteur.example") == "t…@porteur.example"
    assert masked(None) == ""


def test_what_servers_say_loses_its_addresses() -> None:
    said = "550 5.1.1 <technique@porteur.example>: Recipient address\r\n rejected"

    assert without_addresses(said) == "550 5.1.1 <(adresse)>: Recipient address rejected"


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "", "https://", "http://a b.example"])
def test_only_web_addresses_become_links(text: str) -> None:
    assert web_address(text) == ""


def test_a_web_address_is_kept() -> None:
    assert web_address("https://aides.example/1?a=b\n") == "https://aides.example/1?a=b"
