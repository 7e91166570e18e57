#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Learns what it costs to take one letter of a sound for another.

  bench_match_accuracy --words --pairs FILE … > words.tsv
  train.py words.tsv [train|all] > daemon/core/match/compare_costs.c

Words of the two spellings of a person's name are aligned, first by equal costs, then
by what the round before has learnt; the cost of a pair of letters is the logarithm of
how much rarer it is among aligned letters than the letters are with themselves.
Needs nothing but Python.
"""
import math
import sys

LETTERS = "aeiouybvpfmnlrdtkgzsxhcSCWZj"
BIT = 40
SCALE = float(sys.argv[3]) if len(sys.argv) > 3 else 0.5
ROUNDS = 6
OTHER = len(LETTERS)  # what stands for none of them
SIZE = OTHER + 1
INDEX = {letter: i for i, letter in enumerate(LETTERS)}
VOWELS = set("aeiouy")
CLOSE = ["bvpf", "dt", "kgxh", "zsScCWZj", "mn", "lr", "gZj", "vu", "yie", "oa", "cCtk"]
FIRST, INSIDE, LAST = range(3)
COST_MAX = 400
LEFT_OUT_LEAST = 20


def prior(a, b):
    """How many times a pair counts as seen before anything is."""
    if (a in VOWELS) and (b in VOWELS):
        return 1.0
    if any(a in group and b in group for group in CLOSE):
        return 0.5
    return 0.06


def start():
    change = [[[0 if a == b else 60 if LETTERS[a:a + 1] in VOWELS
                and LETTERS[b:b + 1] in VOWELS else 220
                for b in range(SIZE)] for a in range(SIZE)] for _ in range(2)]
    drop = [[80 if LETTERS[a:a + 1] in VOWELS else 200 for a in range(SIZE)]
            for _ in range(3)]
    return change, drop


def encode(word):
    sound, flags = word.rsplit("/", 1)
    return tuple(INDEX.get(c, OTHER) for c in sound), int(flags)


def place(i, size):
    return FIRST if i == 0 else LAST if i == size - 1 else INSIDE


def align(a, b, costs):
    """The least cost and its steps: (a or None, b or None, place)."""
    change, drop = costs
    n, m = len(a), len(b)
    table = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n):
        table[i + 1][0] = table[i][0] + drop[place(i, n)][a[i]]
    for k in range(m):
        table[0][k + 1] = table[0][k] + drop[place(k, m)][b[k]]
    for i in range(n):
        pa = drop[place(i, n)][a[i]]
        for k in range(m):
            first = 0 if i == 0 and k == 0 else 1
            table[i + 1][k + 1] = min(
                table[i][k] + change[first][a[i]][b[k]],
                table[i][k + 1] + pa,
                table[i + 1][k] + drop[place(k, m)][b[k]])
    steps = []
    i, k = n, m
    while i or k:
        first = 0 if i == 1 and k == 1 else 1
        if i and k and table[i][k] == table[i - 1][k - 1] + change[first][a[i - 1]][b[k - 1]]:
            steps.append((a[i - 1], b[k - 1], first))
            i, k = i - 1, k - 1
        elif i and table[i][k] == table[i - 1][k] + drop[place(i - 1, n)][a[i - 1]]:
            steps.append((a[i - 1], None, place(i - 1, n)))
            i -= 1
        else:
            steps.append((None, b[k - 1], place(k - 1, m)))
            k -= 1
    return table[n][m], steps


def limit(a, b):
    return 80 + 36 * max(len(a), len(b))


def pairs_of(first, second, costs):
    """Words that are each other's, the closest first; costs are those of the start, so
    that what is learnt does not choose what it is learnt from."""
    found = []
    a_left, b_left = list(first), list(second)
    for word in list(a_left):
        if word in b_left:
            a_left.remove(word)
            b_left.remove(word)
            found.append((word, word))
    scored = sorted((align(a[0], b[0], costs)[0] / (len(a[0]) + len(b[0])), i, k)
                    for i, a in enumerate(a_left) for k, b in enumerate(b_left))
    used_a, used_b = set(), set()
    for _, i, k in scored:
        if i in used_a or k in used_b:
            continue
        used_a.add(i)
        used_b.add(k)
        a, b = a_left[i], b_left[k]
        if align(a[0], b[0], costs)[0] < limit(a[0], b[0]):
            found.append((a, b))
    return found


def learn(words, costs):
    changes = [[[prior(LETTERS[a:a + 1], LETTERS[b:b + 1]) for b in range(SIZE)]
                for a in range(SIZE)] for _ in range(2)]
    drops = [[1.0 if LETTERS[a:a + 1] in VOWELS else 0.3 for a in range(SIZE)]
             for _ in range(3)]
    seen = [[4.0] * SIZE for _ in range(3)]
    for (a, b), count in words.items():
        weight = math.sqrt(count)  # a word that is everywhere does not speak for all
        for x, y, where in align(a, b, costs)[1]:
            for letter in (x, y):
                if letter is not None:
                    if x is None or y is None:
                        seen[where][letter] += weight
                    else:
                        seen[where if where == FIRST else INSIDE][letter] += weight
            if x is None or y is None:
                drops[where][y if x is None else x] += weight
            else:
                changes[where][x][y] += weight
                changes[where][y][x] += weight
    change = [[[0] * SIZE for _ in range(SIZE)] for _ in range(2)]
    drop = [[0] * SIZE for _ in range(3)]
    for where in range(2):
        for a in range(SIZE):
            for b in range(SIZE):
                if a != b:
                    both = math.sqrt(changes[where][a][a] * changes[where][b][b])
                    cost = SCALE * BIT * math.log2((2 * both + 4) / changes[where][a][b])
                    change[where][a][b] = max(10, min(COST_MAX, round(cost)))
    for where in range(3):
        for a in range(SIZE):
            known = seen[where][a] if where != LAST else (
                seen[INSIDE][a] / 5 + seen[LAST][a])
            cost = SCALE * BIT * math.log2((known + 4) / drops[where][a])
            drop[where][a] = max(LEFT_OUT_LEAST, min(COST_MAX, round(cost)))
    return change, drop


def word_pairs(names, costs):
    words = {}
    for first, second in names:
        for a, b in pairs_of(first, second, costs):
            if (a[1] | b[1]) & 17 == 0:  # initials, and words without vowels
                words[a[0], b[0]] = words.get((a[0], b[0]), 0) + 1
    return words


def print_rows(rows, indent):
    for row in rows:
        halves = [", ".join(map(str, half)) for half in (row[:15], row[15:])]
        print(f"{indent}{{ {halves[0]},\n{indent}  {halves[1]} }},")


def write(costs):
    change, drop = costs
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print('#include "daemon/core/match/compare_costs.h"\n')
    print("#include <stddef.h>\n")
    print("/* Made by tests/bench/match/train.py, which says how. */")
    print("/* clang-format off */")
    print("const uint16_t cost_change[2][COST_LETTERS][COST_LETTERS] = {")
    for where in change:
        print("\t{")
        print_rows(where, "\t\t")
        print("\t},")
    print("};\n")
    print("const uint16_t cost_left_out[3][COST_LETTERS] = {")
    print_rows(drop, "\t")
    print("};")
    print("/* clang-format on */\n")
    print("static const uint8_t indices[128] = {")
    for i, letter in enumerate(LETTERS):
        print(f"\t['{letter}'] = {i + 1},")
    print("};\n")
    print("uint8_t cost_index(char letter)\n{")
    print("\tsize_t at = (unsigned char)letter;")
    print("\tuint8_t index = at < sizeof(indices) ? indices[at] : 0;\n")
    print("\treturn (uint8_t)(index == 0 ? COST_LETTERS - 1 : index - 1);\n}")


def main():
    wanted = sys.argv[2] if len(sys.argv) > 2 else "all"
    names = []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if wanted == "train" and fields[0] == "1":
                continue
            if fields[2] and fields[3]:
                names.append([[encode(w) for w in fields[n].split(" ")] for n in (2, 3)])
    costs = start()
    words = word_pairs(names, costs)
    for _ in range(ROUNDS):
        costs = learn(words, costs)
    write(costs)


main()
