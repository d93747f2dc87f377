"""Countries as people write them: codes, names in English and in their own languages, labels of published tables.

A user's own table of allies may leave some out or name others: who counts is for the table in force.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, NamedTuple


class Named(NamedTuple):
    """What a word names."""

    code: str
    """ISO 3166 alpha-3 of a country; a code of our own for a group."""
    name: str
    group: bool = False
    """Whether it is several countries."""

    @property
    def label(self) -> str:
        """Both, as in "Germany (DEU)"."""
        return f"{self.name} ({self.code})"


ALLIES: Final[dict[str, str]] = {
    "ALB": "AL: Albania, Shqipëria, Shqipëri, Shqiperise, Albanian",
    "BEL": "BE: Belgium, België, Belgique, Belgien, Belgian",
    "BGR": "BG: Bulgaria, България, Bulgariya, Bulgarian, BUL",
    "CAN": "CA: Canada, Canadian",
    "CZE": "CZ: Czechia, Czech Republic, Česko, Česká republika, Czech",
    "DEU": "DE: Germany, Deutschland, Bundesrepublik Deutschland, German, GER, BRD, FRG",
    "DNK": "DK: Denmark, Danmark, Danish, DEN",
    "ESP": "ES: Spain, España, Reino de España, Spanish, SPA",
    "EST": "EE: Estonia, Eesti, Estonian",
    "FIN": "FI: Finland, Suomi, Finnish",
    "FRA": "FR: France, République française, French",
    "GBR": "GB: United Kingdom, United Kingdom of Great Britain and Northern Ireland, Great Britain, Britain, England, "
    "Scotland, Wales, Northern Ireland, British, English, UK, UKD, ENG",
    "GRC": "GR: Greece, Ελλάδα, Ελλάς, Ellada, Ellas, Hellas, Greek, Hellenic, EL, GRE",
    "HRV": "HR: Croatia, Hrvatska, Croatian, Croat, CRO",
    "HUN": "HU: Hungary, Magyarország, Hungarian",
    "ISL": "IS: Iceland, Ísland, Icelandic, ICE",
    "ITA": "IT: Italy, Italia, Repubblica italiana, Italian",
    "LTU": "LT: Lithuania, Lietuva, Lietuvos Respublika, Lithuanian, LIT",
    "LUX": "LU: Luxembourg, Lëtzebuerg, Luxemburg, Luxembourgish",
    "LVA": "LV: Latvia, Latvija, Latvijas Republika, Latvian, LAT",
    "MKD": "MK: North Macedonia, Северна Македонија, Severna Makedonija, Macedonia, Macedonian, "
    "Former Yugoslav Republic of Macedonia, FYR Macedonia, FYROM, FYR",
    "MNE": "ME: Montenegro, Crna Gora, Црна Гора, Montenegrin",
    "NLD": "NL: Netherlands, Nederland, Koninkrijk der Nederlanden, Holland, Dutch, NED, NTH",
    "NOR": "NO: Norway, Norge, Noreg, Norwegian",
    "POL": "PL: Poland, Polska, Rzeczpospolita Polska, Polish",
    "PRT": "PT: Portugal, República Portuguesa, Portuguese, POR",
    "ROU": "RO: Romania, România, Roumania, Rumania, Romanian, ROM",
    "SVK": "SK: Slovakia, Slovak Republic, Slovensko, Slovenská republika, Slovak",
    "SVN": "SI: Slovenia, Slovenija, Slovenian, Slovene, SLO",
    "SWE": "SE: Sweden, Sverige, Konungariket Sverige, Swedish",
    "TUR": "TR: Türkiye, Turkey, Türkiye Cumhuriyeti, Turkish, TUK",
    "USA": "US: United States, United States of America, America, American, the States, U S A, U S",
}
"""ISO 3166 alpha-2, then the name in English, then whatever else is in use. Allies are those of the table `allies`."""

EXONYMS: Final[dict[str, str]] = {
    "ALB": "Albanie, Albanien, Албания, Albaania, Αλβανία, Albanija, Албанија, Albánsko, Arnavutluk",
    "BEL": "Bélgica, Belgio, Belgjikë, Белгия, Belgia, Βέλγιο, Belgija, Белгија, Belgicko, Belçika",
    "BGR": "Bulgarie, Bulgarien, Bullgari, Bulgarije, Bulharsko, Bulgaaria, Βουλγαρία, Bugarska, Bulgarija, Бугарија, "
    "Бугарска, Bułgaria, Bolgarija, Bulgaristan",
    "CAN": "Kanada, Канада, Καναδάς",
    "CZE": "Tchéquie, Tschechien, Chequia, Cechia, Çeki, Tsjechië, Чехия, Tjekkiet, Tšehhi, Tšekki, Tjeckien, Τσεχία, "
    "Češka, Csehország, Tékkland, Čekija, Чешка, Tsjekkia, Czechy, Cehia, Çekya, Tschechische Republik, "
    "République tchèque, República Checa, Repubblica Ceca, Czech Rep, Rép tchèque, Rep Checa, Rep Ceca, "
    "Tschechische Rep",
    "DEU": "Allemagne, Alemania, Germania, Gjermani, Duitsland, Германия, Německo, Tyskland, Saksamaa, Saksa, "
    "Γερμανία, Njemačka, Németország, Þýskaland, Vokietija, Vācija, Германија, Немачка, Nemačka, Niemcy, Alemanha, "
    "Nemčija, Almanya",
    "DNK": "Danemark, Dinamarca, Danimarca, Danimarkë, Denemarken, Дания, Dánsko, Taani, Tanska, Δανία, Danska, "
    "Dánia, Danmörk, Danija, Данска, Danemarca, Danimarka",
    "ESP": "Espagne, Spanien, Spagna, Spanjë, Испания, Španělsko, Hispaania, Espanja, Ισπανία, Španjolska, "
    "Spanyolország, Spánn, Ispanija, Spānija, Шпанија, Spania, Hiszpania, Espanha, Španielsko, İspanya",
    "EST": "Estonie, Estland, Estoni, Естония, Estonsko, Viro, Εσθονία, Estonija, Észtország, Eistland, Estija, "
    "Igaunija, Естонија, Estonya, Estónia",
    "FIN": "Finlande, Finnland, Finlandia, Финландия, Finsko, Soome, Φινλανδία, Finska, Finnország, Suomija, Somija, "
    "Финска, Finlanda, Finlandiya",
    "FRA": "Frankreich, Francia, Frankrijk, Франция, Francie, Frankrig, Prantsusmaa, Ranska, Frankrike, Γαλλία, "
    "Francuska, Franciaország, Frakkland, Prancūzija, Francija, Франција, Француска, Francja, França, Franța, "
    "Francúzsko, Fransa",
    "GBR": "Royaume-Uni, Vereinigtes Königreich, Reino Unido, Regno Unito, Mbretëria e Bashkuar, Verenigd Koninkrijk, "
    "Обединено кралство, Spojené království, Storbritannien, Suurbritannia, Yhdistynyt kuningaskunta, "
    "Förenade kungariket, Ηνωμένο Βασίλειο, Ujedinjeno Kraljevstvo, Egyesült Királyság, Bretland, Jungtinė Karalystė, "
    "Lielbritānija, Велика Британија, Уједињено Краљевство, Storbritannia, Wielka Brytania, Regatul Unit, "
    "Spojené kráľovstvo, Združeno kraljestvo, Birleşik Krallık, Großbritannien, "
    "Vereinigtes Königreich Großbritannien und Nordirland, Grande-Bretagne, Gran Bretaña, Gran Bretagna, "
    "Groot-Brittannië, Grã-Bretanha, Marea Britanie, Velika Britanija, U Kingdom, Utd Kingdom, Gt Britain",
    "GRC": "Grèce, Griechenland, Grecia, Greqi, Griekenland, Гърция, Řecko, Grækenland, Kreeka, Kreikka, Grekland, "
    "Grčka, Görögország, Grikkland, Graikija, Grieķija, Грција, Грчка, Grecja, Grécko, Grčija, Yunanistan",
    "HRV": "Croatie, Kroatien, Croacia, Croazia, Kroaci, Kroatië, Хърватия, Chorvatsko, Horvaatia, Kroatia, Κροατία, "
    "Horvátország, Kroatija, Horvātija, Хрватска, Chorwacja, Hrvaška, Hırvatistan",
    "HUN": "Hongrie, Ungarn, Hungría, Ungheria, Hungari, Hongarije, Унгария, Maďarsko, Ungari, Unkari, Ungern, "
    "Ουγγαρία, Mađarska, Ungverjaland, Vengrija, Ungārija, Унгарија, Мађарска, Węgry, Ungaria, Madžarska, Macaristan",
    "ISL": "Islande, Islandia, Islanda, IJsland, Исландия, Islanti, Ισλανδία, Izland, Islandija, Исланд, İzlanda",
    "ITA": "Italie, Italien, Itali, Италия, Itaalia, Ιταλία, Italija, Olaszország, Италија, Włochy, Taliansko, İtalya",
    "LTU": "Lituanie, Litauen, Lituania, Lituani, Litouwen, Литва, Litva, Leedu, Liettua, Λιθουανία, Litvánia, "
    "Litháen, Литванија, Litvanija, Litwa, Litvanya",
    "LUX": "Luxemburgo, Lussemburgo, Luksemburg, Люксембург, Lucembursko, Λουξεμβούργο, Lúxemborg, Liuksemburgas, "
    "Luksemburga, Луксембург, Luxembursko, Luxemb, Luxbg",
    "LVA": "Lettonie, Lettland, Letonia, Lettonia, Letoni, Letland, Латвия, Lotyšsko, Läti, Λετονία, Lettország, "
    "Летонија, Letonija, Łotwa, Letonya",
    "MKD": "Macédoine du Nord, Nordmazedonien, Macedonia del Norte, Macedonia del Nord, Maqedonia e Veriut, "
    "Noord-Macedonië, Северна Македония, Severní Makedonie, Nordmakedonien, Põhja-Makedoonia, Pohjois-Makedonia, "
    "Βόρεια Μακεδονία, Sjeverna Makedonija, Észak-Macedónia, Norður-Makedónía, Šiaurės Makedonija, Nord-Makedonia, "
    "Macedonia Północna, Macedónia do Norte, Macedonia de nord, Severné Macedónsko, Kuzey Makedonya, N Macedonia, "
    "Nth Macedonia, Rep of North Macedonia, Macédoine, Mazedonien",
    "MNE": "Mali i Zi, Черна гора, Černá Hora, Μαυροβούνιο, Svartfjallaland, Juodkalnija, Melnkalne, Czarnogóra, "
    "Muntenegru, Čierna Hora, Karadağ",
    "NLD": "Pays-Bas, Niederlande, Países Bajos, Paesi Bassi, Holandë, Нидерландия, Nizozemsko, Alankomaat, "
    "Nederländerna, Ολλανδία, Nizozemska, Hollandia, Nyderlandai, Nīderlande, Холандија, Holandija, Holandia, "
    "Países Baixos, Olanda, Holandsko, Hollanda, Neth, Netherl, Hollande",
    "NOR": "Norvège, Norwegen, Noruega, Norvegia, Norvegji, Noorwegen, Норвегия, Norsko, Norra, Norja, Νορβηγία, "
    "Norveška, Noregur, Norvegija, Норвешка, Norwegia, Norveç",
    "POL": "Pologne, Polen, Polonia, Poloni, Полша, Polsko, Poola, Puola, Πολωνία, Poljska, Lengyelország, Pólland, "
    "Lenkija, Polija, Полска, Пољска, Polonya",
    "PRT": "Portogallo, Portugali, Португалия, Portugalsko, Πορτογαλία, Portugália, Portugalija, Portugāle, "
    "Португалија, Португал, Portugalska, Portekiz",
    "ROU": "Roumanie, Rumänien, Rumani, Roemenië, Румъния, Rumunsko, Rumænien, Rumeenia, Ρουμανία, Rumunjska, "
    "Rúmenía, Rumunija, Rumānija, Романија, Румунија, Rumunia, Roménia, Romunija, Romanya",
    "SVK": "Slovaquie, Slowakei, Eslovaquia, Slovacchia, Sllovaki, Slowakije, Словакия, Slovakiet, Slovakkia, "
    "Slovakien, Σλοβακία, Slovačka, Szlovákia, Slovakija, Словачка, Słowacja, Slovacia, Slovaška, Slovakya, "
    "Slowakische Republik, République slovaque, República Eslovaca, Repubblica Slovacca, Slovak Rep, Rép slovaque, "
    "Slowakische Rep",
    "SVN": "Slovénie, Slowenien, Eslovenia, Slloveni, Словения, Slovinsko, Slovenien, Sloveenia, Σλοβενία, Szlovénia, "
    "Словенија, Słowenia, Slovenya",
    "SWE": "Suède, Schweden, Suecia, Svezia, Suedi, Zweden, Швеция, Švédsko, Rootsi, Ruotsi, Σουηδία, Švedska, "
    "Svédország, Svíþjóð, Švedija, Zviedrija, Шведска, Szwecja, Suedia, İsveç",
    "TUR": "Turquie, Türkei, Turquía, Turchia, Turqi, Turkije, Турция, Turecko, Türgi, Turkki, Turkiet, Turska, "
    "Törökország, Tyrkland, Turkija, Tyrkia, Turcja, Turcia",
    "USA": "États-Unis, Vereinigte Staaten, Estados Unidos, Stati Uniti, Shtetet e Bashkuara, Verenigde Staten, "
    "Съединени щати, Spojené státy, Ameerika Ühendriigid, Yhdysvallat, Ηνωμένες Πολιτείες, Sjedinjene Države, "
    "Egyesült Államok, Bandaríkin, Jungtinės Amerikos Valstijos, Amerikas Savienotās Valstis, Соединети држави, "
    "Сједињене Државе, De forente stater, Stany Zjednoczone, Statele Unite, Združene države, "
    "Amerika Birleşik Devletleri, Vereinigte Staaten von Amerika, États-Unis d'Amérique, Estados Unidos de América, "
    "Stati Uniti d'America, Verenigde Staten van Amerika, Sambandsstatane, EEUU, EE UU, EUA, Utd States, U States",
}
"""What the allies are called in the official languages of NATO, in German, Spanish and Italian, in the allies' own
languages, and in the usual abbreviations; how each calls itself stands in ALLIES."""

OTHERS: Final[dict[str, str]] = {
    "AND": "AD: Andorra",
    "ARM": "AM: Armenia, Armenian",
    "AUS": "AU: Australia, Australian",
    "AUT": "AT: Austria, Österreich, Oesterreich, Austrian",
    "AZE": "AZ: Azerbaijan, Azerbaijani",
    "BIH": "BA: Bosnia and Herzegovina, Bosnia, Bosnia-Hercegovina, Bosna i Hercegovina, Bosnian",
    "BLR": "BY: Belarus, Беларусь, Belarusian, Byelorussia",
    "BRA": "BR: Brazil, Federative Republic of Brazil, Brasil, Brazilian",
    "CHE": "CH: Switzerland, Swiss Confederation, Schweiz, Suisse, Svizzera, Swiss, SUI",
    "CHN": "CN: China, People's Republic of China, Chinese, PRC",
    "CYP": "CY: Cyprus, Κύπρος, Cypriot",
    "GEO": "GE: Georgia, Georgian",
    "IND": "IN: India, Indian",
    "IRL": "IE: Ireland, Éire, Irish",
    "IRN": "IR: Iran, Islamic Republic of Iran, Iranian",
    "ISR": "IL: Israel, Israeli",
    "JPN": "JP: Japan, Nippon, Japanese",
    "KAZ": "KZ: Kazakhstan, Kazakh",
    "KOR": "KR: South Korea, Republic of Korea, South Korean, ROK",
    "LIE": "LI: Liechtenstein",
    "MCO": "MC: Monaco",
    "MDA": "MD: Moldova, Moldovan",
    "MEX": "MX: Mexico, United Mexican States, México, Mexican",
    "MLT": "MT: Malta, Maltese",
    "NZL": "NZ: New Zealand",
    "PRK": "KP: North Korea, Democratic People's Republic of Korea, North Korean, DPRK",
    "RUS": "RU: Russia, Russian Federation, Россия, Российская Федерация, Russian",
    "SAU": "SA: Saudi Arabia, Saudi",
    "SMR": "SM: San Marino",
    "SRB": "RS: Serbia, Србија, Srbija, Serbian",
    "TWN": "TW: Taiwan, Republic of China, Taiwanese, Chinese Taipei, Taiwan Province of China",
    "UKR": "UA: Ukraine, Україна, Ukrayina, Ukrainian",
    "VAT": "VA: Holy See, Vatican City, Vatican",
    "XKX": "XK: Kosovo, Kosova, Kosovar",
}
"""The same of countries that are asked about: Europe and its neighbours, partners, powers."""

GROUPS: Final[dict[str, str]] = {
    "EUC": "Europe and Canada, NATO Europe and Canada, European allies and Canada, Canada and Europe",
    "NATO": "NATO, NATO total, total NATO, NATO members, OTAN, the alliance, all allies, "
    "North Atlantic Treaty Organization, North Atlantic Treaty Organisation",
    "NATO Europe": "NATO Europe, Europe, European allies, European NATO, NATO Europe total",
    "EU": "European Union, UE, EU27, EU 27",
    "B9": "Bucharest Nine, Bukarest Nine",
    "Baltics": "the Baltic states, Baltics, Baltic, Baltic countries",
    "Nordics": "the Nordic countries, Nordics, Nordic, Scandinavia",
    "Benelux": "Benelux",
}
"""Groups of countries: a code of our own, the name, and what else they are called."""

WITH_ARTICLE: Final = ("Netherlands", "United Kingdom", "United States")
"""Names that take one in a sentence."""

LIKENESS: Final = 0.7
"""Of a word that is taken for a misspelt country; at less, Atlantis is Albania."""

_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_FOOTNOTE = re.compile(r"[\s*†‡§¶#^+0-9.,:;)/_-]+$|(?<=[a-z])\s+[a-e][/)]$")
_SIGNS = re.compile(r"[^\w]+|_+")
_UNDIVIDED = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "ð": "d", "þ": "th", "&": " and "})
"""Letters that no normal form takes apart, and the sign for and."""
_STATE = re.compile(r"^(?:(?:federal |former yugoslav )?republic|kingdom|grand duchy|principality|state) of (?:the )?")


def in_prose(name: str) -> str:
    """A country's name as it stands in a sentence.

    >>> in_prose("Netherlands"), in_prose("Norway")
    ('the Netherlands', 'Norway')
    """
    return f"the {name}" if name in WITH_ARTICLE else name


def look_up(name: str) -> Named | None:
    """What `name` names, whatever its case, accents, footnotes and article; None where nothing is known by them.

    >>> look_up("Türkiye*")
    Named(code='TUR', name='Türkiye', group=False)
    """
    known = _known()
    return next((known[key] for key in _spellings(name[:100]) if key in known), None)


def nearest(name: str, among: Mapping[str, str]) -> Named | None:
    """The country that misspelt `name` most probably means; None where none is like it.

    `among` are the names of those in question by code.
    """
    known = {key: named.code for key, named in _known().items() if named.code in among and len(key) > 2}
    known |= {plainly(each): code for code, each in among.items()}
    near = get_close_matches(plainly(name[:60]), known, 1, LIKENESS)
    return Named(known[near[0]], among[known[near[0]]]) if near else None


def plainly(text: str) -> str:
    """Small letters without accents, single spaces, & written out: "Türkiye" and "TURKIYE" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_UNDIVIDED))
    bare = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(_SIGNS.sub(" ", bare).split())


def _spellings(name: str) -> Iterator[str]:
    """`name` plainly, then with less and less of what is no name: notes, footnotes, article, form of state."""
    bare = _FOOTNOTE.sub("", unicodedata.normalize("NFKD", name.casefold()))
    head, comma, tail = _NOTE.sub(" ", name).partition(",")
    texts = [name, bare, _NOTE.sub(" ", name), _FOOTNOTE.sub("", _NOTE.sub(" ", bare)), name.partition("/")[0]]
    texts += [f"{tail} {head}"] if comma else []  # "Netherlands, Kingdom of the"
    for text in texts:
        key = plainly(text).removeprefix("the ")
        yield key
        yield _STATE.sub("", key)
        yield key.removesuffix(" republic")
        yield key.replace(" ", "")


@lru_cache(maxsize=1)
def _named() -> dict[Named, tuple[str, ...]]:
    """Everything known here, with its spellings."""
    found: dict[Named, tuple[str, ...]] = {}
    for code, line in (ALLIES | OTHERS).items():
        iso2, _, names = line.partition(": ")
        spellings = names.split(", ") + (EXONYMS[code].split(", ") if code in EXONYMS else [])
        found[Named(code, spellings[0])] = (code, iso2, *spellings)
    for code, names in GROUPS.items():
        spellings = names.split(", ")
        found[Named(code, spellings[0], group=True)] = (code, *spellings)
    return found


@lru_cache(maxsize=1)
def _known() -> dict[str, Named]:
    """What each spelling, made plain, names."""
    return {plainly(word).removeprefix("the "): named for named, spellings in _named().items() for word in spellings}
