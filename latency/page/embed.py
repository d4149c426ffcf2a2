#!/usr/bin/env python3
"""Makes a C++ file of the page's style and script: latency/page/page_files.h says what is in it.

    embed.py --out=page_files.cc page.css a.js b.js ...

The scripts become one, in the order given, inside of one function. The page allows exactly these two
texts to run, by their SHA-256, so nothing else on it can.
"""
import argparse
import base64
import hashlib
import pathlib
import sys


def text_of(path):
    # Git may have turned line ends; a browser takes the hash after it has turned them back.
    return pathlib.Path(path).read_text(encoding="utf-8").replace("\r\n", "\n")


def array(name, text):
    # Bytes, because a literal of that length is more than a compiler must take.
    data = text.encode()
    lines = (",".join(map(str, data[i:i + 32])) for i in range(0, len(data), 32))
    return f"constexpr unsigned char {name}[] = {{\n" + ",\n".join(lines) + "};\n"


def allowed(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    style = "".join(text_of(f) for f in options.files if f.endswith(".css"))
    script = "".join(text_of(f) for f in options.files if f.endswith(".js"))
    script = '(function () {\n"use strict";\n' + script + "})();\n"
    for text in (style, script):
        for word in ("</s", "<!--"):
            if word in text:
                sys.exit(f"{word} in a style or script would end it")
    out = f"""// Made by latency/page/embed.py.
#include "latency/page/page_files.h"

namespace fh::latency::page {{
namespace {{

{array("kStyle", style)}
{array("kScript", script)}
}}  // namespace

absl::string_view Style() {{ return {{reinterpret_cast<const char*>(kStyle), sizeof kStyle}}; }}
absl::string_view Script() {{ return {{reinterpret_cast<const char*>(kScript), sizeof kScript}}; }}
absl::string_view StyleHash() {{ return "{allowed(style)}"; }}
absl::string_view ScriptHash() {{ return "{allowed(script)}"; }}

}}  // namespace fh::latency::page
"""
    pathlib.Path(options.out).write_text(out, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
