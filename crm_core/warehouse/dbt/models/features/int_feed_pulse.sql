-- Whether each feed was alive as of a date, by its own rhythm and the declared one. A silence counts from three usual
-- gaps on; below five days with rows nothing can be said about a rhythm. What a source declares ahead of the day is
-- a wrong clock and does not count.
with days as (
    select feed, happened_on, min(known_on) as known_on, sum(n_rows) as n_rows
    from {{ ref('int_feed_days') }}
    group by feed, happened_on
),

seen as (
    select
        d.feed, s.k, s.as_of, d.happened_on, d.n_rows,
        {{ days_between('lag(d.happened_on) over (partition by d.feed, s.k order by d.happened_on)', 'd.happened_on') }}
            as gap_days
    from days as d
    inner join {{ ref('int_spine') }} as s on d.known_on <= s.as_of and d.happened_on <= s.as_of
),

declared as (
    select
        coalesce({{ feed_of('f.kind') }}, f.feed) as feed,
        s.k,
        max(f.expected_every_hours) / 24.0 as expected_days,
        max(case when f.last_synced_at < s.cutoff_at then cast(f.last_synced_at as date) end) as synced_on,
        max(case when f.last_synced_at >= s.cutoff_at then 1 else 0 end) as is_clock_wrong
    from {{ ref('stg_feeds') }} as f
    inner join {{ ref('int_spine') }} as s on {{ known_by('f', 's') }}
    group by 1, 2
),

rhythm as (
    select
        t.feed, t.k, t.as_of,
        min(t.happened_on) as first_on,
        max(t.happened_on) as newest_on,
        count(*) as n_days,
        sum(t.n_rows) as n_rows,
        greatest(1, coalesce(percentile_cont(0.98) within group (order by t.gap_days), 1)) as usual_gap_days
    from seen as t
    group by t.feed, t.k, t.as_of
),

allowed as (
    select
        r.*,
        d.expected_days,
        coalesce(d.is_clock_wrong, 0) as is_clock_wrong,
        greatest(r.newest_on, coalesce(d.synced_on, r.newest_on)) as last_on,
        case
            when r.n_days >= 5 then greatest(2, 3 * r.usual_gap_days, 3 * coalesce(d.expected_days, 0))
            when d.expected_days is not null then greatest(2, 3 * d.expected_days)
        end as allowed_days
    from rhythm as r
    left join declared as d on r.feed = d.feed and r.k = d.k
),

missed as (
    select
        a.feed, a.k,
        sum(greatest(0, least({{ days_between('t.happened_on', 'a.as_of') }} + t.gap_days, 30)
            - {{ days_between('t.happened_on', 'a.as_of') }})) as earlier_30d,
        sum(greatest(0, least({{ days_between('t.happened_on', 'a.as_of') }} + t.gap_days, 90)
            - {{ days_between('t.happened_on', 'a.as_of') }})) as earlier_90d
    from allowed as a
    inner join seen as t on a.feed = t.feed and a.k = t.k and t.gap_days > a.allowed_days
    group by a.feed, a.k
)

{% set age = days_between('a.last_on', 'a.as_of') %}
select
    a.feed, a.k, a.as_of, a.first_on, a.last_on as newest_on, a.usual_gap_days, a.expected_days, a.is_clock_wrong,
    {{ age }} as age_days,
    coalesce({{ age }} <= a.allowed_days, true) as is_alive,
    coalesce(m.earlier_30d, 0) + case when {{ age }} > a.allowed_days then least({{ age }}, 30) else 0 end as missed_30d,
    coalesce(m.earlier_90d, 0) + case when {{ age }} > a.allowed_days then least({{ age }}, 90) else 0 end as missed_90d,
    a.n_days, a.n_rows
from allowed as a
left join missed as m on a.feed = m.feed and a.k = m.k
