"""``all_fixed_points`` of AdamProxy on two samples with two features as a Coq file, through its polynomial.

With c = (s, 1-s), m_k = a_k s + b_k (1-s), q_k = (a_k s)² + (b_k (1-s))² and D = a - b, a solution with 0 < s < 1
has D_1 m_1/√q_1 = -D_2 m_2/√q_2, that is p(s) = D_1² m_1² q_2 - D_2² m_2² q_1 = 0 and e(s) = D_1 m_1 D_2 m_2 <= 0.  The
signs of p, e and p' on intervals are those of :mod:`.sign_pieces`; the ends s = 0, 1 are rational.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marginproof.theory.errors import MarginproofError
from marginproof.theory.formal.coq_terms import AND, Rows, real
from marginproof.theory.formal.files import source
from marginproof.theory.formal.sign_pieces import (
    Interval,
    Poly,
    bernstein,
    in_order,
    pieces,
    places,
    polynomials,
)


def two_samples(X: Rows, field: dict[str, Any], witness: dict[str, Any]) -> str:
    """The complete list: every solution is an end or in a box, and each holds exactly one."""
    if len(X) != 2 or len(X[0]) != 2 or field != {"name": "theta", "theta": "0"} or not all(map(all, X)):
        raise MarginproofError(
            "all_fixed_points has a Coq form for AdamProxy on two samples with two features and no zero entry; "
            "the standard-library checker judges the others"
        )
    p, e = polynomials(X)
    ends, boxes = places(witness["points"])
    return "".join([
        source("two_samples"), _data(X, p, e), *(_end(X, s) for s in (0, 1)),
        *_cells(p, e, boxes), *(_box(k, p, e, box) for k, box in enumerate(boxes)), _theorem(X, p, e, ends, boxes),
    ])  # fmt: skip


def _sign_lemma(name: str, target: str, f: Poly, sign: int, low: Fraction, high: Fraction) -> str:
    c = bernstein([sign * v for v in f], low, high)
    word = target if sign > 0 else f"- {target}"
    coefficients = " ".join(map(real, c))
    return (
        f"Lemma {name} s : {real(low)} <= s <= {real(high)} -> 0 < {word} s.\nProof.\n"
        f"  intros H; pose proof (bernstein {coefficients} (s - {real(low)}) ({real(high)} - s)\n"
        f"    ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)).\n"
        f"  unfold {target}; lra.\nQed.\n"
    )


def _expression(f: Poly) -> str:
    """Horner's scheme in s."""
    out = real(f[-1])
    for value in reversed(f[:-1]):
        out = f"{real(value)} + s * ({out})" if out != real(f[-1]) else f"{real(value)} + s * {out}"
    return out


def _data(X: Rows, p: Poly, e: Poly) -> str:
    args = " ".join(real(v) for v in (*X[0], *X[1]))
    slope = [k * v for k, v in enumerate(p)][1:]
    return (
        f"\nDefinition F1' := F1 {args}.\nDefinition F2' := F2 {args}.\nDefinition sol := solution {args}.\n"
        f"Definition pol (s : R) : R := {_expression(p)}.\nDefinition sgn (s : R) : R := {_expression(e)}.\n"
        f"Definition slope (s : R) : R := {_expression(slope)}.\n"
        f"Lemma pol_is s : P {args} s = pol s.\nProof. unfold P, m, q, pol; field. Qed.\n"
        f"Lemma sgn_is s : e {args} s = sgn s.\nProof. unfold e, m, sgn; field. Qed.\n"
        "Lemma interior s : 0 < s < 1 -> sol s -> pol s = 0 /\\ sgn s <= 0.\nProof.\n"
        "  intros Hs [_ (g & _ & _ & _ & E1 & E2)]; specialize (E1 ltac:(lra)); specialize (E2 ltac:(lra)).\n"
        "  rewrite <- pol_is, <- sgn_is; apply forward; lra.\nQed.\n"
        "Lemma found s : 0 <= s <= 1 -> pol s = 0 -> sgn s < 0 -> sol s.\nProof.\n"
        "  intros Hs; rewrite <- pol_is, <- sgn_is; apply backward; lra.\nQed.\n"
        "Lemma slope_is s : derivable_pt_lim pol s (slope s).\nProof.\n"
        f"{_derivative(p)}Qed.\n"
        "Lemma pol_continuous : continuity pol.\nProof.\n"
        "  intros s; apply derivable_continuous_pt; exists (slope s); apply slope_is.\nQed.\n"
    )


def _derivative(p: Poly) -> str:
    """The derivative, by the lemma for one step of Horner's scheme."""
    term = f"(derivable_pt_lim_const {real(p[-1])} s)"
    for value in reversed(p[:-1]):
        term = f"(horner {real(value)} _ s _ {term})"
    return (
        f"  pose proof {term} as D.\n"
        "  match type of D with derivable_pt_lim _ _ ?l =>\n"
        "    replace (slope s) with l by (unfold slope, fct_cte; field) end; exact D.\n"
    )


def _value(X: Rows, s: int) -> tuple[list[int], Fraction, Fraction]:
    """The signs u, F1 and F2 at an end."""
    row = X[1 - s]
    signs = [1 if v > 0 else -1 for v in row]
    F = [sum((v * t for v, t in zip(x, signs, strict=True)), Fraction(0)) for x in X]
    return signs, F[0], F[1]


def _end(X: Rows, s: int) -> str:
    """F1 and F2 at the end s, rational."""
    signs, one, two = _value(X, s)
    row = X[1 - s]
    lines = ""
    for k, (sign, value) in enumerate(zip(signs, row, strict=True)):
        a, b = real(X[0][k]), real(X[1][k])
        lemma = "unit_pos" if sign > 0 else "unit_neg"
        lines += (
            f"  assert (U{k} : u {a} {b} {s} = {real(Fraction(sign))}).\n  {{ unfold u, m, q.\n"
            f"    replace ({a} * {s} + {b} * (1 - {s})) with {real(value)} by field.\n"
            f"    replace ({a} * {s} * ({a} * {s}) + {b} * (1 - {s}) * ({b} * (1 - {s}))) with ({real(value)} * {real(value)}) by field.\n"
            f"    rewrite {lemma} by lra; lra. }}\n"
        )
    return (
        f"Lemma end{s} : F1' {s} = {real(one)} /\\ F2' {s} = {real(two)}.\nProof.\n{lines}"
        "  unfold F1', F2', F1, F2; rewrite U0, U1; lra.\nQed.\n"
    )


def _cells(p: Poly, e: Poly, boxes: list[Interval]) -> list[str]:
    polys = {"pol": p, "sgn": e}
    return [
        _sign_lemma(f"gap{k}", target, polys[target], sign, low, high)
        for k, (target, sign, low, high) in enumerate(pieces(p, e, boxes))
    ]


def _box(k: int, p: Poly, e: Poly, box: Interval) -> str:
    """In a box: e < 0, p' has a sign, p changes sign: exactly one solution."""
    low, high = box
    slope = [i * v for i, v in enumerate(p)][1:]
    rising = min(bernstein(slope, low, high)) > 0
    falling = max(bernstein(slope, low, high)) < 0
    if not (rising or falling) or max(bernstein(e, low, high)) >= 0:
        raise MarginproofError(
            f"the box of s from {float(low):.6g} to {float(high):.6g} is too wide for its Coq form"
        )
    sign = 1 if rising else -1
    a, b, word = real(low), real(high), "" if rising else "- "
    existence = "IVT pol" if rising else "IVT (fun s => - pol s)"
    continuous = "pol_continuous" if rising else "(continuity_opp pol pol_continuous)"
    return (
        _sign_lemma(f"side{k}", "sgn", e, -1, low, high)
        + _sign_lemma(f"slope{k}", "slope", slope, sign, low, high)
        + f"Lemma exists{k} : exists s, {a} < s < {b} /\\ sol s.\nProof.\n"
        f"  destruct ({existence} {a} {b} {continuous}) as [s [Hs E]]; try (unfold pol; lra).\n"
        f"  exists s. assert (Z : pol s = 0) by lra. assert (s <> {a}) by (intros ->; unfold pol in Z; lra).\n"
        f"  assert (s <> {b}) by (intros ->; unfold pol in Z; lra).\n"
        f"  split; [lra|]. apply found; auto; [lra|]. pose proof (side{k} s Hs); lra.\nQed.\n"
        f"Lemma unique{k} s t : {a} < s -> s < t -> t < {b} -> sol s -> sol t -> False.\nProof.\n"
        f"  intros H1 H2 H3 Hs Ht. apply interior in Hs; [|lra]. apply interior in Ht; [|lra].\n"
        "  destruct (MVT_cor2 pol slope s t H2 (fun c _ => slope_is c)) as [c [E Hc]].\n"
        f"  pose proof (slope{k} c ltac:(lra)) as Hp.\n"
        f"  assert (slope c * (t - s) = 0) by lra. assert (0 < {word}slope c * (t - s)) by (apply Rmult_lt_0_compat; lra). lra.\n"
        "Qed.\n"
    )


def _theorem(X: Rows, p: Poly, e: Poly, ends: list[int], boxes: list[Interval]) -> str:
    listed = [f"s = {end}" for end in ends] + [f"{real(a)} < s < {real(b)}" for a, b in boxes]
    parts = [_complete(listed)]
    parts += [f"sol {end}" for end in ends]
    for low, high in boxes:
        a, b = real(low), real(high)
        parts.append(f"(exists s, {a} < s < {b} /\\ sol s /\\ forall t, {a} < t < {b} -> sol t -> t = s)")
    proofs = [_complete_proof(X, p, e, ends, boxes)]
    proofs += [_end_proof(X, end) for end in ends]
    proofs += [
        f"destruct exists{k} as [s [Hs Hsol]]; exists s; split; [exact Hs|split; [exact Hsol|]]; intros t Ht Hsol'; "
        f"destruct (Rtotal_order t s) as [H|[H|H]]; auto; exfalso; [apply (unique{k} t s)|apply (unique{k} s t)]; auto; lra."
        for k in range(len(boxes))
    ]
    body = "".join(f"  - {text}\n" for text in proofs)
    splits = "; [|".join(["split"] * (len(parts) - 1)) + "]" * max(len(parts) - 2, 0)
    return (
        "\n(* Every solution of the limit equation, at c = (s, 1-s): the ends listed, and one in each interval. *)\n"
        f"Theorem conclusion : {AND.join(parts)}.\nProof.\n  {splits}.\n{body}Qed.\n\nPrint Assumptions conclusion.\n"
    )


def _complete(listed: list[str]) -> str:
    joined = " \\/ ".join(listed)
    return f"(forall s, sol s -> {joined})"


def _end_proof(X: Rows, end: int) -> str:
    _, one, two = _value(X, end)
    level = two if end == 0 else one
    return (
        f"destruct end{end} as [E1 E2]; unfold F1', F2' in *; split; [lra|]; exists {real(level)}; rewrite E1, E2; "
        "repeat split; intros; lra."
    )


def _complete_proof(X: Rows, p: Poly, e: Poly, ends: list[int], boxes: list[Interval]) -> str:
    lines = ["intros s H. assert (Hr : 0 <= s <= 1) by apply H."]
    for end in (0, 1):
        lines.append(f"    destruct (Req_dec s {end}) as [Es|N{end}].")
        if end in ends:
            lines.append("    { tauto. }")
        else:
            lines.append(
                f"    {{ exfalso; subst s; destruct H as [_ (g & G0 & G1 & G2 & G3 & G4)]; destruct end{end} as [E1 E2]; "
                "unfold F1', F2' in *; rewrite E1, E2 in *; lra. }"
            )
    lines.append("    pose proof (interior s ltac:(lra) H) as [Z W].")
    for kind, k, high in in_order(p, e, boxes):
        if kind == "gap":
            lines.append(
                f"    destruct (Rle_dec s {real(high)}); [exfalso; pose proof (gap{k} s ltac:(lra)); lra|]."
            )
        else:
            choose = "right; " * (len(ends) + k) + ("left; " if k < len(boxes) - 1 else "")
            lines.append(f"    destruct (Rlt_dec s {real(high)}); [{choose}lra|].")
    lines.append("    lra.")
    return "\n".join(lines)
