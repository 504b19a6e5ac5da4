"""The look of the platform: one base page, one set of components, one stylesheet; no business word."""

from kernel.ui.render import Notice, Page, templates
from kernel.ui.site import NavItem, Site
from kernel.ui.static import static_app, static_url

__all__ = ["NavItem", "Notice", "Page", "Site", "static_app", "static_url", "templates"]
