with versions as (
    {{ versions(source('lake', 'customers'), 'customer_key') }}
)

select
    customer_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    name,
    segment,
    industry,
    country,
    region,
    product_line,
    owner_id,
    created_on,
    website
from versions
