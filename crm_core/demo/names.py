"""Names of companies and persons: invented, from many cultures, some not in Latin script, one with an emoji.

A company name is a pure function of a number, and different numbers below about a million give different names.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.demo.columns import joined, pick

_HEADS = (
    "Alb Ander Aster Bal Bel Bran Cal Cor Dal Del Dor Elm Esk Fal Fen Gal Gar Hal Har Hel Ibar Jun Kal Kel Kor Lam Lin "
    "Lor Mar Mel Mir Mon Nar Nor Oak Ost Pal Per Quin Ral Ren Ros Sal Sel Sol Tal Tar Tor Ulm Val Ver Vin Wal Wes Xan "
    "Yar Zan Zel"
).split()
_TAILS = (
    "adex aford amont anis ara aris atec avia ax edon ekra elia emar enco era esta evo iana idas ikon ima inor ira iso "
    "ista itex ivo odan olin omer onda onix ora oris otto ova ulan una uris uvo"
).split()
_TRADES = (
    "Logistics Foods Textiles Robotics Energy Health Optics Software Marine Paper Print Media Travel Ceramics Steel "
    "Pharma Analytics Farms Tools Bikes Glass Hotels Schools Coffee Motors Freight Timber Security Games Insurance "
    "Chemicals Plastics Lighting Kitchens Solar Water Mobility Labs Legal Outdoor"
).split()
_FORMS = "Ltd GmbH Inc. S.A. B.V. AG LLC Pty S.r.l. K.K. AB Group".split()
_SITES = "ltd gmbh inc sa bv ag llc pty srl kk ab group".split()
_STEMS_OTHER = [
    "北星商事", "桜川製作所", "みなと物流", "Орбита", "Северный Ветер", "Ладога", "النور للتجارة", "شركة الأفق",
    "المدى", "Ελαία", "Θάλασσα", "새벽물산", "한빛상사", "भारत सेतु", "Żółw", "Łódka", "Ångström", "Ñandú", "Çınar",
    "Ærø", "Schön & Söhne", "Café Lumière ☕", "Velo 🚲", "Großbäckerei",
]  # fmt: skip
_SLUGS_OTHER = (
    "hokusei sakuragawa minato orbita severveter ladoga alnoor alofok almada elaia thalassa saebyeok hanbit bharatsetu "
    "zolw lodka angstrom nandu cinar aero schoen cafelumiere velo grossbaeckerei"
).split()
_FIRST = (
    "Aisha Akira Ana Anders Anika Antonio Arjun Beatriz Bjorn Carlos Chen Chloe Daniel David Ebele Elif Emma Farid "
    "Femi Gabriel Hana Hassan Helena Ibrahim Ines Ivan Jack Jamal Jana Joao Julia Kaito Karim Kofi Laila Lars Leila "
    "Li Liam Lucia Mai Maria Mateo Mehmet Mei Mila Nadia Nia Nikolai Nina Olga Omar Pavel Pedro Rania Ravi Rosa Sami "
    "Sara Sofia Sven Tariq Tomas Uma Valentina Viktor Wanjiru Xavier Yara Yuki Zainab Zoe"
).split()
_LAST = (
    "Abbas Adeyemi Ahmed Almeida Andersson Aoki Bakker Banerjee Barros Bauer Becker Bernard Bianchi Cohen Costa Cruz "
    "Demir Diallo Dubois Eriksen Farah Fischer Flores Fontaine Garcia Georgiou Gupta Haddad Hansen Hoang Horvat Ito "
    "Ivanova Jansen Kaya Kim Kovacs Kowalski Kruger Larsen Laurent Lopez Mahmoud Mbeki Mendoza Meyer Moreau Mori Mutua "
    "Nair Novak Nguyen Obi Okoye Olsen Ortiz Park Patel Pereira Petrov Popescu Rahman Reyes Rossi Saito Santos Schmidt "
    "Sharma Silva Singh Suzuki Tanaka Torres Vargas Wagner Walsh Weber Wong Yilmaz Zhang"
).split()
_PERSONS_OTHER = ["محمد العمري", "Анна Соколова", "田中 陽子", "김하늘", "Zoë Ó Briain", "Søren Håkansson"]
_MAILS_OTHER = ["m.alomari", "a.sokolova", "y.tanaka", "haneul.kim", "zoe.obriain", "soren.hakansson"]
_FULL = [f"{first} {last}" for first in _FIRST for last in _LAST] + _PERSONS_OTHER
_MAILS = [f"{first}.{last}".lower() for first in _FIRST for last in _LAST] + _MAILS_OTHER

_COMMON = len(_HEADS) * len(_TAILS) * len(_TRADES) * len(_FORMS)
_RARE = len(_STEMS_OTHER) * len(_TRADES) * len(_FORMS)
_RARE_EVERY = 29
_STRIDE = 715_827_881


def companies(numbers: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Name and web host of the companies with these numbers (3.4 % are not in plain Latin letters)."""
    numbers = numbers.astype(np.int64)
    is_rare = numbers % _RARE_EVERY == 7
    place = np.where(is_rare, (numbers // _RARE_EVERY) * _STRIDE % _RARE, numbers * _STRIDE % _COMMON)
    place, form = place // len(_FORMS), place % len(_FORMS)
    stem, trade = place // len(_TRADES), place % len(_TRADES)
    latin = [head + tail for head in _HEADS for tail in _TAILS]
    stems = [*latin, *_STEMS_OTHER]
    slugs = [*(word.lower() for word in latin), *_SLUGS_OTHER]
    stem = np.where(is_rare, stem + len(latin), stem)
    names = joined(pick(stem, stems), " ", pick(trade, _TRADES), " ", pick(form, _FORMS))
    hosts = joined(
        pick(stem, slugs), "-", pick(trade, [t.lower() for t in _TRADES]), "-", pick(form, _SITES), ".example"
    )
    return names, hosts


def persons(rng: np.random.Generator, count: int) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Full name and the part before the @ of that many persons; about 1.5 % not in Latin letters."""
    codes = rng.integers(0, len(_FIRST) * len(_LAST), count)
    is_rare = rng.random(count) < 0.015
    codes[is_rare] = len(_FIRST) * len(_LAST) + rng.integers(0, len(_PERSONS_OTHER), int(is_rare.sum()))
    return pick(codes, _FULL), pick(codes, _MAILS)


def misspelt(names: pa.Array, hosts: pa.Array, ways: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """The same companies as a second person typed them: way 0 to 4 is one habit of misspelling each."""
    short = pc.replace_substring_regex(names, r" \S+$", "")
    typed = (
        short,
        pc.utf8_upper(names),
        pc.replace_substring_regex(names, r"([a-z])([a-z])( )", r"\2\1\3"),
        joined(short, " (new)"),
        pc.replace_substring_regex(names, r"([aeiou])", r"\1\1", max_replacements=1),
    )
    seen = (
        joined("https://www.", hosts, "/"),
        joined("www.", hosts),
        joined("http://", hosts),
        pc.replace_substring(hosts, "-", ""),
        hosts,
    )
    choice = pa.array(ways.astype(np.int64))
    return pc.choose(choice, *typed), pc.choose(choice, *seen)
