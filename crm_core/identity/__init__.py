"""Who is who: every customer key of every source, and the customer it belongs to."""

from crm_core.identity.links import resolve

__all__ = ["resolve"]
