#!/usr/bin/env python3
"""Photo to spatial photo, without a binding: convert.py PHOTO FOLDER [OPTION=VALUE]... The library: $SPX_LIBRARY or the system's."""
import ctypes
import ctypes.util
import os
import sys

OPTIONS_BYTES = 4096  # more than any version of the struct takes: what it does not use stays zero


class Input(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("rest", ctypes.c_char * 512)]


class File(ctypes.Structure):
    _fields_ = [("format", ctypes.c_uint64), ("name", ctypes.c_char_p), ("path", ctypes.c_char_p),
                ("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def main(photo, folder, *settings):
    spx = ctypes.CDLL(os.environ.get("SPX_LIBRARY") or ctypes.util.find_library("spx"))
    spx.spx_result_file.restype = ctypes.POINTER(File)
    engine, result, diag = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.create_string_buffer(512)
    options = ctypes.create_string_buffer(OPTIONS_BYTES)

    def check(status):
        if status != 0:
            sys.exit(diag.value.decode())

    spx.spx_convert_options_init_sized(options, ctypes.c_size_t(OPTIONS_BYTES))
    for name, _, value in (setting.encode().partition(b"=") for setting in settings):
        check(spx.spx_convert_options_set(options, name, value, diag))
    check(spx.spx_engine_create(ctypes.byref(engine), None, diag))
    photo = Input(os.fsencode(photo))
    check(spx.spx_convert(engine, ctypes.byref(photo), options, None, ctypes.byref(result), diag))
    for i in range(spx.spx_result_file_count(result)):
        file = spx.spx_result_file(result, ctypes.c_size_t(i)).contents
        with open(os.path.join(folder, file.name.decode()), "wb") as out:
            out.write(ctypes.string_at(file.data, file.size))
        print(file.name.decode(), file.size)
    spx.spx_result_destroy(result)
    spx.spx_engine_destroy(engine)


if __name__ == "__main__":
    main(*sys.argv[1:])
