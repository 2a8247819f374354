-- What came of every score whose horizon has passed, as known at the newest as_of, for any day on which something was
-- published.
with cases as (
    select question, entity_id, as_of from {{ source('scoring', 'scores') }}
),

{{ outcomes_of('cases') }}

select question, entity_id, as_of, is_positive from outcomes
