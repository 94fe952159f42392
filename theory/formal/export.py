"""A certificate as a self-contained Coq file, whose theorem is the certificate's conclusion.

The file needs Coq's own library only: ``coqc R4_margin.v`` and its ``Print Assumptions`` say it all.
Kinds: ``margin_bracket`` and ``farkas`` (over the reals, every w), ``finite_run`` and ``step_growth``
(over the rationals, by computation), ``all_fixed_points`` of AdamProxy on two samples with two features
(:mod:`.export_points`).  The proof is found by the writer and checked by the kernel: a false certificate
gives a file that does not compile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from marginproof.theory.errors import MarginproofError
from marginproof.theory.formal.coq_terms import AND, REALS, Rows, ratio, ratios, real
from marginproof.theory.formal.export_points import two_samples

RATIONALS = "From Coq Require Import QArith List.\nImport ListNotations.\nOpen Scope Q_scope.\n"
LISTS = """
Fixpoint dot (a b : list Q) : Q :=
  match a, b with x :: a', y :: b' => x * y + dot a' b' | _, _ => 0 end.
Definition sign (r : Q) : Q := inject_Z (Z.sgn (Qnum r)).
"""


def to_coq(body: dict[str, Any]) -> str:
    """The text of the file for a certificate (the parsed JSON of a VALID one)."""
    writers: dict[str, Callable[[Rows, dict[str, Any]], str]] = {
        "margin_bracket": margin_bracket,
        "farkas": farkas,
        "finite_run": finite_run,
        "step_growth": step_growth,
    }
    kind, X = body["kind"], [_numbers(row) for row in body["data"]]
    if kind == "all_fixed_points":
        return _head(body) + two_samples(X, body["field"], body["witness"])
    if kind not in writers:
        raise MarginproofError(
            f"kind={kind!r} has no Coq form; those that have one are {', '.join(writers)} and, in part, all_fixed_points; "
            "the standard-library checker judges every kind"
        )
    return _head(body) + writers[kind](X, body["witness"])


def _head(body: dict[str, Any]) -> str:
    words = body.get("statement")
    refuted = f"\n   It refutes: {words}" if words else ""
    return f"(* A certificate of kind {body['kind']}, written by marginproof.{refuted} *)\n"


def _numbers(values: Sequence[str]) -> list[Fraction]:
    return [Fraction(value) for value in values]


def dot(row: Sequence[Fraction], names: Sequence[str]) -> str:
    """A row times named variables, in R."""
    terms = [f"{real(value)} * {name}" for value, name in zip(row, names, strict=True) if value]
    return " + ".join(terms) or "0"


def _ball(norm: str, names: Sequence[str]) -> str:
    """That the vector of these names is in the unit ball."""
    if norm == "inf":
        return AND.join(f"Rabs {name} <= 1" for name in names)
    term = "{0} * {0}" if norm == "2" else "Rabs {0}"
    return " + ".join(term.format(name) for name in names) + " <= 1"


def _scaled(X: Rows, w: list[Fraction], lower: Fraction) -> list[Fraction]:
    """The witness scaled to have least margin ``lower``: rational, and in the unit ball if the bound holds."""
    least = min(sum(a * b for a, b in zip(row, w, strict=True)) for row in X)
    return [value * lower / least if least else Fraction(0) for value in w]


def margin_bracket(X: Rows, witness: dict[str, Any]) -> str:
    """lower <= γ <= upper, γ the supremum over the unit ball of the least x_i·w; with ``other``, two maximisers."""
    norm, names = witness["norm"], [f"w{k + 1}" for k in range(len(X[0]))]
    lower, upper = Fraction(witness["lower"]), Fraction(witness["upper"])
    ws = [_scaled(X, _numbers(witness["w"]), lower)]
    other = witness.get("other")
    if other is not None:
        ws.append(_scaled(X, _numbers(other), lower))
    args, rows = " ".join(names), [dot(row, names) for row in X]
    least = AND.join(f"t <= {row}" for row in rows)
    parts = [f"(exists {args}, ball {args} /\\ above {real(lower)} {args})"]
    proofs = [_witness(ws[0])]
    if other is not None:
        parts, proofs = [_two(names, ws, lower)], [_two_witness(ws)]
    parts.append(f"(forall {args} t, ball {args} -> above t {args} -> t <= {real(upper)})")
    return (
        f"{REALS}\n(* |w| <= 1 in the norm {norm}, and every x_i.w is at least t *)\n"
        f"Definition ball ({args} : R) : Prop := {_ball(norm, names)}.\n"
        f"Definition above (t {args} : R) : Prop := {least}.\n\n"
        f"Lemma Rabs_range r : - Rabs r <= r <= Rabs r.\nProof. unfold Rabs; destruct (Rcase_abs r); lra. Qed.\n\n"
        f"Theorem conclusion : {AND.join(parts)}.\nProof.\n"
        "  Ltac close := unfold Rabs; repeat destruct (Rcase_abs _); lra.\n"
        f"  split.\n  - {proofs[0]}\n  - unfold ball, above; intros {args} t Hball Habove.\n"
        f"{_upper(X, witness, names, upper)}    lra.\nQed.\n\nPrint Assumptions conclusion.\n"
    )


def _witness(w: list[Fraction]) -> str:
    """The proof that a vector lies in the ball and above the bound."""
    exists = ", ".join(map(real, w))
    return f"exists {exists}; unfold ball, above; repeat split; close."


def _two(names: list[str], ws: list[list[Fraction]], lower: Fraction) -> str:
    """Two vectors of the ball that reach the bound and are not parallel."""
    second = [name.replace("w", "v") for name in names]
    a, b = _pair(ws)
    args, more, t = " ".join(names), " ".join(second), real(lower)
    cross = f"{names[a]} * {second[b]} <> {names[b]} * {second[a]}"
    return (
        f"(exists {args} {more}, (ball {args} /\\ above {t} {args}) "
        f"/\\ (ball {more} /\\ above {t} {more}) /\\ {cross})"
    )


def _two_witness(ws: list[list[Fraction]]) -> str:
    exists = ", ".join(map(real, [*ws[0], *ws[1]]))
    return f"exists {exists}; unfold ball, above; repeat split; try lra; close."


def _pair(ws: list[list[Fraction]]) -> tuple[int, int]:
    """Two coordinates in which the vectors are not parallel."""
    first, second = ws
    size = range(len(first))
    return next((a, b) for a in size for b in size if first[a] * second[b] != first[b] * second[a])


def _upper(X: Rows, witness: dict[str, Any], names: list[str], upper: Fraction) -> str:
    """The facts that make the upper bound linear: t is at most the average m·w, and m·w is bounded."""
    c = _numbers(witness["c"])
    total = sum(c, Fraction(0))
    m = [
        sum((a * row[k] for a, row in zip(c, X, strict=True)), Fraction(0)) / total for k in range(len(names))
    ]
    if witness["norm"] == "2":
        facts = [
            f"Rle_0_sqr ({real(value)} - {real(upper)} * {name})"
            for value, name in zip(m, names, strict=True)
        ]
        facts = [fact for fact, value in zip(facts, m, strict=True) if upper]
    else:
        facts = [f"Rabs_range {name}" for name in names]
    lines = "".join(f"    pose proof ({fact}).\n" for fact in facts)
    return lines + ("    unfold Rsqr in *.\n" if witness["norm"] == "2" else "")


def farkas(X: Rows, witness: dict[str, Any]) -> str:
    """No w has Xw > 0."""
    names = [f"w{k + 1}" for k in range(len(X[0]))]
    args = " ".join(names)
    rows = " -> ".join(f"0 < {dot(row, names)}" for row in X)
    return (
        f"{REALS}\nTheorem conclusion : forall {args} : R, {rows} -> False.\n"
        "Proof. intros; lra. Qed.\n\nPrint Assumptions conclusion.\n"
    )


def finite_run(X: Rows, witness: dict[str, Any]) -> str:
    """SignSGD's run ends at w, and w and the run's drift misclassify a row of separable data."""
    order = [int(i) for i in witness["order"]]
    visits = "; ".join(f"nth {i} X []" for i in order)
    lists = ";\n  ".join(ratios(row) for row in X)
    return f"""{RATIONALS}{LISTS}
Definition X : list (list Q) := [{lists}].
Definition row : list Q := nth {int(witness["row"])} X [].
Definition separator : list Q := {ratios(_numbers(witness["separator"]))}.
(* One sample a step, in this order for ever; minus the gradient of a decreasing loss at x_i is a positive
   multiple of x_i, so a step is eta sign(x_i). *)
Definition order : list (list Q) := [{visits}].
Definition eta : list Q := {ratios(_numbers(witness["eta"]))}.
Definition step (w x : list Q) (e : Q) : list Q := map (fun p => Qred (fst p + e * sign (snd p))) (combine w x).
Fixpoint run (w : list Q) (t : nat) (steps : list Q) : list Q :=
  match steps with [] => w | e :: more => run (step w (nth (t mod length order) order []) e) (S t) more end.
Definition w0 : list Q := {ratios(_numbers(witness["w0"]))}.
Definition w : list Q := {ratios(_numbers(witness["w"]))}.
(* what an epoch adds to w, for each unit of the step *)
Definition drift : list Q :=
  fold_right (fun x s => map (fun p => fst p + sign (snd p)) (combine s x)) (map (fun _ => 0) w0) order.

Theorem conclusion :
  (forall x, In x X -> 0 < dot x separator)
  /\\ run w0 0 eta = w
  /\\ dot row w < 0
  /\\ dot row drift < 0.
Proof.
  split; [|repeat split; vm_compute; reflexivity].
  intros x H; simpl in H; repeat (destruct H as [<-|H]; [vm_compute; reflexivity|]); destruct H.
Qed.

Print Assumptions conclusion.
"""


def step_growth(X: Rows, witness: dict[str, Any]) -> str:
    """After these gradients Adam's |m|/√v is above the bound, which no β1 <= β2 passes."""
    return f"""{RATIONALS}
Definition beta1 : Q := {ratio(Fraction(witness["beta1"]))}.
Definition beta2 : Q := {ratio(Fraction(witness["beta2"]))}.
Definition bound : Q := {ratio(Fraction(witness["bound"]))}.
Definition gradients : list Q := {ratios([row[0] for row in X])}.
Definition adam (s : Q * Q) (g : Q) : Q * Q :=
  (Qred (beta1 * fst s + (1 - beta1) * g), Qred (beta2 * snd s + (1 - beta2) * (g * g))).
Definition m : Q := fst (fold_left adam gradients (0, 0)).
Definition v : Q := snd (fold_left adam gradients (0, 0)).

(* |m|/sqrt v > bound, and bound >= 1/sqrt(1 - beta2), squared *)
Theorem conclusion :
  0 < beta1 /\\ beta1 < 1 /\\ 0 < beta2 /\\ beta2 < beta1 * beta1
  /\\ 0 < bound /\\ 1 <= bound * bound * (1 - beta2)
  /\\ 0 < v /\\ bound * bound * v < m * m.
Proof. repeat split; vm_compute; try reflexivity; discriminate. Qed.

Print Assumptions conclusion.
"""
