-- The deal a lead has led to, and the stage it had reached as of each date.
with deals as (
    select
        o.lead_key as lead_id,
        s.k,
        s.as_of,
        o.opportunity_key,
        {{ in_own_currency('o.amount', 'o.currency') }} as amount
    from {{ ref('stg_opportunities') }} as o
    inner join {{ ref('int_spine') }} as s
        on {{ known_by('o', 's') }} and cast(o.created_at as date) <= s.as_of
    where o.lead_key is not null
),

stages as (
    select
        d.lead_id,
        d.k,
        count(*) as n_stages,
        min({{ days_between('t.entered_at', 'd.as_of') }}) as days_in_stage
    from deals as d
    inner join {{ ref('int_spine') }} as s on d.k = s.k
    inner join {{ ref('stg_opportunity_stages') }} as t
        on d.opportunity_key = t.opportunity_key
            and {{ known_by('t', 's') }} and cast(t.entered_at as date) <= s.as_of
    group by d.lead_id, d.k
),

amounts as (
    select lead_id, k, count(*) as n_deals, {{ settled('sum(amount)') }} as deal_amount
    from deals
    group by lead_id, k
)

select a.lead_id, a.k, a.n_deals, a.deal_amount, s.n_stages, s.days_in_stage
from amounts as a
left join stages as s on a.lead_id = s.lead_id and a.k = s.k
