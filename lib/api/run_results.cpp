#include "api/run_results.hpp"

#include "api/rows.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<run_result> run_result_of(const json& one) {
  run_result got;
  const auto named = required_texts(one, {{"id", &got.run}});
  if (!named) return named.error();
  const auto ok = required_flag(one, "ok");
  if (!ok) return ok.error();
  got.ok = *ok;
  optional_texts(one, {{"taskIdentifier", &got.task}, {"output", &got.output}, {"outputType", &got.output_type}});
  const auto values = optional_values(one, {{"error", &got.error}});
  if (!values) return values.error();
  return got;
}

result<run_result> read_run_result(const transport::response& reply) { return whole_of(reply, run_result_of); }

result<batch_results> read_batch_results(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  auto items = rows_member(*body, "items", run_result_of);
  if (!items) return items.error();
  return batch_results{.id = std::move(*id), .items = std::move(*items)};
}

}  // namespace

operation<run_result> retrieve_run_result(std::string_view run) {
  return {make_call("runs.result", {run}), read_run_result};
}

operation<batch_results> retrieve_batch_results(std::string_view batch) {
  return {make_call("batches.results", {batch}), read_batch_results};
}

}  // namespace triggerd::api
