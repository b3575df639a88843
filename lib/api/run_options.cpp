#include "api/run_options.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "api/trigger_options.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

using nlohmann::json;

void put(json& into, const char* name, const std::string& text) {
  if (!text.empty()) into[name] = text;
}

// Sub-second spans are rounded up, as the wire has whole seconds.
std::string span_words(milliseconds span) { return spec::server_duration(span); }

result<json> start_words(const moment& start) {
  auto text = moment_text("start", start);
  if (!text) return text.error();
  return json(std::move(*text));
}

json debounce_words(const debounce& of) {
  json words{{"key", of.key}, {"delay", span_words(of.delay)}};
  if (of.trailing) words["mode"] = *of.trailing ? "trailing" : "leading";
  if (of.most) words["max_delay"] = span_words(*of.most);
  return words;
}

result<json> metadata_of(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return bad_argument("metadata", "is no JSON");
  return value;
}

// The words of job files, which trigger_options() checks.
result<json> words_of(const run_options& of) {
  json words = json::object();
  put(words, "queue", of.queue);
  if (!of.concurrency.empty()) words["concurrency"] = of.concurrency;
  put(words, "concurrency_key", of.concurrency_key);
  if (of.test) words["test"] = *of.test;
  if (of.ttl) words["ttl"] = span_words(*of.ttl);
  if (!of.tags.empty()) words["tags"] = of.tags;
  if (of.max_attempts) words["max_attempts"] = *of.max_attempts;
  if (of.max_duration) words["max_duration"] = span_words(*of.max_duration);
  put(words, "machine", of.machine);
  if (of.priority) words["priority"] = *of.priority;
  put(words, "region", of.region);
  put(words, "version", of.version);
  put(words, "external_deployment_id", of.external_deployment_id);
  if (of.debounced) words["debounce"] = debounce_words(*of.debounced);
  if (of.start) {
    auto start = start_words(*of.start);
    if (!start) return start.error();
    words["delay"] = std::move(*start);
  }
  if (!of.metadata.empty()) {
    auto metadata = metadata_of(of.metadata);
    if (!metadata) return metadata.error();
    words["metadata"] = std::move(*metadata);
  }
  return words;
}

}  // namespace

result<nlohmann::json> wire_options(const run_options& of) {
  auto words = words_of(of);
  if (!words) return words.error();
  auto options = trigger_options(*words);
  if (!options) return options.error();
  if (of.key) {
    (*options)["idempotencyKey"] = of.key.text;
    if (!of.key.words.empty())
      (*options)["idempotencyKeyOptions"] = {{"key", of.key.words}, {"scope", name(of.key.scope)}};
  }
  if (of.key_ttl) {
    if (!of.key) return bad_argument("key_ttl", "stands without a key");
    auto ttl = span_text("key_ttl", *of.key_ttl);
    if (!ttl) return ttl.error();
    (*options)["idempotencyKeyTTL"] = std::move(*ttl);
  }
  if (!of.parent_run.empty()) {
    if (const auto checked = check_name("parent_run", of.parent_run); !checked) return checked.error();
    (*options)["parentRunId"] = of.parent_run;
  }
  return options;
}

}  // namespace triggerd::api
