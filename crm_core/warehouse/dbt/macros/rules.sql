{# The fallback where no model may be used: points a person can check, never called a probability.
   Conditions speak of the feature table under the alias f. #}
{% macro churn_rules() -%}
    {{ return([
        (2, 'f.days_to_renewal between 0 and 90 and f.has_signed_renewal = 0', 'contract ends within 90 days'),
        (2, 'f.usage_trend < 0.5', 'use has halved'),
        (1, 'f.days_since_contact > 90', 'no contact logged for 90 days'),
        (1, 'f.n_tickets_reopened_180d > 0', 'a ticket was reopened'),
        (1, 'f.n_tickets_open >= 2', 'two or more tickets open'),
        (1, 'f.nps_latest <= 6', 'last NPS answer 6 or lower'),
        (1, 'f.price_step > 0.1', 'price rose by more than 10 %'),
        (1, 'f.days_since_champion_left < 180', 'the champion left'),
    ]) }}
{%- endmacro %}

{% macro lead_rules() -%}
    {{ return([
        (2, 'f.n_meetings > 0', 'a meeting took place'),
        (2, 'f.n_inbound_30d > 0', 'they got in touch within 30 days'),
        (1, 'f.hours_to_first_touch < 24', 'touched within a day'),
        (1, 'f.n_deals > 0', 'a deal is open'),
        (1, 'f.has_company = 1 and f.is_private_email = 0', 'company and business address known'),
    ]) }}
{%- endmacro %}

{% macro rule_points(rules) -%}
    ({% for points, condition, words in rules -%}
    case when {{ condition }} then {{ points }} else 0 end{{ " + " if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{% macro rule_reasons(rules) -%}
    concat_ws('; ', {% for points, condition, words in rules -%}
    case when {{ condition }} then '{{ words }}' end{{ ", " if not loop.last }}
    {%- endfor %})
{%- endmacro %}
