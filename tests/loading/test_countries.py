"""Countries by the names that people write."""

from __future__ import annotations

import pytest

from initiatives.loading.countries import find_country

NAMES = {
    "jp": "Japan, JAPAN, jp, JP, JPN, 日本, Япония",
    "uz": "Uzbekistan, Republic of Uzbekistan, uzb, Oʻzbekiston, O'zbekiston, Узбекистан",
    "us": "US, U.S., USA, u.s.a., United States, the United States of America",
    "gb": "UK, U.K., GB, United Kingdom, Great Britain",
    "ae": "UAE, United Arab Emirates",
    "kr": "Korea, South Korea, Republic of Korea, ROK, KOR",
    "kp": "DPRK, North Korea",
    "tr": "Türkiye, Turkiye, Turkey, TUR",
    "kg": "Kyrgyzstan, Kyrgyz Republic, the Kyrgyz Republic",
    "cz": "Czechia, Czech Republic",
    "ru": "Russia, Russian Federation, Россия",
    "vn": "Viet Nam, Vietnam",
    "ir": "Iran, Islamic Republic of Iran",
    "ci": "Côte d’Ivoire, Cote d'Ivoire, Ivory Coast",
    "fm": "Micronesia, Federated States of Micronesia",
    "va": "Holy See, Vatican",
    "hk": "Hong Kong",
}


@pytest.mark.parametrize(("code", "names"), NAMES.items())
def test_a_country_is_found_by_its_usual_names(code: str, names: str) -> None:
    countries = [find_country(name) for name in names.split(", ")]
    assert [country and country.code for country in countries] == [code] * len(countries)


@pytest.mark.parametrize(
    "name",
    [
        *("ADB", "EU", "UN", "UNDP", "JICA", "European Union", "Asia", "Jap", "China (Taiwan)"),
        *("Japan Foundation", "China Development Bank", "Georgia Institute of Technology"),
        *("Япония – ЦА", "日本国際協力機構"),
    ],
)
def test_what_is_no_country_is_not_found(name: str) -> None:
    assert find_country(name) is None


def test_states_have_the_names_of_the_standard_in_their_usual_order() -> None:
    names = {code: find_country(code) for code in ("kr", "vn", "va", "ps", "cd", "hk")}
    assert {code: country.name for code, country in names.items() if country} == {
        "kr": "Republic of Korea",
        "vn": "Viet Nam",
        "va": "Holy See",
        "ps": "State of Palestine",
        "cd": "Democratic Republic of the Congo",
        "hk": "Hong Kong",
    }
    assert [code for code, country in names.items() if country and not country.is_state] == ["hk"]
