-- For how many customers somebody disagrees with the model, by month and by where the customer belongs. As of now the
-- ledger counts as it stood when the build began: people speak after the newest day of the data.
with population as (
    {% if var('churn_definition') == 'contract' %}
    select customer_id, k
    from {{ ref('int_measure_contract') }}
    where k <= 24 and has_running_line
    {% else %}
    select f.customer_id, p.k
    from {{ ref('feat_customer') }} as f
    inner join {{ ref('int_measure_period') }} as p
        on p.k <= 24 and {{ days_between('f.as_of', 'p.ends_on') }} between 0 and 29
    where f.is_in_population
    {% endif %}
),

disagreed as (
    select distinct l.customer_id, p.k
    from {{ ref('stg_disagreements') }} as d
    inner join {{ source('identity', 'customer_links') }} as l on d.entity_key = l.customer_key
    inner join {{ ref('int_measure_period') }} as p
        on p.k <= 24
            and (d.expires_on is null or d.expires_on >= p.ends_on)
            and (p.k = 0 or cast(d.recorded_at as date) <= p.ends_on)
            and (d.withdrawn_at is null or (p.k > 0 and cast(d.withdrawn_at as date) > p.ends_on))
            and (d.superseded_at is null or (p.k > 0 and cast(d.superseded_at as date) > p.ends_on))
    where d.question = 'churn' and d.entity_kind = 'customer'
),

placed as (
    select
        n.k,
        m.owner_id,
        m.team,
        m.region,
        m.segment,
        m.product_line,
        cast(null as varchar) as source_channel,
        count(d.customer_id) as disagreed,
        count(*) as population
    from population as n
    inner join {{ ref('mart_customer') }} as m on n.customer_id = m.customer_id
    left join disagreed as d on n.customer_id = d.customer_id and n.k = d.k
    group by n.k, m.owner_id, m.team, m.region, m.segment, m.product_line
)

{{ measure_rows('placed', [('override_rate', 'c.disagreed', 'c.population')]) }}
