"""Writes a small program in kernel C."""

from gupproof.lowering.trials import Act, Trial


def kernel_c(trial: Trial) -> str:
    """Return the program as a litmus test."""
    initial = " ".join(f"int {place}={value};" for place, value in trial.initial if value)
    threads = []
    for number, thread in enumerate(trial.threads):
        places = dict.fromkeys(act.place for act in thread if act.place)
        registers = [f"int r{act.register};" for act in thread if act.register is not None]
        body = "".join(f"\n\t{line}" for line in [*registers, *map(_statement, thread)])
        threads.append(f"P{number}({', '.join(f'int *{place}' for place in places)})\n{{{body}\n}}")
    return "\n\n".join([f"C test\n\n{{ {initial} }}", *threads, f"exists ({condition(trial)})\n"])


def _statement(act: Act) -> str:
    return act.use.words.format(x=act.place, v=act.value, o=act.compared, r=f"r{act.register}")


def condition(trial: Trial) -> str:
    """Return what is the case if the cycle happens; registers by their numbers in kernel C."""
    parts = [
        f"{number}:r{act.register}={act.expected}"
        for number, thread in enumerate(trial.threads)
        for act in thread
        if act.register is not None
    ]
    return " /\\ ".join([*parts, *(f"{place}={value}" for place, value in trial.final)]) or "true"
