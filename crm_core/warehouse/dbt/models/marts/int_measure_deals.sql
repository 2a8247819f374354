-- Measures of deals, by month and by where a deal belongs. A target belongs to a team as a whole, so the deals it is
-- compared with are added up by team as well: nothing narrower is compared with it.
{% set targets = var('quarter_targets') %}
with targets as (
    {% for team, target in targets.items() %}
    select {{ quoted([team]) }} as team, cast({{ target }} as double) as target{{ " union all" if not loop.last }}
    {% else %}
    select cast(null as varchar) as team, cast(null as double) as target where 1 = 0
    {% endfor %}
),

deals as (
    select *, cast(created_at as date) as created_on, cast(closed_at as date) as closed_on from {{ ref('mart_deal') }}
),

seen as (
    select
        p.k,
        {{ measure_dimensions('d') }},
        d.amount,
        d.is_won,
        d.closed_on is null or d.closed_on > p.ends_on as is_open,
        d.expected_close_on between p.ends_on and p.closes_until as closes_soon,
        d.closed_on between p.month_from and p.ends_on as closed_in_month,
        d.closed_on between p.quarter_from and p.ends_on as closed_in_quarter,
        t.team is null and p.year_before >= {{ history_start() }} as has_past_target
    from deals as d
    inner join {{ ref('int_measure_period') }} as p
        on p.k <= 24 and d.created_on <= p.ends_on and (d.closed_on is null or d.closed_on > p.year_before)
    left join targets as t on d.team = t.team
),

placed as (
    select
        s.k,
        {{ measure_dimensions('s') }},
        sum(case when s.is_open then coalesce(s.amount, 0) end) as open_amount,
        sum(case when s.is_open and s.closes_soon and s.has_past_target then s.amount end) as closing_amount,
        sum(case when s.is_won and not s.is_open and s.has_past_target then s.amount / 4 end) as target,
        sum(case when s.closed_in_quarter and s.is_won then 1 when s.closed_in_quarter then 0 end) as won_of_closed,
        sum(case when s.closed_in_quarter then 1 end) as closed,
        sum(case when s.closed_in_month and s.is_won then 1 end) as won,
        sum(case when s.closed_in_month and s.is_won then coalesce(s.amount, 0) end) as won_amount
    from seen as s
    group by s.k, {{ measure_dimensions('s') }}
    union all
    select
        p.k, null, t.team, null, null, null, null, null,
        sum(case when s.is_open and s.closes_soon then s.amount end), max(t.target), null, null, null, null
    from {{ ref('int_measure_period') }} as p
    inner join targets as t on p.k <= 24
    left join seen as s on p.k = s.k and t.team = s.team
    group by p.k, t.team
)

{{ measure_rows('placed', [
    ('pipeline_amount', 'c.open_amount', ''),
    ('pipeline_coverage', 'c.closing_amount', 'c.target'),
    ('win_rate', 'c.won_of_closed', 'c.closed'),
    ('deals_won', 'c.won', ''),
    ('won_amount', 'c.won_amount', ''),
]) }}
