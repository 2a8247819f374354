-- Measures of service, by month and by where the customer belongs.
with tickets as (
    select
        t.customer_key,
        cast(t.opened_at as date) as opened_on,
        cast({{ came_to_pass('t.closed_at', 's') }} as date) as closed_on,
        {{ dbt.datediff('t.opened_at', came_to_pass('t.first_response_at', 's'), 'minute') }} / 60.0 as hours,
        t.csat
    from {{ ref('stg_tickets') }} as t
    inner join {{ ref('int_spine') }} as s
        on s.k = 0 and {{ known_by('t', 's') }} and cast(t.opened_at as date) <= s.as_of
),

answers as (
    select a.customer_key, cast(a.happened_at as date) as answered_on, a.kind, a.score
    from {{ ref('stg_surveys') }} as a
    inner join {{ ref('int_spine') }} as s
        on s.k = 0 and {{ known_by('a', 's') }} and cast(a.happened_at as date) <= s.as_of
    union all
    select customer_key, closed_on, 'csat', csat from tickets where csat is not null
),

counted as (
    select
        d.k, t.customer_key, 1 as opened, t.hours, case when t.hours is not null then 1 end as answered,
        null as balance, null as nps_answers, null as csat, null as csat_answers
    from tickets as t
    inner join {{ ref('int_measure_day') }} as d on t.opened_on = d.day
    union all
    select
        p.k, a.customer_key, null, null, null,
        case when a.kind <> 'nps' then null when a.score >= 9 then 100 when a.score <= 6 then -100 else 0 end,
        case when a.kind = 'nps' then 1 end,
        case when a.kind = 'csat' then a.score end,
        case when a.kind = 'csat' then 1 end
    from answers as a
    inner join {{ ref('int_measure_period') }} as p
        on p.k <= 24 and a.answered_on between p.quarter_from and p.ends_on
),

placed as (
    select
        c.k, m.owner_id, m.team, m.region, m.segment, m.product_line, cast(null as varchar) as source_channel,
        sum(c.opened) as opened, sum(c.hours) as hours, sum(c.answered) as answered,
        sum(c.balance) as balance, sum(c.nps_answers) as nps_answers,
        sum(c.csat) as csat, sum(c.csat_answers) as csat_answers
    from counted as c
    inner join {{ source('identity', 'customer_links') }} as l on c.customer_key = l.customer_key
    inner join {{ ref('mart_customer') }} as m on l.customer_id = m.customer_id
    group by c.k, m.owner_id, m.team, m.region, m.segment, m.product_line
)

{{ measure_rows('placed', [
    ('tickets_opened', 'c.opened', ''),
    ('first_response_hours', 'c.hours', 'c.answered'),
    ('nps', 'c.balance', 'c.nps_answers'),
    ('csat', 'c.csat', 'c.csat_answers'),
]) }}
