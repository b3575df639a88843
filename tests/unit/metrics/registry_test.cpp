#include "metrics/exposition.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace triggerd::metrics;

TEST_CASE("families and series come out sorted, with help and type") {
  registry all;
  all.declare_counter("td_requests_total", "Requests sent.");
  all.declare_gauge("td_in_flight", "Now.");
  all.declare_gauge("td_unused", "Left out.");
  all.counter("td_requests_total", {{"target", "b"}}).add(2);
  all.counter("td_requests_total", {{"target", "a"}, {"code", "200"}}).add();
  all.gauge("td_in_flight").set(1.5);
  CHECK(all.render() ==
        "# HELP td_in_flight Now.\n"
        "# TYPE td_in_flight gauge\n"
        "td_in_flight 1.5\n"
        "# HELP td_requests_total Requests sent.\n"
        "# TYPE td_requests_total counter\n"
        "td_requests_total{code=\"200\",target=\"a\"} 1\n"
        "td_requests_total{target=\"b\"} 2\n");
}

TEST_CASE("help and label values are escaped, and bad UTF-8 does not reach the page") {
  registry all;
  all.declare_counter("c", "a \\ \"b\"\nc");
  all.counter("c", {{"l", "x\\y\"z\n"}}).add();
  all.counter("c", {{"l", "\xff"}}).add();
  CHECK(all.render() ==
        "# HELP c a \\\\ \"b\"\\nc\n"
        "# TYPE c counter\n"
        "c{l=\"x\\\\y\\\"z\\n\"} 1\n"
        "c{l=\"\\\\xff\"} 1\n");
}

TEST_CASE("a histogram cumulates, a value on a bound belongs below it") {
  registry all;
  all.declare_histogram("h", "Seconds.", {0.1, 1});
  auto& h = all.histogram("h", {{"t", "x"}});
  for (const double v : {0.05, 0.1, 0.5, 7.0, std::nan("")}) h.observe(v);
  CHECK(all.render() ==
        "# HELP h Seconds.\n"
        "# TYPE h histogram\n"
        "h_bucket{le=\"0.1\",t=\"x\"} 2\n"
        "h_bucket{le=\"1\",t=\"x\"} 3\n"
        "h_bucket{le=\"+Inf\",t=\"x\"} 4\n"
        "h_sum{t=\"x\"} 7.65\n"
        "h_count{t=\"x\"} 4\n");
}

TEST_CASE("quantiles are estimated inside their bucket") {
  histogram h({1, 2, 4});
  CHECK(h.quantile(0.5) == 0);
  for (int i = 0; i < 50; ++i) h.observe(0.5);
  for (int i = 0; i < 50; ++i) h.observe(3);
  CHECK(h.quantile(0.25) == doctest::Approx(0.5));
  CHECK(h.quantile(0.5) == doctest::Approx(1));
  CHECK(h.quantile(0.75) == doctest::Approx(3));
  for (int i = 0; i < 1'000; ++i) h.observe(99);
  CHECK(h.quantile(0.99) == 4);
}

TEST_CASE("references stay valid while other series come") {
  registry all;
  all.declare_counter("c", "");
  auto& first = all.counter("c", {{"n", "0"}});
  for (int i = 1; i < 1'000; ++i) all.counter("c", {{"n", std::to_string(i)}}).add();
  first.add(7);
  CHECK(all.counter("c", {{"n", "0"}}).value() == 7);
}

TEST_CASE("a total that someone else counts only rises, also when it began again") {
  counter c;
  c.follow(5);
  c.follow(5);
  CHECK(c.value() == 5);
  c.follow(9);
  CHECK(c.value() == 9);
  c.follow(2);
  CHECK(c.value() == 11);
  c.follow(3);
  CHECK(c.value() == 12);
}

TEST_CASE("only what is still there keeps its series, and what carries no such label") {
  registry all;
  all.declare_counter("c", "");
  all.declare_gauge("g", "");
  all.counter("c", {{"target", "gone"}, {"code", "200"}}).add();
  all.counter("c", {{"target", "kept"}}).add();
  all.gauge("g", {{"target", "gone"}}).set(1);
  all.gauge("g", {{"job", "other"}}).set(2);
  all.keep_only("target", {"kept", "unheard of"});
  CHECK(all.render() ==
        "# HELP c \n# TYPE c counter\nc{target=\"kept\"} 1\n"
        "# HELP g \n# TYPE g gauge\ng{job=\"other\"} 2\n");
}

TEST_CASE("using a metric otherwise than declared is a programming error") {
  registry all;
  all.declare_counter("c", "");
  all.declare_counter("c", "");
  CHECK_THROWS_AS(all.declare_gauge("c", ""), std::logic_error);
  CHECK_THROWS_AS(all.gauge("c"), std::logic_error);
  CHECK_THROWS_AS(all.counter("d"), std::logic_error);
  CHECK_THROWS_AS(all.declare_counter("1c", ""), std::logic_error);
  CHECK_THROWS_AS(all.counter("c", {{"__x", "y"}}), std::logic_error);
  CHECK_THROWS_AS(all.declare_histogram("h", "", {2, 1}), std::logic_error);
}

TEST_CASE("numbers are written shortest and read back") {
  CHECK(show_number(0) == "0");
  CHECK(show_number(0.1) == "0.1");
  CHECK(show_number(1e300) == "1e+300");
  CHECK(show_number(std::nan("")) == "NaN");
  CHECK(show_number(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(show_number(-std::numeric_limits<double>::infinity()) == "-Inf");
}
