-- What each feed carried, by the day it happened, the day it was known, and who wrote it down.
with rows_of_feeds as (
    select {{ feed_of('kind') }} as feed, owner_id, happened_at, known_at, superseded_at
    from {{ ref('stg_interactions') }}
    union all
    select 'tickets', cast(null as varchar), opened_at, known_at, superseded_at
    from {{ ref('stg_tickets') }}
    union all
    select 'surveys', cast(null as varchar), happened_at, known_at, superseded_at
    from {{ ref('stg_surveys') }}
)

select
    feed,
    owner_id,
    cast(happened_at as date) as happened_on,
    cast(known_at as date) as known_on,
    cast(superseded_at as date) as superseded_on,
    count(*) as n_rows
from rows_of_feeds
where feed is not null and happened_at is not null
group by 1, 2, 3, 4, 5
