{# What is counted per bucket, and over how many buckets it is summed. One list for all branches. #}
{% macro window_measures() -%}
    {{ return([
        ('n_calls', 3), ('n_meetings', 3), ('n_emails', 3), ('n_emails', 12), ('n_orders', 3), ('n_orders', 12),
        ('n_contacts', 1), ('n_contacts', 3), ('n_contacts', 12), ('n_inbound', 3), ('n_inbound', 12),
        ('minutes', 3), ('usage', 1), ('usage', 3), ('usage', 6), ('usage', 12), ('order_amount', 12),
        ('sentiment_sum', 3), ('sentiment_n', 3), ('sentiment_sum', 12), ('sentiment_n', 12),
    ]) }}
{%- endmacro %}

{% macro last_measures() -%}
    {{ return(['last_contact_at', 'last_email_at', 'last_meeting_at', 'last_inbound_at', 'last_login_at', 'last_order_at']) }}
{%- endmacro %}
