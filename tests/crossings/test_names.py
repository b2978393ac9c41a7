"""Finding a crossing by name: scripts, slips of the pen, and the names that mean several things."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.crossings.documents import Crossing
from services.core.crossings.files import catalogue
from services.core.crossings.names import LEAST_SCORE, Finding, Match, find, search, words
from services.core.crossings.words import Side

CROSSINGS: Mapping[str, Crossing] = catalogue()

SPELLINGS = sorted(
    {
        (crossing.code, spelling)
        for crossing in CROSSINGS.values()
        for post in crossing.posts.values()
        for spelling in (*post.named.names.values(), *post.named.aliases)
    }
)


def best(query: str) -> set[str]:
    return {match.code for match in find(query, CROSSINGS).best}


def name_remarks(code: str) -> str:
    return "\n".join(remark.text for remark in CROSSINGS[code].remarks if remark.about == "name")


@pytest.mark.parametrize(("code", "spelling"), SPELLINGS)
def test_every_spelling_in_the_catalogue_finds_its_crossing_among_the_best(code: str, spelling: str) -> None:
    assert code in best(spelling)


@pytest.mark.parametrize("code", CROSSINGS)
def test_a_code_finds_its_crossing_alone(code: str) -> None:
    (match,) = find(code, CROSSINGS).best
    assert (match.code, match.score, match.side) == (code, 100.0, None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Konisbaeva", "yallama-konysbayev"),
        ("Конисбаев", "yallama-konysbayev"),
        ("Ялама", "yallama-konysbayev"),
        ("yalllama", "yallama-konysbayev"),
        ("qaplanbek", "navoiy-kaplanbek"),
        ("Каплонбек", "navoiy-kaplanbek"),
        ("ZANGIOTA", "navoiy-kaplanbek"),
        ("Gisht Kuprik", "gishtkoprik-zhibek-zholy"),
        ("gisht-koprik", "gishtkoprik-zhibek-zholy"),
        ("Гиштъ Куприкъ", "gishtkoprik-zhibek-zholy"),
        ("Черняевка", "gishtkoprik-zhibek-zholy"),
        ("Чернаевка", "gishtkoprik-zhibek-zholy"),
        ("Jibek Joli", "gishtkoprik-zhibek-zholy"),
        ("Dautota", "dawit-ata-tazhen"),
        ("Довудота", "dawit-ata-tazhen"),
        ("Тажен", "dawit-ata-tazhen"),
        ("Tazhin", "dawit-ata-tazhen"),
        ("Казигурт", "najimov-kazygurt"),
        ("Nadzhimov", "najimov-kazygurt"),
        ("Атамикен", "sirdaryo-atameken"),
        ("oq-oltin", "oqoltin-tselinny"),
        ("Selinniy", "oqoltin-tselinny"),
        ("малик", "malik-syrdarya"),
        ("Saryağaş", "keles-saryagash"),
        ("Каракалпакия", "karakalpakstan-oazis"),
        ("Maktaral", "sirdaryo-maktaaral"),
    ],
)
def test_a_name_is_found_in_any_script_and_with_a_slip_of_the_pen(query: str, code: str) -> None:
    assert best(query) == {code}


@pytest.mark.parametrize("apostrophe", "'`´‘’ʻʼ")
def test_all_apostrophes_are_one(apostrophe: str) -> None:
    (match,) = search(f"G{apostrophe}ishtko{apostrophe}prik", CROSSINGS)
    assert (match.code, match.score) == ("gishtkoprik-zhibek-zholy", 100.0)


@pytest.mark.parametrize(
    ("query", "matched", "side"),
    [
        ("Тажен", "Тажен", Side.KZ),
        ("Tajen", "Tajen", Side.KZ),
        ("Dautota", "Dautota", Side.UZ),
        ("Яллама Конысбаева", "Yallama – Қонысбаева", None),
    ],
)
def test_a_match_tells_which_spelling_and_which_post(query: str, matched: str, side: Side | None) -> None:
    match = search(query, CROSSINGS)[0]
    assert (match.matched, match.side) == (matched, side)


@pytest.mark.parametrize("query", ["Syrdarya", "Сырдарья", "Sirdaryo", "Сирдарё", "Сырдария", "Syrdaria"])
def test_syrdarya_alone_means_three_crossings_equally(query: str) -> None:
    finding = find(query, CROSSINGS)
    assert finding.ambiguous
    assert best(query) == {"malik-syrdarya", "sirdaryo-atameken", "sirdaryo-maktaaral"}
    assert len({match.score for match in finding.best}) == 1
    assert {match.side for match in finding.best} == {Side.UZ, Side.KZ}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Сырдарья Атамекен", "sirdaryo-atameken"),
        ("Atameken - Sirdaryo", "sirdaryo-atameken"),
        ("Атамекен-Гулистан", "sirdaryo-atameken"),
        ("Malik – Syrdarya", "malik-syrdarya"),
        ("Сирдарё, Малик", "malik-syrdarya"),
        ("Sirdarya Atamekn", "sirdaryo-atameken"),
        ("Сырдарья Мактаарал", "sirdaryo-maktaaral"),
        ("граница Сырдарья / Атамекен", "sirdaryo-atameken"),
    ],
)
def test_the_pair_tells_the_posts_called_syrdarya_apart(query: str, code: str) -> None:
    assert best(query) == {code}


@pytest.mark.parametrize("query", ["Navoi", "Навои", "Navoiy", "Навоий"])
def test_navoi_is_the_post_by_tashkent_with_a_warning_of_the_city(query: str) -> None:
    assert best(query) == {"navoiy-kaplanbek"}
    assert "400 km" in name_remarks("navoiy-kaplanbek")


def test_karakalpakstan_is_a_road_in_the_truck_queue_and_a_railway_for_customs() -> None:
    for query in ("Karakalpakstan", "Каракалпакстан"):
        assert find(query, CROSSINGS).ambiguous
        assert best(query) == {"dawit-ata-tazhen", "karakalpakstan-oazis"}
    assert best("Тажен - Каракалпакстан") == {"dawit-ata-tazhen"}
    assert best("Karakalpakstan railway") == {"karakalpakstan-oazis"}
    assert best("Қорақалпоғистон темир йўл чегара пости") == {"karakalpakstan-oazis"}
    for code in ("dawit-ata-tazhen", "karakalpakstan-oazis"):
        assert "truck queue" in name_remarks(code)


@pytest.mark.parametrize("query", ["Гулистан", "Gulistan", "Guliston", "Гүлістан"])
def test_gulistan_is_what_the_truck_queue_calls_the_post_opposite_atameken(query: str) -> None:
    assert best(query) == {"sirdaryo-atameken"}
    assert "Гулистан" in name_remarks("sirdaryo-atameken")


@pytest.mark.parametrize("query", ["Майский", "Mayskiy", "Mayskii", "Май қишлоғи"])
def test_mayskiy_is_what_the_truck_queue_calls_the_post_opposite_kazygurt(query: str) -> None:
    assert best(query) == {"najimov-kazygurt"}
    assert "Майский" in name_remarks("najimov-kazygurt")


@pytest.mark.parametrize("query", ["Beyneu", "Бейнеу", "Beineu"])
def test_beyneu_finds_the_railway_whose_point_has_moved_away_from_it(query: str) -> None:
    assert best(query) == {"karakalpakstan-oazis"}
    assert "80 km" in name_remarks("karakalpakstan-oazis")


@pytest.mark.parametrize("query", ["Жибек жолы", "Жібек жолы", "Zhibek Zholy"])
def test_zhibek_zholy_finds_the_crossing_with_a_warning_of_the_village(query: str) -> None:
    assert best(query) == {"gishtkoprik-zhibek-zholy"}
    assert "Akmola" in name_remarks("gishtkoprik-zhibek-zholy")


@pytest.mark.parametrize("query", ["Узбекистан", "Ўзбекистон", "Oʻzbekiston", "Uzbekistan", "Өзбекстан"])
def test_two_customs_posts_called_uzbekistan_are_on_other_borders(query: str) -> None:
    assert search(query, CROSSINGS) == []


@pytest.mark.parametrize(
    "query",
    [
        *("Казахстан", "Қазақстан", "Kazakhstan", "Qazaqstan", "Qozogʻiston"),
        *("Ташкент", "Toshkent", "Шымкент", "Chimkent", "Алматы", "Almaty", "Astana", "Samarqand", "Nukus"),
        *("Olmaliq", "Туркестан", "Turkiston", "Aqtau", "Chirchiq", "Buxoro", "Бухара", "Термез", "Урганч"),
        *("Dostyk", "Кордай", "Хоргос", "Oybek", "Do'stlik", "xyzzy", "asdfgh", "граница", "чегара пости"),
    ],
)
def test_what_is_no_crossing_of_this_border_finds_nothing(query: str) -> None:
    assert find(query, CROSSINGS) == Finding(())


@pytest.mark.parametrize("query", ["", "  ", "—", "'", "…?!"])
def test_nothing_asked_finds_nothing(query: str) -> None:
    finding = find(query, CROSSINGS)
    assert (finding.matches, finding.best, finding.ambiguous) == ((), (), False)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("какая очередь на Яллама сейчас", "yallama-konysbayev"),
        ("КПП Навои", "navoiy-kaplanbek"),
        ("is the Gisht Kuprik border crossing open", "gishtkoprik-zhibek-zholy"),
        ("Konysbayeva trucks", "yallama-konysbayev"),
    ],
)
def test_a_name_is_found_within_a_question(query: str, code: str) -> None:
    assert best(query) == {code}


def test_the_month_of_may_in_a_question_is_no_crossing() -> None:
    assert search("can I travel in May", CROSSINGS) == []


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("yal", {"yallama-konysbayev"}),
        ("sir", {"malik-syrdarya", "sirdaryo-atameken", "sirdaryo-maktaaral"}),
        ("zholy", {"gishtkoprik-zhibek-zholy"}),
        ("si", set()),
    ],
)
def test_three_letters_are_enough_to_begin_a_name(query: str, codes: set[str]) -> None:
    assert best(query) == codes


@given(st.text(max_size=400))
def test_whatever_is_asked_the_answer_is_in_order(query: str) -> None:
    scores = [match.score for match in search(query, CROSSINGS)]
    assert scores == sorted(scores, reverse=True)
    assert all(LEAST_SCORE <= score <= 100 for score in scores)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A spelling of nine letters or more with one letter of it left out, doubled, changed or swapped."""
    code, spelling = draw(st.sampled_from([one for one in SPELLINGS if len("".join(words(one[1]))) >= 9]))
    at = draw(st.integers(0, len(spelling) - 2))
    slip = draw(st.sampled_from(["left out", "doubled", "changed", "swapped"]))
    middle = {
        "left out": spelling[at + 1],
        "doubled": spelling[at] * 2 + spelling[at + 1],
        "changed": "o" + spelling[at + 1],
        "swapped": spelling[at + 1] + spelling[at],
    }[slip]
    return code, spelling[:at] + middle + spelling[at + 2 :]


@given(slips())
def test_one_slip_in_a_long_name_does_not_lose_its_crossing(slip: tuple[str, str]) -> None:
    code, written = slip
    assert code in {match.code for match in search(written, CROSSINGS)}


@given(st.sampled_from(SPELLINGS), st.sampled_from([str.upper, str.lower, str.title]))
def test_capitals_do_not_matter(spelling: tuple[str, str], written: Callable[[str], str]) -> None:
    code, name = spelling
    assert code in best(written(name))


def test_equal_standing_is_a_matter_of_few_points() -> None:
    def match(code: str, score: float) -> Match:
        return Match(code, score, "", None)

    finding = Finding((match("a", 98.0), match("b", 95.0), match("c", 94.9)))
    assert [one.code for one in finding.best] == ["a", "b"]
    assert finding.ambiguous
    assert not Finding((match("a", 98.0), match("b", 94.9))).ambiguous
