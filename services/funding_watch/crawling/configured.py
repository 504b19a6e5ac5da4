"""Which sources this installation reads, and how: those of the code, then those declared in its file.

The rule kept here: a source that cannot be read yet says in one French line what is to be filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from funding_watch.crawl import CrawlSettings
from funding_watch.crawling.declared_files import read_declarations
from funding_watch.domain import entered
from funding_watch.domain.declarations import Declaration, Reach
from funding_watch.spiders import SPIDERS
from kernel.contracts.label import Label
from kernel.runtime.settings import PREFIX, Settings, WrongSetting


@dataclass(frozen=True, slots=True)
class Source:
    """A source as this installation reads it. `missing` says in French what is to be filled in, None when ready."""

    name: str
    title: str
    owner: str
    base_url: str | None
    missing: str | None = None
    reach: Reach = "nationale"
    schedule: str = ""
    """Six-field cron, UTC."""


def sources_of(settings: Settings) -> dict[str, Source]:
    """Every source that the watch knows how to read, by name: those of the code, then those declared.

    Raises `WrongSetting` when the file of the declared ones cannot be used.
    """
    addresses = {"aides_territoires": settings.aides_territoires_url, "eu_portal": settings.eu_portal_url}
    cron = settings.crawl_schedule
    known = {
        name: Source(name, spider.source_title, spider.owner, addresses.get(name) or None, None, spider.reach, cron)
        for name, spider in SPIDERS.items()
    }
    if not settings.aides_territoires_token and not settings.aides_territoires_url:
        missing = "Demandez un jeton sur Aides-territoires et donnez-le dans CHEVALEMENT_AIDES_TERRITOIRES_TOKEN."
        known["aides_territoires"] = replace(known["aides_territoires"], missing=missing)
    return known | {name: _declared(one, settings) for name, one in declared_in(settings).items()}


def declared_in(settings: Settings) -> dict[str, Declaration]:
    """The declarations of the installation's file. Raises `WrongSetting`."""
    try:
        found = read_declarations(settings.sources_file)
        if taken := sorted(set(found) & {*SPIDERS, entered.SOURCE}):
            raise ValueError(f"{', '.join(taken)}: this name is taken by a source of the code")
    except (OSError, ValueError) as error:
        raise WrongSetting(f"{PREFIX}SOURCES_FILE={str(settings.sources_file)!r}: {error}") from None
    return found


def _declared(one: Declaration, settings: Settings) -> Source:
    missing = None if one.enabled else one.verify
    if one.enabled and one.format == "ademe_agir" and not all(_agir_keys(settings).values()):
        names = " et ".join(f"{PREFIX}ADEME_AGIR_{name.upper()}" for name in _agir_keys(settings))
        missing = f"Demandez à l’ADEME l’accès au service AGIR et donnez-le dans {names}."
    schedule = one.schedule or settings.crawl_schedule
    return Source(one.name, one.title, one.owner, one.address or None, missing, one.reach, schedule)


def _is_this_machine(base_url: str | None) -> bool:
    host = urlsplit(base_url or "").hostname or ""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _agir_keys(settings: Settings) -> dict[str, str]:
    return {"client_id": settings.ademe_agir_client_id, "client_secret": settings.ademe_agir_client_secret}


def spider_arguments(declared: Declaration, settings: Settings) -> dict[str, Any]:
    """What the spider of a declared source needs."""
    return {"declaration": declared} | (_agir_keys(settings) if declared.format == "ademe_agir" else {})


def crawl_settings(settings: Settings, label: Label, base_url: str | None = None) -> CrawlSettings:
    """How sources are read here; an operator who types a `base_url` lets that host and port be read wherever it is.

    On one's own machine the delay between two requests serves nobody.
    """
    places = {commune.name: commune.code for commune in label.communes.values()}
    places |= {commune.epci_name: commune.epci_code for commune in label.communes.values()}
    arguments: dict[str, Mapping[str, Any]] = {
        "aides_territoires": {
            "token": settings.aides_territoires_token,
            "perimeter_codes": tuple(label.communes),
            "local_places": places,
        },
        "eu_portal": {"programmes": settings.eu_programmes},
    }
    arguments |= {name: spider_arguments(one, settings) for name, one in declared_in(settings).items()}
    return CrawlSettings(
        contact=label.mail,
        allow_private=settings.crawl_private_addresses or bool(base_url),
        delay=0.0 if settings.crawl_private_addresses or _is_this_machine(base_url) else 1.0,
        arguments=MappingProxyType(arguments),
        cache=Path(settings.crawl_cache) if settings.crawl_cache else None,
    )
