-- Every view that was given before the model's number was shown, with what came of it once the horizon has passed; a
-- case that was skipped has no view to compare. Outcomes as for disagreements.
with said as (
    select
        f.entry_id, f.question, f.who, f.recorded_at, f.shown_as_of,
        coalesce(l.customer_id, f.entity_key) as entity_id,
        f.entity_kind <> 'customer' or l.customer_id is not null as is_known,
        f.shown_as_of as as_of,
        cast({{ dbt.dateadd('day', var('horizon_days'), 'f.shown_as_of') }} as date) as due_on,
        f.belief = 'skipped' as was_skipped,
        f.shown_probability as p_machine,
        -- Said before any number was shown: the convention alone, whatever the model would have said.
        case when f.belief <> 'skipped' then {{ meant('f.belief', 'f.probability') }} end as p_person
    from {{ ref('stg_first_views') }} as f
    left join {{ source('identity', 'customer_links') }} as l
        on f.entity_kind = 'customer' and f.entity_key = l.customer_key
),

cases as (
    select question, entity_id, as_of from said where is_known and as_of is not null
),

{{ outcomes_of('cases') }}

select
    s.entry_id, s.question, s.entity_id, s.who, s.recorded_at, s.shown_as_of, s.due_on,
    coalesce(s.due_on <= cast('{{ var("as_of") }}' as date), false) as is_due,
    o.is_positive,
    s.was_skipped,
    {{ days_between('s.shown_as_of', 's.recorded_at') }} as days_late,
    s.p_machine,
    s.p_person,
    {{ how_far_off('s.p_machine', 'o.is_positive') }} as brier_machine,
    {{ how_far_off('s.p_person', 'o.is_positive') }} as brier_person
from said as s
left join outcomes as o on s.question = o.question and s.entity_id = o.entity_id and s.as_of = o.as_of
