"""Every component stands in the gallery, renders to HTML that parses strictly, and escapes what it is given."""

import re
from pathlib import Path

import html5lib
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from jinja2 import Environment, UndefinedError

from kernel.ui import NavItem, Notice, Page, Site, render, templates
from kernel.ui.bars import coverage, days_share
from kernel.ui.gallery import PAGES, Someone, gallery_app, sample

KIT = Path(render.__file__).parent
GALLERY = sorted((KIT / "templates" / "gallery").glob("*.html"))
BASE = {"base.html", "components.html"}
HOSTILE = '"><script>alert(1)</script>'

# Words of one label or one service, in French and in English: the kit serves any.
BUSINESS = r"(?i)\b(euralens|candidat\w*|candidac\w*|porteurs?|jur(?:y|ies|or)|committee|comité|lycéen\w*|dossiers?|subvention\w*|grants?|financeurs?|montage|labellis\w*|métropol\w*)\b"  # noqa: E501 - one pattern


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(gallery_app())


@pytest.fixture(scope="module")
def environment() -> Environment:
    return templates(KIT / "templates" / "gallery")


def components(environment: Environment) -> set[str]:
    return {name for name in dir(environment.globals["ui"]) if not name.startswith("_")}


def listed() -> set[str]:
    """The names that the head of components.html promises."""
    head = (KIT / "templates" / "components.html").read_text(encoding="utf-8").partition("#}")[0]
    return set(re.findall(r"[a-z_]+", " ".join(re.findall(r"(?m)^(?:shapes|layout|fields|data) +(.+)$", head))))


def strict(text: str) -> None:
    html5lib.HTMLParser(strict=True).parse(text)


@pytest.mark.parametrize("path", PAGES)
def test_a_gallery_page_parses_strictly(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    strict(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_references_lead_somewhere(client: TestClient, path: str) -> None:
    text = client.get(path).text
    ids = re.findall(r'\sid="([^"]+)"', text)
    pointed = re.findall(r'\s(?:for|aria-labelledby)="([^"]+)"|href="#([^"]+)"', text)
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', text)).split()

    assert len(ids) == len(set(ids))
    assert {one or other for one, other in pointed} | set(described) <= set(ids)


def test_every_component_stands_in_the_gallery(environment: Environment) -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in GALLERY)
    used = set(re.findall(r"\bui\.([a-z_]+)", shown)) | {"patterns"}  # base.html draws the patterns

    assert components(environment) - {"shapes", "layout", "fields", "repeated", "data"} == used == listed()


def test_the_kit_has_no_business_word() -> None:
    files = [path for path in KIT.rglob("*") if path.suffix in {".py", ".html", ".css", ".js", ".svg"}]
    said = {path.name: found for path in files if (found := re.findall(BUSINESS, path.read_text(encoding="utf-8")))}

    assert files and not said


def test_an_unknown_name_raises(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ absent }}").render()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ ui.text('nom') }}").render()


@pytest.mark.parametrize(
    "source",
    [
        "{{ h }}",
        "{{ h|typo }}",
        "{{ ui.title(h, h, h) }}",
        "{{ ui.notice('danger', h, h) }}",
        "{{ ui.error_summary({h: h}) }}",
        "{{ ui.steps([{'label': h, 'note': h}], 0, h) }}",
        "{{ ui.figure(h, h, h) }}",
        "{{ ui.empty(h, h, h, h) }}",
        "{{ ui.pagination(2, 3, h, h) }}",
        "{{ ui.button(h, h, h, h) }}{{ ui.link_button(h, h) }}",
        "{{ ui.badge(h) }}{{ ui.verdict('non', h) }}",
        "{% call ui.form(h, h) %}{{ h }}{% endcall %}{% call ui.filters(h, h) %}{{ h }}{% endcall %}",
        "{{ ui.text(h, h, h, h, h, false, h, h, h, h, h) }}",
        "{{ ui.textarea(h, h, h, h, h) }}{{ ui.money(h, h, h, h, h) }}{{ ui.month(h, h, h, h, h) }}",
        "{{ ui.select(h, h, [(h, h)], h, h, h, autocomplete=h, blank=h) }}",
        "{{ ui.checkboxes(h, h, [(h, h)], [h], h, h) }}{{ ui.radios(h, h, [(h, h)], h, h, h) }}",
        "{{ ui.consent(h, h, true, h, h, h) }}{{ ui.files(h, h, h, h, accept=h) }}",
        "{{ ui.rows(h, h, [{'name': h, 'label': h, 'kind': 'text'}], [{h: h}], {h ~ '-0-' ~ h: h}, 1, h, h) }}",
        "{{ ui.definitions([(h, h), (h, none)]) }}",
        "{% call(i) ui.table(h, [h, (h, h)], [h]) %}{{ ui.head_cell(i) }}{{ ui.cell(h, i, h) }}{% endcall %}",
        "{{ ui.coverage(h, [{'label': h, 'amount': 1, 'fill': h}], 2, h, h) }}",
    ],
)
def test_what_people_type_never_becomes_markup(environment: Environment, source: str) -> None:
    text = environment.from_string(source).render(h=HOSTILE)

    assert "alert(1)" in text
    assert "<script" not in text
    assert '"&gt;' not in text  # the quote that would close an attribute is escaped too


def site() -> Site:
    nav = (NavItem("Accueil", "/"), NavItem("Bureau", "/bureau"), NavItem("Sources", "/bureau/sources"))
    legal = (NavItem("Mentions légales", "/mentions"),)
    by_role = {"staff": (NavItem("Registre", "/registre"),)}
    return Site("Nom", "Lieu", "Éditeur", nav, legal, {"green": "#14603F"}, by_role=by_role)


def someone(request: Request) -> Someone | None:
    name = request.headers.get("x-name")
    return Someone(name, request.headers.get("x-role", "")) if name else None


@pytest.fixture
def pages(tmp_path: Path) -> TestClient:
    (tmp_path / "page.html").write_text(
        '{% extends "base.html" %}{% block title %}Titre{% endblock %}'
        "{% block content %}<p>{% block part %}{{ ui.badge(word) }}{% endblock %}</p>{% endblock %}",
        encoding="utf-8",
    )
    page = Page(templates(tmp_path), site(), signed_in=someone)
    notice = Notice("succes", "Reçu", done=True)
    app = FastAPI()

    @app.get("/bureau/sources/une")
    def whole(request: Request) -> HTMLResponse:
        return page.render("page.html", request, status_code=422, word="mot", notices=(notice,))

    @app.get("/part")
    def part(request: Request) -> HTMLResponse:
        return page.render_block("page.html", "part", request, word="mot")

    @app.get("/no-part")
    def no_part(request: Request) -> HTMLResponse:
        return page.render_block("page.html", "absent", request, word="mot")

    return TestClient(app)


def test_a_page_carries_its_site(pages: TestClient) -> None:
    answer = pages.get("/bureau/sources/une")

    strict(answer.text)
    assert answer.status_code == 422
    assert "<title>Titre – Nom</title>" in answer.text
    assert all(words in answer.text for words in ("Lieu", "Éditeur", "Mentions légales", "Aller au contenu"))
    assert re.findall(r'aria-current="true">(.+?)<', answer.text) == ["Sources"]
    assert re.search(r'href="/static/theme\.[0-9a-f]{8}\.css"', answer.text)
    assert "data-done" in answer.text


def test_a_page_names_who_is_signed_in(pages: TestClient) -> None:
    assert "Vous êtes connecté" not in pages.get("/bureau/sources/une").text
    assert "Accueil &lt;b&gt;" in pages.get("/bureau/sources/une", headers={"x-name": "Accueil <b>"}).text


def test_a_role_has_its_own_way_and_the_way_out(pages: TestClient) -> None:
    text = pages.get("/bureau/sources/une", headers={"x-name": "Accueil", "x-role": "staff"}).text
    assert "Registre" in text and "/bureau/sources" not in text
    assert 'action="/sortir"' in text and 'action="/sortir"' not in pages.get("/bureau/sources/une").text


def test_the_browser_is_told_that_nothing_is_inline(pages: TestClient) -> None:
    policy = pages.get("/part").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_block_is_rendered_alone(pages: TestClient) -> None:
    text = pages.get("/part").text

    assert text.startswith('<span class="badge') and "mot" in text
    assert "<html" not in text
    html5lib.HTMLParser(strict=True).parseFragment(text)


def test_an_unknown_block_is_named(pages: TestClient) -> None:
    with pytest.raises(ValueError, match=r"no block 'absent'.*part"):
        pages.get("/no-part")


def test_the_home_item_covers_the_home_only() -> None:
    assert site().current("/") == NavItem("Accueil", "/")
    assert site().current("/bureaux") is None


def test_errors_are_counted_in_words(environment: Environment) -> None:
    count = environment.from_string("{{ ui.error_summary(errors) }}").render

    assert count(errors={}).strip() == ""
    assert "Il y a un point à corriger" in count(errors={"a": "b"})
    assert "Il y a 2 points à corriger" in count(errors={"a": "b", "c": "d"})


def test_parts_fill_a_bar_in_proportion() -> None:
    parts = sample()["parts"]
    under, over = coverage(parts, 490_000), coverage(parts, 122_500)

    assert [(one.start, one.width) for one in under.segments] == [(0, 24.49), (24.49, 16.33), (40.82, 9.18)]
    assert [under.rest, under.excess, under.percent] == [245_000, 0, 50]
    assert [over.rest, over.excess, over.percent] == [0, 122_500, 200]
    assert sum(one.width for one in over.segments) == pytest.approx(100, abs=0.02)


@pytest.mark.parametrize(("amount", "total"), [(-1, 10), (1, 0), (1, -5)])
def test_a_bar_refuses_what_it_cannot_draw(amount: int, total: int) -> None:
    with pytest.raises(ValueError, match=r"is -?\d+"):
        coverage([{"label": "a", "amount": amount, "fill": "solid"}], total)


@pytest.mark.parametrize(("left", "share"), [(-3, 0), (0, 0), (45, 50), (90, 100), (400, 100)])
def test_days_left_fill_their_share(left: int, share: float) -> None:
    assert days_share(left, 90) == share


def test_what_no_page_may_hold_is_shown_as_such(environment: Environment) -> None:
    sent = "a\x11b\x95c\ufdd0d\U0001ffffe\ud800f\tg\nh é 🙂"
    said = environment.from_string("<p title='{{ x }}'>{{ x }}</p>").render(x=sent)

    assert said.count("\N{REPLACEMENT CHARACTER}") == 10
    assert "f\tg\nh é 🙂" in said and said.encode()
