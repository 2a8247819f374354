{# What came of cases whose horizon has passed, as known at the newest as_of: the definitions of label_churn and
   label_lead, for any day, not only for those of the spine. `cases` names a relation with question, entity_id and as_of;
   the macro writes the relations that end in `outcomes` (question, entity_id, as_of, is_positive).
   Outcomes told from outside belong to a snapshot: no day of theirs can be followed. #}
{% macro outcomes_of(cases) -%}
followed as (
    select distinct question, entity_id, as_of
    from {{ cases }}
    where {{ days_between('as_of', "'" ~ var('as_of') ~ "'") }} >= {{ var('horizon_days') }}
        and question not in (
            select o.question from {{ ref('stg_outcomes') }} as o where o.superseded_at is null
        )
),

{% if var('churn_definition') == 'contract' %}
churn as (
    select
        d.question, d.entity_id, d.as_of,
        max(case when {{ days_between('d.as_of', 'p.last_day') }} < {{ var('horizon_days') }} then 1 else 0 end)
            as is_positive
    from followed as d
    inner join {{ ref('int_contract_spells') }} as p
        on d.entity_id = p.customer_id and p.started_on <= d.as_of and p.last_day >= d.as_of
    where d.question = 'churn'
    group by d.question, d.entity_id, d.as_of
),
{% else %}
orders as (
    select distinct l.customer_id, cast(i.happened_at as date) as ordered_on
    from {{ ref('stg_interactions') }} as i
    inner join {{ source('identity', 'customer_links') }} as l on i.customer_key = l.customer_key
    where i.kind = 'order' and i.superseded_at is null
),

churn as (
    select
        d.question, d.entity_id, d.as_of,
        case when count(o.ordered_on) = 0 then 1 else 0 end as is_positive
    from followed as d
    left join orders as o
        on d.entity_id = o.customer_id
            and {{ days_between('d.as_of', 'o.ordered_on') }} between 1 and {{ var('horizon_days') }}
    where d.question = 'churn'
    group by d.question, d.entity_id, d.as_of
),
{% endif %}

ends as (
    select l.lead_key, min(l.converted_at) as converted_at
    from {{ ref('stg_leads') }} as l
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('l', 's') }}
    group by l.lead_key
),

lead_ends as (
    select
        d.question, d.entity_id, d.as_of,
        case
            when {{ days_between('d.as_of', 'e.converted_at') }} between 1 and {{ var('horizon_days') }} then 1
            else 0
        end as is_positive
    from followed as d
    inner join ends as e on d.entity_id = e.lead_key
    where d.question = 'lead'
),

outcomes as (
    select question, entity_id, as_of, is_positive from churn
    union all
    select question, entity_id, as_of, is_positive from lead_ends
)
{%- endmacro %}
