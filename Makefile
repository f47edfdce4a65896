# Thin: CMake does the work. `make` and `make install` change nothing on the system but what they say.
#   make          build the program          make demo     set up, build, convert a bundled photo into demo_output/
#   make setup    install missing packages   make test     set up, build and run all tests
#   make install  PREFIX=/usr/local DESTDIR= make check    ROOM=warp: build and run one room's tests, in seconds
#   make uninstall                           make clean
#   make test-faults: memory, threads, disk, signals and decoders that fail on purpose, and damaged files, all of them (15 minutes on two processors)
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Many tests wait for a server, a browser or a moment: two more than there are processors.
TESTS_AT_ONCE ?= $(shell expr $(JOBS) + 2)
BUILD = build/release
MAKEFLAGS += --no-print-directory
# What `sudo make install` builds belongs to whose folder it is: the next `make` without sudo writes there.
GIVE_BACK = [ "$$(id -u)" != 0 ] || chown -R --reference=. build

all: build
build:
	@command -v cmake >/dev/null || { echo "make: no cmake; 'make setup' installs what a build needs"; exit 1; }
	cmake --preset release -DSPX_TESTS=OFF -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	cmake --build $(BUILD) -j$(JOBS) --target spx
setup:
	tools/setup
demo: setup
	$(MAKE) build
	tools/demo $(BUILD)/spx
test:
	tools/setup --test
	cmake --preset release -DSPX_TESTS=ON >/dev/null
	cmake --build $(BUILD) -j$(JOBS)
	ctest --preset release -j$(TESTS_AT_ONCE)
test-faults:
	tools/setup --test
	cmake --preset release -DSPX_TESTS=ON >/dev/null
	cmake --build $(BUILD) -j$(JOBS) --target spx spx_fault
	SPX_PROGRAM=$(CURDIR)/$(BUILD)/spx SPX_MODEL_DIR=$(CURDIR)/models SPX_TEST_OUT=$(CURDIR)/$(BUILD)/test_output \
	  SPX_TEST_DATA=$(CURDIR)/tests/data SPX_FAULT_LIBRARY=$(CURDIR)/$(BUILD)/tests/libspx_fault.so \
	  sh -c 'tests/faults/inputs_test.py --all && tests/faults/quick_test.py --all'
check:
	@[ -n "$(ROOM)" ] || { echo "make check: which room? e.g. make check ROOM=warp"; exit 2; }
	cmake --preset release -DSPX_TESTS=ON >/dev/null
	cmake --build $(BUILD) -j$(JOBS) --target spx $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/$(ROOM)_*_test.c))
	ctest --preset release -j$(JOBS) -R '^$(ROOM)\.'
install:
	cmake --preset release -DSPX_TESTS=OFF -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	cmake --build $(BUILD) -j$(JOBS)
	cmake --install $(BUILD)
	[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig
	@$(GIVE_BACK)
uninstall:
	cmake --build $(BUILD) --target uninstall
	@$(GIVE_BACK)
clean:
	rm -rf build demo_output
.PHONY: all build setup demo test test-faults check install uninstall clean
