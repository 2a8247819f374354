-- What is known of a customer as of a date. Meanings, units and feeds: feat_customer.yml.
-- A window that reaches back before the data begin is compared with the days that could be observed, or is unknown:
-- otherwise a feature would grow with the age of the installation, and a model would learn the calendar.
select
    a.customer_id,
    a.as_of,
    a.owner_id,
    v.blind_feeds,
    {% if var('churn_definition') == 'contract' %}
    coalesce(c.n_active_lines, 0) > 0 as is_in_population,
    {% else %}
    coalesce({{ days_between('w.last_order_at', 'a.as_of') }} < {{ var('inactivity_days') }}, false) as is_in_population,
    {% endif %}
    a.segment, a.industry, a.country, a.region, a.product_line,
    cast(a.tenure_days as double) as tenure_days,
    {{ told('calls', 'an.n_calls', 'w.n_calls_90d') }} as n_calls_90d,
    {{ told('meetings', 'an.n_meetings', 'w.n_meetings_90d') }} as n_meetings_90d,
    {{ told('emails', 'an.n_emails', 'w.n_emails_90d') }} as n_emails_90d,
    {{ seen(['calls', 'emails', 'meetings'], 'w.n_contacts_30d') }} as n_contacts_30d,
    {{ told_of_all(sum_of_told('w', '_90d'), 'w.n_contacts_90d') }} as n_contacts_90d,
    {{ seen(['calls', 'emails', 'meetings'], own_trend('w.n_contacts_90d', 90, 'w.n_contacts_360d', 360)) }} as contact_trend,
    {{ seen(['emails'], own_trend('w.n_emails_90d', 90, 'w.n_emails_360d', 360)) }} as email_trend,
    {{ seen_by_one(['calls', 'emails', 'meetings'], ratio('w.n_inbound_90d', 'w.n_contacts_90d')) }} as inbound_share_90d,
    {{ seen(['calls', 'meetings'], 'w.minutes_90d') }} as minutes_90d,
    {{ told_of_all(days_between('greatest(cast(w.last_contact_at as date), an.calls_on, an.emails_on, an.meetings_on)', 'a.as_of'), days_between('w.last_contact_at', 'a.as_of')) }} as days_since_contact,
    {{ told('emails', days_between('an.emails_on', 'a.as_of'), days_between('w.last_email_at', 'a.as_of')) }} as days_since_email,
    {{ told('meetings', days_between('an.meetings_on', 'a.as_of'), days_between('w.last_meeting_at', 'a.as_of')) }} as days_since_meeting,
    {{ seen(['calls', 'emails'], days_between('w.last_inbound_at', 'a.as_of')) }} as days_since_inbound,
    {{ seen(['calls', 'emails', 'meetings'], ratio('least(a.days_seen, 360)', 'w.n_contacts_360d')) }} as usual_contact_gap_days,
    {{ seen_by_one(['calls', 'emails', 'meetings'], ratio('w.sentiment_sum_90d', 'w.sentiment_n_90d')) }} as sentiment_90d,
    {{ seen_by_one(['calls', 'emails', 'meetings'], ratio('w.sentiment_sum_90d', 'w.sentiment_n_90d') ~ ' - ' ~ ratio('w.sentiment_sum_360d', 'w.sentiment_n_360d')) }} as sentiment_change,
    {{ seen(['product_usage'], 'w.usage_30d') }} as usage_30d,
    {{ seen(['product_usage'], 'w.usage_90d') }} as usage_90d,
    {{ told('product_usage', 'an.usage_trend', own_trend('w.usage_30d', 30, 'w.usage_180d', 180)) }} as usage_trend,
    {{ seen(['product_usage'], own_trend('w.usage_90d', 90, 'w.usage_360d', 360)) }} as usage_trend_year,
    {{ seen(['product_usage'], ratio('w.usage_90d', 'c.seats')) }} as usage_per_seat_90d,
    {{ seen(['product_usage'], days_between('w.last_login_at', 'a.as_of')) }} as days_since_login,
    {{ told('orders', 'an.n_orders', 'w.n_orders_90d') }} as n_orders_90d,
    {{ seen(['orders'], 'case when a.history_days >= 360 then w.n_orders_360d end') }} as n_orders_360d,
    {{ seen(['orders'], 'case when a.history_days >= 360 then w.order_amount_360d end') }} as order_amount_360d,
    {{ told('orders', days_between('an.orders_on', 'a.as_of'), days_between('w.last_order_at', 'a.as_of')) }} as days_since_order,
    c.mrr,
    c.seats,
    {{ ratio('c.seats', 'c.seats_before') }} - 1 as seats_change,
    {{ ratio(ratio('c.mrr', 'c.seats'), ratio('c.mrr_before', 'c.seats_before')) }} - 1 as price_step,
    c.days_to_renewal,
    c.days_since_start,
    c.term_days,
    c.is_auto_renew,
    c.has_signed_renewal,
    coalesce(c.n_renewals, 0) as n_renewals,
    coalesce(c.n_products, 0) as n_products,
    {{ seen(['tickets'], 'coalesce(t.n_tickets_90d, 0)') }} as n_tickets_90d,
    {{ seen(['tickets'], 'case when a.history_days >= 180 then coalesce(t.n_tickets_180d, 0) end') }} as n_tickets_180d,
    {{ told('tickets', 'an.n_open', 'coalesce(t.n_tickets_open, 0)') }} as n_tickets_open,
    {{ seen(['tickets'], 'coalesce(t.n_tickets_reopened_180d, 0)') }} as n_tickets_reopened_180d,
    {{ seen(['tickets'], 'coalesce(t.n_urgent_tickets_180d, 0)') }} as n_urgent_tickets_180d,
    {{ seen(['tickets'], 't.oldest_open_ticket_days') }} as oldest_open_ticket_days,
    {{ seen(['tickets'], 't.first_response_hours_180d') }} as first_response_hours_180d,
    {{ seen(['tickets'], 't.csat_360d') }} as csat_360d,
    coalesce(p.n_people, 0) as n_people,
    coalesce(p.n_people_left_180d, 0) as n_people_left_180d,
    coalesce(p.n_champions, 0) as n_champions,
    case when p.days_since_champion_left < 180 then p.days_since_champion_left end as days_since_champion_left,
    {{ told('surveys', 'an.recommends', 'p.nps_latest') }} as nps_latest,
    {{ seen(['surveys'], 'p.nps_change') }} as nps_change,
    {{ seen(['surveys'], 'p.days_since_survey') }} as days_since_survey,
    coalesce(d.n_open_deals, 0) as n_open_deals,
    coalesce(d.open_deal_amount, 0) as open_deal_amount,
    coalesce(d.n_won_deals_90d, 0) as n_won_deals_90d,
    coalesce(d.n_lost_deals_90d, 0) as n_lost_deals_90d
from {{ ref('int_customer_as_of') }} as a
left join {{ ref('int_customer_coverage') }} as v on a.customer_id = v.customer_id and a.k = v.k
left join {{ ref('int_answered') }} as an on an.entity = 'customer' and a.customer_id = an.entity_id and a.k = an.k
left join {{ ref('int_customer_windows') }} as w on a.customer_id = w.customer_id and a.k = w.k
left join {{ ref('int_customer_contracts') }} as c on a.customer_id = c.customer_id and a.k = c.k
left join {{ ref('int_customer_tickets') }} as t on a.customer_id = t.customer_id and a.k = t.k
left join {{ ref('int_customer_people') }} as p on a.customer_id = p.customer_id and a.k = p.k
left join {{ ref('int_customer_deals') }} as d on a.customer_id = d.customer_id and a.k = d.k
