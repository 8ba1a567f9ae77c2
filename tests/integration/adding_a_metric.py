#!/usr/bin/env python3
"""Does what docs/adding-a-metric.md says, in a copy of the sources, and checks what the page promises.

    adding_a_metric.py SOURCE_DIR BUILD_DIR CMAKE

Before a code block, the page may have a comment:
    <!-- test: write PATH -->     the block becomes the file
    <!-- test: append PATH -->    the block is added to the file
    <!-- test: run -->            the block is run by bash, in the copy; it must succeed
    <!-- test: expect -->         each line of the block is in the output of the last run (blanks count as one)

CMake builds the changed module in the copy, so that the page's claim about the list of sources is tested, too. The other modules come from
BUILD_DIR, which was built with flags that fit: building all of it again would take minutes.
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

STEP = re.compile(r"^<!-- test: (write|append|run|expect)(?: (\S+))? -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CACHE_ENTRY = re.compile(r"^(CMAKE_CXX_FLAGS|CMAKE_CXX_COMPILER|CMAKE_BUILD_TYPE|SOCKLOG_SANITIZE)(?::\w+)?=(.*)$", re.MULTILINE)


def run(command, **arguments):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **arguments)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode} of\n  {command}\n{done.stdout}")
    return done.stdout


def build(copy, build_dir, cmake):
    """Leaves build/release/socklog in the copy."""
    cache = dict(CACHE_ENTRY.findall((build_dir / "CMakeCache.txt").read_text()))
    cache["CMAKE_CXX_FLAGS"] += " -O0 -g0"  # nothing here needs to be fast but the compiler
    options = [f"-D{name}={value}" for name, value in cache.items()]
    new_build = copy / "build/release"
    run([cmake, "-G", "Ninja", "-S", str(copy), "-B", str(new_build), "-DSOCKLOG_TESTS=OFF", *options])
    run([cmake, "--build", str(new_build), "--target", "socklog_metrics"])
    library = new_build / "src/metrics/libsocklog_metrics.a"

    commands = run(["ninja", "-C", str(build_dir), "-t", "commands", "socklog"]).splitlines()
    link = next(command for command in reversed(commands) if " -o socklog " in command)
    # What CMake wraps around the command proper: `: && COMMAND && :`.
    words = shlex.split(link.split(" && ")[1])
    words[words.index("-o") + 1] = str(new_build / "socklog")
    words = [str(library) if word == "src/metrics/libsocklog_metrics.a" else word for word in words]
    run(words, cwd=build_dir)


def squeeze(text):
    return " ".join(text.split())


def main():
    source, build_dir, cmake = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    steps = STEP.findall((source / "docs/adding-a-metric.md").read_text())
    if not {"write", "append", "run", "expect"} <= {action for action, _, _ in steps}:
        sys.exit("the page has no blocks to carry out")

    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory)
        for name in ("CMakeLists.txt", "cmake", "include", "src"):
            path = source / name
            shutil.copytree(path, copy / name) if path.is_dir() else shutil.copy(path, copy / name)
        built = False
        output = ""
        for action, name, block in steps:
            if action == "write":
                if (copy / name).exists():
                    sys.exit(f"{name} is there already: the page needs another example")
                (copy / name).write_text(block)
            elif action == "append":
                with (copy / name).open("a") as file:
                    file.write(block)
            elif action == "run":
                if not built:
                    build(copy, build_dir, cmake)
                    built = True
                output = run(["bash", "-euo", "pipefail", "-c", block], cwd=copy)
            else:
                lines = {squeeze(line) for line in output.splitlines()}
                missing = [line for line in block.splitlines() if squeeze(line) not in lines]
                if missing:
                    sys.exit("the page promises\n  " + "\n  ".join(missing) + f"\nand the program says\n{output}")
    print(f"{len(steps)} steps of the page carried out")


if __name__ == "__main__":
    main()
