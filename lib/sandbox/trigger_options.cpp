#include "sandbox/trigger_options.hpp"

#include "base/limits.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

constexpr std::size_t debounce_key_length = 512;
constexpr std::array<std::string_view, 7> machines = {"micro",     "small-1x", "small-2x", "medium-1x",
                                                      "medium-2x", "large-1x", "large-2x"};

std::string expected(std::string_view word, const json& got) {
  return "Expected " + std::string(word) + ", received " + std::string(type_word(got));
}

// Reads the fields of one options object; the first complaint stands.
class reader {
 public:
  reader(const json& from, std::string path) : from_(from), path_(std::move(path)) {}

  const json* at(std::string_view name) const { return find(from_, name); }
  void complain(std::string text, const std::string& name) {
    if (!complaint_) complaint_ = complaint{std::move(text), path_ + '.' + name};
  }
  void text(const std::string& name, std::optional<std::string>& into, std::size_t most = SIZE_MAX) {
    const json* value = at(name);
    if (value == nullptr) return;
    if (!value->is_string()) return complain(expected("string", *value), name);
    into = value->get<std::string>();
    if (into->size() > most) complain("String must contain at most " + std::to_string(most) + " character(s)", name);
  }
  void number(const std::string& name) {
    if (const json* value = at(name); value != nullptr && !value->is_number())
      complain(expected("number", *value), name);
  }
  const std::optional<complaint>& trouble() const { return complaint_; }

 private:
  const json& from_;
  std::string path_;
  std::optional<complaint> complaint_;
};

void read_tags(reader& from, trigger_options& out) {
  const json* tags = from.at("tags");
  if (tags == nullptr) return;
  if (!tags->is_string() && !tags->is_array()) return from.complain("Invalid input", "tags");
  const json list = tags->is_array() ? *tags : json::array({*tags});
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string name = tags->is_array() ? "tags[" + std::to_string(i) + ']' : "tags";
    if (!list[i].is_string()) return from.complain(expected("string", list[i]), name);
    const std::string& tag = list[i].get_ref<const std::string&>();
    if (tag.size() > limits::tag_length) return from.complain("Tags must be less than 128 characters", name);
    if (!tag.empty()) out.tags.push_back(tag);
  }
  std::sort(out.tags.begin(), out.tags.end());
  out.tags.erase(std::unique(out.tags.begin(), out.tags.end()), out.tags.end());
}

void read_queue(reader& from, trigger_options& out) {
  const json* queue = from.at("queue");
  if (queue == nullptr) return;
  if (!queue->is_object()) return from.complain(expected("object", *queue), "queue");
  const json* name = find(*queue, "name");
  if (name == nullptr) return from.complain("Required", "queue.name");
  if (!name->is_string()) return from.complain(expected("string", *name), "queue.name");
  out.queue = name->get<std::string>();
}

void read_ttl(reader& from, trigger_options& out) {
  const json* ttl = from.at("ttl");
  if (ttl == nullptr) return;
  if (ttl->is_string()) {
    out.ttl = ttl->get<std::string>();
  } else if (ttl->is_number_integer() && ttl->get<std::int64_t>() >= 0) {
    out.ttl = write_duration(ttl->get<std::int64_t>());
  } else {
    from.complain("Invalid input", "ttl");
  }
}

void read_key(reader& from, trigger_options& out) {
  from.text("idempotencyKey", out.key, limits::idempotency_key);
  from.text("idempotencyKeyTTL", out.key_ttl);
  const json* shown = from.at("idempotencyKeyOptions");
  if (shown == nullptr) return;
  const json* user_key = find(*shown, "key");
  if (user_key == nullptr || !user_key->is_string()) return from.complain("Required", "idempotencyKeyOptions.key");
  out.shown_key = user_key->get<std::string>();
}

void read_debounce(reader& from, trigger_options& out) {
  const json* debounce = from.at("debounce");
  if (debounce == nullptr) return;
  if (!debounce->is_object()) return from.complain(expected("object", *debounce), "debounce");
  reader inner(*debounce, "options.debounce");
  inner.text("key", out.debounce_key, debounce_key_length);
  inner.text("delay", out.debounce_delay);
  if (inner.trouble()) return from.complain(inner.trouble()->text, "debounce");
  if (!out.debounce_key || !out.debounce_delay) from.complain("Required", "debounce.key");
}

void read_concurrency_key(reader& from, trigger_options& out) {
  const json* key = from.at("concurrencyKey");
  if (key == nullptr) return;
  if (key->is_string()) out.concurrency_key = key->get<std::string>();
  else if (key->is_number()) out.concurrency_key = key->dump();
  else from.complain("Invalid input", "concurrencyKey");
}

}  // namespace

std::variant<trigger_options, complaint> read_options(const json* options, const std::string& path) {
  trigger_options out;
  if (options == nullptr) return out;
  if (!options->is_object()) return complaint{expected("object", *options), path};
  reader from(*options, path);
  read_queue(from, out);
  read_concurrency_key(from, out);
  read_key(from, out);
  read_tags(from, out);
  read_ttl(from, out);
  read_debounce(from, out);
  from.text("delay", out.delay);
  from.text("machine", out.machine);
  from.text("region", out.region);
  from.text("lockToVersion", out.version);
  from.text("payloadType", out.payload_type);
  for (const char* name : {"maxAttempts", "maxDuration", "priority", "payloadSize"}) from.number(name);
  if (out.machine && std::find(machines.begin(), machines.end(), *out.machine) == machines.end())
    from.complain("Invalid enum value", "machine");
  if (const json* metadata = from.at("metadata"); metadata != nullptr && !metadata->is_null())
    out.metadata = metadata->is_string() ? metadata->get<std::string>() : dump_json(*metadata);
  if (const json* test = from.at("test"); test != nullptr) {
    if (!test->is_boolean()) from.complain(expected("boolean", *test), "test");
    else out.test = test->get<bool>();
  }
  if (from.trouble()) return *from.trouble();
  return out;
}

void read_payload(const json* payload, const std::optional<std::string>& type, bool item, run_input& into) {
  into.payload_type = type.value_or("application/json");
  const bool plain_json = into.payload_type == "application/json";
  if (payload == nullptr) return;
  if (payload->is_string()) {
    const bool as_text = item || !plain_json;
    into.payload = as_text ? payload->get<std::string>() : dump_json(*payload);
  } else if (plain_json || item) {
    json value = *payload;
    lose_precision(value);
    into.payload = dump_json(value);
  } else {
    return;  // a value of another type than JSON that is no text is lost without a word
  }
  into.has_payload = true;
  into.stored = into.payload_type == "application/store" || into.payload.size() >= limits::stored_payload;
}

}  // namespace triggerd::sandbox
