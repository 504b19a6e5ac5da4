"""Perimeters in codes: what is exact gets codes, what is not is to check, and exclusions win."""

import pytest

from funding_watch.spiders.cog import DEPARTMENTS_OF, EVERYWHERE, NAMES, perimeter_of

MAINLAND = tuple(sorted(region for region in DEPARTMENTS_OF if region > "10"))


def test_every_department_lies_in_one_region() -> None:
    listed = [department for departments in DEPARTMENTS_OF.values() for department in departments]

    assert len(listed) == len(EVERYWHERE) == 101
    assert {f"DEP-{code}" for code in listed} | {f"REG-{code}" for code in DEPARTMENTS_OF} | {"PAYS-99100"} == set(
        NAMES
    )


@pytest.mark.parametrize(
    ("included", "excluded", "scale", "codes"),
    [
        ("PAYS-99100", "", "pays", ("FR",)),
        ("PAYS-99131", "", "pays", ("BE",)),
        ("PAYS-99100|PAYS-99131", "", "pays", ("BE", "FR")),
        ("REG-32", "", "region", ("32",)),
        ("DEP-62|DEP-59", "", "departement", ("59", "62")),
        ("DEP-2A|DEP-2B", "", "region", ("94",)),
        ("COM-62498|COM-62427", "", "commune", ("62427", "62498")),
        ("COM-62498|COM-62427", "COM-62427", "commune", ("62498",)),
        ("PAYS-99100", "REG-01|REG-02|REG-03|REG-04|REG-06", "region", MAINLAND),
        ("REG-32|REG-44", "REG-32", "region", ("44",)),
        ("REG-32", "DEP-62", "departement", ("02", "59", "60", "80")),
        ("REG-32|DEP-08", "", "departement", ("02", "08", "59", "60", "62", "80")),
        ("REG-32", "COM-62498", "autre", ()),
        ("COM-62498", "DEP-62", "autre", ()),
        ("DEP-62|COM-80001", "", "autre", ()),
        ("CAN-6201", "", "autre", ()),
    ],
)
def test_codes_become_a_perimeter(included: str, excluded: str, scale: str, codes: tuple[str, ...]) -> None:
    found = perimeter_of(included, excluded)

    assert (found.scale, found.codes) == (scale, codes)
    assert found.name


@pytest.mark.parametrize(
    ("included", "excluded", "reason"),
    [
        ("REG-32", "REG-32", "leaves no territory"),
        ("DEP-62", "REG-32", "leave no territory"),
        ("", "", "leaves no territory"),
        ("Hauts-de-France", "", "no code"),
        ("REG-32", "nulle part", "no code"),
    ],
)
def test_what_is_no_perimeter_is_told(included: str, excluded: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        perimeter_of(included, excluded)
