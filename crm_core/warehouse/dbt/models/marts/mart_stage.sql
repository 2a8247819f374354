-- Stages in the order that deals go through them, and what became of deals that were in them. Formulas: _deals.yml.
with passed as (
    select
        t.deal_id,
        t.stage,
        min(t.place) as place,
        sum(case when t.is_entered_at_close then 1 else 0 end) as n_entered_at_close,
        count(*) as n_entries
    from {{ ref('mart_deal_stage') }} as t
    group by t.deal_id, t.stage
),

ordered as (
    select
        p.stage,
        avg(p.place) as place,
        sum(p.n_entered_at_close) * 2 > sum(p.n_entries) as is_closed,
        count(*) as n_entered,
        count(d.is_won) as n_closed,
        sum(case when d.is_won then 1 else 0 end) as n_won
    from passed as p
    inner join {{ ref('int_deal') }} as d on p.deal_id = d.deal_id
    group by p.stage
),

ranked as (
    select
        *,
        row_number() over (order by is_closed, case when is_closed then -n_won else place end, stage) as stage_rank
    from ordered
),

overall as (
    select {{ ratio('sum(case when is_won then 1 else 0 end)', 'count(is_won)') }} as win_rate from {{ ref('int_deal') }}
),

furthest as (
    select p.deal_id, max(case when r.is_closed then 0 else r.stage_rank end) as stage_rank
    from passed as p
    inner join ranked as r on p.stage = r.stage
    group by p.deal_id
),

onward as (
    select
        p.stage,
        count(*) as n_decided,
        sum(case when d.is_won or f.stage_rank > r.stage_rank then 1 else 0 end) as n_onward
    from passed as p
    inner join ranked as r on p.stage = r.stage
    inner join furthest as f on p.deal_id = f.deal_id
    inner join {{ ref('int_deal') }} as d on p.deal_id = d.deal_id
    where d.closed_at is not null or f.stage_rank > r.stage_rank
    group by p.stage
),

stays as (
    select stage, count(days) as n_stays, median(days) as median_days from {{ ref('mart_deal_stage') }} group by stage
)

select
    r.stage,
    cast(r.stage_rank as integer) as stage_rank,
    r.is_closed,
    r.n_entered,
    r.n_closed,
    r.n_won,
    (r.n_won + 5 * o.win_rate) / (r.n_closed + 5) as win_rate,
    s.n_stays,
    cast(s.median_days as double) as median_days,
    case when not r.is_closed then {{ ratio('n.n_onward', 'n.n_decided') }} end as conversion_to_next
from ranked as r
cross join overall as o
left join onward as n on r.stage = n.stage
left join stays as s on r.stage = s.stage
order by r.stage_rank
