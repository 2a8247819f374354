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

{# A value as above; where somebody answered in the feed's stead, what he said. #}
{% macro told(feed, answer, value) -%}
    case when v.blind_{{ feed }} = 'answered' then {{ answer }} else {{ seen([feed], value) }} end
{%- endmacro %}

{# A value that rests on all logged feeds; where somebody answered for one of them, what is worked out with the answer. #}
{% macro told_of_all(answer, value) -%}
    case when {{ seen(logged_feeds(), 'true') }} then {{ value }}
        when {% for feed in logged_feeds() %}coalesce(v.blind_{{ feed }}, 'answered') = 'answered'{{ " and " if not loop.last }}{% endfor %} then {{ answer }} end
{%- endmacro %}

{# How often in all logged feeds together; `windows`: relation and suffix of what was logged. #}
{% macro sum_of_told(relation, suffix) -%}
    {% for feed in logged_feeds() %}case when v.blind_{{ feed }} = 'answered' then an.n_{{ feed }} else coalesce({{ relation }}.n_{{ feed }}{{ suffix }}, 0) end{{ " + " if not loop.last }}{% endfor %}
{%- endmacro %}

{# The feeds that could not see, in the order of the alphabet, parted by commas; those that were answered for are known. #}
{% macro blind_feeds(row, feeds) -%}
    concat_ws(',', {% for feed in feeds %}case when {{ row }}.blind_{{ feed }} <> 'answered' then '{{ feed }}' end{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{# Reasons of blindness with 'answered' in the place of one that somebody's answer stands in for. #}
{% macro or_answered(row, feeds) -%}
    {% for feed in feeds %}case when {{ row }}.blind_{{ feed }} is not null and an.has_{{ feed }} = 1 then 'answered' else {{ row }}.blind_{{ feed }} end as blind_{{ feed }}{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}
