-- What is known of a customer as of a date. Meanings, units and feeds: feat_customer.yml.
-- A window that reaches back before the data begin is compared with the days that could be observed, or is unknown:
-- otherwise a feature would grow with the age of the installation, and a model would learn the calendar.
select
    a.customer_id,
    a.as_of,
    {% if var('churn_definition') == 'contract' %}
    coalesce(c.n_active_lines, 0) > 0 as is_in_population,
    {% else %}
    coalesce({{ days_between('w.last_order_at', 'a.as_of') }} < {{ var('inactivity_days') }}, false) as is_in_population,
    {% endif %}
    a.segment,
    a.industry,
    a.country,
    a.region,
    a.product_line,
    cast(a.tenure_days as double) as tenure_days,
    w.n_calls_90d,
    w.n_meetings_90d,
    w.n_emails_90d,
    w.n_contacts_30d,
    w.n_contacts_90d,
    {{ own_trend('w.n_contacts_90d', 90, 'w.n_contacts_360d', 360) }} as contact_trend,
    {{ ratio('w.n_inbound_90d', 'w.n_contacts_90d') }} as inbound_share_90d,
    w.minutes_90d,
    {{ days_between('w.last_contact_at', 'a.as_of') }} as days_since_contact,
    {{ days_between('w.last_meeting_at', 'a.as_of') }} as days_since_meeting,
    {{ days_between('w.last_inbound_at', 'a.as_of') }} as days_since_inbound,
    {{ ratio('least(a.days_seen, 360)', 'w.n_contacts_360d') }} as usual_contact_gap_days,
    {{ ratio('w.sentiment_sum_90d', 'w.sentiment_n_90d') }} as sentiment_90d,
    {{ ratio('w.sentiment_sum_90d', 'w.sentiment_n_90d') }}
    - {{ ratio('w.sentiment_sum_360d', 'w.sentiment_n_360d') }} as sentiment_change,
    w.usage_30d,
    w.usage_90d,
    {{ own_trend('w.usage_30d', 30, 'w.usage_180d', 180) }} as usage_trend,
    {{ own_trend('w.usage_90d', 90, 'w.usage_360d', 360) }} as usage_trend_year,
    {{ ratio('w.usage_90d', 'c.seats') }} as usage_per_seat_90d,
    {{ days_between('w.last_login_at', 'a.as_of') }} as days_since_login,
    w.n_orders_90d,
    case when a.history_days >= 360 then w.n_orders_360d end as n_orders_360d,
    case when a.history_days >= 360 then w.order_amount_360d end as order_amount_360d,
    {{ days_between('w.last_order_at', 'a.as_of') }} as days_since_order,
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
    coalesce(t.n_tickets_90d, 0) as n_tickets_90d,
    case when a.history_days >= 180 then coalesce(t.n_tickets_180d, 0) end as n_tickets_180d,
    coalesce(t.n_tickets_open, 0) as n_tickets_open,
    coalesce(t.n_tickets_reopened_180d, 0) as n_tickets_reopened_180d,
    coalesce(t.n_urgent_tickets_180d, 0) as n_urgent_tickets_180d,
    t.oldest_open_ticket_days,
    t.first_response_hours_180d,
    t.csat_360d,
    coalesce(p.n_people, 0) as n_people,
    coalesce(p.n_people_left_180d, 0) as n_people_left_180d,
    coalesce(p.n_champions, 0) as n_champions,
    case when p.days_since_champion_left < 180 then p.days_since_champion_left end as days_since_champion_left,
    p.nps_latest,
    p.nps_change,
    p.days_since_survey,
    coalesce(d.n_open_deals, 0) as n_open_deals,
    coalesce(d.open_deal_amount, 0) as open_deal_amount,
    coalesce(d.n_won_deals_90d, 0) as n_won_deals_90d,
    coalesce(d.n_lost_deals_90d, 0) as n_lost_deals_90d
from {{ ref('int_customer_as_of') }} as a
left join {{ ref('int_customer_windows') }} as w on a.customer_id = w.customer_id and a.k = w.k
left join {{ ref('int_customer_contracts') }} as c on a.customer_id = c.customer_id and a.k = c.k
left join {{ ref('int_customer_tickets') }} as t on a.customer_id = t.customer_id and a.k = t.k
left join {{ ref('int_customer_people') }} as p on a.customer_id = p.customer_id and a.k = p.k
left join {{ ref('int_customer_deals') }} as d on a.customer_id = d.customer_id and a.k = d.k
