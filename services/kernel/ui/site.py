"""Who publishes the pages: the identity a service gives to the kit, which knows none by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from kernel.contracts import site_map
from kernel.contracts.label import Label


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the header or of the footer."""

    label: str
    href: str

    def covers(self, path: str) -> bool:
        """True when the path is this page or lies beneath it; « / » covers itself only."""
        return path == self.href or (self.href != "/" and path.startswith(self.href.rstrip("/") + "/"))


class Visitor(Protocol):
    """Someone signed in: the name shown beside the way out, and the role that chooses the navigation."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Site:
    """`legal` are the footer's links (mentions légales, données personnelles, accessibilité).

    `colours` replaces tokens of the stylesheet by name, e.g. `{"green": "#14603F"}`.
    """

    name: str
    territory: str
    publisher: str
    nav: tuple[NavItem, ...] = ()
    legal: tuple[NavItem, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    home: str = "/"
    by_role: Mapping[str, tuple[NavItem, ...]] = field(default_factory=dict)
    """The navigation of those who are signed in, where their role has one of its own."""

    @classmethod
    def of(cls, label: Label) -> Self:
        """The site of a label, with the way to every service's pages."""
        return cls(
            name=label.name,
            territory=label.territory_name,
            publisher=label.publisher,
            nav=_items(site_map.STRANGER),
            legal=_items(
                (*site_map.LEGAL, (f"Accessibilité\u202f: {label.legal.accessibility}", site_map.ACCESSIBILITY))
            ),
            colours=label.colours,
            by_role={role: _items(links) for role, links in site_map.BY_ROLE.items()},
        )

    def seen_by(self, visitor: "Visitor | None") -> Self:
        """The same site with the navigation of whoever asks."""
        if visitor is None or visitor.role not in self.by_role:
            return self
        return replace(self, nav=self.by_role[visitor.role])

    def current(self, path: str) -> NavItem | None:
        """The most precise item of the navigation that covers the path."""
        found = [item for item in self.nav if item.covers(path)]
        return max(found, key=lambda item: len(item.href), default=None)


def _items(links: site_map.Links) -> tuple[NavItem, ...]:
    return tuple(NavItem(label, href) for label, href in links)
