// The batch kind on a bench, with items from a made-up file.
#pragma once

#include "unit/job/run_bench.hpp"

#include <sstream>

namespace triggerd::test {

struct batch_bench : run_bench {
  spec::batch_spec what;

  batch_bench() {
    kind = job::make_batch_kind(world);
    what.task = "import-order";
    what.file = "/srv/orders";
    what.format = spec::item_format::ndjson;
    inputs.files[what.file] = "";
    set();
  }
  void set() { job.what = what; }
  void ndjson(std::string text) {
    what.format = spec::item_format::ndjson;
    inputs.files[what.file] = std::move(text);
  }
  void numbered(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "{\"id\":" + std::to_string(i) + "}\n";
    ndjson(std::move(text));
  }

  static std::vector<nlohmann::json> lines_of(const store::action_row& row) {
    std::vector<nlohmann::json> out;
    std::istringstream lines(row.body);
    for (std::string line; std::getline(lines, line);) out.push_back(nlohmann::json::parse(line));
    return out;
  }
  static nlohmann::json payload_of(const nlohmann::json& line) {
    return nlohmann::json::parse(line.at("payload").get<std::string>()).at("json");
  }
  static std::string key_of(const store::action_row& row, std::size_t index) {
    return lines_of(row).at(index).at("options").at("idempotencyKey").get<std::string>();
  }
};

}  // namespace triggerd::test
