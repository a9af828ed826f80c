"""Folding, what a text asks for, and highlighting."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.search.normalization import (
    APOSTROPHES,
    SearchTerms,
    excerpt,
    fold,
    highlight,
    letters,
    parse_terms,
    singular,
    words,
)

# Letters of the scripts that the tracker holds, and what tends to go wrong around them: loose marks, widths, ligatures,
# letters that join (Hangul), what is not seen, and all kinds of dashes, quotes and apostrophes.
ALPHABET = (
    "aAéİßsw яЙё щ ўқҚҳҷәі oʻo‘o'gʻ´ 協力中央かがガｶﾞﾟ日本ー々 ＣAＤ+-–－\"“”«»„「」『』＂'’ 0５9٥① \x00\n\t🎉｟😀 ิ กาำ"
    "မြန်မာភ្នំहिन्दी 한글한ㅎㅏㄳﾡￂ üÜöåøşŞəğßﬁ½㌔㈱℃ſ ncuaUA\u0301\u0308\u030a\u0327 \u200b\u200d\u00ad\ufe0f"
)
texts = st.text(alphabet=ALPHABET, max_size=40) | st.text(max_size=40)
parts_of_texts = texts.flatmap(
    lambda text: st.tuples(st.just(text), st.slices(len(text)).map(lambda part: text[part]) | texts)
)


def found(text: str, query: str) -> bool:
    return parse_terms(query).matches(fold(text))


def marked(text: str, terms: SearchTerms) -> list[str]:
    return [segment for segment, hit in highlight(text, terms) if hit]


# --- Folding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Central Asian Digital Universities", " central asian digital university "),
        ("Oʻzbekiston O‘zbekiston O'zbekiston", " ozbekiston ozbekiston ozbekiston "),
        ("Ўзбекистон Йил", " узбекистон иил "),
        ("ＣＡ＋ＪＡＤ C5+1", " ca jad c5 1 "),
        ("協力　と「対話」", " 協力 と 対話 "),
        ("かが ガ ｶﾞ", " かが ガ ガ "),
        ("Straße ÉCOLE", " strasse ecole "),
        ("ministers' minister’s minister´s", " minister minister minister "),
        ("snake_case", " snake case "),
        ("coop\u00aderation می\u200cشود", " cooperation ميشود "),
        ("ﬁne ½ ㌔ ㈱ 5㎏ №5", " fine 1 2 キロ 株 5kg no5 "),
        ("كتــاب 가\u3164나", " كتاب 가나 "),
        ("٢٠٢٤ ๒๐๒๔", " 2024 2024 "),
        ("", "  "),
        ("🎉 — !!!", "  "),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("apostrophe", [*map(chr, APOSTROPHES)])
def test_every_apostrophe_is_left_out(apostrophe: str) -> None:
    assert words(f"O{apostrophe}zbekiston san{apostrophe}at") == ["ozbekiston", "sanat"]
    assert parse_terms(f"o{apostrophe}quv") == SearchTerms([" oquv"])


@pytest.mark.parametrize(
    ("own", "plain"),
    [
        (
            "Қазақ Ғылым Таңба Түлкі Ұлы Өмір Шаһар Әлем Іс",
            "казак гылым танба тулки улы омир шахар алем ис",
        ),
        ("Кыргызча: өлкө, үй, жаңы", "кыргызча олко уи жаны"),
        ("Тоҷикӣ: ҳақ, ғӯза", "точики хак гуза"),
        ("Ўқув ҳамкорлик ғоя", "укув хамкорлик гоя"),
        ("Җир ҫӱт є ґ ї ј", "жир сут е г и и"),
        ("ısı Łódź Øst Đorđe Ħal ŧ ƙ", "isi lodz ost dorde hal t k"),
        ("ð þ æ œ Ə ŋ ǝ", "d th ae oe e n e"),
        ("Çäräjew Ýaponiýa Türkmenistanyň", "carajew yaponiya turkmenistanyn"),
        ("ایران کتاب", "ايران كتاب"),
    ],
)
def test_own_letters_are_as_people_type_them_without(own: str, plain: str) -> None:
    assert " ".join(words(own)) == plain
    assert found(own, plain)
    assert found(plain, own)


def test_half_width_and_loose_letters_of_hangul_are_syllables() -> None:
    assert words("ﾡￂ 한") == ["가", "한"] == words("\u1100\u1161 \u1112\u1161\u11ab")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("日本のODA事業", ["日本の", "oda", "事業"]),
        ("第5回", ["第", "5", "回"]),
        ("第５回会合2024年", ["第", "5", "回会合", "2024", "年"]),
        ("K팝과ODA", ["k", "팝과", "oda"]),
        ("ขององค์การWTOใน", ["ขององค์การ", "wto", "ใน"]),
        ("人々とカード", ["人々とカード"]),
        ("C5+1サミット", ["c5", "1", "サミット"]),
    ],
)
def test_scripts_with_and_without_spaces_are_parted(text: str, parts: list[str]) -> None:
    assert words(text) == parts


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("initiatives", "initiative"),
        ("cities", "city"),
        ("classes", "class"),
        ("boxes", "box"),
        ("sizes", "size"),
        ("waltzes", "waltz"),
        ("status", "status"),
        ("crisis", "crisis"),
        ("business", "business"),
        ("news", "news"),
        ("series", "series"),
        ("gas", "gas"),
        ("ties", "tie"),
        ("водыs", "водыs"),
    ],
)
def test_english_plurals_lose_their_ending(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_texts_are_parted_so_that_no_phrase_runs_from_one_into_the_next() -> None:
    folded = fold("Digital University", "Tashkent")
    assert parse_terms('"digital university"').matches(folded)
    assert not parse_terms('"university tashkent"').matches(folded)


def test_a_second_spelling_stands_behind_all_texts() -> None:
    assert fold("Қазақстан", "Tokyo") == " казакстан | tokyo | казахстан "


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("Hans Müller", ["Muller", "Mueller", "Müller", "Mu\u0308ller", '"hans mueller"']),
        ("Hans Mu\u0308ller", ["Muller", "Mueller", "Müller"]),
        ("Ålborg Øresund", ["alborg", "aalborg", "oresund", "oeresund"]),
        ("Aşgabat Türkmenbaşy", ["asgabat", "ashgabat", "turkmenbasy", "turkmenbashy"]),
        ("Heydər Əliyev", ["heyder eliyev", "heydar aliyev"]),
        (
            "Қазақстан Республикасы",
            ["казакстан", "казахстан", "қазақстан", '"казахстан республикасы"'],
        ),
        ("Тоҷикистон", ["точикистон", "тоджикистон"]),
    ],
)
def test_a_text_is_found_by_each_usual_spelling(text: str, queries: list[str]) -> None:
    for query in queries:
        assert found(text, query), query
        assert marked(text, parse_terms(query)), query


def test_two_letters_of_a_text_are_not_taken_for_one() -> None:
    assert not found("Dushanbe", "due")
    assert not found("Хазахстан", "Қазақстан")


def test_letters_of_every_character_are_folded_already() -> None:
    for character in map(chr, range(0x20000)):
        folded = letters(character)
        assert letters(folded) == folded, hex(ord(character))
        assert all(letter == " " or unicodedata.category(letter)[0] in "LNM" for letter in folded)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(texts, texts)
def test_folded_text_is_words_between_single_spaces(text: str, other: str) -> None:
    folded = fold(text, other)
    assert folded == f" {' '.join(folded.split())} "
    assert all(words(word) == [word] for word in folded.split() if word != "|")


# --- What a text asks for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("initiatives  digital", SearchTerms([" initiative", " digital"])),
        ('"one village" product', SearchTerms([" one village ", " product"])),
        ("water -river −lake", SearchTerms([" water"], [" river", " lake"])),
        ('-"one village"', SearchTerms([], [" one village "])),
        ('"第5" "第5回" "ODA事業"', SearchTerms(["第 5 ", "第 5 回", " oda 事業"])),
        ("－「日本」", SearchTerms([], ["日本"])),
        ("c5+1", SearchTerms([" c5 1"])),
        ("long-term long–term", SearchTerms([" long term"])),
        ("water - river", SearchTerms([" water", " river"])),
        ("協力", SearchTerms(["協力"])),
        ("border 協力", SearchTerms([" border", "協力"])),
        ("ODA事業 第5回", SearchTerms([" oda 事業", "第 5 回"])),
        ("water water WATER", SearchTerms([" water"])),
        ('"unclosed phrase', SearchTerms([" unclosed", " phrase"])),
        ("「unclosed phrase", SearchTerms([" unclosed", " phrase"])),
        ("", SearchTerms()),
        ('🎉 !!! - \x00 "" 「」', SearchTerms()),
    ],
)
def test_what_a_text_asks_for(text: str, expected: SearchTerms) -> None:
    assert parse_terms(text) == expected


@pytest.mark.parametrize(
    "quotes",
    [
        '""',
        "“”",
        "„“",
        "””",
        "«»",
        "»«",
        "‹›",
        "「」",
        "『』",
        "｢｣",
        "《》",
        "〈〉",
        "＂＂",
        "〝〟",
    ],
)
def test_phrases_stand_between_the_quotes_of_all_languages(quotes: str) -> None:
    opening, closing = quotes[0], quotes[1]
    assert parse_terms(f"a {opening}one village{closing} b") == SearchTerms(
        [" a", " one village ", " b"]
    )


def test_a_quote_within_a_quote_belongs_to_it() -> None:
    assert parse_terms("「日本の『ODA』事業」") == SearchTerms(["日本の oda 事業"])


@pytest.mark.parametrize("dash", "-‐‑‒–—―−﹣－")
def test_whatever_dash_is_typed_excludes(dash: str) -> None:
    assert parse_terms(f"water {dash}river") == SearchTerms([" water"], [" river"])
    assert parse_terms(f"long{dash}term") == SearchTerms([" long term"])


def test_a_piece_begins_where_a_word_begins_and_may_end_within_one() -> None:
    assert found("Transport", "transp")
    assert not found("Transport", "port")


def test_what_is_quoted_ends_where_a_word_ends() -> None:
    for text in ("The AI hub", "A hub of AI", "An AI-led hub", "人工知能AI事業"):
        assert found(text, '"AI"'), text
        assert not found(text, '-"AI"'), text
    for text in ("First aid", "Aid by air"):
        assert not found(text, '"AI"'), text
        assert found(text, 'a -"AI"'), text
    assert found("Digital universities", '"digital university"')
    assert not found("Digital university", '"digital univ"')
    assert found("日本の対話", "「対」")


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("日本と中央アジアの協力関係", ["協力", "アジア", "ｱｼﾞｱ"]),
        ("한중앙아시아협력포럼", ["포럼", "협력", "아시아", "한중앙아시아협력포럼"]),
        ("日本のODA事業", ["oda", "ＯＤＡ", "ODA事業", "日本のODA", "事業"]),
        ("第5回", ["5", "第5回", "5回", "５"]),
        ("มหาวิทยาลัยดิจิทัล", ["มหาวิทยาลัยดิจิทัล", "มหาวิทยาลัย", "วิทยาลัย", "ดิจิทัล"]),
        ("ມະຫາວິທະຍາໄລ", ["ມະຫາວິທະຍາໄລ", "ວິທະຍາໄລ"]),
        ("សាកលវិទ្យាល័យ", ["សាកលវិទ្យាល័យ", "វិទ្យាល័យ", "សាកល\u200bវិទ្យាល័យ"]),
        ("မြန်မာနိုင်ငံ", ["မြန်မာနိုင်ငံ", "နိုင်ငံ"]),
        ("น้ำ", ["น้ำ", "น\u0e49\u0e4d\u0e32"]),
    ],
)
def test_a_piece_stands_anywhere_in_scripts_without_spaces(text: str, queries: list[str]) -> None:
    for query in queries:
        assert found(text, query), query


@pytest.mark.parametrize(
    ("text", "query"),
    [("ปี", "ปู"), ("มา", "ม้า"), ("ກີ", "ກູ"), ("គី", "គូ"), ("ကိ", "ကု"), ("हिन्दू", "हिन्दी"), ("か", "が")],
)
def test_vowel_signs_tell_words_apart(text: str, query: str) -> None:
    assert not found(text, query)


def test_three_thousand_words_ask_for_the_first_fifty() -> None:
    assert len(parse_terms(" ".join(f"w{n}" for n in range(3000))).pieces) == 50


@given(texts)
def test_a_text_without_exclusions_finds_itself(text: str) -> None:
    sought = parse_terms(text)
    assert SearchTerms(sought.pieces).matches(fold(text)) or sought.excluded


@given(st.characters(categories=["L", "N"]) | st.sampled_from(ALPHABET))
def test_a_letter_typed_alone_finds_a_text_with_it(letter: str) -> None:
    assert not words(letter) or parse_terms(letter).matches(fold(f"before {letter} after"))


# --- Highlighting ---------------------------------------------------------------------------------


@given(texts, texts)
def test_highlighting_keeps_every_character(text: str, query: str) -> None:
    assert "".join(segment for segment, _marked in highlight(text, parse_terms(query))) == text


@given(parts_of_texts)
def test_what_is_found_is_marked_and_the_other_way_round(text_and_query: tuple[str, str]) -> None:
    text, query = text_and_query
    for piece in parse_terms(query).pieces:
        terms = SearchTerms([piece])
        segments = marked(text, terms)
        assert bool(segments) == terms.matches(fold(text))
        assert all(terms.matches(fold(segment)) for segment in segments)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Central Asian Digital Universities", "university", ["Universities"]),
        ("A digital university in Tashkent", '"digital university"', ["digital university"]),
        ("AI for aid, by AI", '"ai"', ["AI", "AI"]),
        ("AI AI, aid and AI", '"ai"', ["AI AI", "AI"]),
        ("中央アジアの協力、対話", "協力", ["協力"]),
        ("Oʻzbekiston", "o'zbek", ["Oʻzbekiston"]),
        ("‘O´zbekiston’", "ozbek", ["O´zbekiston"]),
        ("Nothing here", "water", []),
        ("water Water -water", "water", ["water", "Water", "water"]),
        ("<b>water</b>", "water", ["water"]),
        ("one (long – term) plan", "long-term", ["long – term"]),
        ("日本のODA事業", "oda", ["ODA"]),
        ("日本のＯＤＡ事業、第５回", "ODA事 5回", ["ＯＤＡ事", "５回"]),
        ("Hans Müller", "mueller", ["Müller"]),
        ("Mu\u0308ller", "muel", ["Mu\u0308ller"]),
        ("cafe\u0301s", "cafe", ["cafe\u0301s"]),
        ("cafe\u0301", "cafe", ["cafe\u0301"]),
        ("5½ km", "2", ["½"]),
        ("ﬁnance", "fin", ["ﬁnance"]),
        ("三㌔先", "ロ", ["㌔"]),
        ("ｶﾞｽ田", "ガ", ["ｶﾞ"]),
        ("한중앙아시아", "중앙", ["중앙"]),
        ("\u1112\u1161\u11ab중앙", "한", ["\u1112\u1161\u11ab"]),
        ("ความร่วมมือ", "ร่วม", ["ร่วม"]),
        ("ปีกา", "ป", ["ปี"]),
        ("あああ", "ああ", ["あああ"]),
    ],
)
def test_what_is_highlighted(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, parse_terms(query)) == expected


def test_an_excerpt_surrounds_the_first_match() -> None:
    text = "Before " * 100 + "the water rises " + "after " * 100 + "water"
    parts = excerpt(text, parse_terms("water"))
    together = "".join(part for part, _hit in parts)
    assert ("water", True) in parts
    assert together.startswith("… Before")
    assert together.endswith("after …")
    assert len(together) < 260


def test_an_excerpt_without_spaces_surrounds_the_first_match_too() -> None:
    text = "前" * 1000 + "協力" + "後" * 1000
    parts = excerpt(text, parse_terms("協力"))
    before, match, after = (part for part, _hit in parts if part.strip(" …"))
    assert match == "協力"
    assert len(before) == 80
    assert len(after) == 240 - 80 - 2


@pytest.mark.parametrize("length", [240, 20])
def test_an_excerpt_surrounds_what_stands_in_the_text_least_often(length: int) -> None:
    text = "The river and the sea. " * 50 + "A unit buys the gallium. " + "The sea. " * 50
    for query in ("the gallium", "gallium the", "sea the gallium -river"):
        parts = excerpt(text, parse_terms(query), length)
        together = "".join(part for part, _hit in parts)
        assert ("gallium", True) in parts
        assert ("the", True) in parts
        assert together.strip(" …") in text
        assert len(together) < length + 10


def test_an_excerpt_has_the_whole_of_a_match_that_is_longer() -> None:
    text = "x " * 100 + "water, and " + "rivers " * 100
    parts = excerpt(text, parse_terms('"water and rivers"'), length=10)
    assert [part for part, hit in parts if hit] == ["water, and rivers"]


def test_an_excerpt_has_a_match_that_is_a_mark_alone() -> None:
    assert ("\u093f", True) in excerpt('word "\u093f', parse_terms('"\u093f'), length=1)


def test_there_is_no_excerpt_without_a_match() -> None:
    assert excerpt("Nothing here", parse_terms("water")) == []


@given(parts_of_texts, st.integers(1, 50))
def test_an_excerpt_is_part_of_its_text_with_a_match(
    text_and_query: tuple[str, str], length: int
) -> None:
    text, query = text_and_query
    terms = parse_terms(query)
    parts = excerpt(text, terms, length)
    assert "".join(part for part, _hit in parts if part not in ("… ", " …")) in text
    assert any(hit for _part, hit in parts) == bool(marked(text, terms))
