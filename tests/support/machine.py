"""Operational machines that run the typed tree itself: SC, and x86-TSO with store buffers.

An independent reading of the language and of two memory models: threads are interpreted statement by statement on concrete
values, as C would run them, and every interleaving (and every moment a buffered store can reach memory) is explored. Nothing of
the unrolling, the encoding or the axioms is used.
"""

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from gupproof.language import typed
from gupproof.language.types import BOOL, ArrayType, StructType

# What a thread asks for: its kind (load, store, rmw, fence, choose, rcu ...), then a place, value, function or count.
Step = tuple
Place = str
Run = Generator[Step, int, dict[str, int]]


OWNER, GUEST, HANDLER = range(3)


class _Return(Exception):
    def __init__(self, value: int) -> None:
        self.value = value


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Blocked(Exception):
    """The thread waits for ever, or a loop ran past its bound."""


@dataclass(frozen=True)
class Pointer:
    """A pointer as a value: the name of the word or object it points to, and what was added to it."""

    target: str


Value = int | Pointer


@dataclass
class _Frame:
    registers: dict[str, object] = field(default_factory=dict)


class Interpreter:
    """Runs one thread, asking for each access with a yield."""

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario, switches: dict[str, int]) -> None:
        self.unit = unit
        self.scenario = scenario
        self.switches = switches
        self.ghosts = {ghost.name: 0 for ghost in scenario.ghosts}
        self.mine: dict[str, int] = {}
        self.interrupts: list[typed.Call] = []
        self.guests: list[typed.Thread] = []
        self.interrupts_off = 0
        self.preemption_off = 0
        self.level = OWNER
        self.sections = 0
        self.interrupted_sections = 0
        self.section_depth = 0

    def run(self, thread: typed.Thread) -> Run:
        """Run a thread with what interrupts or preempts it on its CPU."""
        names = {thread.name, *(guest.name for guest in guests_of(self.scenario, thread))}
        self.interrupts = [item.handler for item in self.scenario.interrupts if item.thread in names]
        self.guests = list(guests_of(self.scenario, thread))
        yield from self.body(thread.body)
        yield from self.window()
        if self.guests:
            raise Blocked
        return self.mine

    def body(self, body: tuple[typed.Stmt, ...]) -> Generator[Step, int, None]:
        with suppress(_Return):
            yield from self.block(body, _Frame())

    def window(self) -> Generator[Step, int, None]:
        """Anything that is pending may run here, whole, one after the other, in any order."""
        while True:
            # A handler is interrupted by nothing; a thread that preempts another by handlers only.
            interrupts = self.interrupts if self.level != HANDLER and not self.interrupts_off else []
            guests = self.guests if self.level == OWNER and not (self.interrupts_off or self.preemption_off) else []
            if not interrupts and not guests:
                return
            chosen = yield ("choose", 1 + len(interrupts) + len(guests))
            if chosen == 0:
                return
            kept = self.level, self.section_depth, self.interrupted_sections, self.interrupts_off, self.preemption_off
            self.interrupted_sections += self.section_depth
            self.section_depth = self.interrupts_off = self.preemption_off = 0
            if chosen <= len(interrupts):
                self.level = HANDLER
                yield from self.call(interrupts.pop(chosen - 1), _Frame())
            else:
                self.level = GUEST
                guest = guests.pop(chosen - 1 - len(interrupts))
                yield from self.window()
                yield ("fence", "smp_mb")
                yield from self.body(guest.body)
                yield from self.window()
                yield ("fence", "smp_mb")
            self.level, self.section_depth, self.interrupted_sections, self.interrupts_off, self.preemption_off = kept

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def block(self, body: tuple[typed.Stmt, ...], frame: _Frame) -> Generator[Step, int, None]:
        for statement in body:
            yield from self.statement(statement, frame)

    def statement(self, node: typed.Stmt, frame: _Frame) -> Generator[Step, int, None]:
        match node:
            case typed.Assign():
                value = yield from self.value(node.value, frame)
                self.assign(node.name, int(value != 0) if node.type == BOOL else value, frame)
            case typed.Store():
                value = yield from self.value(node.value, frame)
                place = yield from self.place(node.place, frame)
                if isinstance(place, tuple):
                    place[0].registers[place[1]] = value
                else:
                    yield from self.window()
                    yield ("store", place, value)
            case typed.Evaluate():
                yield from self.value(node.value, frame)
            case typed.Fence():
                yield from self.window()
                yield ("fence", node.primitive)
            case typed.Slot():
                chosen = self.unit.switches[node.name].values[self.switches[node.name]]
                if chosen != "none":
                    yield from self.window()
                    yield ("fence", chosen)
            case typed.If():
                condition = yield from self.value(node.condition, frame)
                yield from self.block(node.then if condition else node.otherwise, frame)
            case typed.Loop():
                yield from self.loop(node, frame)
            case typed.Return():
                value = 0
                if node.value is not None:
                    value = yield from self.value(node.value, frame)
                raise _Return(value)
            case typed.Break():
                raise _Break
            case typed.Continue():
                raise _Continue
            case typed.Await() | typed.Assume():
                condition = yield from self.value(node.condition, frame)
                if not condition:
                    raise Blocked
            case typed.Interrupts():
                if not node.enable:
                    yield from self.window()
                if node.primitive.startswith("local_irq"):
                    self.interrupts_off += -1 if node.enable else 1
                else:
                    self.preemption_off += -1 if node.enable else 1
            case typed.Rcu():
                yield from self.rcu(node)
            case _:
                raise NotImplementedError(node)

    def rcu(self, node: typed.Rcu) -> Generator[Step, int, None]:
        match node.primitive:
            case "rcu_read_lock":
                yield from self.window()
                self.section_depth += 1
                if self.section_depth == 1:
                    self.sections += 1
                    yield ("rcu lock", self.sections)
            case "rcu_read_unlock":
                self.section_depth -= 1
                if self.section_depth == 0:
                    yield ("rcu unlock", self.sections)
            case _:
                if self.interrupted_sections:
                    raise Blocked
                waited_for = yield ("rcu begin",)
                yield ("rcu end", waited_for)

    def loop(self, node: typed.Loop, frame: _Frame) -> Generator[Step, int, None]:
        yield from self.block(node.initial, frame)
        test, rounds = node.test_first, 0
        while True:
            if test:
                condition = yield from self.value(node.condition, frame)
                if not condition:
                    return
            test = True
            if node.bound is not None and rounds == node.bound:
                raise Blocked
            rounds += 1
            try:
                yield from self.block(node.body, frame)
            except _Break:
                return
            except _Continue:
                pass
            yield from self.block(node.step, frame)

    def assign(self, name: str, value: object, frame: _Frame) -> None:
        if name in self.ghosts:
            self.mine[name] = value  # type: ignore[assignment]
        else:
            frame.registers[name] = value

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, node: typed.Expr, frame: _Frame) -> Generator[Step, int, object]:
        match node:
            case typed.Const():
                return node.value
            case typed.Local():
                if node.name in self.ghosts:
                    return self.mine.get(node.name, 0)
                return frame.registers.get(node.name, 0)
            case typed.LocalAddress():
                return (frame if node.name not in self.ghosts else _Ghosts(self), node.name)
            case typed.Config():
                return self.switches[node.name]
            case typed.Load():
                place = yield from self.place(node.place, frame)
                if isinstance(place, tuple):
                    return place[0].registers.get(place[1], 0)
                yield from self.window()
                return (yield ("load", place))
            case typed.AddressOf():
                place = yield from self.place(node.place, frame)
                return Pointer(place)
            case typed.Unary():
                value = yield from self.value(node.operand, frame)
                return int(not value) if node.operator == "!" else -value if node.operator == "-" else ~value
            case typed.Binary():
                left = yield from self.value(node.left, frame)
                right = yield from self.value(node.right, frame)
                return _binary(node.operator, left, right)
            case typed.Logical():
                left = yield from self.value(node.left, frame)
                if bool(left) == (node.operator == "||"):
                    return int(bool(left))
                right = yield from self.value(node.right, frame)
                return int(bool(right))
            case typed.Conditional():
                condition = yield from self.value(node.condition, frame)
                return (yield from self.value(node.then if condition else node.otherwise, frame))
            case typed.Cast():
                return (yield from self.value(node.operand, frame))
            case typed.Choose():
                values = []
                for option in node.options:
                    values.append((yield from self.value(option, frame)))  # noqa: PERF401 - a comprehension cannot yield
                return values[(yield ("choose", len(values)))]
            case typed.Rmw():
                return (yield from self.rmw(node, frame))
            case typed.Call():
                return (yield from self.call(node, frame))
            case _:
                raise NotImplementedError(node)

    def rmw(self, node: typed.Rmw, frame: _Frame) -> Generator[Step, int, object]:
        operand = yield from self.value(node.operand, frame)
        comparand = 0
        if node.comparand is not None:
            comparand = yield from self.value(node.comparand, frame)
        target = None
        if node.store_old is not None:
            target = yield from self.value(node.store_old, frame)
        place = yield from self.place(node.place, frame)

        def new_value(old: int) -> int:
            return {
                typed.Operation.SET: lambda: operand,
                typed.Operation.ADD: lambda: old + operand,
                typed.Operation.SUB: lambda: old - operand,
                typed.Operation.AND: lambda: old & operand,
                typed.Operation.OR: lambda: old | operand,
                typed.Operation.XOR: lambda: old ^ operand,
                typed.Operation.ANDNOT: lambda: old & ~operand,
            }[node.operation]()

        def succeeds(old: int) -> bool:
            return {
                typed.Guard.ALWAYS: lambda: True,
                typed.Guard.EQUAL: lambda: old == comparand,
                typed.Guard.UNEQUAL: lambda: old != comparand,
                typed.Guard.NOT_BELOW: lambda: old >= comparand,
                typed.Guard.CLEAR: lambda: not old & comparand,
            }[node.guard]()

        yield from self.window()
        # A conditional atomic of the "unless" kind looks with a plain load first, and is no locked access when it fails.
        old = yield ("rmw", place, lambda old: new_value(old) if succeeds(old) else None, node.primitive)
        success = succeeds(old)
        if node.waits and not success:
            raise Blocked
        if target is not None and not success:
            target[0].registers[target[1]] = old
        return {
            typed.Result.NONE: lambda: 0,
            typed.Result.OLD: lambda: old,
            typed.Result.NEW: lambda: new_value(old),
            typed.Result.SUCCESS: lambda: int(success),
            typed.Result.NEW_IS_ZERO: lambda: int(new_value(old) == 0),
            typed.Result.NEW_IS_NEGATIVE: lambda: int(new_value(old) < 0),
            typed.Result.BIT_WAS_SET: lambda: int(old & operand != 0),
        }[node.result]()

    def call(self, node: typed.Call, frame: _Frame) -> Generator[Step, int, object]:
        function = self.unit.functions[node.function]
        inner = _Frame()
        for parameter, argument in zip(function.parameters, node.arguments, strict=True):
            inner.registers[parameter.name] = yield from self.value(argument, frame)
        try:
            yield from self.block(function.body, inner)
        except _Return as result:
            return int(result.value != 0) if function.returns == BOOL else result.value
        return 0

    def place(self, node: typed.Place, frame: _Frame) -> Generator[Step, int, object]:
        match node:
            case typed.Object():
                return node.name
            case typed.Deref():
                pointer = yield from self.value(node.pointer, frame)
                if isinstance(pointer, tuple):
                    return pointer
                assert isinstance(pointer, Pointer), "the random programs follow valid pointers only"
                return pointer.target
            case typed.Field():
                base = yield from self.place(node.base, frame)
                return f"{base}.{node.name}"
            case typed.Index():
                base = yield from self.place(node.base, frame)
                index = yield from self.value(node.index, frame)
                return f"{base}[{index}]"


class _Ghosts:
    """Lets ``&ghost`` be assigned through like a local."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.registers = interpreter.mine


def _binary(operator: str, left: object, right: object) -> int:
    match operator:
        case "==":
            return int(_plain(left) == _plain(right))
        case "!=":
            return int(_plain(left) != _plain(right))
        case "<":
            return int(left < right)  # type: ignore[operator]
        case ">":
            return int(left > right)  # type: ignore[operator]
        case "<=":
            return int(left <= right)  # type: ignore[operator]
        case ">=":
            return int(left >= right)  # type: ignore[operator]
        case "+":
            return left + right  # type: ignore[operator]
        case "-":
            return left - right  # type: ignore[operator]
        case "*":
            return left * right  # type: ignore[operator]
        case "&":
            return left & right  # type: ignore[operator]
        case "|":
            return left | right  # type: ignore[operator]
        case "^":
            return left ^ right  # type: ignore[operator]
        case _:
            raise NotImplementedError(operator)


def _plain(value: object) -> object:
    return value


# ── the machines ─────────────────────────────────────────────────────────────────────────────────────────────────────

History = tuple[int, ...]
Buffer = tuple[tuple[str, int], ...]
Outcome = tuple[tuple[str, object], ...]

UNLOCKED_FAILURES = ("atomic_add_unless",)
BEGUN, ENDED = "#begun", "#ended"  # RCU sections by thread: the number of the latest that has
FULL_FENCES = ("smp_mb", "smp_mb__after_spinlock")


def guests_of(scenario: typed.Scenario, thread: typed.Thread) -> list[typed.Thread]:
    """Return the threads that share the CPU that ``thread`` was the first to be pinned to."""
    if thread.cpu is None:
        return []
    same = [item for item in scenario.threads if item.cpu == thread.cpu]
    return same[1:] if same[0] is thread else []


def owners(scenario: typed.Scenario) -> list[typed.Thread]:
    """Return the threads that are not the guests of another."""
    guests = [guest.name for thread in scenario.threads for guest in guests_of(scenario, thread)]
    return [thread for thread in scenario.threads if thread.name not in guests]


def outcomes(unit: typed.Unit, scenario: typed.Scenario, switches: dict[str, int], *, buffered: bool) -> frozenset[Outcome]:
    """Return every final state (ghosts, and memory as ``&name``) of the scenario's threads.

    Args:
        unit, scenario: what runs; no asserts.
        switches: every switch.
        buffered: x86-TSO instead of SC.
    """
    threads = owners(scenario)
    memory = dict(initial_memory(unit, scenario))
    memory |= {f"{flag}{number}": 0 for number in range(len(threads)) for flag in (BEGUN, ENDED)}
    names = tuple(sorted(memory))
    start = (tuple(memory[name] for name in names), tuple(() for _ in threads), tuple(() for _ in threads))
    seen, stack = {start}, [start]
    found: set[Outcome] = set()
    while stack:
        state = stack.pop()
        cells, histories, buffers = state
        finished = []
        for number, thread in enumerate(threads):
            position = _resume(unit, scenario, switches, thread, histories[number])
            if buffers[number]:
                finished.append(None)
                (place, value), rest = buffers[number][0], buffers[number][1:]
                _push(stack, seen, (_put(cells, names, place, value), histories, _replace(buffers, number, rest)))
            else:
                finished.append(position if isinstance(position, dict) else None)
            if isinstance(position, tuple):
                for successor in _perform(position, state, number, names, buffered):
                    _push(stack, seen, successor)
        if all(item is not None for item in finished):
            ghosts = {ghost.name: 0 for ghost in scenario.ghosts}
            for item in finished:
                ghosts.update(item)  # type: ignore[arg-type]
            final = {f"&{name}": value for name, value in zip(names, cells, strict=True) if "#" not in name}
            found.add(tuple(sorted({**ghosts, **final}.items())))
    return frozenset(found)


def _push(stack: list, seen: set, state: tuple) -> None:
    if state not in seen:
        seen.add(state)
        stack.append(state)


def _resume(
    unit: typed.Unit, scenario: typed.Scenario, switches: dict[str, int], thread: typed.Thread, history: History
) -> tuple | dict[str, int] | None:
    """Return the thread's next step after it received ``history``, its ghosts when it is done, None when it is blocked."""
    run = Interpreter(unit, scenario, switches).run(thread)
    try:
        step = next(run)
        for received in history:
            step = run.send(received)
    except StopIteration as done:
        return dict(done.value)
    except Blocked:
        return None
    return step


def _perform(step: tuple, state: tuple, number: int, names: tuple[str, ...], buffered: bool) -> Iterator[tuple]:
    cells, histories, buffers = state

    def received(value: object) -> tuple:
        return _replace(histories, number, (*histories[number], value))

    match step[0]:
        case "load":
            pending = [value for place, value in buffers[number] if place == step[1]]
            yield cells, received(pending[-1] if pending else cells[names.index(step[1])]), buffers
        case "store" if buffered:
            yield cells, received(0), _replace(buffers, number, (*buffers[number], (step[1], step[2])))
        case "store":
            yield _put(cells, names, step[1], step[2]), received(0), buffers
        case "rmw":
            yield from _exchange(step, state, number, names, received)
        case "fence":
            if step[1] not in FULL_FENCES or not buffers[number]:
                yield cells, received(0), buffers
        case "rcu lock":
            # A section has begun the moment it does; that it has ended reaches memory behind what it stored.
            yield _put(cells, names, f"{BEGUN}{number}", step[1]), received(0), buffers
        case "rcu unlock":
            done = (f"{ENDED}{number}", step[1])
            if buffered:
                yield cells, received(0), _replace(buffers, number, (*buffers[number], done))
            else:
                yield _put(cells, names, *done), received(0), buffers
        case "rcu begin" if not buffers[number]:
            memory = dict(zip(names, cells, strict=True))
            others = [other for other in range(len(buffers)) if other != number]
            open_now = tuple(
                (other, memory[f"{BEGUN}{other}"])
                for other in others
                if memory[f"{BEGUN}{other}"] > memory[f"{ENDED}{other}"]  # type: ignore[operator]
            )
            yield cells, received(open_now), buffers
        case "rcu end" if not buffers[number]:
            memory = dict(zip(names, cells, strict=True))
            if all(memory[f"{ENDED}{other}"] >= section for other, section in step[1]):
                yield cells, received(0), buffers
        case "choose":
            for option in range(step[1]):
                yield cells, received(option), buffers


def _exchange(step: tuple, state: tuple, number: int, names: tuple[str, ...], received: object) -> Iterator[tuple]:
    cells, _, buffers = state
    _, place, function, primitive = step
    pending = [value for where, value in buffers[number] if where == place]
    if primitive in UNLOCKED_FAILURES and buffers[number]:
        old = pending[-1] if pending else cells[names.index(place)]
        if function(old) is None:
            yield cells, received(old), buffers  # type: ignore[operator]
    if buffers[number]:
        return
    old = cells[names.index(place)]
    new = function(old)
    yield (cells if new is None else _put(cells, names, place, new)), received(old), buffers  # type: ignore[operator]


def _replace(items: tuple, number: int, value: object) -> tuple:
    return (*items[:number], value, *items[number + 1 :])


def _put(cells: tuple, names: tuple[str, ...], place: str, value: object) -> tuple:
    return _replace(cells, names.index(place), value)


def initial_memory(unit: typed.Unit, scenario: typed.Scenario) -> dict[str, object]:
    """Return word → initial value."""
    memory: dict[str, object] = {}

    def add(name: str, kind: object) -> None:
        if isinstance(kind, StructType):
            for item in unit.structs[kind.name].fields:
                add(f"{name}.{item.name}", item.type)
        elif isinstance(kind, ArrayType):
            for index in range(kind.length):
                add(f"{name}[{index}]", kind.element)
        else:
            memory[name] = 0

    for variable in [*unit.variables.values(), *scenario.variables]:
        add(variable.name, variable.type)
    interpreter = Interpreter(unit, scenario, {name: switch.default for name, switch in unit.switches.items()})
    for store in scenario.initial:
        run = interpreter.statement(store, _Frame())
        _, place, value = next(run)
        memory[place] = value
    return memory
