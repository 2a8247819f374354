"""Settings are read once as long as nothing has changed, and anew as soon as something has."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_core.settings import Settings, settings


def test_what_the_environment_says_counts_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert settings().currency == "EUR"
    assert settings() is settings()
    monkeypatch.setenv("CRM_CURRENCY", "CHF")
    assert settings().currency == "CHF"
    monkeypatch.setenv("crm_currency", "JPY")
    monkeypatch.delenv("CRM_CURRENCY")
    assert settings().currency == "JPY"


def test_what_is_written_into_the_env_file_counts_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    monkeypatch.chdir(tmp_path)
    assert settings().currency == "EUR"
    (tmp_path / ".env").write_text("CRM_CURRENCY=USD\n")
    assert settings().currency == "USD"
    (tmp_path / ".env").write_text("CRM_CURRENCY=GBP\n\n")
    assert settings().currency == "GBP"
    (tmp_path / ".env").unlink()
    assert settings().currency == "EUR"
