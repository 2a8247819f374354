-- Each source stream, its owner and how old its newest row is. Age counts from the as_of day; what a source declares
-- or dates ahead of that day is a wrong clock and makes no stream look alive.
{% set day_after = dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") %}
with carried as (
    select feed, count(*) as n_rows, max(case when happened_at < {{ day_after }} then happened_at end) as newest_at
    from {{ ref('stg_interactions') }}
    where feed is not null and superseded_at is null
        and known_at < {{ day_after }}
    group by feed
),

declared as (
    select
        *,
        case when last_synced_at < {{ day_after }} then last_synced_at end as synced_at,
        row_number() over (partition by feed order by known_at desc) as recency
    from {{ ref('stg_feeds') }}
    where superseded_at is null
)

select
    coalesce(d.feed, c.feed) as feed,
    coalesce(d.title, d.feed, c.feed) as title,
    d.kind,
    d.owner_id,
    e.name as owner_name,
    d.expected_every_hours,
    coalesce(d.synced_at, c.newest_at) as last_synced_at,
    coalesce(c.n_rows, 0) as n_rows,
    {{ days_between('coalesce(d.synced_at, c.newest_at)', "cast('" ~ var('as_of') ~ "' as date)") }} as age_days,
    coalesce(
        {{ days_between('coalesce(d.synced_at, c.newest_at)', "cast('" ~ var('as_of') ~ "' as date)") }} * 24
        > 3 * greatest(d.expected_every_hours, 24),
        false
    ) as is_silent
from (select * from declared where recency = 1) as d
full outer join carried as c on d.feed = c.feed
left join {{ ref('mart_employee') }} as e on d.owner_id = e.employee_id
order by 1
