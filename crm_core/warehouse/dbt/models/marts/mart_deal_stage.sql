-- Stays of deals in stages, up to the as_of day. The same stage said twice in a row is one stay.
with entries as (
    select
        d.deal_id,
        t.stage,
        t.entered_at,
        t.stage_key,
        d.closed_at,
        d.as_of,
        lag(t.stage) over (partition by d.deal_id order by t.entered_at, t.stage_key) as stage_before
    from {{ ref('int_deal') }} as d
    inner join {{ ref('int_spine') }} as s on s.k = 0
    inner join {{ ref('stg_opportunity_stages') }} as t
        on d.deal_id = t.opportunity_key and {{ known_by('t', 's') }} and cast(t.entered_at as date) <= s.as_of
),

stays as (
    select
        *,
        row_number() over (partition by deal_id order by entered_at, stage_key) as place,
        lead(entered_at) over (partition by deal_id order by entered_at, stage_key) as next_at
    from entries
    where stage_before is null or stage_before <> stage
)

select
    deal_id,
    stage,
    entered_at,
    place,
    coalesce(next_at, case when closed_at > entered_at then closed_at end) as left_at,
    next_at is null as is_last,
    -- Entered on the day the deal closed, or later: that is how a closed stage looks.
    coalesce(cast(entered_at as date) >= cast(closed_at as date), false) as is_entered_at_close,
    {{ days_between('entered_at', 'coalesce(next_at, case when closed_at > entered_at then closed_at end)') }} as days
from stays
order by deal_id, place
