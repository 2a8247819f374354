-- What people told us of a customer or lead as of a date; where nobody said anything there is no row, which counts as
-- none. Never in the ordinary model: only in a challenger that has to prove itself. Meanings: feat_people.yml.
with facts as (
    select
        entity, entity_id, k,
        cast(count(case when {{ raises('question', 'fact') }} = 1 then 1 end) as double) as n_facts_raising_180d,
        cast(count(case when {{ raises('question', 'fact') }} = 0 then 1 end) as double) as n_facts_lowering_180d
    from {{ ref('int_told_fact') }}
    where days_known < 180 and {{ raises('question', 'fact') }} is not null
    group by entity, entity_id, k
),

standing as (
    select
        a.entity_kind as entity, coalesce(l.customer_id, a.entity_key) as entity_id, d.k,
        cast(sum(case when a.belief in ('will_leave', 'ready') then 1 else -1 end) as double) as views_balance
    from {{ ref('stg_disagreements') }} as a
    inner join {{ ref('int_people_dates') }} as d
        on a.recorded_at < d.cutoff_at and a.expires_on >= d.counted_on
            and (a.withdrawn_at is null or a.withdrawn_at >= d.cutoff_at)
            and (a.superseded_at is null or a.superseded_at >= d.cutoff_at)
    left join {{ source('identity', 'customer_links') }} as l
        on a.entity_kind = 'customer' and a.entity_key = l.customer_key
    group by a.entity_kind, coalesce(l.customer_id, a.entity_key), d.k
),

spoken_of as (
    select entity, entity_id, k from facts
    union
    select entity, entity_id, k from standing
)

select
    p.entity,
    p.entity_id,
    s.as_of,
    coalesce(f.n_facts_raising_180d, 0.0) as n_facts_raising_180d,
    coalesce(f.n_facts_lowering_180d, 0.0) as n_facts_lowering_180d,
    coalesce(v.views_balance, 0.0) as views_balance
from spoken_of as p
inner join {{ ref('int_spine') }} as s on p.k = s.k
left join facts as f on p.entity = f.entity and p.entity_id = f.entity_id and p.k = f.k
left join standing as v on p.entity = v.entity and p.entity_id = v.entity_id and p.k = v.k
