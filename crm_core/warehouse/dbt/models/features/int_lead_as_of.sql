-- Leads that exist as of a date, with what was known of them then.
with valid as (
    select
        l.*,
        s.k,
        s.as_of,
        s.cutoff_at,
        {{ came_to_pass('l.converted_at', 's') }} as converted_by_then,
        {{ came_to_pass('l.disqualified_at', 's') }} as disqualified_by_then,
        row_number() over (partition by l.lead_key, s.k order by l.known_at desc) as recency
    from {{ ref('stg_leads') }} as l
    inner join {{ ref('int_spine') }} as s
        on {{ known_by('l', 's') }}
            and (l.created_at is null or cast(l.created_at as date) <= s.as_of)
)

select
    lead_key as lead_id,
    k,
    as_of,
    cutoff_at,
    created_at,
    owner_id,
    source_channel,
    campaign,
    region,
    {{ days_between('created_at', 'as_of') }} as age_days,
    (converted_by_then is null and disqualified_by_then is null) as is_open,
    case when email is null then 0 else 1 end as has_email,
    case
        when email is null then null
        when lower(email) like '%@gmail.%' or lower(email) like '%@outlook.%' or lower(email) like '%@hotmail.%'
            or lower(email) like '%@yahoo.%' or lower(email) like '%@gmx.%' then 1
        else 0
    end as is_private_email,
    case when company is null or company = '' then 0 else 1 end as has_company
from valid
where recency = 1
