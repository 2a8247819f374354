-- Every disagreement with what came of it. It is judged only once the horizon has passed: until then only those who
-- leave early have an outcome, and rates of them would be too high. The customer is described as known on the day that
-- was spoken about. A score that was withheld gave no number: there is nothing to compare.
with said as (
    select
        d.entry_id, d.question, d.who, d.recorded_at, d.shown_as_of, d.reason_code, d.shown_evidence,
        coalesce(l.customer_id, d.entity_key) as entity_id,
        -- Whoever is gone from the sources can no longer be followed.
        d.entity_kind <> 'customer' or l.customer_id is not null as is_known,
        d.shown_as_of as as_of,
        cast({{ dbt.dateadd('day', 1, 'd.shown_as_of') }} as timestamp) as cutoff_at,
        cast({{ dbt.dateadd('day', var('horizon_days'), 'd.shown_as_of') }} as date) as due_on,
        d.shown_probability as p_machine,
        {{ meant('d.belief', 'd.probability', 'd.shown_probability') }} as p_person,
        d.shown_money_at_stake as money,
        d.withdrawn_at
    from {{ ref('stg_disagreements') }} as d
    left join {{ source('identity', 'customer_links') }} as l
        on d.entity_kind = 'customer' and d.entity_key = l.customer_key
),

cases as (
    select question, entity_id, as_of from said where is_known and as_of is not null
),

{{ outcomes_of('cases') }},

described as (
    select
        d.entry_id, v.segment, v.product_line, v.region,
        row_number() over (partition by d.entry_id order by v.known_at desc, v.customer_key) as recency
    from said as d
    inner join {{ ref('int_customer_versions') }} as v
        on d.question = 'churn' and d.entity_id = v.customer_id and {{ known_by('v', 'd') }}
    union all
    select
        d.entry_id, cast(null as varchar) as segment, cast(null as varchar) as product_line, l.region,
        row_number() over (partition by d.entry_id order by l.known_at desc) as recency
    from said as d
    inner join {{ ref('stg_leads') }} as l
        on d.question = 'lead' and d.entity_id = l.lead_key and {{ known_by('l', 'd') }}
)

select
    d.entry_id, d.question, d.entity_id, d.who, d.recorded_at, d.shown_as_of, d.due_on,
    coalesce(d.due_on <= cast('{{ var("as_of") }}' as date), false) as is_due,
    o.is_positive,
    d.reason_code,
    case when d.p_person > d.p_machine then 'raises' when d.p_person < d.p_machine then 'lowers' end as direction,
    d.p_machine,
    d.p_person,
    {{ how_far_off('d.p_machine', 'o.is_positive') }} as brier_machine,
    {{ how_far_off('d.p_person', 'o.is_positive') }} as brier_person,
    x.segment, x.product_line, x.region,
    case
        when d.shown_evidence >= 0.9 then 'full'
        when d.shown_evidence >= 0.6 then 'partial'
        when d.shown_evidence is not null then 'thin'
    end as evidence_level,
    cast(cast(extract(year from shown_as_of) as integer) as varchar) || ' Q'
    || cast(cast(extract(quarter from shown_as_of) as integer) as varchar) as season,
    d.money,
    {{ days_between('d.shown_as_of', 'd.recorded_at') }} as days_late,
    d.withdrawn_at is not null as was_withdrawn,
    d.withdrawn_at
from said as d
left join outcomes as o on d.question = o.question and d.entity_id = o.entity_id and d.as_of = o.as_of
left join described as x on d.entry_id = x.entry_id and x.recency = 1
