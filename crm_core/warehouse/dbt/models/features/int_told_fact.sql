-- What people knew and a steward took for a fact, as of each date. The newest word of each steward counts: while two of
-- them differ there is no fact. It is known from the first word that still stands, never from the day it was said:
-- before that our systems did not hold it as a fact. Withdrawn, it is gone from then on; that its view has expired or was
-- replaced changes nothing about the fact.
with dates as (
    select * from {{ ref('int_people_dates') }}
),

sortings as (
    select
        d.k, t.disagreement_id, t.sort, t.detail, t.recorded_at,
        row_number() over (
            partition by d.k, t.disagreement_id, t.steward_id order by t.recorded_at desc, t.entry_id desc
        ) as recency
    from {{ ref('stg_triage') }} as t
    inner join dates as d on t.recorded_at < d.cutoff_at
),

settled as (
    select k, disagreement_id, min(sort) as sort, min(detail) as fact, min(recorded_at) as settled_at
    from sortings
    where recency = 1
    group by k, disagreement_id
    having count(distinct coalesce(sort, '') || '|' || coalesce(detail, '')) = 1
)

select
    d.k, s.disagreement_id, a.question, a.entity_kind as entity, coalesce(l.customer_id, a.entity_key) as entity_id,
    s.fact,
    a.recorded_at as said_at,
    greatest(a.recorded_at, s.settled_at) as known_at,
    {{ days_between('greatest(a.recorded_at, s.settled_at)', 'd.counted_on') }} as days_known
from settled as s
inner join dates as d on s.k = d.k
inner join {{ ref('stg_disagreements') }} as a on s.disagreement_id = a.entry_id and a.recorded_at < d.cutoff_at
left join {{ source('identity', 'customer_links') }} as l
    on a.entity_kind = 'customer' and a.entity_key = l.customer_key
where s.sort = 'new_fact' and s.fact is not null
    and (a.withdrawn_at is null or a.withdrawn_at >= d.cutoff_at)
