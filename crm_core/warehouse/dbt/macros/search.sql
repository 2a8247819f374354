{# A name as it is searched: small letters without accents and signs, German umlauts written either way alike.
   What is typed is folded by the same rules in crm_core/views/search.py; a test holds the two together. #}
{% macro folded(text) -%}
    {%- set out = namespace(sql="strip_accents(lower(" ~ text ~ "))") -%}
    {%- for pair in ['ßss', 'øo', 'æae', 'œoe', 'đd', 'łl', 'ıi', 'aea', 'oeo', 'ueu'] -%}
        {%- set n = 2 if pair in ['aea', 'oeo', 'ueu'] else 1 -%}
        {%- set out.sql = "replace(" ~ out.sql ~ ", '" ~ pair[:n] ~ "', '" ~ pair[n:] ~ "')" -%}
    {%- endfor -%}
    trim(regexp_replace(regexp_replace({{ out.sql }}, '[.''’`´]', '', 'g'), '[^\p{L}\p{N}]+', ' ', 'g'))
{%- endmacro %}
