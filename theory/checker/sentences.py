"""What a VALID certificate proves, in one English sentence: the size of the data, the field, the facts."""

from __future__ import annotations

from fractions import Fraction

from .claims import Facts, Found, statement_of

NORMS = {"1": "l1", "2": "l2", "inf": "l_inf"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sentence(found: Found, claim: str | None) -> str:
    """One sentence (two where a claim is refuted)."""
    problem, field = found.problem, found.field
    about = f"{problem.n} x {problem.d} data"
    if "steps" in found.facts and "bound" in found.facts:
        about = f"{count(problem.n, 'gradient')}"
    if field is not None:
        about += f", {field.words}"
    said = f"{about}: {shown(found)}."
    refuted = statement_of(claim, None if field is None else field.words)
    return said if refuted is None else f'{said} This refutes {claim}: "{refuted}"'


def count(number: int, noun: str) -> str:
    """A number of things, in words up to ten."""
    return f"{in_words(number)} {noun}" if number == 1 else f"{in_words(number)} {noun}s"


def in_words(number: int) -> str:
    """Up to ten in words."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def short(text: str) -> str:
    """A fraction as written if it is short, else as a decimal number."""
    if len(text) <= 24:
        return text
    value = Fraction(text)
    try:
        return f"about {float(value):.10g}"
    except OverflowError:
        return f"about 1e{len(str(abs(value.numerator))) - len(str(value.denominator))}"


def shown(found: Found) -> str:
    """The facts in words."""
    facts = found.facts
    if "limit" in facts:
        return of_run(facts)
    if "supports" in facts:
        return (
            f"a solution of the limit equation in {count(len(facts['supports']), 'tier')}, alone in its boxes; it attracts; "
            f"its direction is near ({middles(facts['direction'])})"
        )
    if "unstable_directions" in facts:
        return of_solutions(facts, found.problem.n_distinct)
    if "norm" in facts:
        return of_margin(facts)
    if "misclassified" in facts:
        return (
            f"SignSGD misclassifies row {facts['misclassified'] + 1} after {count(facts['steps'], 'step')}, "
            "and eventually for ever, though the data are separable"
        )
    if "betas" in facts:
        b1, b2 = facts["betas"]
        return (
            f"Adam's step |m|/sqrt(v) at beta1 = {short(b1)}, beta2 = {short(b2)} ends above {short(facts['bound'])}, "
            "which no beta1 <= beta2 passes at this beta2"
        )
    if "boundary" in facts:
        return of_separation(facts, found.problem.n)
    return "not linearly separable"


def of_separation(facts: Facts, rows: int) -> str:
    """How the classes lie to each other."""
    if facts["separation"] == "complete":
        return "complete separation: some w has every margin positive"
    if facts["separation"] == "overlap":
        return "overlap: no w has every margin >= 0 and one positive"
    on = len(facts["boundary"])
    return f"quasi-complete separation: {on} of {count(rows, 'row')} on the boundary"


def of_run(facts: Facts) -> str:
    """Where a run of the algorithm goes."""
    start = (
        "0" if not any(Fraction(v) for v in facts["start"]) else f"({', '.join(map(short, facts['start']))})"
    )
    if "largest" in facts:
        signs = ", ".join(str(v) for v in facts["direction"])
        steps = f"with any positive steps at most {short(facts['largest'])} of infinite sum"
        return f"from w_0 = {start} {steps}, w_t/|w_t| converges to that of ({signs}), the signs of row {facts['row'] + 1}"
    middle = middles(facts["direction"])
    if "lr" in facts:
        steps = f"at constant step {facts['lr']}"
    else:
        eta0, offset, power = (short(facts["steps"][key]) for key in ("eta0", "offset", "power"))
        steps = f"with steps {eta0} (t + {offset})^-{power if '/' not in power else f'({power})'}"
    return f"from w_0 = {start} {steps}, w_t/|w_t| converges to a direction near ({middle})"


def middles(box: list[list[str]]) -> str:
    """The middles of intervals as decimal numbers."""
    return ", ".join(f"{float(Fraction(low) + Fraction(high)) / 2:.6g}" for low, high in box)


def of_margin(facts: Facts) -> str:
    """A margin between its bounds."""
    name, low, high = NORMS[facts["norm"]], short(facts["lower"]), short(facts["upper"])
    if "unique" in facts:
        return f"the {name} margin is {low} and more than one direction has it"
    if facts["lower"] == facts["upper"]:
        return f"the {name} margin is {low}"
    return f"the {name} margin is between {low} and {high}"


def of_solutions(facts: Facts, size: int) -> str:
    """Solutions of the limit equation, their stability, and what was added."""
    unstable = facts["unstable_directions"]
    exactly = "exactly " if facts["complete"] else ""
    found = f"{exactly}{count(len(unstable), 'solution')}"
    if not unstable:
        return "the limit equation has no solution"
    parts = [
        f"{found} of the limit equation"
        + ("" if facts["complete"] else ", alone in its box" if len(unstable) == 1 else "")
    ]
    parts.append(stability(unstable, size, facts["different_limits"]))
    if "annulus" in facts:
        parts.append("a closed orbit in an annulus that the flow never leaves")
    if facts.get("traps"):
        parts.append(f"{count(len(facts['traps']), 'trap')} of starts")
    for norm, ratio in facts.get("margins", []):
        parts.append(f"every {NORMS[norm]} margin is below {short(ratio)} of the largest")
    for bound in facts.get("cosines", []):
        parts.append(f"every cosine with the l2 max-margin direction is below {short(bound)}")
    if "equal_rows" in facts:
        parts.append("equal rows of the support share one weight")
    return "; ".join(parts)


def stability(unstable: list[int], size: int, different: bool) -> str:
    """How many attract."""
    attracting = unstable.count(0)
    if len(unstable) == 1:
        if attracting:
            return "it attracts"
        return (
            "it repels" if unstable[0] == size - 1 else f"it has {count(unstable[0], 'unstable direction')}"
        )
    if attracting == 0:
        return "none attracts"
    if attracting == 1:
        return "one attracts"
    return f"{in_words(attracting)} attract" + (", in different directions" if different else "")
