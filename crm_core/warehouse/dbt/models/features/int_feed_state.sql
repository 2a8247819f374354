-- Each fallible feed at each date: why it could not see anybody then, or empty. A feed without any row by then was not
-- connected yet; so was one that began, at its usual rate, clearly later than the data and less than 90 days before.
-- One that usually leaves a month empty in which, at its own rate, 20 rows and more were due, delivers in bursts: an
-- empty month says nothing of anybody. Surveys are made in rounds, and what counts of them is the latest answer.
{% set history_start = "cast('" ~ var('history_start') ~ "' as date)" %}
with feeds as (
    {% for feed in fallible_feeds() %}select '{{ feed }}' as feed{{ " union all " if not loop.last }}{% endfor %}
),

judged as (
    select
        f.feed, s.k, s.as_of, p.first_on, p.newest_on, p.age_days, p.is_alive, p.missed_30d, p.missed_90d,
        case
            when p.feed is null then 'not_connected_yet'
            when {{ days_between('p.first_on', 's.as_of') }} < 83 + p.usual_gap_days
                and {{ days_between(history_start, 'p.first_on') }} > 30 + p.usual_gap_days
                and (p.n_days >= 5 or p.n_rows >= 30) then 'not_connected_yet'
            when p.missed_30d > 7 or p.missed_90d > 22 then 'dead_feed'
            when f.feed <> 'surveys' and p.n_days >= 5 and p.usual_gap_days > 31
                and p.n_rows * p.usual_gap_days >= 20.0 * ({{ days_between('p.first_on', 's.as_of') }} + 1) then 'bursts'
        end as reason
    from feeds as f
    cross join {{ ref('int_spine') }} as s
    left join {{ ref('int_feed_pulse') }} as p on f.feed = p.feed and s.k = p.k
)

select * from judged
