-- What a deal that came from a lead usually brings, by where the lead came from; the row without a source: all of them.
with won as (
    select l.source_channel, d.amount
    from {{ ref('int_deal') }} as d
    inner join {{ ref('stg_leads') }} as l on d.lead_id = l.lead_key and l.superseded_at is null
    where d.is_won and d.amount > 0
)

select source_channel, count(*) as n_won, median(amount) as usual_amount
from won
where source_channel is not null
group by source_channel
union all
select cast(null as {{ dbt.type_string() }}) as source_channel, count(*) as n_won, median(amount) as usual_amount
from won
