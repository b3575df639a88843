#!/usr/bin/env python3
"""Every rule must find its bad sample and leave the good one alone."""

import pathlib
import tempfile
import unittest

import catalogue
import check
import includes
import text
import tree


def complaints_about(files):
    """What the include rules say about a small clone; headers named but not given exist and are empty."""
    return "\n".join(includes.check(files))


class Includes(unittest.TestCase):
    def test_a_room_may_include_what_its_row_allows(self):
        files = {"lib/api/tasks.cpp": '#include "transport/transport.hpp"\n#include <vector>\n',
                 "lib/transport/transport.hpp": '#include "base/text.hpp"\n', "lib/base/text.hpp": ""}
        self.assertEqual(complaints_about(files), "")

    def test_a_room_may_not_include_upwards(self):
        files = {"lib/base/text.cpp": '\n#include "spec/units.hpp"\n', "lib/spec/units.hpp": ""}
        self.assertIn("lib/base/text.cpp:2: base may not include spec/units.hpp", complaints_about(files))

    def test_jobs_see_the_ledger_interface_alone(self):
        files = {"lib/job/engine.cpp": '#include "store/ledger.hpp"\n#include "store/codes.hpp"\n',
                 "lib/store/ledger.hpp": "", "lib/store/codes.hpp": ""}
        self.assertEqual(complaints_about(files), "")
        files = {"lib/job/engine.cpp": '#include "store/sqlite.hpp"\n', "lib/store/sqlite.hpp": ""}
        self.assertIn("job may not include store/sqlite.hpp", complaints_about(files))

    def test_the_model_of_the_server_shares_nothing_with_the_client(self):
        files = {"lib/sandbox/runs.cpp": '#include "api/runs.hpp"\n', "lib/api/runs.hpp": ""}
        self.assertIn("sandbox may not include api/runs.hpp", complaints_about(files))

    def test_libraries_have_owners(self):
        for header, room in [("date/tz.h", "base"), ("toml++/toml.h", "spec"), ("curl/curl.h", "api"),
                             ("sqlite3.h", "job"), ("boost/beast/http.hpp", "control"), ("spdlog/spdlog.h", "base"),
                             ("systemd/sd-daemon.h", "base"), ("CLI/CLI.hpp", "control"), ("spawn.h", "config"),
                             ("doctest/doctest.h", "base")]:
            with self.subTest(header=header):
                self.assertIn(f"<{header}> belongs to", complaints_about({f"lib/{room}/a.cpp": f"#include <{header}>\n"}))
        self.assertEqual(complaints_about({"lib/spec/zone.cpp": "#include <date/tz.h>\n",
                                           "daemon/log.cpp": "#include <spdlog/spdlog.h>\n"}), "")

    def test_the_program_of_the_socket_knows_no_jobs(self):
        files = {"daemon/ctl/main.cpp": '#include "job/engine.hpp"\n', "lib/job/engine.hpp": ""}
        self.assertIn("daemon/ctl may not include job/engine.hpp", complaints_about(files))
        files = {"daemon/ctl/main.cpp": '#include "commands/interface.hpp"\n', "daemon/commands/interface.hpp": ""}
        self.assertEqual(complaints_about(files), "")

    def test_the_library_does_not_include_programs(self):
        files = {"lib/job/engine.cpp": '#include "app.hpp"\n', "daemon/app.hpp": ""}
        self.assertIn('"app.hpp" is not a file under lib/', complaints_about(files))

    def test_rooms_outside_of_the_table_are_refused(self):
        self.assertIn("room 'util' is not in the table", complaints_about({"lib/util/misc.hpp": ""}))

    def test_cycles_between_files_are_found(self):
        files = {"lib/base/a.hpp": '#include "base/b.hpp"\n', "lib/base/b.hpp": '#include "base/a.hpp"\n'}
        self.assertIn("lib/base/a.hpp -> lib/base/b.hpp -> lib/base/a.hpp", complaints_about(files))

    def test_the_table_is_a_hierarchy(self):
        self.assertTrue(includes.table_is_acyclic())
        before = includes.ROOMS["base"]
        includes.ROOMS["base"] = ("job",)
        try:
            self.assertFalse(includes.table_is_acyclic())
        finally:
            includes.ROOMS["base"] = before

    def test_heavy_units_are_counted_through_headers(self):
        files = {"lib/base/async.hpp": "#include <boost/asio/awaitable.hpp>\n", "lib/base/a.cpp": '#include "base/async.hpp"\n',
                 "lib/base/b.cpp": "#include <nlohmann/json_fwd.hpp>\n"}
        self.assertEqual(includes.heavy_units(files), ["lib/base/a.cpp"])


class Coroutines(unittest.TestCase):
    def complaints(self, code):
        return "\n".join(text.coroutines("f.cpp", code))

    def test_a_capturing_lambda_beside_co_await(self):
        for bad in ["co_await f([&] { g(); });", "co_await f(\n  [this](int x) { return x; });", "auto x = co_await f([=]() mutable {});",
                    "f([x] { return x; }, co_await g());", "if (co_await f([x] { return x; })) { h(); }"]:
            with self.subTest(code=bad):
                self.assertIn("a capturing lambda", self.complaints("task<> run() {\n" + bad + "\n}"))

    def test_a_braced_temporary_beside_co_await(self):
        for bad in ['co_await f({"a", "b"});', "co_await f(1, {x});"]:
            with self.subTest(code=bad):
                self.assertIn("a braced temporary", self.complaints("task<> run() { " + bad + " }"))

    def test_a_coroutine_lambda_with_captures(self):
        self.assertIn("a coroutine lambda", self.complaints("auto f = [x]() -> task<int> { co_return x; };"))

    def test_arguments_to_a_co_await_in_a_condition(self):
        for bad in ["if (!co_await f(x)) g();", "while (a && co_await f.b(x)) g();", "do { g(); } while (co_await f(1s));"]:
            with self.subTest(code=bad):
                self.assertIn("arguments to a co_await in a condition", self.complaints("task<> run() {\n" + bad + "\n}"))

    def test_a_co_await_that_depends_on_another_operand(self):
        for bad in ["x = a && co_await f();", "if (a && !co_await f()) g();", "x = co_await f() || b;", "x = a ? co_await f() : 1;",
                    "x = a ? 1 : co_await f();"]:
            with self.subTest(code=bad):
                self.assertIn("depends on another operand", self.complaints("task<> run() { " + bad + " }"))

    def test_what_is_safe(self):
        for good in ["if (a && b) co_await f();", "x = a || b; co_await f();", "switch (a) { case b: co_await f(); }", "auto f = [&] { g(); };\nco_await h(f);", "co_await f([](int x) { return x; });", "co_await f(a[i], b[j]);",
                     "co_await f({}, 1);", "// co_await f([&] { g(); });\n", 'co_await f("[&] { }");',
                     "if (co_await f()) {\n  g([&] { h(); });\n}", "for (auto [a, b] : c) { co_await f(a); }", "if (!co_await f()) g(x);",
                     "if (a) co_await f(x);", "if (x) { y = co_await f(z); }"]:
            with self.subTest(code=good):
                self.assertEqual(self.complaints("task<> run() { " + good + " }"), "")


class Text(unittest.TestCase):
    def test_long_files(self):
        self.assertEqual(text.length("lib/job/a.cpp", "\n" * text.LONGEST), [])
        self.assertIn("401 lines", text.length("lib/job/a.cpp", "\n" * (text.LONGEST + 1))[0])
        self.assertEqual(text.length("lib/spec/endpoint_table.cpp", "\n" * 1000), [])

    def test_headers_begin_with_a_comment(self):
        self.assertEqual(text.first_lines("a.hpp", "// What it is.\n#pragma once\n"), [])
        self.assertIn("begins with a comment", text.first_lines("a.hpp", "\n#pragma once\n")[0])
        self.assertIn("#pragma once", text.first_lines("a.hpp", "// What it is.\nint x;\n")[0])

    def test_foreign_words(self):
        bad = ["/wor" + "k/main/x", "see /hom" + "e/somebody/x", "/roo" + "t/x", "https://registry." + "npmjs.org/x", "TO" + "DO: x",
               "FIX" + "ME"]
        for sample in bad:
            with self.subTest(sample=sample):
                self.assertEqual(len(text.foreign_words("a.md", "\n" + sample)), 1)
        self.assertEqual(text.foreign_words("a.md", "ProtectHome=yes, /etc/triggerd, build/release/work.txt, method"), [])


class Catalogue(unittest.TestCase):
    SOURCES = {"lib/a/codes.hpp": 'inline constexpr error_code lost{"a.lost", "Gone."};\n'
                                  'inline constexpr error_code torn{\n    "a.torn", "Not whole."};\n'}
    BEGINNING = "# Error codes\n\nWhat they are.\n"
    LOST = "\n## a.lost\n\nGone. It stays so.\n\nLikely causes:\n- one, and\n  its reason\n- two\n\nWhat to do:\n- look\n"
    TORN = LOST.replace("a.lost", "a.torn")

    def complaints(self, *parts):
        return "\n".join(catalogue.check(self.SOURCES, "".join(parts)))

    def test_a_page_for_every_code(self):
        self.assertEqual(self.complaints(self.BEGINNING, self.LOST, self.TORN), "")
        self.assertEqual(self.complaints(self.BEGINNING, self.LOST), "lib/a/codes.hpp:2: a.torn has no page in config/errors.md")
        self.assertIn("a.lost has no page", self.complaints(""))
        self.assertEqual(catalogue.check({}, ""), [])

    def test_a_code_for_every_page_in_order(self):
        other = self.LOST.replace("a.lost", "b.gone")
        self.assertIn("config/errors.md:29: no source declares b.gone", self.complaints(self.BEGINNING, self.LOST, self.TORN, other))
        self.assertIn("a.lost stands behind a.torn", self.complaints(self.BEGINNING, self.TORN, self.LOST))
        self.assertIn("a.lost has a page already", self.complaints(self.BEGINNING, self.LOST, self.LOST, self.TORN))

    def test_each_page_has_its_parts(self):
        for part in ["Gone. It stays so.\n", "Likely causes:\n", "What to do:\n", "- look\n", "- one, and\n  its reason\n- two\n", "- two\n\n"]:
            with self.subTest(part=part):
                self.assertIn("a.lost needs what it means", self.complaints(self.BEGINNING, self.LOST.replace(part, ""), self.TORN))
        self.assertIn("begins with", self.complaints(self.LOST[1:], self.TORN))

    def test_lines_fit_a_terminal(self):
        wide = self.TORN.replace("- look", "- " + "x" * 77)
        self.assertIn("79 columns", self.complaints(self.BEGINNING, self.LOST, wide))
        self.assertEqual(self.complaints(self.BEGINNING, self.LOST, wide.replace("xxx", "://", 1)), "")


class Tree(unittest.TestCase):
    def test_code_only_keeps_lines_and_drops_strings_and_comments(self):
        code = tree.code_only('a("x // y"); // co_await\n/* co_await\n */ R"(co_await\n)" 1\'000 \'"\' b')
        self.assertNotIn("co_await", code)
        self.assertEqual(code.count("\n"), 3)
        self.assertTrue(code.rstrip().endswith("b"))

    def test_the_whole_check_fails_on_a_bad_clone(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            self.assertEqual(check.main(folder), 1, "an empty clone proves nothing")
            (root / "lib/base").mkdir(parents=True)
            (root / "lib/base/a.hpp").write_text("// What it is.\n#pragma once\n")
            self.assertEqual(check.main(folder), 0)
            (root / "lib/base/b.cpp").write_text('#include "job/engine.hpp"\n')
            self.assertEqual(check.main(folder), 1)


if __name__ == "__main__":
    unittest.main()
