#!/usr/bin/python3
"""A part of the faults of tests/faults/faults.py; `make test-faults` runs all of them."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
if not os.path.exists(os.environ.get("SPX_FAULT_LIBRARY", "")):
    print("no library of faults: this build has sanitizers, which have their own allocator")
    sys.exit(77)
import faults
from serving import run


def every_fault_is_survived():
    faults.run(quick="--all" not in sys.argv)


run([faults.a_crashing_decoder_takes_nothing_with_it, faults.a_crashing_decoder_takes_no_verb_with_it,
     faults.a_decoder_that_was_taken_over_finds_no_way_out, faults.a_server_without_threads_says_so_and_stops,
     faults.an_old_set_stays_whole, every_fault_is_survived])
