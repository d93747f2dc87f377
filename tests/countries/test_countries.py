"""What people write for a country is found; what names none is not."""

from __future__ import annotations

import gettext

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data import countries
from sim.data.countries import ALLIES, EXONYMS, OTHERS, WITH_ARTICLE, in_prose, look_up, nearest, plainly
from sim.data.tables import load_tables
from support import present

KNOWN = ALLIES | OTHERS
LANGUAGES = {
    "ALB": "sq", "BEL": "nl fr de", "BGR": "bg", "CAN": "fr", "CZE": "cs", "DEU": "de", "DNK": "da", "ESP": "es",
    "EST": "et", "FIN": "fi sv", "FRA": "fr", "GRC": "el", "HRV": "hr", "HUN": "hu", "ISL": "is", "ITA": "it",
    "LTU": "lt", "LUX": "fr de", "LVA": "lv", "MKD": "mk", "MNE": "sr@latin", "NLD": "nl", "NOR": "nb_NO nn",
    "POL": "pl", "PRT": "pt", "ROU": "ro", "SVK": "sk", "SVN": "sl", "SWE": "sv", "TUR": "tr", "AUT": "de",
    "CHE": "de fr it", "RUS": "ru", "UKR": "uk",
}  # fmt: skip
"""Official languages in which pycountry has the name."""


def code(words: str) -> str | None:
    named = look_up(words)
    return named.code if named else None


def test_the_allies_are_those_of_the_packaged_table() -> None:
    assert {iso3: present(look_up(iso3)).name for iso3 in ALLIES} == {
        row.iso3: row.name for row in load_tables().allies
    }


def test_three_allies_have_an_article_in_a_sentence_and_none_stands_without_its_own() -> None:
    names = [row.name for row in load_tables().allies]
    assert {name for name in names if in_prose(name) != name} == set(WITH_ARTICLE)
    assert {in_prose(name) for name in names} >= {"the Netherlands", "the United States", "Türkiye"}


@pytest.mark.parametrize("iso3", [iso3 for iso3 in KNOWN if iso3 != "XKX"])
def test_every_name_and_code_of_the_standard_is_found(iso3: str) -> None:
    """ISO 3166 as pycountry has it, and the country's name in its own languages."""
    entry = pycountry.countries.get(alpha_3=iso3)
    words = {present(entry).alpha_2, present(entry).alpha_3, present(entry).name}
    words |= {getattr(entry, kind) for kind in ("official_name", "common_name") if hasattr(entry, kind)}
    for language in LANGUAGES.get(iso3, "").split():
        words.add(gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]).gettext(present(entry).name))
    assert {word: code(word) for word in words} == dict.fromkeys(words, iso3)


SPOKEN = sorted({language for iso3 in ALLIES for language in LANGUAGES.get(iso3, "").split()} - {"sr@latin"})
TYPOS = {"Portugual", "Luxembourg; Luxemburg", "USA; Sambandsstatane"}
"""Entries of pycountry that no one writes."""


@pytest.mark.parametrize("language", SPOKEN)
def test_the_allies_are_found_by_their_names_in_every_language_of_an_ally(language: str) -> None:
    translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]).gettext
    names = {translated(present(pycountry.countries.get(alpha_3=iso3)).name): iso3 for iso3 in ALLIES}
    assert len(names) == len(ALLIES)
    assert {word: code(word) for word in names if word not in TYPOS} == {
        word: iso3 for word, iso3 in names.items() if word not in TYPOS
    }


def test_no_other_country_is_taken_for_one_of_these() -> None:
    """The control: the names and codes of the rest of the world name nothing here."""
    others = [entry for entry in pycountry.countries if entry.alpha_3 not in KNOWN]
    words = {getattr(entry, kind, "") for entry in others for kind in ("alpha_2", "alpha_3", "name", "official_name")}
    assert len(words) > 500
    assert {word for word in words if look_up(word)} == set()


@pytest.mark.parametrize(
    ("words", "iso3"),
    [
        ("UK", "GBR"), ("U.K.", "GBR"), ("GB", "GBR"), ("England", "GBR"), ("Great Britain", "GBR"), ("britain", "GBR"),
        ("US", "USA"), ("U.S.", "USA"), ("u.s.a.", "USA"), ("America", "USA"), ("the United States", "USA"),
        ("Turkey", "TUR"), ("Turkiye", "TUR"), ("TÜRKİYE", "TUR"), ("Türkiye*", "TUR"), ("Turkey (Türkiye)", "TUR"),
        ("The Netherlands", "NLD"), ("Holland", "NLD"), ("Slovak Republic", "SVK"), ("Czech Republic", "CZE"),
        ("czech_republic", "CZE"), ("Czechia/Czech Republic", "CZE"), ("FYROM", "MKD"), ("Macedonia", "MKD"),
        ("Macedonia, FYR", "MKD"), ("Deutschland", "DEU"), ("España", "ESP"), ("Espana", "ESP"), ("Polska", "POL"),
        ("gbr", "GBR"), ("iceland", "ISL"), ("Germany (DEU)", "DEU"), ("DEU (Germany)", "DEU"), ("GER", "DEU"),
        ("Dutch", "NLD"), ("british", "GBR"), ("EL", "GRC"), ("ukraine", "UKR"), ("Eire", "IRL"), ("EU", "EU"),
        ("European Union", "EU"), ("NATO", "NATO"), ("NATO Total", "NATO"), ("Europe & Canada", "EUC"),
        ("NATO Europe and Canada", "EUC"), ("NATO Europe", "NATO Europe"), ("euc", "EUC"),
        ("Türkei", "TUR"), ("Frankreich", "FRA"), ("Italien", "ITA"), ("Vereinigtes Königreich", "GBR"),
        ("Allemagne", "DEU"), ("Royaume-Uni", "GBR"), ("Pays-Bas", "NLD"), ("N. Macedonia", "MKD"), ("Włochy", "ITA"),
        ("Wlochy", "ITA"), ("Czech Rep.", "CZE"), ("Slovak Rep.", "SVK"), ("EE. UU.", "USA"),
        ("Großbritannien", "GBR"), ("GROSSBRITANNIEN", "GBR"), ("États-Unis", "USA"), ("Etats Unis", "USA"),
        ("Tschechische Republik", "CZE"), ("E.U.", "EU"), ("U.E.", "EU"), ("Österreich", "AUT"),
    ],
)  # fmt: skip
def test_everyday_words(words: str, iso3: str) -> None:
    assert code(words) == iso3


@pytest.mark.parametrize(
    "mark", ["*", " *", "**", "¹", "²", "1", " 2", "(3)", " (a)", "[b]", " a/", "†", "‡", ":", " ^1"]
)
@pytest.mark.parametrize("name", ["Türkiye", "United States", "Slovak Republic", "Czechia", "NATO Total"])
def test_footnotes_of_published_tables(name: str, mark: str) -> None:
    assert code(name + mark) == code(name) is not None


@pytest.mark.parametrize(
    "words",
    ["", " ", "*", "2023", "Notes", "Country", "Share of real GDP (%)", "German Democratic Republic", "Yugoslavia",
     "Czechoslovakia", "USSR", "The Hague", "Atlantis", "x" * 10_000, "(" * 5_000],
)  # fmt: skip
def test_what_names_no_country(words: str) -> None:
    assert look_up(words) is None


def test_a_spelling_names_one_thing() -> None:
    lines = [(iso3, f"{iso3}, {line.replace(': ', ', ')}") for iso3, line in KNOWN.items()]
    lines += [*EXONYMS.items(), *((group, f"{group}, {line}") for group, line in countries.GROUPS.items())]
    for owner, line in lines:
        for word in line.split(", "):
            assert code(word) == owner, word


@given(st.sampled_from(sorted(ALLIES)), st.randoms())
def test_case_and_accents_do_not_matter(iso3: str, random: object) -> None:
    for word in [*ALLIES[iso3].partition(": ")[2].split(", "), *EXONYMS.get(iso3, iso3).split(", ")]:
        spelt = "".join(random.choice((letter.upper(), letter.lower())) for letter in word)  # type: ignore[attr-defined]
        assert code(spelt) == code(plainly(spelt)) == iso3


@given(st.text(max_size=80))
def test_any_text_is_looked_up_without_an_error(words: str) -> None:
    look_up(words)
    nearest(words, {"DEU": "Germany"})


def test_a_misspelt_name_is_guessed_among_those_in_question() -> None:
    names = {row.iso3: row.name for row in load_tables().allies}
    assert present(nearest("germny", names)).label == "Germany (DEU)"
    assert present(nearest("Untied Kingdom", names)).code == "GBR"
    assert nearest("Atlantis", names) is None
    assert nearest("germny", {"FRA": "France"}) is None
    assert present(nearest("Ruritanai", {"RUR": "Ruritania"})).label == "Ruritania (RUR)"
