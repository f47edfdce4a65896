#!/usr/bin/python3
"""The program is built so that a mistake in it is harder to use: read from the file itself."""
import os
import struct
import sys

PROGRAM = os.environ["SPX_PROGRAM"]
PT_LOAD, PT_DYNAMIC, PT_GNU_STACK, PT_GNU_RELRO = 1, 2, 0x6474E551, 0x6474E552
DT_STRTAB, DT_STRSZ, DT_FLAGS, DT_FLAGS_1 = 5, 10, 30, 0x6FFFFFFB
DF_BIND_NOW, DF_1_NOW, DF_1_PIE, PF_X, ET_DYN, EM_X86_64 = 8, 1, 0x08000000, 1, 3, 62
FUNCTIONS_AT_LEAST = 1000


class Elf:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        assert self.bytes[:6] == b"\x7fELF\x02\x01", "not a little-endian 64-bit ELF file"
        self.kind, self.machine = struct.unpack_from("<HH", self.bytes, 16)
        at, size, count = (struct.unpack_from("<Q", self.bytes, 32)[0], *struct.unpack_from("<HH", self.bytes, 54))
        self.parts = [struct.unpack_from("<IIQQQQQQ", self.bytes, at + i * size) for i in range(count)]
        self.dynamic = {}
        _, _, offset, _, _, length, _, _ = self.part(PT_DYNAMIC)
        for entry in range(offset, offset + length, 16):
            tag, value = struct.unpack_from("<QQ", self.bytes, entry)
            self.dynamic.setdefault(tag, value)

    def part(self, kind):
        return next((part for part in self.parts if part[0] == kind), None)

    def at(self, address):
        for kind, _, offset, start, _, length, _, _ in self.parts:
            if kind == PT_LOAD and start <= address < start + length:
                return offset + address - start
        raise AssertionError(f"nothing is loaded at {address:#x}")

    def names(self):
        begin = self.at(self.dynamic[DT_STRTAB])
        return set(self.bytes[begin:begin + self.dynamic[DT_STRSZ]].split(b"\0"))

    def landings(self):
        """Places that a jump through a pointer may go to: endbr64, at the beginning of functions."""
        return self.bytes.count(b"\xf3\x0f\x1e\xfa")


elf = Elf(PROGRAM)
names = elf.names()
if any(name.startswith((b"__asan_", b"__tsan_")) for name in names):
    print("a build with sanitizers has their checks instead")
    sys.exit(77)
optimised = os.environ.get("SPX_OPTIMISED", "1") == "1"
failed = []
for what, holds in [
        ("position independent", elf.kind == ET_DYN and elf.dynamic.get(DT_FLAGS_1, 0) & DF_1_PIE),
        ("no executable stack", not elf.part(PT_GNU_STACK)[1] & PF_X),
        ("relocations are read-only", elf.part(PT_GNU_RELRO)),
        ("and all are made at the start", elf.dynamic.get(DT_FLAGS, 0) & DF_BIND_NOW or
         elf.dynamic.get(DT_FLAGS_1, 0) & DF_1_NOW),
        ("stacks have canaries", b"__stack_chk_fail" in names),
        ("sizes are checked in the C library, which it does in optimised programs", not optimised or
         {b"__snprintf_chk", b"__vsnprintf_chk"} & names and
         {b"__memcpy_chk", b"__memmove_chk", b"__memset_chk", b"__read_chk", b"__fprintf_chk"} & names),
        ("jumps through pointers land at the beginning of functions", elf.machine != EM_X86_64 or
         elf.landings() > FUNCTIONS_AT_LEAST)]:
    print(f"{'ok    ' if holds else 'FAILED'} {what}")
    if not holds:
        failed.append(what)
sys.exit(1 if failed else 0)
