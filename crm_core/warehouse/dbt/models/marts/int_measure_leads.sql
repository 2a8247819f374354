-- Measures of leads, by month and by where a lead belongs.
with known as (
    select
        l.lead_key,
        l.created_at,
        cast(l.created_at as date) as created_on,
        case when {{ days_between('l.created_at', 'l.converted_at') }} <= 90 then 1 else 0 end as is_converted_in_time
    from {{ ref('stg_leads') }} as l
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('l', 's') }}
    where cast(l.created_at as date) <= s.as_of
),

touches as (
    select l.lead_key, {{ dbt.datediff('l.created_at', 't.first_touch_at', 'minute') }} / 60.0 as hours
    from known as l
    inner join (
        select lead_key, min(first_touch_at) as first_touch_at from {{ ref('int_measure_touch') }} group by lead_key
    ) as t on l.lead_key = t.lead_key
    where t.first_touch_at is not null
),

counted as (
    select
        d.k, k.lead_key, 1 as leads, t.hours, case when t.hours is not null then 1 end as touched,
        null as old_enough, null as converted
    from known as k
    inner join {{ ref('int_measure_day') }} as d on k.created_on = d.day
    left join touches as t on k.lead_key = t.lead_key
    union all
    select p.k, k.lead_key, null, null, null, 1, k.is_converted_in_time
    from known as k
    inner join {{ ref('int_measure_period') }} as p
        on p.k <= 24 and k.created_on between p.half_year_from and p.old_enough_until
),

placed as (
    select
        c.k,
        l.owner_id,
        l.team,
        l.region,
        cast(null as varchar) as segment,
        cast(null as varchar) as product_line,
        l.source_channel,
        sum(c.leads) as leads,
        sum(c.hours) as hours,
        sum(c.touched) as touched,
        sum(c.old_enough) as old_enough,
        sum(c.converted) as converted
    from counted as c
    inner join {{ ref('mart_lead') }} as l on c.lead_key = l.lead_id
    group by c.k, l.owner_id, l.team, l.region, l.source_channel
)

{{ measure_rows('placed', [
    ('leads_created', 'c.leads', ''),
    ('hours_to_first_touch', 'c.hours', 'c.touched'),
    ('lead_conversion', 'c.converted', 'c.old_enough'),
]) }}
