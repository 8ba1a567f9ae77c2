#!/usr/bin/env python3
"""What is installed is whole: the links of the pages lead to what is there. Arguments: BUILD CMAKE."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BUILD, CMAKE = sys.argv[1:3]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")


class Install(unittest.TestCase):

    def test_links(self):
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([CMAKE, "--install", BUILD, "--prefix", "/usr/local"], env=dict(os.environ, DESTDIR=place), check=True, stdout=subprocess.DEVNULL)
            pages = list(pathlib.Path(place).rglob("*.md"))
            self.assertIn("README.md", [page.name for page in pages])
            for page in pages:
                text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
                for link in LINK.findall(text):
                    self.assertTrue((page.parent / link).exists(), f"{page.relative_to(place)}: {link}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
