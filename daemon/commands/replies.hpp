// The interface's types as JSON: what the engine, the targets and the ledger say, in the shape that readers know. Pure.
#pragma once

#include "job/engine.hpp"
#include "reload_report.hpp"
#include "target/target.hpp"
#include "trouble.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::commands {

using nlohmann::json;

json new_reply();  // with schema_version

// Optional fields: what is not set stays out.
void put(json& into, const char* name, const std::string& text);
void put(json& into, const char* name, const std::optional<instant>& at);

// A parameter, or what stands for its absence.
std::string text_of(const json& parameters, const char* name);
std::optional<std::int64_t> number_of(const json& parameters, const char* name);
// The parameter "limit"; nullopt when it is not within [1, most].
std::optional<std::size_t> limit_of(const json& parameters, std::size_t otherwise, std::size_t most);
std::map<std::string, std::string> texts_of(const json& parameters, const char* name);
// "shop-* tier=prod" as the entries of a selector.
std::vector<std::string> selector_of(const json& parameters, const char* name);

json show(const trouble& what);
json show(const store::ledger_health& what);
json show(const target::target& what);
json show(const job::job_view& what);
json show(const job::fire_view& what);
json show(const store::action_row& what);
json show(const job::event& what);
json show(const job::next_fire& what);
json show(const job::planned_leg& what);
json show(const config::complaint& what);
json show_last_reload(const reload_report& what);

std::string in_words(const spec::schedule_spec& what);  // empty: by hand only
// Nearest rank, in milliseconds; nullopt without a sample.
std::optional<double> quantile_ms(std::vector<std::chrono::microseconds> times, double q);

}  // namespace triggerd::commands
