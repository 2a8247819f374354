with versions as (
    {{ versions(source('lake', 'subscriptions'), 'subscription_key') }}
)

select
    subscription_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    product,
    started_on,
    ends_on,
    mrr,
    currency,
    seats,
    auto_renew,
    cancelled_on
from versions
