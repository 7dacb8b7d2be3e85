"""Every memory primitive: what its call becomes in the typed tree."""

import re
from pathlib import Path

import pytest

from gupproof.language.actions import CpuAction, RcuAction, SrcuLockAction, SrcuSyncAction, SrcuUnlockAction
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.tree import walk
from gupproof.language.typed import (
    Assign,
    Binary,
    CondLoad,
    Const,
    Evaluate,
    Fence,
    Guard,
    Interrupts,
    Load,
    Local,
    LocalAddress,
    Object,
    Operation,
    Rcu,
    Result,
    Rmw,
    Store,
)
from gupproof.language.types import BOOL, INT, VOID
from gupproof.resources import targets_dir
from tests.language.support import body, value

DOCS = Path(__file__).parents[2] / "docs"
ORDERS = ["", "_relaxed", "_acquire", "_release"]


def rmw(call: str) -> Rmw:
    statement = body(f"int old = 0; {call};")[-1]
    assert isinstance(statement, Evaluate)
    assert isinstance(statement.value, Rmw)
    return statement.value


def constant(expr: object) -> int | None:
    return expr.value if isinstance(expr, Const) else None


LOADS = [
    ("READ_ONCE(x)", "READ_ONCE"),
    ("smp_load_acquire(&x)", "smp_load_acquire"),
    ("atomic_read(&refs)", "READ_ONCE"),
    ("atomic_read_acquire(&refs)", "smp_load_acquire"),
    ("spin_is_locked(&lock)", "spin_is_locked"),
    ("x", "plain_load"),
]


@pytest.mark.parametrize(("call", "row"), LOADS)
def test_a_load_names_its_row_and_its_place(call, row):
    load = value(call)
    assert isinstance(load, Load)
    assert load.primitive == row
    assert isinstance(load.place, Object)


def test_an_atomic_reads_as_an_int_and_a_lock_as_a_boolean():
    assert value("atomic_read(&refs)").type == INT
    assert value("spin_is_locked(&lock)", "bool").type == BOOL


def test_rcu_dereference_loads_a_pointer():
    load = value("rcu_dereference(p->next)", "struct page *")
    assert isinstance(load, Load)
    assert load.primitive == "READ_ONCE"


def test_test_bit_keeps_one_bit_of_a_read_once():
    test = value("test_bit(3, &word)", "unsigned long")
    assert isinstance(test, Binary)
    assert test.operator == "&"
    assert isinstance(test.left, Binary)
    assert (test.left.operator, constant(test.left.right), constant(test.right)) == (">>", 3, 1)
    assert isinstance(test.left.left, Load)
    assert test.left.left.primitive == "READ_ONCE"


@pytest.mark.parametrize(("order", "row"), [("relaxed", "READ_ONCE"), ("acquire", "smp_load_acquire")])
def test_a_conditional_load_sees_its_value_as_val(order, row):
    load = value(f"smp_cond_load_{order}(&x, VAL > i)")
    assert isinstance(load, CondLoad)
    assert load.primitive == row
    assert isinstance(load.condition, Binary)
    assert isinstance(load.condition.left, Local)
    assert (load.condition.left.name, load.condition.left.type) == ("VAL", INT)


STORES = [
    ("WRITE_ONCE(x, 2)", "WRITE_ONCE", 2),
    ("smp_store_release(&x, 2)", "smp_store_release", 2),
    ("atomic_set(&refs, 2)", "WRITE_ONCE", 2),
    ("atomic_set_release(&refs, 2)", "smp_store_release", 2),
    ("rcu_assign_pointer(p->next, NULL)", "smp_store_release", 0),
    ("spin_unlock(&lock)", "spin_unlock", 0),
    ("x = 2", "plain_store", 2),
]


@pytest.mark.parametrize(("call", "row", "stored"), STORES)
def test_a_store_names_its_row_and_its_value(call, row, stored):
    (store,) = body(f"{call};")
    assert isinstance(store, Store)
    assert (store.primitive, constant(store.value)) == (row, stored)


def test_smp_store_mb_is_a_store_and_a_fence():
    store, fence = body("smp_store_mb(x, 2);")
    assert isinstance(store, Store)
    assert store.primitive == "WRITE_ONCE"
    assert isinstance(fence, Fence)
    assert fence.primitive == "smp_mb"


ADD, SUB, SET = Operation.ADD, Operation.SUB, Operation.SET
ALWAYS = (Guard.ALWAYS, None)
RMWS = [
    ("atomic_add(2, &refs)", "atomic_add", ADD, 2, ALWAYS, Result.NONE),
    ("atomic_sub(2, &refs)", "atomic_add", SUB, 2, ALWAYS, Result.NONE),
    ("atomic_and(2, &refs)", "atomic_add", Operation.AND, 2, ALWAYS, Result.NONE),
    ("atomic_or(2, &refs)", "atomic_add", Operation.OR, 2, ALWAYS, Result.NONE),
    ("atomic_xor(2, &refs)", "atomic_add", Operation.XOR, 2, ALWAYS, Result.NONE),
    ("atomic_inc(&refs)", "atomic_add", ADD, 1, ALWAYS, Result.NONE),
    ("atomic_dec(&refs)", "atomic_add", SUB, 1, ALWAYS, Result.NONE),
    ("atomic_inc_and_test(&refs)", "atomic_add_return", ADD, 1, ALWAYS, Result.NEW_IS_ZERO),
    ("atomic_dec_and_test(&refs)", "atomic_add_return", SUB, 1, ALWAYS, Result.NEW_IS_ZERO),
    ("atomic_sub_and_test(2, &refs)", "atomic_add_return", SUB, 2, ALWAYS, Result.NEW_IS_ZERO),
    ("atomic_add_negative(-2, &refs)", "atomic_add_return", ADD, -2, ALWAYS, Result.NEW_IS_NEGATIVE),
    ("atomic_add_unless(&refs, 2, 7)", "atomic_add_unless", ADD, 2, (Guard.UNEQUAL, 7), Result.SUCCESS),
    ("atomic_fetch_add_unless(&refs, 2, 7)", "atomic_add_unless", ADD, 2, (Guard.UNEQUAL, 7), Result.OLD),
    ("atomic_inc_not_zero(&refs)", "atomic_add_unless", ADD, 1, (Guard.UNEQUAL, 0), Result.SUCCESS),
    ("atomic_dec_if_positive(&refs)", "atomic_add_unless", SUB, 1, (Guard.NOT_BELOW, 1), Result.NEW),
    ("set_bit(3, &word)", "set_bit", Operation.OR, 8, ALWAYS, Result.NONE),
    ("clear_bit(3, &word)", "set_bit", Operation.ANDNOT, 8, ALWAYS, Result.NONE),
    ("change_bit(3, &word)", "set_bit", Operation.XOR, 8, ALWAYS, Result.NONE),
    ("test_and_set_bit(3, &word)", "test_and_set_bit", Operation.OR, 8, ALWAYS, Result.BIT_WAS_SET),
    ("test_and_clear_bit(3, &word)", "test_and_set_bit", Operation.ANDNOT, 8, ALWAYS, Result.BIT_WAS_SET),
    ("test_and_change_bit(3, &word)", "test_and_set_bit", Operation.XOR, 8, ALWAYS, Result.BIT_WAS_SET),
    ("test_and_set_bit_lock(63, &word)", "test_and_set_bit_lock", Operation.OR, 1 << 63, (Guard.CLEAR, 1 << 63),
     Result.BIT_WAS_SET),
    ("clear_bit_unlock(3, &word)", "clear_bit_unlock", Operation.ANDNOT, 8, ALWAYS, Result.NONE),
    ("spin_lock(&lock)", "spin_lock", SET, 1, (Guard.EQUAL, 0), Result.NONE),
    ("spin_trylock(&lock)", "spin_trylock", SET, 1, (Guard.EQUAL, 0), Result.SUCCESS),
]  # fmt: skip
for _order in ORDERS:
    _row = f"atomic_add_return{_order}"
    RMWS += [
        (f"xchg{_order}(&x, 2)", f"xchg{_order}", SET, 2, ALWAYS, Result.OLD),
        (f"atomic_xchg{_order}(&refs, 2)", f"xchg{_order}", SET, 2, ALWAYS, Result.OLD),
        (f"cmpxchg{_order}(&x, 7, 2)", f"cmpxchg{_order}", SET, 2, (Guard.EQUAL, 7), Result.OLD),
        (f"atomic_cmpxchg{_order}(&refs, 7, 2)", f"cmpxchg{_order}", SET, 2, (Guard.EQUAL, 7), Result.OLD),
        (f"atomic_add_return{_order}(2, &refs)", _row, ADD, 2, ALWAYS, Result.NEW),
        (f"atomic_sub_return{_order}(2, &refs)", _row, SUB, 2, ALWAYS, Result.NEW),
        (f"atomic_inc_return{_order}(&refs)", _row, ADD, 1, ALWAYS, Result.NEW),
        (f"atomic_dec_return{_order}(&refs)", _row, SUB, 1, ALWAYS, Result.NEW),
        (f"atomic_fetch_add{_order}(2, &refs)", _row, ADD, 2, ALWAYS, Result.OLD),
        (f"atomic_fetch_sub{_order}(2, &refs)", _row, SUB, 2, ALWAYS, Result.OLD),
        (f"atomic_fetch_and{_order}(2, &refs)", _row, Operation.AND, 2, ALWAYS, Result.OLD),
        (f"atomic_fetch_or{_order}(2, &refs)", _row, Operation.OR, 2, ALWAYS, Result.OLD),
        (f"atomic_fetch_xor{_order}(2, &refs)", _row, Operation.XOR, 2, ALWAYS, Result.OLD),
        (f"atomic_fetch_inc{_order}(&refs)", _row, ADD, 1, ALWAYS, Result.OLD),
        (f"atomic_fetch_dec{_order}(&refs)", _row, SUB, 1, ALWAYS, Result.OLD),
    ]


@pytest.mark.parametrize(("call", "row", "operation", "operand", "guard", "result"), RMWS, ids=[r[0] for r in RMWS])
def test_a_read_modify_write_is_as_the_kernel_documents_it(call, row, operation, operand, guard, result):
    made = rmw(call)
    assert (made.primitive, made.operation, constant(made.operand)) == (row, operation, operand)
    assert (made.guard, constant(made.comparand)) == guard
    assert made.result is result
    assert made.waits == (row == "spin_lock")
    assert made.store_old is None
    assert isinstance(made.place, Object)


def test_the_type_of_a_read_modify_write_is_that_of_its_result():
    assert rmw("atomic_inc(&refs)").type == VOID
    assert rmw("atomic_inc_return(&refs)").type == INT
    assert rmw("atomic_dec_and_test(&refs)").type == BOOL
    assert rmw("xchg(&p->next, NULL)").type == value("p->next", "struct page *").type


@pytest.mark.parametrize("order", ORDERS)
def test_try_cmpxchg_compares_with_a_register_and_gives_back_what_it_read(order):
    made = rmw(f"atomic_try_cmpxchg{order}(&refs, &old, 2)")
    assert (made.primitive, made.guard, made.result) == (f"cmpxchg{order}", Guard.EQUAL, Result.SUCCESS)
    assert isinstance(made.comparand, Local)
    assert made.comparand.name == "old"
    assert isinstance(made.store_old, LocalAddress)
    assert made.store_old.name == "old"


def test_the_number_of_a_bit_may_be_a_register():
    made = rmw("set_bit(i, &word)")
    assert isinstance(made.operand, Binary)
    assert (made.operand.operator, constant(made.operand.left)) == ("<<", 1)


@pytest.mark.parametrize("name", [name for name, item in PRIMITIVES.items() if item.is_fence])
def test_a_fence_is_a_statement(name):
    (fence,) = body(f"{name}();")
    assert isinstance(fence, Fence)
    assert fence.primitive == name


@pytest.mark.parametrize("name", ["rcu_read_lock", "rcu_read_unlock", "synchronize_rcu"])
def test_an_rcu_primitive_is_a_statement(name):
    (made,) = body(f"{name}();")
    assert isinstance(made, Rcu)
    assert made.step.value == name


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("local_irq_save()", "local_irq_restore()"),
        ("local_irq_disable()", "local_irq_enable()"),
        ("preempt_disable()", "preempt_enable()"),
        ("local_lock(&lock)", "local_unlock(&lock)"),
    ],
)
def test_sections_without_interrupts_start_and_end(start, end):
    first, last = body(f"{start}; {end};")
    assert isinstance(first, Interrupts)
    assert isinstance(last, Interrupts)
    assert [f"{made.step.value}(" for made in (first, last)] == [text[: text.index("(") + 1] for text in (start, end)]


@pytest.mark.parametrize("table", sorted(targets_dir().glob("*.target")), ids=lambda path: path.stem)
def test_every_target_has_the_rows_that_primitives_name(table):
    sections = (RcuAction, SrcuLockAction, SrcuUnlockAction, SrcuSyncAction, CpuAction)
    needed = {getattr(item.action, "row", name) for name, item in PRIMITIVES.items() if not isinstance(item.action, sections)}
    needed.discard("spin_is_locked")  # on machines it is a READ_ONCE()
    assert needed <= set(re.findall(r"[\w{}]+", table.read_text(encoding="utf-8")))


def test_every_primitive_is_in_the_language_reference():
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    spelled = set()
    for word in text.replace("(", " ").replace("`", " ").replace(",", " ").split():
        spelled |= set(expand(word))
    assert set(PRIMITIVES) <= spelled


def expand(word: str) -> list[str]:
    """Return the names that `atomic_add|sub_return{}` stands for."""
    orders = ORDERS if "{}" in word else [""]
    names = word.removesuffix("{}").split("|")
    if len(names) > 1 and "_bit" not in word:
        prefix = names[0][: names[0].rfind("_") + 1]
        last, line, suffix = names[-1].partition("_")
        kinds = [names[0].removeprefix(prefix), *names[1:-1], last]
        names = [f"{prefix}{kind}{line}{suffix}" for kind in kinds]
    return [name + order for name in names for order in orders]


def test_a_place_behind_a_pointer_is_found_without_a_load_of_its_own():
    made = rmw("atomic_inc(&p->count)")
    assert not any(isinstance(node, Load) for node in walk(made))


def test_an_address_with_loads_in_it_is_computed_once_by_compound_assignments():
    assign, store = body("p->next->flags |= 1;")
    assert isinstance(assign, Assign)
    assert isinstance(store, Store)
    loads = [node for statement in (assign, store) for node in walk(statement) if isinstance(node, Load)]
    assert len(loads) == 2
