// The words of Prometheus' text format 0.0.4: names, escapes, numbers.
#pragma once

#include "metrics/registry.hpp"

namespace triggerd::metrics {

bool is_metric_name(std::string_view text);  // [a-zA-Z_:][a-zA-Z0-9_:]*
bool is_label_name(std::string_view text);   // [a-zA-Z_][a-zA-Z0-9_]*, not beginning with "__"

std::string show_number(double v);  // shortest form that reads back; NaN, +Inf, -Inf

void append_header(std::string& out, std::string_view name, std::string_view help, std::string_view type);
void append_sample(std::string& out, std::string_view name, const labels& of, double value);
void append_sample(std::string& out, std::string_view name, const labels& of, std::uint64_t value);
void append_histogram(std::string& out, std::string_view name, const labels& of, const histogram& what);

}  // namespace triggerd::metrics
