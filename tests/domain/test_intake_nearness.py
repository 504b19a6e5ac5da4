"""A mail domain ties two people of one organisation, never two customers of one provider."""

import pytest

from intake.domain.nearness import ANYBODYS, are_near, domain_of, near

PROVIDER = "orange.fr"


@pytest.mark.parametrize(
    ("one", "other", "tied"),
    [
        ("a@ville.example", "b@ville.example", True),
        ("a@Ville.Example", "b@ville.example.", True),
        ("a@urbanisme.ville.example", "b@ville.example", True),
        ("a@ville.example", "b@urbanisme.ville.example", True),
        ("a@grandville.example", "b@ville.example", False),
        (f"a@{PROVIDER}", f"b@{PROVIDER}", False),
        ("", "", False),
        ("ville.example", "b@ville.example", False),
    ],
)
def test_domains_that_meet(one: str, other: str, tied: bool) -> None:
    assert are_near(one, other) is tied
    assert are_near(other, one) is tied


def test_anybodys_provider_ties_nobody() -> None:
    assert not [domain for domain in ANYBODYS if domain_of(f"a@{domain}")]
    assert near("a@ville.example", [(1, "b@ville.example"), (2, ""), (3, f"c@{PROVIDER}")]) == [1]
