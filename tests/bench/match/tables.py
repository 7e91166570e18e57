#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Writes the tables that proto/MATCHING.md refers to from the ones that are compiled.

  tables.py daemon/core/match proto/matching
"""
import re
import sys

LETTERS = list("aeiouybvpfmnlrdtkgzsxhcSCWZj") + ["?"]


def numbers(line):
    return re.findall(r"\d+", line)


def costs(source):
    text = open(source + "/compare_costs.c", encoding="utf-8").read()
    rows = [numbers(row) for row in re.findall(r"\{ ([\d,\s]+) \}", text)]
    size = len(LETTERS)
    yield ["where", "letter"] + LETTERS
    for place, name in enumerate(("first", "else")):
        for i, letter in enumerate(LETTERS):
            yield [name, letter] + rows[place * size + i]
    for place, name in enumerate(("first", "inside", "last")):
        yield [name, "left_out"] + rows[2 * size + place]


def words(source):
    text = open(source + "/weights_table.c", encoding="utf-8").read()
    yield ["sound", "weight"]
    for sound, weight in re.findall(r'\{"(\w+)", (\d+)\}', text):
        yield [sound, weight]


def main():
    for name, rows in (("costs", costs), ("frequent", words)):
        with open(f"{sys.argv[2]}/{name}.tsv", "w", encoding="utf-8") as file:
            for row in rows(sys.argv[1]):
                file.write("\t".join(row) + "\n")


main()
