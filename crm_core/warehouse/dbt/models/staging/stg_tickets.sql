with versions as (
    {{ versions(source('lake', 'tickets'), 'ticket_key') }}
)

select
    ticket_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    opened_at,
    first_response_at,
    reopened_at,
    closed_at,
    priority,
    subject,
    csat
from versions
