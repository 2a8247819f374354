-- Every disagreement and what came of it, without who said it: an own balance finds its rows by the entries of the
-- ledger that are one's own.
select
    d.entry_id, d.question, d.entity_id, d.shown_as_of, d.due_on, d.is_due, d.is_positive, s.state,
    d.reason_code, d.direction, d.p_machine, d.p_person, d.brier_machine, d.brier_person,
    d.segment, d.product_line, d.region, d.evidence_level, d.season, d.money, d.days_late, d.was_withdrawn
from {{ ref('label_disagreement') }} as d
inner join {{ ref('int_disagreement_state') }} as s on d.entry_id = s.entry_id
order by d.entry_id
