"""A place has a code when its name is known, and none otherwise: a wrong code would move a call."""

import pytest

from funding_watch.spiders.perimeters import CODES, codes_of, named, scale_of

LOCAL = {"Lens": "62498", "CA de Lens - Liévin": "246200364"}


@pytest.mark.parametrize(
    ("written_scale", "name", "scale", "codes"),
    [
        ("Région", "Hauts-de-France", "region", ("32",)),
        ("Département", "Pas-de-Calais", "departement", ("62",)),
        ("Département", "Côte-d’Or", "departement", ("21",)),
        ("Département", "Hauts-de-France", "departement", ()),
        ("Pays", "France", "pays", ("FR",)),
        ("Continent", "Europe", "europe", ("EU",)),
        ("Bassin hydrographique", "Bassin Artois-Picardie", "bassin", ("artois-picardie",)),
        ("Ad-hoc", "Bassin minier du Nord et du Pas-de-Calais", "autre", ("bassin-minier",)),
        ("Ad-hoc", "Communes volontaires", "autre", ()),
        ("Outre-mer", "La Réunion", "autre", ()),
        ("Commune", "Lens", "commune", ("62498",)),
        ("Commune", "Lensa", "commune", ()),
        ("EPCI", "CA de Lens-Liévin", "epci", ("246200364",)),
        ("Planète", "Mars", "autre", ()),
        (None, None, "autre", ()),
    ],
)
def test_a_known_name_has_a_code(
    written_scale: str | None, name: str | None, scale: str, codes: tuple[str, ...]
) -> None:
    assert scale_of(written_scale) == scale
    assert codes_of(scale_of(written_scale), name, named(LOCAL)) == codes


def test_every_region_and_department_is_there() -> None:
    assert len(set(CODES["region"].values())) == 18
    assert len(set(CODES["departement"].values())) == 101
