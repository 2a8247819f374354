select
    l.customer_id,
    p.contact_key,
    p.full_name,
    p.email,
    p.phone,
    p.title,
    p.role,
    p.verified_on,
    p.left_on
from {{ ref('stg_contacts') }} as p
inner join {{ source('identity', 'customer_links') }} as l on p.customer_key = l.customer_key
where p.superseded_at is null
order by l.customer_id, p.left_on nulls first, p.contact_key
