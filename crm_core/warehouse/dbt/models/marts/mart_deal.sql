-- Deals as pages show them: whose, how much, how far, how long there. Formulas: _deals.yml.
with last_stage as (
    select deal_id, stage, entered_at from {{ ref('mart_deal_stage') }} where is_last
),

overall as (
    select {{ ratio('sum(case when is_won then 1 else 0 end)', 'count(is_won)') }} as win_rate from {{ ref('int_deal') }}
),

staged as (
    select
        d.*,
        coalesce(s.stage, case when d.is_stage_of_the_day then d.stage_given end) as stage,
        coalesce(s.entered_at, d.created_at) as entered_stage_at
    from {{ ref('int_deal') }} as d
    left join last_stage as s on d.deal_id = s.deal_id
),

judged as (
    select
        d.*,
        t.stage_rank,
        t.median_days,
        case when d.closed_at is null then {{ days_between('d.entered_stage_at', 'd.as_of') }} end as days_in_stage,
        case when d.closed_at is null then {{ days_between('d.expected_close_on', 'd.as_of') }} end as days_overdue,
        case when d.closed_at is null then coalesce(t.win_rate, o.win_rate) end as win_chance
    from staged as d
    cross join overall as o
    left join {{ ref('mart_stage') }} as t on d.stage = t.stage
)

select
    j.deal_id,
    j.name,
    j.customer_id,
    c.name as customer_name,
    j.lead_id,
    coalesce(j.owner_id, c.owner_id, l.owner_id) as owner_id,
    e.name as owner_name,
    e.team,
    coalesce(c.region, l.region, e.region) as region,
    c.segment,
    c.product_line,
    l.source_channel,
    j.amount,
    j.amount_given,
    j.currency,
    j.stage,
    j.stage_rank,
    j.entered_stage_at,
    j.days_in_stage,
    coalesce(
        j.days_in_stage > 14 and (j.days_in_stage > 2 * j.median_days or j.days_overdue > 30), false
    ) as is_stalled,
    j.days_overdue,
    j.created_at,
    j.expected_close_on,
    j.closed_at,
    j.is_won,
    j.win_chance,
    j.amount * j.win_chance as weighted_amount
from judged as j
left join {{ ref('mart_customer') }} as c on j.customer_id = c.customer_id
left join {{ ref('mart_lead') }} as l on j.lead_id = l.lead_id
left join {{ ref('mart_employee') }} as e on coalesce(j.owner_id, c.owner_id, l.owner_id) = e.employee_id
order by j.deal_id
