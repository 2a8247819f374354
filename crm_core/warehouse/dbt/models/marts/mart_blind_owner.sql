-- Owners who do not write down what they do in a feed, as far as their peers and their other feeds tell. `since` is the
-- first day of the unbroken stretch of quarters in which that is so.
with blind as (
    select l.owner_id, l.feed, l.k, s.as_of, l.n_in_care, l.n_logged, l.n_expected, l.sight
    from {{ ref('int_feed_logging') }} as l
    inner join {{ ref('int_spine') }} as s on l.k = s.k
),

last_good as (
    select owner_id, feed, min(k) as k from blind where sight >= 0.5 group by owner_id, feed
),

since as (
    select b.owner_id, b.feed, min({{ dbt.dateadd('day', -89, 'b.as_of') }}) as since
    from blind as b
    left join last_good as g on b.owner_id = g.owner_id and b.feed = g.feed
    where b.sight < 0.5 and (g.k is null or b.k < g.k)
    group by b.owner_id, b.feed
)

select
    b.owner_id,
    e.name as owner_name,
    e.team,
    b.feed,
    coalesce(t.title, b.feed) as title,
    b.n_in_care,
    b.n_logged,
    b.n_expected,
    b.sight,
    cast(s.since as date) as since
from blind as b
left join since as s on b.owner_id = s.owner_id and b.feed = s.feed
left join {{ ref('mart_employee') }} as e on b.owner_id = e.employee_id
left join (
    select coalesce({{ feed_of('kind') }}, feed) as feed, min(title) as title from {{ ref('mart_feed') }} group by 1
) as t on b.feed = t.feed
where b.k = 0 and b.sight < 0.5
order by b.owner_id, b.feed
