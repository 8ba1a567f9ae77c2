# Aliases for people; the work is done by scripts/ and CMake.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: all demo test bench lint fuzz install uninstall clean

all:
	scripts/setup
	cmake --preset release
	cmake --build --preset release

demo:
	scripts/demo

test:
	scripts/test

bench:
	scripts/bench

lint:
	scripts/lint --all

fuzz:
	scripts/fuzz

install: all
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

# What the last `make install` from this build put there.
uninstall:
	DESTDIR="$(DESTDIR)" cmake --build build/release --target uninstall

clean:
	rm -rf build
