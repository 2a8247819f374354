-- Rows each source stream has brought: in all, in the newest 30 days, and in the average 30 days of the year before.
-- Cases and answers have tables of their own: they belong to the stream that carries their kind, if only one does.
with only_one as (
    select kind, max(feed) as feed
    from {{ ref('mart_feed') }}
    where kind in ('ticket', 'survey')
    group by kind
    having count(*) = 1
),

cells as (
    select feed, {{ bucket_of('happened_at') }} as k, count(*) as n
    from {{ ref('stg_interactions') }}
    where feed is not null and superseded_at is null
        and known_at < {{ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") }}
    group by 1, 2
    union all
    select o.feed, {{ bucket_of('t.opened_at') }} as k, count(*) as n
    from {{ ref('stg_tickets') }} as t
    inner join only_one as o on o.kind = 'ticket'
    where t.superseded_at is null and t.known_at < {{ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") }}
    group by 1, 2
    union all
    select o.feed, {{ bucket_of('v.happened_at') }} as k, count(*) as n
    from {{ ref('stg_surveys') }} as v
    inner join only_one as o on o.kind = 'survey'
    where v.superseded_at is null and v.known_at < {{ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") }}
    group by 1, 2
),

bounds as (
    -- The oldest 30 days of a stream are seldom whole.
    select feed, least(12, max(k) - 1) as last_k
    from cells
    where k >= 0
    group by feed
)

select
    c.feed,
    sum(c.n) as n_rows,
    sum(case when c.k = 0 then c.n else 0 end) as n_30d,
    case when max(b.last_k) >= 1
        then cast(sum(case when c.k between 1 and b.last_k then c.n else 0 end) as double) / max(b.last_k)
    end as n_usual_30d
from cells as c
inner join bounds as b on c.feed = b.feed
where c.k >= 0
group by c.feed
order by 1
