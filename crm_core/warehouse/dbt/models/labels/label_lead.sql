-- Whether a lead converted within the horizon after a date, for dates whose horizon has passed.
with told as (
    select
        lead_key,
        cast('{{ var("as_of") }}' as date) as as_of,
        max(case when outcome then 1 else 0 end) as is_positive,
        'told' as origin
    from {{ ref('stg_outcomes') }}
    where question = 'lead' and superseded_at is null and lead_key is not null
    group by lead_key
),

ends as (
    select l.lead_key, min(l.converted_at) as converted_at
    from {{ ref('stg_leads') }} as l
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('l', 's') }}
    group by l.lead_key
),

derived as (
    select
        f.lead_id,
        s.as_of,
        case
            when {{ days_between('s.as_of', 'e.converted_at') }} between 1 and {{ var('horizon_days') }} then 1
            else 0
        end as is_positive,
        'derived' as origin
    from {{ ref('feat_lead') }} as f
    inner join {{ ref('int_spine') }} as s on f.as_of = s.as_of
    left join ends as e on f.lead_id = e.lead_key
    where f.is_in_population and s.k * 30 >= {{ var('horizon_days') }}
)

select lead_key as entity_id, as_of, is_positive, origin from told
union all
select lead_id as entity_id, as_of, is_positive, origin from derived
where not exists (select 1 from told)
