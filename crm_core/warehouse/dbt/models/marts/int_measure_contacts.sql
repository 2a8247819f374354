-- Contacts logged, by month and by where the customer or lead belongs.
with placed as (
    select
        c.k,
        coalesce(m.owner_id, o.owner_id) as owner_id,
        coalesce(m.team, o.team) as team,
        coalesce(m.region, o.region) as region,
        m.segment,
        m.product_line,
        case when m.customer_id is null then o.source_channel end as source_channel,
        sum(c.contacts) as contacts
    from {{ ref('int_measure_touch') }} as c
    left join {{ source('identity', 'customer_links') }} as l on c.customer_key = l.customer_key
    left join {{ ref('mart_customer') }} as m on l.customer_id = m.customer_id
    left join {{ ref('mart_lead') }} as o on c.lead_key = o.lead_id
    where c.contacts > 0 and (m.customer_id is not null or o.lead_id is not null)
    group by 1, 2, 3, 4, 5, 6, 7
)

{{ measure_rows('placed', [('contacts_logged', 'c.contacts', '')]) }}
