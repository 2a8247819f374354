with versions as (
    {{ versions(source('lake', 'contacts'), 'contact_key') }}
)

select
    contact_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    full_name,
    email,
    phone,
    title,
    role,
    consent_email,
    consent_profiling,
    verified_on,
    left_on
from versions
