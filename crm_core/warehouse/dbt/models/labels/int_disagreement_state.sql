-- Whether a disagreement is compared with what came of it, and if not why. Said late means that part of the outcome
-- could already be seen: it would make people look wiser than the model. Taken back before the outcome was due does not
-- count, taken back afterwards does: else one could tidy away what went wrong. Of several words of one person on the
-- same score the last that counts is compared. Who says what the model says has not differed: nobody was nearer.
with said as (
    select
        *,
        coalesce(cast(withdrawn_at as date) <= due_on, false) as is_taken_back,
        coalesce(days_late > {{ var('late_days') }}, false) as is_late
    from {{ ref('label_disagreement') }}
),

ordered as (
    select
        *,
        row_number() over (
            partition by who, question, entity_id, shown_as_of, is_taken_back or is_late
            order by recorded_at desc, entry_id desc
        ) as recency
    from said
)

select
    entry_id,
    case
        when p_machine is null or shown_as_of is null then 'nothing_shown'
        when is_taken_back then 'withdrawn'
        when is_late then 'late'
        when recency > 1 then 'replaced'
        when p_person = p_machine then 'agreed'
        when not is_due then 'waiting'
        when is_positive is null then 'not_followed'
        else 'judged'
    end as state
from ordered
