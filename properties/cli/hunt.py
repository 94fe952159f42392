"""``marginproof hunt CLAIM``: search for data that refute a claim, shrink them, certify them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from marginproof.properties.cli.options import json_option, workers_options
from marginproof.properties.cli.output import emit, notices, say
from marginproof.properties.cli.places import writes
from marginproof.properties.file_kinds import CERTIFICATE, HUNT
from marginproof.properties.presentation.conclusions import conclusion
from marginproof.properties.presentation.names import plural
from marginproof.properties.writing import write_atomically


@click.command("hunt")
@click.argument("claim")
@click.option(
    "--n", type=int, show_default="3; R2: 2; R7: 6", help="Rows N at most; for R7 the number of gradients."
)
@click.option("--d", type=int, show_default="3; R7: 1", help="Columns d at most.")
@click.option("--max-entry", default=15, show_default=True, help="Largest |entry| of the integer data.")
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    help="Time limit of the search; what was found by then is still shrunk and certified.",
)
@click.option("--seed", default=0, show_default=True, help="Seed; the same whatever the number of jobs.")
@workers_options
@click.option(
    "--method",
    default="auto",
    show_default=True,
    metavar="[auto|random|targeted]",
    help="Random data, or guided by the number that your conjecture returns; auto guides module:function.",
)
@click.option(
    "--zeros",
    type=float,
    default=0.0,
    metavar="SHARE",
    show_default="0, none",
    help="Share of entries set to zero, for your own conjecture; no row or column vanishes.",
)
@click.option("--out", metavar="FILE", callback=writes(CERTIFICATE), help="Write the certificate there.")
@click.option(
    "--state",
    metavar="FILE",
    callback=writes(HUNT),
    help="Remember how far the search is; the same command goes on from it, or finds again what it found.",
)
@json_option
def command(
    claim: str,
    n: int | None,
    d: int | None,
    out: str | None,
    state: str | None,
    json_target: str | None,
    **given: Any,
) -> None:
    """Search for data that refute CLAIM (R1, R2, R3, R4, R5, R6, R7, or your own module:function).

    A violation is shrunk (fewer rows and columns, smaller integers), certified, and written with
    --out.  A conjecture of your own takes the data and the prediction (as marginproof.predict returns it) and returns whether it
    holds, or how far it is from failing (negative: it fails), which the search then climbs; marked @marginproof.batched it
    takes whole batches.  It is evaluated again in ball arithmetic, so that the violation itself is proved where that decides.  Exit code 0 if one was certified,
    1 if none was found, which proves nothing, 2 if your function raises or returns neither a bool nor a number.

    R1 and R3 are about the limits of AdamProxy, R2 and R5 about those of Inc-Adam with β₁ = 9/10, β₂ = 19/20, b = 1,
    R4 is about SignSGD with b = 1, R6 about ℓ∞ margins of the data (no optimizer), R7 about Adam's step |m|/√v;
    your own conjecture is given the predicted limit of AdamProxy from w = 0.

    For R7 the data are N gradients of one coordinate, each tried with all β1² > β2 whose denominators are at most 10;
    the last step |m|/√v must pass 1/√(1-β2), rounded up to hundredths, which no gradients pass with that β2 and β1 ≤ β2.

    \b
    Example:
      marginproof hunt R1 --n 2 --d 2 --max-entry 5 --seconds 60 --seed 0 --out r1.json
    """
    from marginproof.properties.hunt import Hunt
    from marginproof.properties.hunt.settings import default_shape

    rows, columns = default_shape(claim)
    settings = Hunt(claim, rows if n is None else n, columns if d is None else d, **given)
    before = _before(settings, Path(state) if state else None)
    result = _run(settings, Path(state) if state else None, before)
    minimal = _minimality(result)
    if result.certificate is not None and out:
        write_atomically(Path(out), result.certificate.to_json())
    emit(
        {**_as_dict(result, minimal), "before": asdict(before)},
        json_target,
        lambda: _show(result, minimal, out, before, state),
        answer=result.found is not None,
    )


def _run(settings: Any, state: Path | None, before: Any) -> Any:
    from marginproof.properties.hunt import hunt
    from marginproof.properties.progress import late_spinner

    version = settings.version()  # of the function that is asked, whatever becomes of its file meanwhile
    with late_spinner(f"hunting {settings.claim}, seed {settings.seed}") as relabel:

        def told(tried: int, candidates: int, seconds: float) -> None:
            relabel(_progress(settings, tried, candidates, seconds))

        def keep(now: Any) -> None:
            if state is not None:
                kept = {key: value + getattr(now, key) for key, value in asdict(before).items()}
                write_atomically(state, json.dumps({"hunt": settings.key(), **version, **kept}) + "\n")

        try:
            return hunt(settings, before.chunks, told, keep)
        except KeyboardInterrupt:
            kept = (
                f"give it again to go on from {state}" if state else "give --state FILE to be able to go on"
            )
            click.echo(f"notice: the hunt was interrupted; {kept}", err=True)
            raise


def _progress(settings: Any, tried: int, candidates: int, seconds: float) -> str:
    """How far a hunt is."""
    rate = tried / max(seconds, 1e-9)
    return f"hunting {settings.claim}: {tried} {settings.unit}, {plural(candidates, 'candidate')}, {rate:.0f} a second"


def _before(settings: Any, state: Path | None) -> Any:
    """What the state says was searched before: nothing without one."""
    from marginproof.properties.hunt.search import Searched
    from marginproof.theory.errors import MarginproofError

    if state is None or not state.exists():
        return Searched()
    try:
        kept = json.loads(state.read_text(encoding="utf-8"))
        counts = {name: int(kept[name]) for name in asdict(Searched())}
        same, before = kept["hunt"] == settings.key(), Searched(**counts)
        if min(counts.values()) < 0:
            raise ValueError("a negative count")
    except (ValueError, KeyError, TypeError) as cause:
        raise MarginproofError(f"state={state} is not the state of a hunt; name another file") from cause
    if not same:
        raise MarginproofError(f"state={state} belongs to another hunt ({kept['hunt']}); name another file")
    if settings.version().get("function") != kept.get("function"):
        raise MarginproofError(
            f"state={state} was searched with another version of claim={settings.claim}; name another file, or delete this one "
            "to begin again"
        )
    return before


def _minimality(result: Any) -> Any:
    """For R1 on 2 x 2 data: the exact count over all smaller integers (directions, not solutions)."""
    from marginproof.properties.hunt.exhaust import exhaust

    if result.shrunk is None or result.hunt.claim != "R1" or result.shrunk.shape != (2, 2):
        return None
    size = int(abs(result.shrunk).max())
    return exhaust(size - 1) if 1 < size <= 8 else None


def _as_dict(result: Any, minimal: Any) -> dict[str, Any]:
    return {
        "claim": result.hunt.claim,
        "about": result.hunt.target().meant,
        "found": result.found,
        "shrunk": result.shrunk,
        "certificate": json.loads(result.certificate.to_json()) if result.certificate else None,
        "tried": result.searched.tried,
        "judged": result.searched.judged,
        "candidates": result.searched.candidates,
        "refused": list(result.refused),
        "seconds": result.seconds,
        "seed": result.hunt.seed,
        "smaller_entries": None
        if minimal is None
        else {
            "max_entry": minimal.max_entry,
            "data_sets": minimal.data_sets,
            "violations": len(minimal.violations),
            "smallest": minimal.smallest(),
        },
    }


def _show(result: Any, minimal: Any, out: str | None, before: Any, state: str | None) -> None:
    unit = result.hunt.unit
    if before.chunks:
        say(f"Resumed from {state}: {result.tried} {unit} now, {before.tried} before.")
    about = f"Hunted {result.hunt.claim}, about {result.hunt.target().meant}."
    rate = f"{result.searched.judged / max(result.seconds, 1e-9):.0f} judged a second"
    searched = f"{_counted(result)}, {result.seconds:.1f} s ({rate}), seed {result.hunt.seed}"
    for line in result.refused:
        notices([f"not certified: {line}"])
    say(about)
    if result.certificate is None:
        say(f"Searched, not found: {searched}.  This proves nothing; search longer or elsewhere.")
        if not result.tried:
            say(
                f"The time limit came before the first {result.hunt.chunk} {unit} were done; give more --seconds."
            )
        return
    say(f"Found after {searched}:")
    for row in result.certificate.data:
        say("  " + "  ".join(f"{value!s:>6}" for value in row))
    _show_smaller(minimal)
    say(f"Certified: {conclusion(result.certificate.to_json())}")
    if result.certificate.note:
        say(result.certificate.note)
    say(f"Written to {out}." if out else "Not written; give --out FILE.")


def _counted(result: Any) -> str:
    """How much was searched; for a conjecture of one's own also of how many data sets it was asked."""
    searched, unit = result.searched, result.hunt.unit
    tried = f"{searched.tried} {unit}"
    if result.hunt.own:
        left = searched.tried - searched.judged
        why = (
            "not separable or with an undecided limit"
            if result.hunt.method == "targeted"
            else "with an undecided limit"
        )
        tried += f" tried, {searched.judged} judged{f' ({left} {why})' * (left > 0)}"
    return f"{tried}, {plural(searched.candidates, 'candidate')}"


def _show_smaller(minimal: Any) -> None:
    """Whether a smaller violation exists, as far as that is known."""
    if minimal is None:
        say(
            "Shrunk as far as single moves go (one row or column less, entries nearer to 0); smaller may exist."
        )
        return
    counted = f"{minimal.data_sets} separable 2 x 2 data sets without zeros and with smaller entries (up to {minimal.max_entry})"
    smallest = minimal.smallest()
    if smallest is None:
        say(f"None of the {counted} has solutions in two directions (exact).")
        return
    kinds = len(minimal.violations)
    say(
        "Shrunk as far as single moves go, but not the smallest: "
        f"of the {counted}, {kinds} {'has' if kinds == 1 else 'have'} solutions in two directions "
        "(exact; those that differ by exchanges of rows or columns and signs of a feature count once), for example"
    )
    for row in smallest:
        say("  " + "  ".join(f"{value:>6}" for value in row))
