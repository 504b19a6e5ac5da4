"""The spiders of the watch, by name. Each is response → FundingCall; crawl.py runs them."""

from collections.abc import Mapping

from funding_watch.spiders.aides_territoires import AidesTerritoiresSpider
from funding_watch.spiders.base import PortalSpider
from funding_watch.spiders.eu_portal import EuPortalSpider

SPIDERS: Mapping[str, type[PortalSpider]] = {spider.name: spider for spider in (AidesTerritoiresSpider, EuPortalSpider)}
