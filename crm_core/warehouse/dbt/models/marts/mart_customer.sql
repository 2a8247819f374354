-- Who a customer is, now. Money is yearly recurring revenue in the installation's currency; running lines in a
-- currency without a rate are counted beside it, with the currency where it is one.
with newest as (
    select *, row_number() over (partition by customer_id order by known_at desc, customer_key) as recency
    from {{ ref('int_customer_versions') }}
    where superseded_at is null
),

contracts as (
    select * from {{ ref('int_customer_contracts') }} where k = 0
),

windows as (
    select * from {{ ref('int_customer_windows') }} where k = 0
),

spells as (
    select customer_id, min(started_on) as first_day, max(last_day) as last_day
    from {{ ref('int_contract_spells') }}
    group by customer_id
)

select
    n.customer_id,
    n.name,
    n.segment,
    n.industry,
    n.country,
    coalesce(n.region, e.region) as region,
    n.product_line,
    n.website,
    n.owner_id,
    e.name as owner_name,
    e.team,
    coalesce(n.created_on, s.first_day) as customer_since,
    c.mrr * 12 as yearly_value,
    coalesce(c.n_foreign_lines, 0) as n_foreign_lines,
    case when c.foreign_currency = c.other_foreign_currency then c.foreign_currency end as foreign_currency,
    c.seats,
    cast({{ dbt.dateadd('day', 'c.days_to_renewal', 'c.as_of') }} as date) as renewal_on,
    c.is_auto_renew = 1 as is_auto_renew,
    coalesce(c.has_signed_renewal, 0) = 1 as has_signed_renewal,
    case when s.last_day < cast('{{ var("as_of") }}' as date) then s.last_day end as left_on,
    f.is_in_population,
    w.last_contact_at,
    f.days_since_contact,
    f.usual_contact_gap_days,
    f.n_tickets_open,
    f.nps_latest,
    {{ rule_points(churn_rules()) }} as rule_points,
    {{ rule_reasons(churn_rules()) }} as rule_reasons
from newest as n
inner join {{ ref('feat_customer') }} as f
    on n.customer_id = f.customer_id and f.as_of = cast('{{ var("as_of") }}' as date)
left join contracts as c on n.customer_id = c.customer_id
left join windows as w on n.customer_id = w.customer_id
left join spells as s on n.customer_id = s.customer_id
left join {{ ref('mart_employee') }} as e on n.owner_id = e.employee_id
where n.recency = 1
order by n.customer_id
