{# Which feed a kind of interaction comes through. The names are those of the features' `feed`. #}
{% macro feed_of(kind) -%}
    case
        when {{ kind }} = 'call' then 'calls'
        when {{ kind }} in ('meeting', 'visit') then 'meetings'
        when {{ kind }} = 'email' then 'emails'
        when {{ kind }} = 'login' then 'product_usage'
        when {{ kind }} = 'order' then 'orders'
        when {{ kind }} = 'ticket' then 'tickets'
        when {{ kind }} in ('survey', 'nps', 'csat') then 'surveys'
        when {{ kind }} = 'invoice' then 'billing'
        when {{ kind }} in ('web', 'download') then 'web'
    end
{%- endmacro %}

{# Feeds that may be unable to see somebody. Contracts and records stay true when their feed falls silent. #}
{% macro fallible_feeds() -%}
    {{ return(['calls', 'emails', 'meetings', 'orders', 'product_usage', 'surveys', 'tickets']) }}
{%- endmacro %}

{# Feeds that depend on somebody writing down what he did. #}
{% macro logged_feeds() -%}
    {{ return(['calls', 'emails', 'meetings']) }}
{%- endmacro %}

{# A value, unknown where one of the feeds it rests on could not see: nothing logged is not nothing happened. #}
{% macro seen(feeds, value) -%}
    case when {% for feed in feeds %}v.blind_{{ feed }} is null{{ " and " if not loop.last }}{% endfor %} then {{ value }} end
{%- endmacro %}

{# An average, unknown only where none of the feeds it rests on could see: a missing part does not bend it. #}
{% macro seen_by_one(feeds, value) -%}
    case when {% for feed in feeds %}v.blind_{{ feed }} is null{{ " or " if not loop.last }}{% endfor %} then {{ value }} end
{%- endmacro %}

{# The feeds that could not see, in the order of the alphabet, parted by commas. #}
{% macro blind_feeds(row) -%}
    concat_ws(',', {% for feed in fallible_feeds() %}case when {{ row }}.blind_{{ feed }} is not null then '{{ feed }}' end{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}
