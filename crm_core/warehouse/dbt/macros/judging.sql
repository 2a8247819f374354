{# The chance a person stands for: his own number, else what his belief stands for by convention, else one half.
   The convention comes from crm_core.ledger.words.MEANT through the variable `meant`. #}
{% macro meant(belief, probability) -%}
    coalesce({{ probability }}, case {{ belief }}
        {% for word, chance in var('meant').items() %}when '{{ word }}' then {{ chance }} {% endfor %}
        else 0.5 end)
{%- endmacro %}

{# How far off a chance was, Brier's (1950) squared distance: 0 = right and sure, 0.25 = says nothing, 1 = wrong and sure. #}
{% macro how_far_off(chance, outcome) -%}
    {{ settled('(' ~ chance ~ ' - ' ~ outcome ~ ') * (' ~ chance ~ ' - ' ~ outcome ~ ')') }}
{%- endmacro %}
