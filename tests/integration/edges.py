#!/usr/bin/env python3
"""Checks every #include in src/ and include/ against the table in cmake/modules.cmake.

    edges.py SOURCE_DIR     exit 1 and one line for each include that is not allowed
    edges.py --self-test    checks the checker on made-up sources

A module may include itself, base, include/socklog, and the modules of its row; base only include/socklog; include/socklog only itself and
the standard library. A third-party library is included in one module alone, and only there may its types be seen.
"""
import pathlib
import re
import sys
import tempfile

# First part of an include -> the one module that may have it.
THIRD_PARTY = {
    "re2": "base",
    "spdlog": "base",
    "simdjson.h": "format",
    "toml++": "config",
    "CLI": "cli",
    "openssl": "transport",
    "zlib.h": "transport",
    "zstd.h": "transport",
    "librdkafka": "transport",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
EDGES = re.compile(r'^set\(SOCKLOG_EDGES_(\w+) "([^"]*)"\)', re.MULTILINE)


def read_table(source):
    text = (source / "cmake/modules.cmake").read_text()
    table = {module: set(filter(None, edges.split(";"))) for module, edges in EDGES.findall(text)}
    if not table:
        sys.exit("edges: no table of edges in cmake/modules.cmake")
    return table


def system_include_error(module, name):
    first = name.split("/")[0]
    owner = THIRD_PARTY.get(first)
    if owner is not None:
        return None if module == owner else f"<{name}> belongs to module {owner} alone"
    return None


def project_include_error(module, name, table, source):
    if "/" not in name:
        return f'"{name}" must be written with its module'
    first = name.split("/")[0]
    root = source / ("include" if first == "socklog" else "src")
    if not (root / name).is_file():
        return f'"{name}" is not a file of the project (libraries are included with <>)'
    if first == "socklog" or first == module:
        return None
    if module == "include/socklog":
        return f'"{name}": include/socklog stands on the standard library only'
    if module == "main":
        return None if first == "cli" else f'"{name}": main.cc knows the module cli only'
    if first in table[module] or (first == "base" and module != "base"):
        return None
    return f'"{name}": module {module} may not include module {first} (see cmake/modules.cmake)'


def check(source):
    table = read_table(source)
    errors = []
    files = sorted([*source.glob("src/**/*.cc"), *source.glob("src/**/*.h"), *source.glob("include/**/*.h")])
    for path in files:
        relative = path.relative_to(source)
        if relative.parts[0] == "include":
            module = "include/socklog"
        elif len(relative.parts) == 2:
            module = "main"
        else:
            module = relative.parts[1]
        if module not in table and module not in ("main", "include/socklog"):
            errors.append(f"{relative}:1: module {module} has no row in cmake/modules.cmake")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            bracket, name = found.groups()
            error = system_include_error(module, name) if bracket == "<" else project_include_error(module, name, table, source)
            if error:
                errors.append(f"{relative}:{number}: {error}")
    return files, errors


def self_test():
    sources = {
        "cmake/modules.cmake": 'set(SOCKLOG_EDGES_base "")\nset(SOCKLOG_EDGES_a "")\nset(SOCKLOG_EDGES_b "a")\n',
        "include/socklog/x.h": '#include <vector>\n#include "a/a.h"\n',
        "src/main.cc": '#include "a/a.h"\n',
        "src/base/base.h": '#include <re2/re2.h>\n#include "socklog/x.h"\n',
        "src/base/bad.cc": '#include "a/a.h"\n',
        "src/a/a.h": '#include "base/base.h"\n',
        "src/a/bad.cc": '#include "b/b.h"\n#  include <re2/re2.h>\n#include "a.h"\n#include "re2/re2.h"\n',
        "src/b/b.h": '#include "a/a.h"\n#include "b/b.h"\n#include "socklog/x.h"\n',
        "src/c/c.cc": "",
    }
    expected = [
        "include/socklog/x.h:2:",
        "src/a/bad.cc:1:",
        "src/a/bad.cc:2:",
        "src/a/bad.cc:3:",
        "src/a/bad.cc:4:",
        "src/base/bad.cc:1:",
        "src/c/c.cc:1:",
        "src/main.cc:1:",
    ]
    with tempfile.TemporaryDirectory() as directory:
        for name, text in sources.items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        _, errors = check(pathlib.Path(directory))
    found = sorted(error.split(" ")[0] for error in errors)
    if found != expected:
        sys.exit(f"edges: the checker found\n  {errors}\nand should have found\n  {expected}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files, errors = check(pathlib.Path(sys.argv[1]))
    if not files:
        sys.exit("edges: no sources found")
    if errors:
        sys.exit("\n".join(errors))
    print(f"{len(files)} files keep to the table")


if __name__ == "__main__":
    main()
