"""Declared sources in JSON of any shape, in JSON-LD and behind a sitemap: by declaration alone, field by field."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.spiders.feeds import Feeds, crawl, declaration

PORTAL: dict[str, Any] = {
    "title": "Soutenir la rénovation des équipements",
    "reference": "Ab1",
    "statut": "PUBLIEE",
    "tags": [{"title": "Énergie"}, {"title": "Bâtiment"}],
    "entete": "Une aide aux travaux.",
    "objectif": "Réduire les consommations.<br><script>alert(1)</script>",
    "publicsBeneficiaire": [{"title": "Communes"}],
    "demarches": [
        {"dateOuvertureCampagne": "2026-10-01", "dateFinCampagne": "2026-12-01"},
        {"dateOuvertureCampagne": "2027-01-15", "dateFinCampagne": "2027-03-01"},
    ],
}
PORTAL_FIELDS = {
    "keep": {"statut": "PUBLIEE"},
    "reference": "reference",
    "title": "title",
    "link": "https://portail.example/aides/{reference}",
    "description": ["entete", "objectif"],
    "eligibility": ["publicsBeneficiaire.title"],
    "opens": "demarches.dateOuvertureCampagne",
    "closes": "demarches.dateFinCampagne",
    "themes": "tags.title",
}
GRANT = {
    "@context": "https://schema.org",
    "@type": "MonetaryGrant",
    "name": "Fonds pour les haies",
    "description": "<p>Planter et entretenir.</p>",
    "validFrom": "2026-11-01",
    "validThrough": "2027-02-28",
    "funder": {"@type": "Organization", "name": "Agence d’essai"},
}


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    made = Feeds()
    await made.start()
    yield made
    await made.stop()


def html(*blocks: object) -> bytes:
    scripts = (f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return f"<html><head>{''.join(scripts)}</head><body></body></html>".encode()


async def test_a_portal_of_aids_is_read_by_its_paths(feeds: Feeds) -> None:
    rows = [PORTAL, PORTAL | {"reference": "Ab2", "statut": "BROUILLON"}]
    address = feeds.puts(json.dumps(rows).encode(), content_type="application/json")

    crawled = await crawl(declaration("records", fields=PORTAL_FIELDS, perimeter="REG-32"), address)
    [call] = crawled.calls.values()

    assert crawled.report.complete, crawled.report.errors
    assert (call.reference, call.url, call.perimeter_codes) == ("Ab1", "https://portail.example/aides/Ab1", ("32",))
    assert (str(call.opens_on), str(call.closes_on), len(call.cut_offs)) == ("2026-10-01", "2027-03-01", 2)
    assert (call.themes, call.eligibility_text) == (("Énergie", "Bâtiment"), "Communes")
    assert call.description == "Une aide aux travaux.\nRéduire les consommations."


async def test_an_open_data_export_is_read_under_its_envelope(feeds: Feeds) -> None:
    row = {"id": 7, "nom": "Aide au vélo", "url": "https://ouvert.example/7", "fin": "31/12/2026"}
    body = {"total_count": 1, "results": [row]}
    fields = {"items": "results", "count": "total_count", "reference": "id", "title": "nom", "link": "url"}
    address = feeds.puts(json.dumps(body).encode(), content_type="application/json")

    [call] = (await crawl(declaration("records", fields=fields | {"closes": "fin"}), address)).calls.values()

    assert (call.reference, call.title, str(call.closes_on)) == ("7", "Aide au vélo", "2026-12-31")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"total_count": 3, "results": [{"id": 1, "nom": "A"}]}, "1 rows where 3 were announced"),
        ({"total_count": 1, "results": [{"id": 1, "libelle": "A"}]}, "fields are gone: no row has nom"),
        ({"error": "maintenance"}, "leads to no list"),
        ({"total_count": 0, "results": []}, "nothing found"),
    ],
)
async def test_an_answer_of_another_shape_is_not_believed(feeds: Feeds, body: Any, said: str) -> None:
    fields = {"items": "results", "count": "total_count", "reference": "id", "title": "nom"}
    address = feeds.puts(json.dumps(body).encode(), content_type="application/json")

    crawled = await crawl(declaration("records", fields=fields), address)

    assert not crawled.report.complete and any(said in error for error in crawled.report.errors), crawled.report.errors


async def test_a_date_that_is_none_is_to_check_and_told(feeds: Feeds) -> None:
    rows = [PORTAL | {"demarches": [{"dateFinCampagne": "31 février 2027"}, {"dateFinCampagne": "épuisement"}]}]
    address = feeds.puts(json.dumps(rows).encode(), content_type="application/json")

    crawled = await crawl(declaration("records", fields=PORTAL_FIELDS), address)

    assert [call.closes_at for call in crawled.calls.values()] == [None]
    assert "31 février 2027" in " ".join(crawled.report.remarks)


async def test_the_data_of_a_page_are_read_wherever_they_nest(feeds: Feeds) -> None:
    nested = {"@graph": [{"@type": "WebSite", "name": "Site"}, {**GRANT, "url": "/haies"}]}
    address = feeds.puts(html(nested), content_type="text/html")

    [call] = (await crawl(declaration("json_ld"), address)).calls.values()

    assert (call.title, call.funders, call.description) == (
        "Fonds pour les haies",
        ("Agence d’essai",),
        "Planter et entretenir.",
    )
    assert (str(call.opens_on), str(call.closes_on), call.url) == (
        "2026-11-01",
        "2027-02-28",
        f"{feeds.base_url}/haies",
    )


async def test_a_sitemap_leads_to_the_pages_that_are_calls(feeds: Feeds) -> None:
    paths = ("/aide-1", "/aide-2", "/contact", "/aide-3", "/aide-4")
    places = "".join(f"<url><loc>{feeds.base_url}{path}</loc></url>" for path in paths)
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    address = feeds.puts(sitemap.encode(), content_type="application/xml")
    for path in ("/aide-1", "/aide-2"):
        feeds.puts(html(GRANT | {"name": path}), path=path, content_type="text/html")
    feeds.puts(b"<html><body>Rien</body></html>", path="/aide-3", content_type="text/html")

    crawled = await crawl(declaration("sitemap", follow="/aide-[0-9]+$"), address)

    assert crawled.report.complete, crawled.report.errors
    assert sorted(call.title for call in crawled.calls.values()) == ["/aide-1", "/aide-2"]
    assert crawled.report.rejected == 2  # one without data, one that is gone
    assert "/contact" not in [path for path, _ in feeds.asked]


async def test_a_sitemap_without_a_call_is_a_site_that_changed(feeds: Feeds) -> None:
    address = feeds.puts(b"<urlset><url><loc>https://x.example/a</loc></url></urlset>", content_type="application/xml")

    crawled = await crawl(declaration("sitemap", follow="/aide-"), address)

    assert "none of the 1 addresses" in crawled.report.errors[0]
