#!/usr/bin/env python3
"""Draws a published audit sample again, and says whether it is the one that was published.

    python3 redraw.py FOLDER IDS SALT

FOLDER holds commitment.json, draw.json and picks.json as they are published under /audit-samples/<n>/. IDS is a file with
the ids of the population, a line each, in the order of their key. SALT is 64 hexadecimal digits. The company hands ids and
salt to its auditor; without them nobody can do this.

It needs nothing but Python 3 and shares no code with the program that drew the sample. What it does not check: the
signatures and the log (`candor verify` does), whether the round of the beacon is genuine (any drand client can tell), and
whether the items are what their fields said: look at the drawn ones, which it lists.

Exit code 0: everything agrees. 1: something does not, and it says what. 2: the files cannot be read.
"""
import base64
import hashlib
import json
import os
import sys
from datetime import datetime, timezone
from math import comb


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_of(salt, item):
    """RFC 6962: a leaf is told from a node by its first byte."""
    return sha256(b"\x00" + salt + item)


def node_of(left, right):
    return sha256(b"\x01" + left + right)


def read_population(path, salt, wanted):
    """Count and root of the population, and the ids at the wanted positions; holds a hash for each level of the tree."""
    levels, count, found = [], 0, {}
    with open(path, "rb") as lines:
        for line in lines:
            item = line.rstrip(b"\n")
            count += 1
            if count in wanted:
                found[count] = item
            carry, level = leaf_of(salt, item), 0
            while level < len(levels) and levels[level] is not None:
                carry, levels[level] = node_of(levels[level], carry), None
                level += 1
            if level == len(levels):
                levels.append(None)
            levels[level] = carry
    root = None
    for part in levels:
        if part is not None:
            root = part if root is None else node_of(part, root)
    return count, (sha256(b"") if root is None else root), found


def root_from(leaf, position, count, proof):
    """Where an inclusion proof leads: RFC 9162, section 2.1.3.2."""
    index, last, node, rest = position - 1, count - 1, leaf, list(proof)
    while last > 0:
        if index % 2 == 1 or index < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            node = node_of(sibling, node) if index % 2 == 1 else node_of(node, sibling)
        index //= 2
        last //= 2
    return node if not rest else None


def positions(seed, count, size):
    """Rivest's sampler, sampler.py (2011), without replacement: (number of the draw, position from 1)."""
    seen, picks, draw = set(), [], 0
    while len(picks) < size:
        draw += 1
        position = 1 + int.from_bytes(sha256(("%s,%d" % (seed, draw)).encode()), "big") % count
        if position not in seen:
            seen.add(position)
            picks.append((draw, position))
    return picks


def points(rate):
    """A rate in basis points. Whatever is published, what follows from it ends: rates are above 0 and below 1."""
    if not 1 <= round(rate * 10000) <= 9999:
        raise ValueError("%r is no rate" % rate)
    return round(rate * 10000)


def planned_size(count, confidence, tolerable):
    """The fewest items that show no deviation with a probability of 1 - confidence when the tolerable rate deviates."""
    sound = count - -(-points(tolerable) * count // 10000)
    risk, chance, whole, size = 10000 - points(confidence), 1, 1, 0
    while chance * 10000 > risk * whole:
        chance, whole, size = chance * (sound - size), whole * (count - size), size + 1
    return size


def upper_bound(count, confidence, size, deviations):
    """The most deviations in the population that still show so few with more than 1 - confidence; hypergeometric, exact."""
    risk = 10000 - points(confidence)

    def plausible(all_of_them):
        ways = sum(comb(all_of_them, i) * comb(count - all_of_them, size - i) for i in range(deviations + 1))
        return ways * 10000 > risk * comb(count, size)

    low, high = deviations, count - (size - deviations) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if plausible(middle) else (low, middle)
    return low


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def redraw(commitment, draw, picks, ids, salt):
    """Everything that does not agree, in sentences; and the drawn items, for the auditor to look at."""
    wrong = []

    def agree(mine, published, what):
        if mine != published:
            wrong.append("%s: published is %s, but it comes out as %s" % (what, published, mine))

    seed = draw["seed"]
    agree(draw["number"], commitment["number"], "number of the sample")
    agree(seed["kind"], commitment["seed"]["kind"], "kind of seed")
    if seed["kind"] == "beacon":
        named = commitment["seed"]
        due = datetime.fromtimestamp(1692803367 + 3 * (named["round"] - 1), timezone.utc)
        agree(seed["round"], named["round"], "round of the beacon")
        agree(due, instant(named["roundAt"]), "when the round was due")
        if instant(commitment["at"]) >= due:
            wrong.append("the round existed when the commitment was made")
        text = sha256(bytes.fromhex(seed["signature"])).hex()
    else:
        text = seed["text"]

    population, result = commitment["population"], draw["result"]
    size = planned_size(population["count"], commitment["confidence"], commitment["tolerable"])
    agree(size, commitment["size"], "planned size")
    mine = positions(text, population["count"], size)
    count, root, found = read_population(ids, salt, {position for _, position in mine})
    agree(count, population["count"], "size of the population")
    for which, told in (("commitment", population), ("draw", draw["population"])):
        agree(root.hex(), told["root"], "root of the %s" % which)
        agree(count, told["count"], "count of the %s" % which)
    agree([list(pick) for pick in mine], [[pick["draw"], pick["position"]] for pick in picks["picks"]], "what is drawn")

    drawn = []
    for pick in picks["picks"]:
        position = pick["position"]
        item = found.get(position, b"")
        agree(leaf_of(salt, item).hex(), pick["item"], "salted id at position %d" % position)
        proof = [base64.b64decode(part) for part in pick["proof"]]
        if root_from(bytes.fromhex(pick["item"]), position, population["count"], proof) != bytes.fromhex(population["root"]):
            wrong.append("the proof of position %d does not lead to the root" % position)
        drawn.append((position, item.decode("utf-8", "replace"), pick["outcomes"]))

    def bounds(told, deviations, what):
        agree(deviations, told["deviations"], "deviations of %s" % what)
        agree(upper_bound(population["count"], commitment["confidence"], commitment["size"], told["deviations"]), told["upperCount"], "upper bound of %s" % what)

    agree(len(picks["picks"]), result["size"], "number of items")
    agree([each["id"] for each in commitment["attributes"]], [each["id"] for each in result["attributes"]], "attributes")
    for told in result["attributes"]:
        outcomes = [outcome[told["id"]] for _, _, outcome in drawn]
        agree(outcomes.count("unavailable"), told["unavailable"], "unavailable items of %s" % told["id"])
        bounds(told, sum(outcome != "met" for outcome in outcomes), told["id"])
    bounds(result, sum(any(each != "met" for each in outcome.values()) for _, _, outcome in drawn), "all attributes")
    return wrong, drawn


def main(arguments):
    if len(arguments) != 3:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    folder, ids, salt = arguments
    try:
        files = []
        for name in ("commitment.json", "draw.json", "picks.json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                files.append(json.load(file))
            if name == "draw.json" and files[1]["result"] is None:
                print("There is no result: the population had changed, so that nothing was drawn.")
                return 1
        with open(os.path.join(folder, "picks.json"), "rb") as file:
            digest = sha256(file.read()).hex()
        wrong, drawn = redraw(*files, ids, bytes.fromhex(salt))
        if digest != files[1]["result"]["picks"]:
            wrong.append("picks.json is not the list that draw.json names")
    except (OSError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        print("cannot be read: %r" % error, file=sys.stderr)
        return 2
    for position, item, outcomes in drawn:
        print("%d\t%s\t%s" % (position, item, ", ".join("%s: %s" % each for each in outcomes.items())))
    if wrong:
        print("\nIt does NOT agree:\n" + "\n".join("  - %s" % each for each in wrong))
        return 1
    commitment, result = files[0], files[1]["result"]
    print("\nIt agrees: %d of %d items, %d of them deviating, at most %d in the population with %g %% confidence." % (
        result["size"], commitment["population"]["count"], result["deviations"], result["upperCount"], 100 * commitment["confidence"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
