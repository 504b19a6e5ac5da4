"""Who publishes the pages: the identity a service gives to the kit, which knows none by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the header or of the footer."""

    label: str
    href: str

    def covers(self, path: str) -> bool:
        """True when the path is this page or lies beneath it; « / » covers itself only."""
        return path == self.href or (self.href != "/" and path.startswith(self.href.rstrip("/") + "/"))


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

    def current(self, path: str) -> NavItem | None:
        """The most precise item of the navigation that covers the path."""
        found = [item for item in self.nav if item.covers(path)]
        return max(found, key=lambda item: len(item.href), default=None)
