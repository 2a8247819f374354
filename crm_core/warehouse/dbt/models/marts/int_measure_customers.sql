-- Measures of customers and what they pay, by month and by where a customer belongs.
with months as (
    select * from {{ ref('int_measure_contract') }}
),

month_before as (
    select b.k - 1 as k, b.customer_id, 1 as at_start, case when n.is_customer then 0 else 1 end as left_in_month
    from months as b
    left join months as n on b.customer_id = n.customer_id and n.k = b.k - 1
    where b.is_customer and b.k between 1 and 25
),

year_before as (
    select
        b.k - 12 as k,
        b.customer_id,
        case when b.is_customer then 1 end as then_customers,
        case when b.is_customer then case when n.is_customer then 1 else 0 end end as kept,
        case when b.mrr > 0 and not b.is_mrr_unknown and not coalesce(n.is_mrr_unknown, false) then b.mrr end
            as then_mrr,
        coalesce(n.mrr, 0) as now_mrr
    from months as b
    left join months as n on b.customer_id = n.customer_id and n.k = b.k - 12
    where b.k between 12 and 36
),

cells as (
    select k, customer_id, case when is_customer then 1 end as customers, 12 * mrr as arr,
        null as at_start, null as left_in_month, null as then_customers, null as kept,
        null as then_mrr, null as now_mrr, null as capped_mrr
    from months
    where k <= 24
    union all
    select k, customer_id, null, null, at_start, left_in_month, null, null, null, null, null
    from month_before
    union all
    select k, customer_id, null, null, null, null, then_customers, kept, then_mrr,
        case when then_mrr > 0 then now_mrr end, case when then_mrr > 0 then least(now_mrr, then_mrr) end
    from year_before
),

placed as (
    select
        c.k, p.owner_id, p.team, p.region, p.segment, p.product_line, cast(null as varchar) as source_channel,
        sum(c.customers) as customers, sum(c.arr) as arr, sum(c.at_start) as at_start,
        sum(c.left_in_month) as left_in_month, sum(c.then_customers) as then_customers, sum(c.kept) as kept,
        sum(c.then_mrr) as then_mrr, sum(c.now_mrr) as now_mrr, sum(c.capped_mrr) as capped_mrr
    from cells as c
    inner join {{ ref('mart_customer') }} as p on c.customer_id = p.customer_id
    group by c.k, p.owner_id, p.team, p.region, p.segment, p.product_line
)

{{ measure_rows('placed', [
    ('customers', 'c.customers', ''),
    ('arr', 'c.arr', ''),
    ('churn_rate', 'c.left_in_month', 'c.at_start'),
    ('retention', 'c.kept', 'c.then_customers'),
    ('nrr', 'c.now_mrr', 'c.then_mrr'),
    ('grr', 'c.capped_mrr', 'c.then_mrr'),
    ('clv', 'c.arr', 'c.then_customers - c.kept'),
]) }}
