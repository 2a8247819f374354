{# Words that mark a promise of ours. Each stands behind a space, so that "compromised" is none; small letters. #}
{% macro promise_marks() -%}
    {{ return([
        'promised', 'committed to', 'gave our word', 'will send', 'will check', 'will arrange', 'will call',
        'will get back', 'will come back to them', 'will prepare', 'will provide', 'will look into', 'will forward',
        'will follow up with', 'will deliver', 'will share', 'will fix', 'will ask', 'will clarify', 'will organise',
        'will organize', 'will set up', 'will let them know',
        'zugesagt', 'zugesichert', 'versprochen', 'verspreche', 'schicken wir', 'wir schicken', 'schicke ich',
        'senden wir', 'wir senden', 'sende ich', 'liefern wir', 'wir liefern', 'reichen wir', 'wir reichen',
        'melden uns', 'melde mich', 'rufen zurück', 'rufe zurück', 'klären wir', 'wir klären', 'kläre ich',
        'kümmern uns', 'kümmere mich', 'prüfen wir', 'wir prüfen', 'prüfe ich', 'bereiten wir', 'wir bereiten',
    ]) }}
{%- endmacro %}

{# What turns such a word round: somebody else's promise, one that was not given, one that is kept already. #}
{% macro promise_exceptions() -%}
    {{ return([
        'they will', 'he will', 'she will', 'customer will', 'client will', 'they promised', 'they have promised',
        'he promised', 'she promised', 'customer promised', 'client promised', 'promised us', 'promised me',
        'as promised', 'not promised', 'nothing promised', 'nothing was promised', 'never promised',
        'did not commit', 'kept what we promised',
        'wie versprochen', 'wie zugesagt', 'wie zugesichert', 'uns zugesagt', 'mir zugesagt', 'uns versprochen',
        'mir versprochen', 'hat zugesagt', 'haben zugesagt bekommen', 'nicht zugesagt', 'nichts zugesagt',
        'nicht versprochen', 'nichts versprochen', 'kunde zugesagt', 'kundin zugesagt',
    ]) }}
{%- endmacro %}

{# Whether a text speaks of a promise of ours: one of the marks, and none of the exceptions. #}
{% macro speaks_of_promise(text) -%}
    ({{ has_words(text, promise_marks()) }} and not {{ has_words(text, promise_exceptions()) }})
{%- endmacro %}

{% macro has_words(text, phrases) -%}
    ({% for phrase in phrases -%}
    {{ text }} like '% {{ phrase }}%'{{ " or " if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{# A note with its clauses parted by ';': at a semicolon, a new line, or the end of a sentence. A full stop that ends
   no sentence ('3.5', 'Dr. X') is left alone as far as it can be told. #}
{% macro clauses_parted(note) -%}
    {%- set parted = namespace(sql="' ' || " ~ note ~ " || ' '") -%}
    {%- for short in ['Dr', 'Mr', 'Mrs', 'Ms', 'Prof', 'ca', 'approx', 'No', 'Nr', 'St', 'z.B', 'e.g', 'i.e'] -%}
        {%- set parted.sql = "replace(" ~ parted.sql ~ ", ' " ~ short ~ ". ', ' " ~ short ~ " ')" -%}
    {%- endfor -%}
    {%- for mark in ['. ', '! ', '? '] -%}
        {%- set parted.sql = "replace(" ~ parted.sql ~ ", '" ~ mark ~ "', '; ')" -%}
    {%- endfor -%}
    replace(replace({{ parted.sql }}, chr(10), ';'), chr(13), ';')
{%- endmacro %}
