"""The spiders of the watch, by name, and those of declared feeds, by format. Each is response → FundingCall."""

from collections.abc import Mapping

from funding_watch.domain.declarations import Format
from funding_watch.spiders.ademe_agir import AdemeAgirSpider
from funding_watch.spiders.aides_territoires import AidesTerritoiresSpider
from funding_watch.spiders.at_feed import AtFeedSpider
from funding_watch.spiders.base import PortalSpider
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.dispositif_aide import DispositifAideSpider
from funding_watch.spiders.eu_portal import EuPortalSpider
from funding_watch.spiders.list_page import ListPageSpider
from funding_watch.spiders.records import RecordsSpider
from funding_watch.spiders.structured import JsonLdSpider, SitemapSpider
from funding_watch.spiders.syndication import SyndicationSpider

SPIDERS: Mapping[str, type[PortalSpider]] = {spider.name: spider for spider in (AidesTerritoiresSpider, EuPortalSpider)}

FORMATS: Mapping[Format, type[DeclaredSpider]] = {
    "ademe_agir": AdemeAgirSpider,
    "at_feed": AtFeedSpider,
    "dispositif_aide": DispositifAideSpider,
    "json_ld": JsonLdSpider,
    "page": ListPageSpider,
    "records": RecordsSpider,
    "sitemap": SitemapSpider,
    "syndication": SyndicationSpider,
}
