-- Whether a customer left within the horizon after a date, for dates whose horizon has passed. An outcome told from
-- outside (a column of a snapshot) takes the place of the derived label for the whole question.
with told as (
    select
        l.customer_id,
        cast('{{ var("as_of") }}' as date) as as_of,
        max(case when o.outcome then 1 else 0 end) as is_positive,
        'told' as origin
    from {{ ref('stg_outcomes') }} as o
    inner join {{ source('identity', 'customer_links') }} as l on o.customer_key = l.customer_key
    where o.question = 'churn' and o.superseded_at is null
    group by l.customer_id
),

{% if var('churn_definition') == 'contract' %}
derived as (
    select
        f.customer_id,
        s.as_of,
        max(case when {{ days_between('s.as_of', 'p.last_day') }} < {{ var('horizon_days') }} then 1 else 0 end)
            as is_positive,
        'derived' as origin
    from {{ ref('feat_customer') }} as f
    inner join {{ ref('int_spine') }} as s on f.as_of = s.as_of
    inner join {{ ref('int_contract_spells') }} as p
        on f.customer_id = p.customer_id and p.started_on <= s.as_of and p.last_day >= s.as_of
    where f.is_in_population and s.k * 30 >= {{ var('horizon_days') }}
    group by f.customer_id, s.as_of
)
{% else %}
orders as (
    select distinct l.customer_id, cast(i.happened_at as date) as ordered_on
    from {{ ref('stg_interactions') }} as i
    inner join {{ source('identity', 'customer_links') }} as l on i.customer_key = l.customer_key
    where i.kind = 'order' and i.superseded_at is null
),

derived as (
    select
        f.customer_id,
        s.as_of,
        case when count(o.ordered_on) = 0 then 1 else 0 end as is_positive,
        'derived' as origin
    from {{ ref('feat_customer') }} as f
    inner join {{ ref('int_spine') }} as s on f.as_of = s.as_of
    left join orders as o
        on f.customer_id = o.customer_id
            and {{ days_between('s.as_of', 'o.ordered_on') }} between 1 and {{ var('horizon_days') }}
    where f.is_in_population and s.k * 30 >= {{ var('horizon_days') }}
    group by f.customer_id, s.as_of
)
{% endif %}

select customer_id as entity_id, as_of, is_positive, origin from told
union all
select customer_id as entity_id, as_of, is_positive, origin from derived
where not exists (select 1 from told)
