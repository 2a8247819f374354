"""A feature's fingerprint changes with what it means, and with nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_core.warehouse import definitions, dictionary

VARS = {"churn_definition": "contract", "currency": "EUR", "rates": {}, "as_of": "2026-06-30", "build_id": "0001"}


@pytest.fixture(autouse=True)
def _no_cache() -> Iterator[None]:
    definitions._closure.cache_clear()
    yield
    definitions._closure.cache_clear()


def changed(monkeypatch: pytest.MonkeyPatch, model: str, old: str, new: str) -> set[str]:
    """Features of customers whose fingerprint differs once a model's text is changed."""
    before = dictionary.feature_fingerprints("feat_customer", VARS)
    texts = definitions._models()
    assert old in texts[model]
    definitions._closure.cache_clear()
    monkeypatch.setattr(definitions, "_models", lambda: texts | {model: texts[model].replace(old, new)})
    after = dictionary.feature_fingerprints("feat_customer", VARS)
    return {name for name in before if before[name] != after[name]}


def test_a_features_own_expression_changes_that_feature_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed(monkeypatch, "feat_customer", "w.minutes_90d", "w.minutes_90d + 1") == {"minutes_90d"}


def test_a_model_below_changes_the_features_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = changed(monkeypatch, "int_customer_tickets", "age_days < 90", "age_days < 91")
    assert "n_tickets_90d" in found
    assert not found & {"minutes_90d", "mrr", "segment", "n_people"}


def test_what_counts_as_leaving_is_a_definition_and_the_day_of_the_build_is_none() -> None:
    def of(**more: str) -> str:
        return dictionary.outcome_fingerprint("label_churn", VARS | more)

    assert of(churn_definition="inactivity") != of()
    assert of(as_of="2026-07-30", build_id="0002") == of()
    features = dictionary.feature_fingerprints("feat_customer", VARS)
    assert features == dictionary.feature_fingerprints("feat_customer", VARS | {"as_of": "2026-07-30"})


def test_a_feature_defined_anew_is_no_other_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dictionary.outcome_fingerprint("label_churn", VARS)
    assert changed(monkeypatch, "int_customer_tickets", "age_days < 90", "age_days < 91")
    assert dictionary.outcome_fingerprint("label_churn", VARS) == before
    assert changed(monkeypatch, "feat_customer", "c.mrr,", "c.mrr + 1 as mrr,") == {"mrr"}
    assert dictionary.outcome_fingerprint("label_churn", VARS) == before


def test_a_rate_of_a_currency_is_part_of_what_money_means() -> None:
    before = dictionary.feature_fingerprints("feat_customer", VARS)
    after = dictionary.feature_fingerprints("feat_customer", VARS | {"rates": {"USD": 0.5}})
    assert before["mrr"] != after["mrr"]
    assert before["n_tickets_90d"] == after["n_tickets_90d"]


def test_comments_and_blanks_are_no_definition() -> None:
    assert definitions._plain("a\n-- words\n\n{# more #}b -- tail") == "a\nb"
