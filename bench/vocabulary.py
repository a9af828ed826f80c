"""Words and names of the invented data, in the scripts of the real one."""

from __future__ import annotations

import random

ENGLISH = [
    "regional",
    "cooperation",
    "programme",
    "transport",
    "corridor",
    "energy",
    "efficiency",
    "digital",
    "university",
    "training",
    "border",
    "security",
    "trade",
    "investment",
    "agriculture",
    "health",
    "climate",
    "resilience",
    "railway",
    "customs",
    "tourism",
    "culture",
    "youth",
    "innovation",
    "finance",
    "infrastructure",
    "education",
    "minerals",
    "hydrogen",
    "irrigation",
    "forum",
    "expert",
    "roadmap",
    "partnership",
]
RUSSIAN = [
    "сотрудничество",
    "транспорт",
    "энергетика",
    "вода",
    "образование",
    "торговля",
    "безопасность",
    "туризм",
    "развитие",
]
JAPANESE = [
    "協力",
    "中央アジア",
    "対話",
    "環境",
    "教育",
    "貿易",
    "投資",
    "観光",
    "防災",
    "人材育成",
    "水資源",
]
UZBEK = [
    "hamkorlik",
    "taʼlim",
    "oʻzbekiston",
    "suv",
    "energetika",
    "savdo",
    "xavfsizlik",
    "rivojlanish",
]
UZBEK_CYRILLIC = [
    "ҳамкорлик",
    "таълим",
    "ўзбекистон",
    "сув",
    "энергетика",
    "савдо",
    "хавфсизлик",
    "ривожланиш",
]
RARE = ["zafarobod", "khatirchi", "cholpon", "muynak", "湯河原", "чолпон"]
# In what share of the summaries each stands: single words between the common ones and the rare ones.
SHARES = {
    "samarkand": 0.1,
    "karakol": 0.05,
    "khorog": 0.02,
    # Six characters without a space, as compounds of Chinese characters are.
    "持続可能社会": 0.01,
    "termez": 0.005,
    "балхаш": 0.002,
    "нукус": 0.001,
    "敦煌": 0.0005,
    "turpan": 0.0002,
}
NAMES = {
    "Latin": (["Aziz", "Dilshod", "Keiko", "Nargiza", "Pierre"], ["Karimov", "Saitō", "Oʻrinov"]),
    "Cyrillic": (["Азиз", "Гүлнара", "Лола"], ["Назаров", "Жээнбеков", "Қаюмова"]),
    "Chinese characters": (["一郎", "恵子"], ["田中", "佐藤", "渡邊"]),
}


def words(rng: random.Random, count: int) -> str:
    found = []
    for _ in range(count):
        chance = rng.random()
        if chance < 0.78:
            # Squared, so that the first words are much commoner than the last.
            found.append(ENGLISH[int(len(ENGLISH) * rng.random() ** 2)])
        else:
            found.append(rng.choice(rng.choice((RUSSIAN, JAPANESE, UZBEK, UZBEK_CYRILLIC))))
    return " ".join(found)


def person(rng: random.Random) -> str:
    """Somebody's name in one of the scripts; family name first where it is written so."""
    script = rng.choice(list(NAMES))
    given, family = map(rng.choice, NAMES[script])
    return f"{family}{given}" if script == "Chinese characters" else f"{given} {family}"


def acronym(rng: random.Random) -> str:
    """Four letters, as bodies and programmes are called by."""
    return "".join(rng.choices("ABCDEFGHKLMNOPRSTUVWZ", k=4))
