-- Who a lead is, now.
with newest as (
    select *, row_number() over (partition by lead_key order by known_at desc) as recency
    from {{ ref('stg_leads') }}
    where superseded_at is null
),

touches as (
    select lead_key, max(happened_at) as last_touch_at
    from {{ ref('stg_interactions') }}
    where lead_key is not null and happened_at < {{ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") }}
    group by lead_key
)

select
    n.lead_key as lead_id,
    n.name,
    n.email,
    n.company,
    n.source_channel,
    n.campaign,
    coalesce(n.region, e.region) as region,
    n.owner_id,
    e.name as owner_name,
    e.team,
    n.created_at,
    n.converted_at,
    n.disqualified_at,
    coalesce(f.is_in_population, false) as is_in_population,
    f.age_days,
    f.n_touches,
    f.hours_to_first_touch,
    f.deal_amount,
    -- Of fewer than 20 deals a median says little about one source.
    coalesce(case when w.n_won >= 20 then w.usual_amount end, a.usual_amount) as usual_amount,
    t.last_touch_at,
    {{ rule_points(lead_rules()) }} as rule_points,
    {{ rule_reasons(lead_rules()) }} as rule_reasons
from newest as n
left join {{ ref('feat_lead') }} as f
    on n.lead_key = f.lead_id and f.as_of = cast('{{ var("as_of") }}' as date)
left join {{ ref('int_lead_worth') }} as w on n.source_channel = w.source_channel
left join {{ ref('int_lead_worth') }} as a on a.source_channel is null
left join touches as t on n.lead_key = t.lead_key
left join {{ ref('mart_employee') }} as e on n.owner_id = e.employee_id
where n.recency = 1
order by n.lead_key
