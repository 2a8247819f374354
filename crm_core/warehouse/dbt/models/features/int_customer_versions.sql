select
    l.customer_id,
    c.*
from {{ ref('stg_customers') }} as c
inner join {{ source('identity', 'customer_links') }} as l
    on c.customer_key = l.customer_key
