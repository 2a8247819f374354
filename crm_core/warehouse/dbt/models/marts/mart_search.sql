-- What can be searched: customers, leads and deals by name. Names of persons stand apart: not everybody may read them.
with found as (
    select
        1 as kind_rank, 'customer' as kind, customer_id as id, name, cast(null as varchar) as person,
        cast(null as varchar) as customer_name,
        concat_ws(' · ', industry, country, case when left_on is not null then 'has left' end) as more,
        owner_id, team, left_on is not null as is_past
    from {{ ref('mart_customer') }}

    union all

    select
        2, 'lead', lead_id, company, name, null,
        concat_ws(
            ' · ', source_channel, region,
            case when converted_at is not null then 'became a customer' when disqualified_at is not null then 'given up' end
        ),
        owner_id, team, converted_at is not null or disqualified_at is not null
    from {{ ref('mart_lead') }}

    union all

    select
        3, 'deal', d.deal_id, d.name, null, coalesce(d.customer_name, l.company),
        concat_ws(' · ', coalesce(d.customer_name, l.company), d.stage), d.owner_id, d.team, d.closed_at is not null
    from {{ ref('mart_deal') }} as d
    left join {{ ref('mart_lead') }} as l on d.lead_id = l.lead_id
),

written as (
    select
        *,
        coalesce({{ folded("concat_ws(' ', name, customer_name)") }}, '') as folded,
        coalesce({{ folded('person') }}, '') as folded_person
    from found
)

select
    row_number() over (order by kind_rank, is_past, length(folded || folded_person), folded, folded_person, id) as n,
    kind, id, name, person, folded, folded_person, more, owner_id, team, is_past
from written
order by n
