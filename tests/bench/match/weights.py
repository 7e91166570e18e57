#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Makes the table of the region's frequent words from names.tsv (its sources stand there).

  weights.py names.tsv path/to/bench_sounds > daemon/core/match/weights_table.c

A weight is WEIGHT_BIT (40) for each halving of a word's share of persons.  Where a
list counts people that share is known; where it only orders names it is taken from the
place in that order.
"""
import math
import subprocess
import sys
import tempfile

REGION = 220_000_000  # persons, of whom the counts are
BIT = 40
GIVEN_RUSSIAN = (180, 230)  # the first ten of a list, those behind
GIVEN_OTHER = 300           # in the list of another state's frequent names
GIVEN_LISTED = 340          # in any list
SURNAME_FREQUENT = 340


def weight(locale, kind, place, count):
    if kind == "given":
        if locale == "RU":
            return GIVEN_RUSSIAN[0 if place < 10 else 1]
        return GIVEN_OTHER if locale.isupper() else GIVEN_LISTED
    if kind == "surname" and count:
        return round(BIT * math.log2(REGION / float(count)))
    return SURNAME_FREQUENT if kind == "surname" and locale.isupper() else None


def rows(path):
    places = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            locale, kind, sex, name, count = line.rstrip("\n").split("\t")
            places[locale, kind, sex] = place = places.get((locale, kind, sex), -1) + 1
            found = weight(locale, kind, place, count)
            if found is not None:
                yield name, found


def sounds(program, names):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(names) + "\n")
        file.flush()
        text = subprocess.run([program, "words", file.name], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
    return [line.split("\t")[1].split(" ") for line in text.splitlines()]


def main():
    listed = list(rows(sys.argv[1]))
    table = {}
    for (_, found), words in zip(listed, sounds(sys.argv[2], [n for n, _ in listed])):
        if len(words) == 1 and words[0]:
            sound = words[0].rstrip("^*=~.")
            if sound.isalpha() and 1 < len(sound) <= 20:
                table[sound] = min(found, table.get(sound, found))
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print('#include "daemon/core/match/weights.h"\n')
    print("/* Made by tests/bench/match/weights.py from names.tsv beside it. */")
    print("/* clang-format off */")
    print("const struct frequent_word frequent_words[] = {")
    line = ""
    for sound in sorted(table):
        item = f'{{"{sound}", {table[sound]}}}, '
        if len(line) + len(item) > 94:
            print("\t" + line.rstrip())
            line = ""
        line += item
    print("\t" + line.rstrip())
    print("};")
    print("/* clang-format on */\n")
    print("const size_t frequent_words_count = "
          "sizeof(frequent_words) / sizeof(frequent_words[0]);")


main()
