"""Figures of the pages against figures worked out by hand."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from crm_core import views
from tests.views.company import PEOPLE

ADMIN = PEOPLE["admin"]
MODULES = [import_module(m.name) for m in walk_packages(views.__path__, "crm_core.views.")]
