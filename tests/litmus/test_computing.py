"""What instructions compute, on one thread: the expected values are worked out by hand from the architectures' manuals."""

from pathlib import Path

import pytest

from gupproof.proving.observation import Observation, Request, judge


def always(tmp_path: Path, arch: str, initial: str, instructions: str, condition: str) -> None:
    """Check that the condition holds of every execution, and that something else does not."""
    rows = "".join(f" {part.strip()} ;\n" for part in instructions.split(";"))
    path = tmp_path / "t.litmus"
    path.write_text(f"{arch} t\n{{ {initial} }}\n P0 ;\n{rows}forall ({condition})\n")
    judgement = judge(path, Request(model=None, unroll=2, timeout=30))
    assert judgement.observation is Observation.ALWAYS, judgement


WIDE = "uint64_t 0:X0; uint64_t 0:X1; uint64_t 0:X2; uint64_t 0:X3; "


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        # Writes of 32 bits clear the upper half; those of 64 do not.
        ("0:X1=-1", "MOV W0,W1", "0:X0=0xffffffff"),
        ("0:X1=-1", "MOV X0,X1", "0:X0=0xffffffffffffffff"),
        ("0:X1=0xffffffff", "ADD W0,W1,#1", "0:X0=0"),
        ("0:X1=0xffffffff", "ADD X0,X1,#1", "0:X0=0x100000000"),
        ("0:X1=0", "SUB W0,W1,#1", "0:X0=0xffffffff"),
        ("0:X1=6", "NEG X0,X1", "0:X0=0xfffffffffffffffa"),
        ("0:X1=6", "MVN W0,W1", "0:X0=0xfffffff9"),
        ("0:X1=0xf0", "BIC X0,X1,#0x30", "0:X0=0xc0"),
        ("0:X1=0xf0", "ORN W0,WZR,W1", "0:X0=0xffffff0f"),
        ("0:X1=5", "MUL X0,X1,X1; MADD X2,X1,X1,X0; MSUB X3,X1,X1,X0", "0:X0=25 /\\ 0:X2=50 /\\ 0:X3=0"),
        ("0:X1=0x80000000", "ASR W0,W1,#4; LSR W2,W1,#4; LSL W3,W1,#1", "0:X0=0xf8000000 /\\ 0:X2=0x8000000 /\\ 0:X3=0"),
        ("0:X1=0x12", "ROR W0,W1,#4", "0:X0=0x20000001"),
        ("0:X1=0x80", "SXTB X0,W1; UXTB W2,W1; SXTB W3,W1", "0:X0=0xffffffffffffff80 /\\ 0:X2=0x80 /\\ 0:X3=0xffffff80"),
        ("0:X1=3; 0:X2=0x1ff", "ADD X0,X1,W2,UXTB #2; ADD X3,X1,X2,LSL #1", "0:X0=0x3ff /\\ 0:X3=0x401"),
        ("0:X1=3", "MOVZ X0,#1,LSL #16; MOVK X0,#2; MOV X2,#-1; MOVK X2,#0,LSL #48", "0:X0=0x10002 /\\ 0:X2=0xffffffffffff"),
        ("0:X1=0xabcd; 0:X2=0x1234", "UBFX X0,X1,#4,#8; SBFX X3,X1,#8,#8; EXTR W2,W1,W2,#8",
         "0:X0=0xbc /\\ 0:X3=0xffffffffffffffab /\\ 0:X2=0xcd000012"),
        ("0:X1=0xabcd", "UBFM W0,W1,#4,#11; UBFM W2,W1,#28,#7; SBFM X3,X1,#60,#7", "0:X0=0xbc /\\ 0:X2=0xcd0 /\\ 0:X3=-0x330"),
        # Conditions, from the flags of a comparison.
        ("0:X1=-1", "CMP W1,#1; CSET W0,LT; CSET W2,LO; CSET W3,MI", "0:X0=1 /\\ 0:X2=0 /\\ 0:X3=1"),
        ("0:X1=2", "CMP W1,#3; CSET W0,HI; CSET W2,LS; CSET W3,GE", "0:X0=0 /\\ 0:X2=1 /\\ 0:X3=0"),
        ("0:X1=0x7fffffff", "ADDS W0,W1,#1; CSET W2,VS; CSET W3,CS", "0:X0=0x80000000 /\\ 0:X2=1 /\\ 0:X3=0"),
        ("0:X1=0xffffffff", "CMN W1,#1; CSET W2,CS; CSET W3,EQ", "0:X2=1 /\\ 0:X3=1"),
        ("0:X1=6", "TST W1,#1; CSET W0,EQ; CSET W2,NE", "0:X0=1 /\\ 0:X2=0"),
        ("0:X1=5", "CMP W1,#5; CSINC W0,W1,W1,NE; CSINV W2,WZR,W1,EQ; CSNEG W3,W1,W1,NE",
         "0:X0=6 /\\ 0:X2=0 /\\ 0:X3=0xfffffffb"),
        ("0:X1=5", "CMP W1,#5; CCMP W1,#7,#0,EQ; CSET W0,LT; CCMP W1,#5,#4,LT; CSET W2,EQ; CINC W3,W1,EQ",
         "0:X0=1 /\\ 0:X2=1 /\\ 0:X3=6"),
        # Branches on bits and registers.
        ("0:X1=4", "TBZ W1,#2,L; MOV W0,#7; L: NOP", "0:X0=7"),
        ("0:X1=4", "TBNZ W1,#2,L; MOV W0,#7; L: NOP", "0:X0=0"),
        ("0:X1=4", "MOV W0,#1; RET; MOV W0,#2", "0:X0=1"),
        # Calls: forwards twice, each with its own return; through a register; a jump to the end; a chosen address.
        ("0:X1=4", "BL F; BL F; B E; F:; ADD X1,X1,#1; RET; E:; MOV X0,X1", "0:X0=6"),
        ("0:X1=4", "ADR X2,F; BLR X2; MOV X0,X1; RET XZR; F:; ADD X1,X1,#1; RET", "0:X0=5"),
        ("0:X1=4", "ADR X2,E; BR X2; MOV X0,#7; E:", "0:X0=0"),
        ("0:X1=4", "L:; ADD X0,X0,#2; SUBS X1,X1,#2; B.GT .-8; B .+8; MOV X0,#7", "0:X0=4"),
        ("0:X1=4", "ADR X2,A; ADR X3,B; CMP X1,#4; CSEL X2,X2,X3,EQ; BR X2; B:; MOV X0,#7; A:; NOP", "0:X0=0"),
    ],
)  # fmt: skip
def test_aarch64(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    always(tmp_path, "AArch64", WIDE + initial, instructions.replace("L: NOP", "L:; NOP"), condition)


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        # What is chosen may be wider than what else might have been.
        ("x=0; 0:X0=x; 0:X1=y; 0:X2=300", "LDR W3,[X0]; CMP W3,#0; CSEL W3,W2,WZR,EQ; STRB W3,[X1]", "y=44"),
        ("int64_t a[2]={3,4}; 0:X1=a", "LDR X0,[X1],#8; LDR X2,[X1]", "0:X0=3 /\\ 0:X2=4 /\\ 0:X1=a[1]"),
        ("int64_t a[2]={3,4}; 0:X1=a", "LDR X0,[X1,#8]!; LDR X2,[X1,#-8]", "0:X0=4 /\\ 0:X2=3 /\\ 0:X1=a[1]"),
        ("int a[3]={3,4,5}; 0:X1=a; 0:X3=2", "LDR W0,[X1,X3,LSL #2]; LDR W2,[X1,W3,UXTW #2]", "0:X0=5 /\\ 0:X2=5"),
        ("int a[2]={3,4}; 0:X1=a[1]; 0:X3=-4", "LDR W0,[X1,W3,SXTW]; STR W0,[X1]", "0:X0=3 /\\ a={3,3}"),
        ("int16_t a[2]={-2,4}; 0:X1=a", "LDRSH W0,[X1]; LDRH W2,[X1]; LDRSH X3,[X1]",
         "0:X0=0xfffffffe /\\ 0:X2=0xfffe /\\ 0:X3=0xfffffffffffffffe"),
        ("int8_t b=-1; 0:X1=b; 0:X2=0x180", "LDRSB X0,[X1]; STRB W2,[X1]; LDRB W3,[X1]", "0:X0=-1 /\\ 0:X3=0x80 /\\ b=-128"),
        ("int w=-7; 0:X1=w", "LDRSW X0,[X1]; LDR W2,[X1]", "0:X0=-7 /\\ 0:X2=0xfffffff9 /\\ w=-7"),
        ("int64_t a[2]; 0:X1=a; 0:X2=5; 0:X3=6", "STP X2,X3,[X1]; LDP X3,X2,[X1]", "a={5,6} /\\ 0:X2=6 /\\ 0:X3=5"),
        ("int64_t a[2]; 0:X1=a; 0:X2=5; 0:X3=6", "STNP X2,X3,[X1]; LDNP X3,X2,[X1]", "a={5,6} /\\ 0:X2=6 /\\ 0:X3=5"),
        ("int x=1; int *p=&x; 0:X1=p", "LDR X0,[X1]; LDR W2,[X0]", "0:X0=x /\\ 0:X2=1"),
        ("int x=9; 0:SP=x", "LDR W0,[SP]", "0:X0=9"),
        ("int x=9; %named=x", "MOV X1,%named; LDR W0,[X1]; LDR W2,[%named]", "0:X0=9 /\\ 0:X2=9 /\\ 0:X1=x"),
        ("int x=5; 0:X1=x; 0:X2=-3", "LDSMAX W2,W0,[X1]; LDUMAX W2,W3,[X1]", "0:X0=5 /\\ 0:X3=5 /\\ x=-3"),
        ("int x=6; 0:X1=x; 0:X2=3", "LDCLR W2,W0,[X1]; LDEOR W2,W3,[X1]; STSET W2,[X1]", "0:X0=6 /\\ 0:X3=4 /\\ x=7"),
        ("int8_t x=-1; 0:X1=x; 0:X2=2", "LDADDB W2,W0,[X1]; SWPALB W2,W3,[X1]", "0:X0=0xff /\\ 0:X3=1 /\\ x=2"),
        ("int x=6; 0:X1=x; 0:X0=6; 0:X2=8; 0:X3=1", "CASAL W0,W2,[X1]; CAS W3,W0,[X1]", "0:X0=6 /\\ 0:X3=8 /\\ x=8"),
    ],
)  # fmt: skip
def test_aarch64_memory(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    always(tmp_path, "AArch64", WIDE + initial, instructions, condition)


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        ("", "MOV EAX,$-1; ADD EAX,$1", "0:EAX=0"),
        ("", "MOV EAX,$5; SUB EAX,$7; NEG EAX; NOT EAX", "0:EAX=-3"),
        ("", "MOV EAX,$0x1234; MOV AL,$0x56; MOV BH,$1", "0:EAX=0x1256 /\\ 0:EBX=0x100"),
        ("", "MOV EAX,$6; SHR EAX,$1; SHL EAX,$3; MOV EBX,$-8; SAR EBX,$1", "0:EAX=24 /\\ 0:EBX=-4"),
        ("", "MOV EAX,$0x180; MOVZX EBX,AL; MOVSX ECX,AL; CMP EAX,$0; SETNE DL", "0:EBX=128 /\\ 0:ECX=-128 /\\ 0:EDX=1"),
        ("x=3", "CMP EAX,$0; CMOVE EBX,[x]; CMOVNE ECX,[x]", "0:EBX=3 /\\ 0:ECX=0"),
        ("x=3", "MOV EAX,$4; LOCK XADD [x],EAX", "0:EAX=3 /\\ x=7"),
        ("x=3", "XADD [x],EAX; XCHG EAX,EBX; ADD [x],$2; DEC [x]", "0:EBX=3 /\\ x=4"),
        ("x=3", "MOV EAX,$3; MOV EBX,$9; CMPXCHG [x],EBX; MOV EAX,$4; CMPXCHG [x],EBX", "0:EAX=9 /\\ x=9"),
        ("x=3", "MOV EAX,$4; MOV EBX,$9; CMPXCHG [x],EBX", "0:EAX=3 /\\ x=3"),
        # INC and DEC leave the carry alone (SDM 2).
        ("0:EAX=0", "CMP EAX,$1; INC EAX; JB L; MOV EBX,$1; L: NOP", "0:EAX=1 /\\ 0:EBX=0"),
        ("0:EAX=0", "CMP EAX,$0; DEC EAX; JB L; MOV EBX,$1; L: NOP", "0:EAX=-1 /\\ 0:EBX=1"),
        ("x=3", "MOV EAX,$2; CMP EAX,[x]; JL L; MOV EBX,$1; L: NOP; JGE M; MOV ECX,$1; M: NOP", "0:EBX=0 /\\ 0:ECX=1"),
        ("", "MOV EAX,$-1; CMP EAX,$1; JB L; MOV EBX,$1; L: NOP; JG M; MOV ECX,$1; M: NOP", "0:EBX=1 /\\ 0:ECX=1"),
        ("", "MOV EAX,$4; TEST EAX,$3; JZ L; MOV EBX,$1; L: NOP; JNS M; MOV ECX,$1; M: NOP", "0:EBX=0 /\\ 0:ECX=0"),
        ("", "MOV EAX,$0; SUB EAX,$1; JC L; MOV EBX,$1; L: NOP; JMP M; MOV ECX,$1; M: NOP", "0:EBX=0 /\\ 0:ECX=0"),
    ],
)
def test_x86(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    listed = instructions.replace("L: NOP", "L:; NOP").replace("M: NOP", "M:; NOP")
    always(tmp_path, "X86", initial, listed, condition)


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        ("", "movl $1,(x); movl (x),%eax; addl $2,%eax", "x=1 /\\ 0:rax=3"),
        ("uint64_t 0:rax", "movq $-1,%rax; movl %eax,%eax", "0:rax=0xffffffff"),
        ("uint64_t x; uint64_t 0:rbx", "movq $5,%rbx; movq %rbx,(x); incq (x)", "x=6"),
        ("int64_t t[2]={1,-1}; 0:rax=t; 0:rbx=1; int64_t 0:rcx", "movq 0(%rax,%rbx,8),%rcx; movq 8(%rax),%rdx",
         "0:rcx=-1 /\\ 0:edx=-1"),
        ("int64_t 0:rcx; int8_t y=-2", "movzbl (y),%eax; movsbq (y),%rcx; movslq %eax,%rdx",
         "0:eax=254 /\\ 0:rcx=-2 /\\ 0:edx=254"),
        ("int8_t y; 0:rdi=y", "movb $-1,(%rdi); movb (y),%al", "y=-1 /\\ 0:rax=0xff"),
        ("x=7; 0:rcx=1", "lock xaddl %ecx,(x); subl %ecx,(x); cmpl $1,(x); je L; movl $9,%eax; L:; nop",
         "x=1 /\\ 0:rcx=7 /\\ 0:rax=0"),
        ("x=7; 0:rax=7; 0:r8=3", "lock cmpxchgl %r8d,(x); xchgl %r8d,(x)", "x=3 /\\ 0:r8=3 /\\ 0:eax=7"),
        # herd7's order of operands: the memory first, the register that is moved to first.
        ("x=7; 0:rax=7; 0:r8=3", "lock cmpxchg (x),%r8d; cmpl $4,(x); cmovc %ebx,(x)", "x=3 /\\ 0:ebx=3"),
        ("x=5", "btsl $1,(x); setc %al; lock btrl $0,(x); setc %bl; btcl $3,(x); btl $3,(x); setc %cl",
         "x=14 /\\ 0:al=0 /\\ 0:bl=1 /\\ 0:cl=1"),
        ("0:rax=4; 0:rcx=34", "btl %ecx,%eax; setc %bl; btq %rcx,%rax; setc %dl", "0:bl=1 /\\ 0:dl=0"),
        ("x=7; 0:rax=3", "uxchl %eax,(x); cmpl $4,(x); jlt L; movl $9,%ebx; L:; jgt M; movl $9,%ecx; M:; nop",
         "x=3 /\\ 0:eax=7 /\\ 0:ebx=0 /\\ 0:ecx=9"),
    ],
)  # fmt: skip
def test_x86_64(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    always(tmp_path, "X86_64", initial, instructions, condition)


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        ("int64_t 0:x5", "li x5,1; sub x5,x0,x5", "0:x5=-1"),
        ("uint64_t 0:x5; 0:x6=0x7fffffff", "addiw x5,x6,1; add x7,x6,x6", "0:x5=0xffffffff80000000 /\\ 0:x7=-2"),
        ("0:a0=-8", "srli a1,a0,60; srai a2,a0,1; slli a3,a0,1; srliw a4,a0,28",
         "0:a1=15 /\\ 0:a2=-4 /\\ 0:a3=-16 /\\ 0:a4=15"),
        ("0:a0=-1", "slti a1,a0,0; sltiu a2,a0,0; sltu a3,x0,a0; slt a4,x0,a0", "0:a1=1 /\\ 0:a2=0 /\\ 0:a3=1 /\\ 0:a4=0"),
        ("0:a0=6", "not a1,a0; neg a2,a0; seqz a3,a0; snez a4,a0; mv a5,a0",
         "0:a1=-7 /\\ 0:a2=-6 /\\ 0:a3=0 /\\ 0:a4=1 /\\ 0:a5=6"),
        ("0:a0=6", "lui a1,1; andi a2,a0,3; ori a3,a0,1; xori a4,a0,-1; mul a5,a0,a0",
         "0:a1=4096 /\\ 0:a2=2 /\\ 0:a3=7 /\\ 0:a4=-7 /\\ 0:a5=36"),
        ("int a[2]={1,-2}; 0:a0=a", "lw a1,4(a0); lwu a2,4(a0); sw a1,0(a0)", "0:a1=-2 /\\ 0:a2=0xfffffffe /\\ a={-2,-2}"),
        ("int8_t b=-1; 0:a0=b", "lb a1,0(a0); lbu a2,(a0)", "0:a1=-1 /\\ 0:a2=255"),
        ("int16_t h; 0:a0=h; 0:a1=0x18000", "sh a1,0(a0); lh a2,0(a0); lhu a3,0(a0)", "0:a2=-32768 /\\ 0:a3=32768"),
        ("int x=5; 0:a0=x; 0:a1=-3", "amomax.w a2,a1,(a0); amominu.w a3,a1,(a0); amomin.w a4,a1,(a0); amoxor.w a5,a1,(a0)",
         "0:a2=5 /\\ 0:a3=5 /\\ 0:a4=5 /\\ 0:a5=-3 /\\ x=0"),
        ("int64_t x=5; 0:a0=x; 0:a1=3", "amoadd.d.aqrl a2,a1,(a0); amoand.d.aq a3,a1,(a0); ld a4,0(a0)",
         "0:a2=5 /\\ 0:a3=8 /\\ x=0"),
        ("0:a0=-1; 0:a1=1", "blt a0,a1,L; li a2,1; L:; bltu a0,a1,M; li a3,1; M:; nop", "0:a2=0 /\\ 0:a3=1"),
        ("0:a0=-1", "bgez a0,L; li a2,1; L:; bgt a0,x0,M; li a3,1; M:; bnez a0,N; li a4,1; N:; nop",
         "0:a2=1 /\\ 0:a3=1 /\\ 0:a4=0"),
        ("x=4", "la a0,x; lw a1,0(a0); fence.i; fence i,o; fence", "0:a1=4"),
    ],
)  # fmt: skip
def test_riscv(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    always(tmp_path, "RISCV", initial, instructions, condition)


@pytest.mark.parametrize(
    ("initial", "instructions", "condition"),
    [
        ("", "li r1,-1; addi r2,r1,1; lis r3,1; mr r4,r3", "0:r2=0 /\\ 0:r3=0x10000 /\\ 0:r4=0x10000"),
        ("0:r1=5; 0:r2=7", "sub r3,r1,r2; subf r4,r1,r2; neg r5,r1; mullw r6,r1,r2",
         "0:r3=-2 /\\ 0:r4=2 /\\ 0:r5=-5 /\\ 0:r6=35"),
        ("0:r1=6; 0:r2=3", "nor r3,r1,r2; andc r4,r1,r2; ori r5,r1,1; andi. r6,r1,2; xor r7,r1,r1",
         "0:r3=-8 /\\ 0:r4=4 /\\ 0:r5=7 /\\ 0:r6=2 /\\ 0:r7=0"),
        ("0:r1=-8", "slwi r3,r1,1; srwi r4,r1,28; srawi r5,r1,1", "0:r3=-16 /\\ 0:r4=15 /\\ 0:r5=-4"),
        ("0:r1=1; 0:r2=40", "slw r3,r1,r2; sld r4,r1,r2; extsw r5,r1; clrldi r6,r2,61",
         "0:r3=0 /\\ 0:r4=0 /\\ 0:r5=1 /\\ 0:r6=0"),
        ("0:r0=6", "addi r1,r0,2; add r2,r0,r0", "0:r1=2 /\\ 0:r2=12"),
        ("0:r1=0x12345678; 0:r3=-1", "rlwinm r2,r1,8,24,31; rlwimi r3,r1,4,8,27; rlwinm r4,r1,0,28,3",
         "0:r2=0x12 /\\ 0:r3=0xff45678f /\\ 0:r4=0x10000008"),
        ("0:r1=-1", "cmpwi r1,1; bgt L; li r2,1; L:; cmplwi r1,1; bgt M; li r3,1; M:; nop", "0:r2=1 /\\ 0:r3=0"),
        ("0:r1=-1", "cmpwi r1,1; blt L; li r2,1; L:; cmplwi r1,1; blt M; li r3,1; M:; nop", "0:r2=0 /\\ 0:r3=1"),
        ("0:r1=2", "cmpwi cr1,r1,2; cmpwi r1,3; beq cr1,L; li r2,1; L:; bne M; li r3,1; M:; nop", "0:r2=0 /\\ 0:r3=0"),
        ("0:r1=2", "addi r1,r1,-2; or. r1,r1,r1; beq L; li r2,1; L:; bgt M; li r3,1; M:; blr; li r4,1",
         "0:r2=0 /\\ 0:r3=1 /\\ 0:r4=0"),
        ("int a[2]={3,-4}; 0:r1=a", "lwzu r2,4(r1); lwa r3,0(r1); lwz r4,-4(r1); stw r4,0(r1)",
         "0:r2=-4 /\\ 0:r3=-4 /\\ 0:r4=3 /\\ a={3,3} /\\ 0:r1=a[1]"),
        ("int64_t a[2]={3,4}; 0:r1=a; 0:r2=8", "ldx r3,r1,r2; stdx r3,r0,r1; ld r4,0(r1); stdu r2,8(r1)",
         "0:r3=4 /\\ 0:r4=4 /\\ a={4,8} /\\ 0:r1=a[1]"),
        ("int8_t b=-1; 0:r1=b; 0:r2=257", "lbz r3,0(r1); stb r2,0(r1)", "0:r3=255 /\\ b=1"),
    ],
)  # fmt: skip
def test_power(tmp_path: Path, initial: str, instructions: str, condition: str) -> None:
    always(tmp_path, "PPC", initial, instructions, condition)


@pytest.mark.parametrize(
    ("declared", "condition"),
    [("", "0:X0=-1"), ("", "0:X0=0xffffffff"), ("uint64_t 0:X0;", "0:X0=0xffffffff"), ("int64_t 0:X0;", "~(0:X0=-1)")],
)
def test_values_compare_by_type_and_what_has_none_is_an_int(tmp_path: Path, declared: str, condition: str) -> None:
    always(tmp_path, "AArch64", f"{declared} int x=-1; 0:X1=x", "LDR W0,[X1]", condition)


def test_registers_without_a_thread_belong_to_those_that_name_them(tmp_path: Path) -> None:
    path = tmp_path / "t.litmus"
    path.write_text("PPC t\n{ x=3; %px=x; }\n P0 | P1 ;\n lwz r1,0(%px) | lwz r1,0(%px) ;\nforall (0:r1=3 /\\ 1:r1=3)\n")
    assert judge(path, Request(model=None, unroll=2, timeout=30)).observation is Observation.ALWAYS
