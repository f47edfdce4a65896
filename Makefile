# Thin: installs what is missing (tools/setup), then CMake does the work.
#   make          build the program          make demo     build, convert a bundled photo into demo_output/
#   make test     build and run all tests    make install  PREFIX=/usr/local DESTDIR=
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
BUILD = build/release
MAKEFLAGS += --no-print-directory

all: build
build: setup
	cmake --preset release -DSPX_TESTS=OFF -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	cmake --build $(BUILD) -j$(JOBS) --target spx
setup:
	tools/setup
demo: build
	tools/demo $(BUILD)/spx
test:
	tools/setup --test
	cmake --preset release -DSPX_TESTS=ON >/dev/null
	cmake --build $(BUILD) -j$(JOBS)
	ctest --preset release -j$(JOBS)
install: setup
	cmake --preset release -DSPX_TESTS=OFF -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	cmake --build $(BUILD) -j$(JOBS)
	cmake --install $(BUILD)
	[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig
clean:
	rm -rf build demo_output
.PHONY: all build setup demo test install clean
