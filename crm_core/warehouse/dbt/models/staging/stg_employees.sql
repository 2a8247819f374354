with versions as (
    {{ versions(source('lake', 'employees'), 'employee_id') }}
)

select
    employee_id,
    source,
    happened_at,
    known_at,
    superseded_at,
    name,
    email,
    role,
    team,
    region,
    manager_id,
    out_of_office_from,
    out_of_office_to
from versions
