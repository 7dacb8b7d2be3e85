"""A scenario whose size is a switch."""

STORES = """
config CELLS : 1 .. 3 = 1;
config MARKED : bool = true;

scenario stores {
    int cell[3];
    thread a { for (int i = 0; i < CELLS; i++) { if (MARKED) WRITE_ONCE(cell[i], 1); else cell[i] = 1; } }
    property fine : true;
    property last_is_left : cell[2] == 0;
    cover done : cell[0] == 1;
}
"""
