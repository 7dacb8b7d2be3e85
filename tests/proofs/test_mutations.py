"""The proofs can fail: the protocols with one step dropped or weakened, and what exactly falls with it.

Each mutation is a change to the text of a protocol; ``falls`` names the theorems of watched.gup that are refuted then, as
somebody who knows the kernel would say beforehand. All others must stand.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from gupproof.language import load, typed
from gupproof.language.tree import walk
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.result import Verdict
from gupproof.proving.run import prove_group
from gupproof.resources import proofs_dir, spec_dir

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change: ``why`` says in a line what follows from it; each ``old`` text occurs once in its file."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]
    why: str
    falls: str = ""


def change(name: str, file: str, old: str, new: str, *, falls: str = "", why: str) -> Mutation:
    """Return a mutation of one change."""
    return Mutation(name=name, file=file, changes=((old, new),), falls=falls, why=why)


GUP, PAGE, SPLIT, ALLOC = "mm/gup_fast.gup", "mm/page.gup", "mm/split_huge_page.gup", "mm/page_alloc.gup"
MAP, TLB, FORK, CACHE = "mm/map.gup", "mm/tlb.gup", "mm/fork.gup", "mm/page_cache.gup"
FILE, TAIL, WORDS = "fs/file.gup", "mm/page_tail.gup", "mm/pte_two_words.gup"
EXCLUSIVE, TABLE, HUGE, COLLAPSE = "mm/anon_exclusive.gup", "mm/page_table.gup", "mm/huge_pmd.gup", "mm/khugepaged.gup"

EVERY_SPLIT = "split_tso split_release_arm split_numa_arm split_wmb_arm"
EVERY_FREE = "free_tso free_arm reuse_pcp_tso reuse_locked_arm"

MUTATIONS = (
    # ── gup-fast ──
    change(
        "G6 dropped",
        GUP,
        "return FIX && head_in(page, slot second_head_look(page->compound_head)) != head;",
        "return false;",
        falls=f"{EVERY_SPLIT} {EVERY_FREE} retry_tso retry_arm looks_tso looks_rmb_arm rcu_fix_tso",
        why="the defect itself, wherever the flush does not wait; a page that stays compound is fine",
    ),
    change(
        "G10 dropped",
        GUP,
        "if (PTE_RECHECK && entry_changed(ptep, pte)) return true;",
        "barrier();",
        falls="recheck_tso recheck_arm share_tso share_old_arm share_fenced_arm share_both_fenced_arm "
        "collapse_back_tso collapse_back_arm "
        "looks_arm looks_rmb_arm",
        why="pages that are somebody else's are returned, and pinned while they are shared; the heads stay right",
    ),
    change(
        "G5 relaxed",
        PAGE,
        "return atomic_add_unless(&page->_refcount, nr, u);",
        "int old = atomic_read(&page->_refcount);\n"
        "return old != u && atomic_cmpxchg_relaxed(&page->_refcount, old, old + nr) == old;",
        falls="split_release_arm split_numa_arm split_wmb_arm free_arm recheck_arm reuse_locked_arm zone_lock_arm "
        "share_old_arm cache_not_before_arm collapse_recheck_arm collapse_recheck_lkmm collapse_back_arm "
        "huge_split_arm huge_pin_arm huge_zap_arm "
        "cache_remove_arm cache_remove_lkmm cache_truncate_arm cache_split_arm "
        "retry_arm looks_arm looks_rmb_arm",
        why="on ARM G6 and G10 may be done before G5; x86 knows no relaxed exchange, and a fence after G8 covers G5",
    ),
    change(
        "G5 without the test for 0",
        PAGE,
        "return atomic_add_unless(&page->_refcount, nr, u);",
        "atomic_add_return(nr, &page->_refcount); return true;",
        falls=f"{EVERY_SPLIT} {EVERY_FREE} split_count_tso free_compound_arm zone_lock_arm publish_unordered_arm pin_arm "
        "cache_current_tso cache_not_before_arm "
        "huge_pin_arm "
        "cache_remove_arm cache_remove_lkmm cache_split_tso cache_split_arm "
        "retry_tso retry_count_tso retry_arm rcu_fix_tso fields_tso fields_arm",
        why="a frozen or free page can be taken, and the blind store that ends its freeze or allocates it loses the count; "
        "the old pte is back only when the split is over, so that a look at the head after it tells",
    ),
    change(
        "G8b dropped",
        GUP,
        "page_ref_add(head, refs * (GUP_PIN_COUNTING_BIAS - 1));",
        "barrier();",
        falls="pin_arm share_tso share_fenced_arm share_both_fenced_arm fork_tso fork_arm huge_pin_arm pin_whole_tso",
        why="nobody can tell the pin from a reference; before the fix G5 took it all",
    ),
    Mutation(
        name="fence before G8 instead of after",
        file=GUP,
        changes=(
            ("    slot after_pin;\n    return head;", "    return head;"),
            ("    if (hpage_pincount_available(head)) ", "    slot after_pin;\n    if (hpage_pincount_available(head)) "),
        ),
        falls="share_fenced_arm share_both_fenced_arm fork_arm",
        why="the pin has to be visible before G10, and it is the second atomic that pins",
    ),
    change(
        "first try keeps what it took",
        GUP,
        "dropped = put_page_refs(head, refs);",
        "dropped = NULL;",
        falls="split_count_tso retry_count_tso",
        why="a count is left on a page that is not returned",
    ),
    change(
        "no second try",
        GUP,
        "while (ON_MISMATCH == retry && changed) bound 2;",
        "while (false) bound 2;",
        falls="retry_patient_tso",
        why="it gives up as the fix does, and is as safe",
    ),
    change(
        "pin of before the fix takes one",
        GUP,
        "        refs = refs * GUP_PIN_COUNTING_BIAS;\n\n    struct page *head = try_get",
        "        barrier();\n\n    struct page *head = try_get",
        falls="share_old_arm pin_once_arm",
        why="it is a reference, and no pin",
    ),
    change(
        "no barrier before the last look",
        GUP,
        "    slot before_last_look;\n",
        "",
        falls="looks_rmb_arm",
        why="the head may be looked at before the pte",
    ),
    # ── split ──
    change(
        "S7 takes any count",
        PAGE,
        "return slot freeze(&page->_refcount, count, 0) == count;",
        "atomic_xchg(&page->_refcount, 0); return true;",
        falls=f"{EVERY_SPLIT} split_count_tso bare_metal never_preempted slow_tso slow_arm "
        "cache_current_tso cache_not_before_arm "
        "huge_split_tso huge_split_arm huge_ipi_tso huge_pin_arm "
        "cache_remove_arm cache_remove_lkmm cache_split_tso cache_split_arm cache_dirty_tso cache_dirty_arm "
        "retry_tso retry_count_tso retry_arm looks_tso looks_rmb_arm rcu_fix_tso rcu_wait_arm held_arm",
        why="a reference no longer stops the split, nor keeps a page in the page cache",
    ),
    change(
        "S7 relaxed",
        PAGE,
        "return slot freeze(&page->_refcount, count, 0) == count;",
        "return atomic_cmpxchg_relaxed(&page->_refcount, count, 0) == count;",
        falls="cache_dirty_arm",
        why="the freeze excludes by its value, and stores behind it depend on its outcome; the look at the dirty bit is a load",
    ),
    Mutation(
        name="S11 after S14",
        file=SPLIT,
        changes=(
            ("        split_tails(tail);                                  // S10 to S12c\n", ""),
            (
                "        unfreeze_head(head);                                // S14\n",
                "        unfreeze_head(head);\n        split_tails(tail);\n",
            ),
        ),
        falls=f"{EVERY_SPLIT} retry_tso retry_arm rcu_fix_tso",
        why="the head can be taken while the tail still is one, on any machine; it is none before S16, so a last look tells",
    ),
    Mutation(
        name="S12 before S11",
        file=SPLIT,
        changes=(
            ("    slot tail_head_store(tail->compound_head, 0);           // S11: clear_compound_head()\n", ""),
            ("// S12: page_ref_unfreeze()\n", "// S12\n    clear_compound_head(tail);\n"),
        ),
        why="nobody looks at the tail's count before its word says that it is no tail",
    ),
    change(
        "S14 without release",
        SPLIT,
        "slot unfreeze(count, &head->_refcount);",
        "page_ref_add(head, count);",
        falls="split_release_arm huge_pin_arm cache_split_arm retry_arm",
        why="the release of S14 is the repair of X1",
    ),
    change(
        "S12 without release",
        SPLIT,
        "slot tail_count_store(&tail->_refcount, count);",
        "atomic_set(&tail->_refcount, count);",
        why="what the tail's count publishes, S9, is left out, and who takes the head looks at the tail's word again",
    ),
    change(
        "S12b relaxed",
        SPLIT,
        "xchg(&tail->_last_cpupid, -1)",
        "xchg_relaxed(&tail->_last_cpupid, -1)",
        falls="split_numa_arm",
        why="only its being fully ordered hides X1",
    ),
    change(
        "barrier before S14 dropped",
        SPLIT,
        "    slot before_unfreeze;\n",
        "",
        falls="split_wmb_arm",
        why="the barrier is the repair of X1",
    ),
    change(
        "S4 drops the reference relaxed",
        SPLIT,
        "atomic_dec_and_test(&head->_refcount);",
        "atomic_dec(&head->_refcount);",
        why="S7, on the same word, comes after it in any case",
    ),
    change(
        "no grace period in the split",
        SPLIT,
        "    if (SPLIT_GRACE_PERIOD) synchronize_rcu();\n",
        "",
        falls="rcu_wait_arm",
        why="it is all that the reader without a second look relies on",
    ),
    # ── TLB flush ──
    change(
        "flush does not wait",
        TLB,
        "    flush_tlb_wait_ipi(flush);\n",
        "",
        falls="bare_metal never_preempted change_tso tables_flush_tso collapse_ipi_tso huge_ipi_tso inside_tso",
        why="that it waits is all that protects a gup without the fix, and a walk from two entries with one low word",
    ),
    change(
        "no flush on unmap",
        MAP,
        "    flush_tlb(flush);                                       // U2\n",
        "",
        falls="bare_metal never_preempted share_old_arm share_fenced_arm inside_tso",
        why="nobody waits, and on ARM nothing orders the cleared pte before the look at the count, unless smp_mb() does",
    ),
    change(
        "flush before the pte is cleared",
        MAP,
        "    pte_t old = xchg_relaxed(ptep, 0);                      // U1\n"
        "    flush_tlb(flush);                                       // U2\n    return old;",
        "    flush_tlb(flush);\n    return xchg_relaxed(ptep, 0);",
        falls="bare_metal never_preempted share_old_arm share_fenced_arm",
        why="a reader may start between the two; the fence comes too early",
    ),
    change(
        "TLBI without DSB",
        TLB,
        "        tlbi_sync();\n",
        "        barrier();\n",
        falls="share_old_arm share_fenced_arm collapse_recheck_lkmm",
        why="the DSB is the unmapper's full fence; elsewhere the put that follows is one",
    ),
    Mutation(
        name="gup with interrupts on",
        file="gup_vs_split.gup",
        changes=(
            ("local_irq_save();                                   // L3", "barrier();"),
            ("local_irq_restore();                                // L6", "barrier();"),
        ),
        falls="bare_metal never_preempted",
        why="the handler answers from within gup",
    ),
    # ── free, allocate, map ──
    Mutation(
        name="free list without lock",
        file=ALLOC,
        changes=(
            ("        spin_lock(&zone_lock);", "        local_lock(&zone_lock);"),
            ("        spin_unlock(&zone_lock);", "        local_unlock(&zone_lock);"),
        ),
        falls="zone_lock_arm reuse_locked_arm free_arm free_compound_arm cache_not_before_arm "
        "cache_remove_arm cache_remove_lkmm "
        "cpu_list_arm",
        why="on ARM the lock is what orders one life of the block before the next, and an emptied slot before a new count",
    ),
    Mutation(
        name="per-CPU list without local_lock",
        file=ALLOC,
        changes=(("local_lock(&zone_lock);", "barrier();"), ("local_unlock(&zone_lock);", "barrier();")),
        falls="task_list_arm",
        why="another task of the CPU comes in between",
    ),
    change(
        "F2 relaxed",
        PAGE,
        "atomic_dec_and_test(&head->_refcount)",
        "atomic_dec_return_relaxed(&head->_refcount) == 0",
        falls="cache_truncate_arm cache_dirty_arm held_arm held_free_arm",
        why="what is in nobody's TLB has no flush before it, which would be a full fence; freeing depends on its outcome",
    ),
    change(
        "no barrier before the pte",
        MAP,
        "    slot map_barrier;\n",
        "",
        falls="publish_wmb_arm",
        why="the page table lock publishes nothing; gup refuses what it sees too early",
    ),
    change(
        "pte stored without release",
        MAP,
        "slot pte_store(*ptep, mk_pte(page));",
        "WRITE_ONCE(*ptep, mk_pte(page));",
        falls="publish_release_arm",
        why="the release was the only order",
    ),
    # ── others ──
    change(
        "L7 dropped",
        FORK,
        "if (READ_ONCE(mm->write_protect_seq) != seq) {",
        "if (false) {",
        falls="fork_tso fork_arm",
        why="fork may look at the pin before it is there and write the pte after it was looked at",
    ),
    change(
        "L2c dropped",
        FORK,
        "if (seq & 1) return NULL;",
        "barrier();",
        falls="fork_tso fork_arm",
        why="gup may run as a whole while fork is between its look at the pin and its pte",
    ),
    change(
        "sequence read before the pin without smp_rmb",
        FORK,
        "    smp_rmb();                                              // L7\n",
        "",
        why="the fence behind the pin is the stronger one; smp_rmb() orders no store anyway",
    ),
    Mutation(
        name="slow path without lock",
        file="mm/gup_slow.gup",
        changes=(("spin_lock(&ptl);", "barrier();"), ("spin_unlock(&ptl);", "barrier();")),
        falls="slow_tso slow_arm",
        why="the lock is all that protects it",
    ),
    change(
        "C4 dropped",
        CACHE,
        "if (!RELOAD || READ_ONCE(*slotp) == page)",
        "if (true)",
        falls="cache_current_tso cache_remove_arm cache_remove_lkmm cache_truncate_arm cache_split_tso cache_split_arm",
        why="the page may have been allocated again and not be in the cache yet; what is older is not to be had by its count",
    ),
    Mutation(
        name="C1 and C5 dropped",
        file=CACHE,
        changes=(("rcu_read_lock();", "barrier();"), ("rcu_read_unlock();", "barrier();")),
        why="no grace period ever stands between a page and its next life",
    ),
    change(
        "slot cleared without release",
        CACHE,
        "if (frozen) rcu_assign_pointer(*slotp, NULL);",
        "if (frozen) WRITE_ONCE(*slotp, NULL);",
        why="NULL publishes nothing, and the freeze comes before it",
    ),
    change(
        "M2 dropped",
        CACHE,
        "if (frozen && DIRTY_TEST == dirty_after_freeze && PageDirty(page)) {",
        "if (false) {",
        falls="cache_dirty_tso cache_dirty_arm",
        why="the page is thrown away, dirty as it is",
    ),
    change(
        "truncation drops its reference first",
        CACHE,
        "    rcu_assign_pointer(*slotp, NULL);                       // M3\n"
        "    spin_unlock(&xa_lock);\n    return put_page(page);",
        "    struct page *dropped = put_page(page);\n    rcu_assign_pointer(*slotp, NULL);\n    spin_unlock(&xa_lock);\n"
        "    return dropped;",
        falls="cache_truncate_arm",
        why="the drop no longer orders the slot before the count of the next owner",
    ),
    change(
        "S12d after S14",
        "mm/split_file_page.gup",
        "        rcu_assign_pointer(*slotp, tail);                   // S12d\n"
        "        slot head_flag(PG_head, &head->flags);              // S13\n"
        "        spin_unlock(&lru_lock);\n"
        "        unfreeze_head_counted(head, 2);                     // S14\n",
        "        clear_bit(PG_head, &head->flags);\n        spin_unlock(&lru_lock);\n"
        "        unfreeze_head_counted(head, 2);\n        rcu_assign_pointer(*slotp, tail);\n",
        falls="cache_split_tso cache_split_arm",
        why="the head can be taken while the tail's slot still names it",
    ),
    # ── page tables ──
    Mutation(
        name="page walk with interrupts on",
        file=TABLE,
        changes=(
            ("local_irq_save();                                       // L3", "barrier();"),
            ("local_irq_restore();                                    // L6", "barrier();"),
        ),
        falls="tables_ipi_arm tables_flush_tso collapse_ipi_tso collapse_sync_arm collapse_freed_arm",
        why="the interrupt is answered from within the walk; a grace period does not care",
    ),
    Mutation(
        name="page walk without a read section",
        file=TABLE,
        changes=(("rcu_read_lock();", "barrier();"), ("rcu_read_unlock();", "barrier();")),
        falls="tables_rcu_arm",
        why="the grace period ends at once",
    ),
    change(
        "table freed where it is",
        TABLE,
        "    WRITE_ONCE(*pmdp, 0);\n",
        "",
        falls="tables_ipi_arm tables_rcu_arm tables_flush_tso",
        why="a walk that begins after the wait finds it still",
    ),
    change(
        "interrupt to all that is not waited for",
        TABLE,
        "    flush_tlb_wait_ipi(sync);\n",
        "",
        falls="tables_ipi_arm collapse_sync_arm collapse_freed_arm",
        why="that it is waited for is all there is to it",
    ),
    change(
        "pmd not looked at again",
        GUP,
        "    if (PMD_RECHECK == pmd_then_pte && pmdp != NULL && entry_changed(pmdp, pmd)) return true;\n",
        "",
        falls="collapse_recheck_tso collapse_recheck_arm collapse_recheck_lkmm collapse_back_tso collapse_back_arm",
        why="the pte of a detached table is cleared last of all; an interrupt makes up for it",
    ),
    change(
        "no barrier between the looks",
        GUP,
        "    slot between_looks;\n",
        "",
        falls="collapse_back_arm",
        why="the pte may be looked at before it is cleared, and the pmd when it is back",
    ),
    change(
        "K3 dropped",
        COLLAPSE,
        "    if (COLLAPSE_SYNC) tlb_remove_table_sync_one(sync);     // K3\n",
        "",
        falls="collapse_sync_arm collapse_freed_arm",
        why="nobody waits for the walk",
    ),
    change(
        "K4 dropped",
        COLLAPSE,
        "!COLLAPSE_COUNT_CHECK || page_ref_count(page) == 1",
        "true",
        falls="collapse_ipi_tso collapse_recheck_tso collapse_recheck_arm collapse_recheck_lkmm collapse_sync_arm "
        "collapse_back_tso collapse_back_arm",
        why="the page of a walk that was over in time is collapsed, too",
    ),
    change(
        "K2 before K1",
        COLLAPSE,
        "    pmd_t pmd = xchg_relaxed(pmdp, 0);                      // K1\n"
        "    flush_tlb(flush);                                       // K2\n",
        "    flush_tlb(flush);\n    pmd_t pmd = xchg_relaxed(pmdp, 0);\n",
        falls="collapse_ipi_tso collapse_recheck_lkmm",
        why="a walk may start between the two; an unlock and a lock are the fence on ARM, not in the kernel's model",
    ),
    change(
        "pmd put back before its pte",
        HUGE,
        '    smp_wmb();                                              // "make pte visible before pmd"\n',
        "",
        why="whoever finds the old pmd sees at least that the old pte is cleared: that was under a lock before",
    ),
    # ── huge pmds ──
    change(
        "H3 dropped",
        HUGE,
        "if (HUGE_RECHECK && entry_changed(pmdp, pmd)) {",
        "if (false) {",
        falls="huge_split_tso huge_split_arm huge_pin_arm huge_zap_tso huge_zap_arm",
        why="the pages may be anybody's by then; a flush that waits makes up for it",
    ),
    change(
        "pmd not invalidated",
        HUGE,
        "    xchg_relaxed(pmdp, 0);                                  // pmdp_invalidate()\n",
        "",
        why="it changes later, which is still before the ptes are flushed and the page is frozen",
    ),
    change(
        "S13 after S14",
        SPLIT,
        "        slot head_flag(PG_head, &head->flags);              // S13: ClearPageCompound()\n"
        "        spin_unlock(&lru_lock);\n"
        "        unfreeze_head(head);                                // S14\n",
        "        spin_unlock(&lru_lock);\n        unfreeze_head(head);\n        clear_bit(PG_head, &head->flags);\n",
        falls="huge_pin_arm",
        why="a pin of a page that is huge no more is counted as if it were; no pin of a tail looks at the head's flags",
    ),
    # ── fget ──
    change(
        "R3 dropped",
        FILE,
        "if (FD_RECHECK) {",
        "if (false) {",
        falls="fget_collector_tso fget_collector_arm fget_reuse_tso fget_reuse_arm fget_contents_arm fget_mode_arm",
        why="the defect itself: a file that was closed meanwhile, or another one in its memory",
    ),
    change(
        "R2 relaxed",
        FILE,
        "allowed && atomic_inc_not_zero(&file->f_count)",
        "allowed && atomic_cmpxchg_relaxed(&file->f_count, 1, 2) == 1",
        falls="fget_collector_arm fget_reuse_arm fget_contents_arm fget_mode_arm",
        why="on ARM R3 may be done before R2; x86 knows no relaxed exchange",
    ),
    change(
        "R2 without the test for 0",
        FILE,
        "allowed && atomic_inc_not_zero(&file->f_count)",
        "allowed && atomic_inc_return(&file->f_count) > 0",
        falls="fget_count_tso",
        why="O2 stores over the count that was taken of a free file; R3 still tells it from the one in the slot",
    ),
    Mutation(
        name="K2 before K1",
        file=FILE,
        changes=(
            (
                "    rcu_assign_pointer(*fdentry, NULL);                                   // K1\n",
                "    struct file *dropped = fput(file);\n    rcu_assign_pointer(*fdentry, NULL);\n",
            ),
            ("    return fput(file);                                                    // K2", "    return dropped;"),
        ),
        falls="fget_collector_tso fget_collector_arm fget_reuse_arm fget_contents_arm fget_mode_arm",
        why="the count has gone down and the slot is still there; on ARM nothing orders K1 before O2 then",
    ),
    change(
        "K1 without release",
        FILE,
        "rcu_assign_pointer(*fdentry, NULL);",
        "WRITE_ONCE(*fdentry, NULL);",
        why="NULL publishes nothing, and K2 is fully ordered",
    ),
    Mutation(
        name="O2 before O1",
        file=FILE,
        changes=(
            ("    file->f_mode = FMODE_READ;                                            // O1: init_file()\n", ""),
            ("// O2: the last of init_file()\n", "// O2\n    file->f_mode = FMODE_READ;\n"),
        ),
        why="who takes the count early does not look at the file before the slot names it",
    ),
    change(
        "O4 without release",
        FILE,
        "rcu_assign_pointer(*fdentry, file);",
        "WRITE_ONCE(*fdentry, file);",
        falls="fget_contents_arm fget_mode_arm",
        why="the slot is what publishes the file",
    ),
    # ── tails in two words ──
    change(
        "T3 dropped",
        TAIL,
        "if (!TAIL_RECHECK || PageTail_v3(page))",
        "if (true)",
        falls="unmake_tso unmake_arm",
        why="the word of the pointer may be something else by then; a page that becomes a tail needs no second look",
    ),
    change(
        "no barrier between T1 and T2",
        TAIL,
        "        slot head_rmb;\n",
        "",
        falls="make_arm make_lkmm",
        why="a branch orders no load",
    ),
    change(
        "no barrier between T2 and T3",
        TAIL,
        "        slot tail_rmb;\n",
        "",
        falls="unmake_arm",
        why="the second look may be the first",
    ),
    change(
        "no barrier between P1 and P2",
        TAIL,
        "        slot make_wmb;\n",
        "",
        falls="make_arm make_lkmm",
        why="the flag may be seen before the pointer",
    ),
    Mutation(
        name="P2 before P1",
        file=TAIL,
        changes=(
            ("        store_first_page(page, head);                                     // P1\n        slot make_wmb;\n", ""),
            ("// P2: __SetPageTail()\n", "// P2\n        slot make_wmb;\n        store_first_page(page, head);\n"),
        ),
        falls="make_tso make_arm make_lkmm",
        why="the defect that was mended, on any machine",
    ),
    Mutation(
        name="Q2 before Q1",
        file=TAIL,
        changes=(
            ("    store_tail_flag(page, 0);                                             // Q1: __ClearPageTail()\n", ""),
            ("// Q2\n", "// Q2\n    slot unmake_wmb;\n    store_tail_flag(page, 0);\n"),
        ),
        falls="unmake_tso unmake_arm",
        why="both looks may see the flag around the pointer's end",
    ),
    # ── entries of two words ──
    change(
        "L3 dropped",
        WORDS,
        "!LOW_RECHECK || READ_ONCE(ptep->pte_low) == *low",
        "true",
        falls="clear_tso clear_arm change_tso change_arm",
        why="the high word may be gone by L2; one that was not there yet is told by L1",
    ),
    change(
        "no barrier between L1 and L2",
        WORDS,
        "    slot low_rmb;\n",
        "",
        falls="set_arm set_lkmm change_arm",
        why="the high word may be loaded before it is there",
    ),
    change(
        "no barrier between L2 and L3",
        WORDS,
        "    slot high_rmb;\n",
        "",
        falls="clear_arm change_arm",
        why="the high word may be loaded when L3 is long done",
    ),
    Mutation(
        name="S2 before S1",
        file=WORDS,
        changes=(
            ("        WRITE_ONCE(ptep->pte_high, high);                                 // S1\n        slot set_wmb;\n", ""),
            ("// S2\n", "// S2\n        slot set_wmb;\n        WRITE_ONCE(ptep->pte_high, high);\n"),
        ),
        falls="set_tso set_arm set_lkmm change_tso change_arm",
        why="the present bit comes with the low word",
    ),
    Mutation(
        name="Z2 before Z1",
        file=WORDS,
        changes=(
            ("        WRITE_ONCE(ptep->pte_low, 0);                                     // Z1\n        slot clear_wmb;\n", ""),
            ("// Z2\n", "// Z2\n        slot clear_wmb;\n        WRITE_ONCE(ptep->pte_low, 0);\n"),
        ),
        falls="clear_tso clear_arm change_tso change_arm",
        why="the present bit goes with the low word",
    ),
    # ── PageAnonExclusive ──
    change(
        "B4 dropped",
        EXCLUSIVE,
        "if (READ_ONCE(*ptep) != pte) {",
        "if (false) {",
        falls="exclusive_tso exclusive_arm exclusive_lkmm writable_arm",
        why="the pin may come after A2 and the look at the flag before A3",
    ),
    change(
        "B5 dropped",
        EXCLUSIVE,
        "!test_bit(PG_anon_exclusive, &page->flags)",
        "false",
        falls="exclusive_tso exclusive_arm exclusive_lkmm",
        why="a read-only entry goes and comes back",
    ),
    change(
        "no barrier between A1 and A2",
        EXCLUSIVE,
        "    slot share_mb;\n",
        "",
        falls="exclusive_arm exclusive_lkmm writable_arm",
        why="store buffering: one side is not enough",
    ),
    change(
        "no barrier between B3 and B4",
        EXCLUSIVE,
        "    slot pin_mb;\n",
        "",
        falls="exclusive_arm exclusive_lkmm writable_arm",
        why="store buffering: the other side is not enough",
    ),
    change(
        "no barrier between A3 and A4",
        EXCLUSIVE,
        "        slot share_wmb;\n",
        "",
        falls="exclusive_arm exclusive_lkmm",
        why="the entry may be back before the flag is gone",
    ),
    change(
        "no barrier between B4 and B5",
        EXCLUSIVE,
        "        slot unshare_rmb;\n",
        "",
        falls="exclusive_arm exclusive_lkmm",
        why="the flag may be looked at first",
    ),
)


def meaning(unit: typed.Unit, scenario: str) -> tuple[typed.Node, ...]:
    """Return all the code of a scenario: itself and the functions it calls, in the order they are met."""
    met: dict[str, typed.Node] = {}
    waiting: list[typed.Node] = [unit.scenarios[scenario]]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, typed.Call) and node.function not in met:
                met[node.function] = unit.functions[node.function]
                waiting.append(unit.functions[node.function])
    return (unit.scenarios[scenario], *met.values())


def verdicts(unit: typed.Unit, original: typed.Unit | None = None) -> dict[str, Verdict]:
    """Return theorem → verdict, of the theorems whose code is not that of ``original``."""
    found = {}
    for group in grouped([unit], obligations_of(unit)):
        if original is None or meaning(unit, group.scenario) != meaning(original, group.scenario):
            for result in prove_group(group, timeout=30):
                found[result.obligation.theorem] = result.verdict
    return found


@pytest.fixture
def protocols(tmp_path):
    """A folder with the protocols, the scenarios and the watched theorems, all free to be changed."""
    for folder in ("mm", "fs"):
        shutil.copytree(spec_dir() / folder, tmp_path / folder)
    for source in (*proofs_dir().glob("*.gup"), HERE / "watched.gup"):
        shutil.copy(source, tmp_path)
    return tmp_path


def test_everything_watched_is_proved_as_it_stands(protocols):
    assert set(verdicts(load(protocols / "watched.gup")).values()) == {Verdict.PROVED}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_what_a_mutation_breaks(protocols, mutation):
    original = load(protocols / "watched.gup")
    path = protocols / mutation.file
    text = path.read_text(encoding="utf-8")
    for old, new in mutation.changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        # The lines below keep their numbers, so that code which did not change compares equal.
        text = text.replace(old, new + "\n" * (old.count("\n") - new.count("\n")))
    path.write_text(text, encoding="utf-8")
    found = verdicts(load(protocols / "watched.gup"), original)
    assert found, "the mutation touches nothing that is watched"
    fallen = {name for name, verdict in found.items() if verdict is Verdict.REFUTED}
    assert fallen == set(mutation.falls.split()), mutation.why
    assert {found[name] for name in found.keys() - fallen} <= {Verdict.PROVED}
