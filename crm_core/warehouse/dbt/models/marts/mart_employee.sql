with newest as (
    select *, row_number() over (partition by employee_id order by known_at desc) as recency
    from {{ ref('stg_employees') }}
    where superseded_at is null
)

select
    employee_id,
    name,
    email,
    coalesce(role, 'rep') as role,
    team,
    region,
    manager_id,
    out_of_office_from,
    out_of_office_to,
    coalesce(cast('{{ var("as_of") }}' as date) between out_of_office_from and out_of_office_to, false) as is_away
from newest
where recency = 1
order by employee_id
