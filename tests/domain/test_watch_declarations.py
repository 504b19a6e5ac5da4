"""A declaration is taken whole or refused with one line that names what is wrong in it."""

import pytest

from funding_watch.domain.declarations import declarations
from kernel.runtime.settings import REPOSITORY

GOOD = """
[exemple]
format = "at_feed"
title = "Exemple"
owner = "Département d’essai"
reach = "régionale"
url = "https://departement.example/aides.json"
enabled = true
perimeter = "DEP-62"
"""


def test_a_declaration_is_read() -> None:
    found = declarations(GOOD)["exemple"]

    assert (found.name, found.enabled, found.perimeter) == ("exemple", True, "DEP-62")
    assert found.fingerprint != declarations(GOOD.replace("DEP-62", "DEP-59"))["exemple"].fingerprint


def test_portals_of_one_family_differ_by_their_tenant_alone() -> None:
    text = GOOD.replace("/aides.json", "/tenants/{tenant}/aides?top=2500").replace(
        "[exemple]", "[exemple]\ntenant = 'cr32'"
    )

    assert declarations(text)["exemple"].address == "https://departement.example/tenants/cr32/aides?top=2500"


def test_a_short_declaration_goes_without_what_it_implies() -> None:
    short = declarations("""
[liste]
url = "https://liste.example"
selectors = {each = "li", title = "a"}
[flux]
title = "Un flux"
""")

    assert [(one.format, one.title, one.owner) for one in short.values()] == [
        ("page", "liste", "liste"),
        ("syndication", "Un flux", "Un flux"),
    ]
    assert not any(one.enabled for one in short.values())
    assert "sources try" in short["liste"].verify


def test_the_file_that_ships_reads_nothing_that_nobody_verified() -> None:
    shipped = declarations((REPOSITORY / "deploy" / "sources.toml").read_text(encoding="utf-8"))

    assert shipped
    assert not [one.name for one in shipped.values() if one.enabled or not one.verify]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[exemple]", "[exemple", "not TOML"),
        ("[exemple]", "[Exemple]", "Exemple.name"),
        ('format = "at_feed"', 'format = "xls"', "exemple.format"),
        ('title = "Exemple"', 'titre = "Exemple"', "exemple"),
        ("https://departement", "ftp://departement", "exemple.url"),
        ("DEP-62", "Pas-de-Calais", "exemple.perimeter"),
        ('url = "https://departement.example/aides.json"', 'url = ""', "url is empty"),
        ("enabled = true", "enabled = false\nverify = ''", "exemple.verify"),
        ("enabled = true", "enabled = true\nselectors = {each = 'li', title = 'a'}", "selectors go with"),
        ("enabled = true", "enabled = true\nschedule = 'chaque jour'", "exemple.schedule"),
        ("/aides.json", "/{tenant}/aides", "tenant is empty"),
        ("enabled = true", "enabled = true\ntenant = 'a/../b'", "exemple.tenant"),
        ("[exemple]", "autre = 3\n[exemple]", "a source is a table"),
    ],
)
def test_a_wrong_declaration_is_refused(old: str, new: str, line: str) -> None:
    with pytest.raises(ValueError, match=line.replace(".", r"\.")):
        declarations(GOOD.replace(old, new))
