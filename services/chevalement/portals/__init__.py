"""Funding portals on this machine, for the demonstration and for the tests of the spiders."""

from chevalement.portals.faults import Fault
from chevalement.portals.server import LocalPortals

__all__ = ["Fault", "LocalPortals"]
