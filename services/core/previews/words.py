"""The words in which an effect is told, in the five languages of the border.

They stand around names of crossings and never change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.core.crossings import Direction, Goods, Mode, Side
from services.core.notices import What
from services.core.text import Language


@dataclass(frozen=True, slots=True)
class Words:
    """`whom` are those of a mode as `whom_for` wants them, `vehicles` those of any. `said` has a gap for it,
    `whom` or `to`, which stays empty where everybody is meant; `of_several` is the same of more than one
    crossing where that differs. `since`, `known` and `announced` tell a window by its end, and `unended`
    follows where none was given."""

    sentence: str
    said: Mapping[What, str]
    whom: Mapping[Mode, str]
    vehicles: str
    over: str
    up_to: str
    whom_for: str
    since: str
    known: str
    announced: str
    unended: str
    share: str
    about: str
    hours: str
    minutes: str
    directions: Mapping[Direction, str]
    sides: Mapping[Side, str]
    citizens: str
    citizens_except: str
    goods: Mapping[Goods, str]
    transit: Mapping[bool, str]
    countries: Mapping[str, str]
    to: str = ""
    of_several: Mapping[What, str] = field(default_factory=dict)
    decimal: str = ","


COUNTRIES = ("UZ", "KZ", "KG", "TJ", "TM", "RU", "AF", "CN")
"""Others are told by their codes."""


def _said(*words: str) -> Mapping[What, str]:
    return dict(zip(What, words, strict=True))


def _whom(*words: str) -> Mapping[Mode, str]:
    return dict(zip(Mode, words, strict=True))


def _directions(*words: str) -> Mapping[Direction, str]:
    return dict(zip(Direction, words, strict=True))


def _sides(*words: str) -> Mapping[Side, str]:
    return dict(zip(Side, words, strict=True))


def _goods(*words: str) -> Mapping[Goods, str]:
    return dict(zip(Goods, words, strict=True))


def _countries(*words: str) -> Mapping[str, str]:
    return dict(zip(COUNTRIES, words, strict=True))


WORDS: Mapping[Language, Words] = {
    Language.UZBEK: Words(
        sentence="{where}: {when} {what}",
        said=_said(
            *("{whom}yopiq", "{whom}cheklov bilan ishlaydi", "{whom}ish vaqti oʻzgartirildi"),
            *("{whom}yana ochiq", "{whom}kechikishlar", "{whom}maʼlumot"),
        ),
        whom=_whom(
            *("piyodalar", "yengil avtomobillar", "avtobuslar", "yuk mashinalari"),
            *("yoʻlovchi poyezdlari", "yuk poyezdlari"),
        ),
        vehicles="transport vositalari",
        over="{tonnes} tonnadan ogʻir {whom}",
        up_to="{tonnes} tonnagacha boʻlgan {whom}",
        whom_for="{} uchun ",
        since="{start} dan",
        known="{start} dan {end} gacha",
        announced="{start} dan {end} gacha (eʼlon qilingan muddat)",
        unended="tugash vaqti eʼlon qilinmagan",
        share="odatdagi oʻtkazish qobiliyatining {} foizi",
        about="taxminan {}",
        hours="{} soat",
        minutes="{} daqiqa",
        directions=_directions("Qozogʻiston tomonga", "Oʻzbekiston tomonga"),
        sides=_sides("Oʻzbekiston tomonida", "Qozogʻiston tomonida"),
        citizens="fuqaroligi: {}",
        citizens_except="fuqaroligi bulardan boshqa: {}",
        goods=_goods("shaxsiy buyumlar", "tijorat yuki", "tez buziladigan yuk"),
        transit={True: "tranzit", False: "tranzitdan tashqari"},
        countries=_countries(
            *("Oʻzbekiston", "Qozogʻiston", "Qirgʻiziston", "Tojikiston"),
            *("Turkmaniston", "Rossiya", "Afgʻoniston", "Xitoy"),
        ),
    ),
    Language.UZBEK_CYRILLIC: Words(
        sentence="{where}: {when} {what}",
        said=_said(
            *("{whom}ёпиқ", "{whom}чеклов билан ишлайди", "{whom}иш вақти ўзгартирилди"),
            *("{whom}яна очиқ", "{whom}кечикишлар", "{whom}маълумот"),
        ),
        whom=_whom(
            *("пиёдалар", "енгил автомобиллар", "автобуслар", "юк машиналари"),
            *("йўловчи поездлари", "юк поездлари"),
        ),
        vehicles="транспорт воситалари",
        over="{tonnes} тоннадан оғир {whom}",
        up_to="{tonnes} тоннагача бўлган {whom}",
        whom_for="{} учун ",
        since="{start} дан",
        known="{start} дан {end} гача",
        announced="{start} дан {end} гача (эълон қилинган муддат)",
        unended="тугаш вақти эълон қилинмаган",
        share="одатдаги ўтказиш қобилиятининг {} фоизи",
        about="тахминан {}",
        hours="{} соат",
        minutes="{} дақиқа",
        directions=_directions("Қозоғистон томонга", "Ўзбекистон томонга"),
        sides=_sides("Ўзбекистон томонида", "Қозоғистон томонида"),
        citizens="фуқаролиги: {}",
        citizens_except="фуқаролиги булардан бошқа: {}",
        goods=_goods("шахсий буюмлар", "тижорат юки", "тез бузиладиган юк"),
        transit={True: "транзит", False: "транзитдан ташқари"},
        countries=_countries(
            *("Ўзбекистон", "Қозоғистон", "Қирғизистон", "Тожикистон"),
            *("Туркманистон", "Россия", "Афғонистон", "Хитой"),
        ),
    ),
    Language.KAZAKH: Words(
        sentence="{where}: {when} {what}",
        said=_said(
            *("{whom}жабық", "{whom}шектеумен жұмыс істейді", "{whom}жұмыс уақыты өзгертілді"),
            *("{whom}қайта ашық", "{whom}кідірістер", "{whom}ақпарат"),
        ),
        whom=_whom(
            *("жаяу жүргіншілер", "жеңіл көлік", "автобустар", "жүк көліктері"),
            *("жолаушылар пойыздары", "жүк пойыздары"),
        ),
        vehicles="көлік",
        over="{tonnes} тоннадан ауыр {whom}",
        up_to="{tonnes} тоннаға дейінгі {whom}",
        whom_for="{} үшін ",
        since="{start}-{start_from} бастап",
        known="{start}-{start_from} {end}-{end_to} дейін",
        announced="{start}-{start_from} {end}-{end_to} дейін (жарияланған мерзім)",
        unended="аяқталу уақыты жарияланбаған",
        share="әдеттегі өткізу қабілетінің {} пайызы",
        about="шамамен {}",
        hours="{} сағат",
        minutes="{} минут",
        directions=_directions("Қазақстан бағытында", "Өзбекстан бағытында"),
        sides=_sides("Өзбекстан жағында", "Қазақстан жағында"),
        citizens="азаматтығы: {}",
        citizens_except="азаматтығы мынадан басқа: {}",
        goods=_goods("жеке заттар", "коммерциялық жүк", "тез бұзылатын жүк"),
        transit={True: "транзит", False: "транзиттен басқа"},
        countries=_countries(
            *("Өзбекстан", "Қазақстан", "Қырғызстан", "Тәжікстан"),
            *("Түрікменстан", "Ресей", "Ауғанстан", "Қытай"),
        ),
    ),
    Language.RUSSIAN: Words(
        sentence="{where}: {what} {when}",
        said=_said(
            *("закрыт{whom}", "работает с ограничениями{whom}", "изменён режим работы{whom}"),
            *("снова открыт{whom}", "задержки{whom}", "информация{whom}"),
        ),
        of_several={
            What.CLOSED: "закрыты{whom}",
            What.RESTRICTED: "работают с ограничениями{whom}",
            What.REOPENED: "снова открыты{whom}",
        },
        whom=_whom(
            *("пешеходов", "легковых автомобилей", "автобусов", "грузовых автомобилей"),
            *("пассажирских поездов", "грузовых поездов"),
        ),
        vehicles="транспорта",
        over="{whom} свыше {tonnes} т",
        up_to="{whom} до {tonnes} т",
        whom_for=" для {}",
        since="с {start}",
        known="с {start} до {end}",
        announced="с {start}, объявлено до {end}",
        unended="срок окончания не объявлен",
        share="{} % обычной пропускной способности",
        about="около {}",
        hours="{} ч",
        minutes="{} мин",
        directions=_directions("в сторону Казахстана", "в сторону Узбекистана"),
        sides=_sides("на узбекской стороне", "на казахстанской стороне"),
        citizens="гражданство: {}",
        citizens_except="любое гражданство, кроме: {}",
        goods=_goods("личные вещи", "коммерческий груз", "скоропортящийся груз"),
        transit={True: "транзит", False: "кроме транзита"},
        countries=_countries(
            *("Узбекистан", "Казахстан", "Кыргызстан", "Таджикистан"),
            *("Туркменистан", "Россия", "Афганистан", "Китай"),
        ),
    ),
    Language.ENGLISH: Words(
        sentence="{where}: {what} {when}",
        said=_said(
            *("closed{to}", "limited{whom}", "other working hours{whom}"),
            *("open again{to}", "delays{whom}", "information{whom}"),
        ),
        whom=_whom("people on foot", "cars", "buses", "trucks", "passenger trains", "goods trains"),
        vehicles="vehicles",
        over="{whom} over {tonnes} t",
        up_to="{whom} up to {tonnes} t",
        whom_for=" for {}",
        to=" to {}",
        since="from {start}",
        known="from {start} until {end}",
        announced="from {start}, announced until {end}",
        unended="no end has been announced",
        share="{} % of the usual capacity",
        about="about {}",
        hours="{} h",
        minutes="{} min",
        directions=_directions("towards Kazakhstan", "towards Uzbekistan"),
        sides=_sides("on the Uzbek side", "on the Kazakh side"),
        citizens="citizenship: {}",
        citizens_except="any citizenship but: {}",
        goods=_goods("personal goods", "commercial goods", "perishable goods"),
        transit={True: "in transit", False: "not in transit"},
        countries=_countries(
            *("Uzbekistan", "Kazakhstan", "Kyrgyzstan", "Tajikistan"),
            *("Turkmenistan", "Russia", "Afghanistan", "China"),
        ),
        decimal=".",
    ),
}
