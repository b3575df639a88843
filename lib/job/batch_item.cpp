#include "job/batch_item.hpp"

#include "api/payload.hpp"
#include "api/trigger_options.hpp"
#include "job/codes.hpp"
#include "job/trigger_order.hpp"
#include "source/json_check.hpp"

namespace triggerd::job {

namespace {

error bad_item(std::string why) { return fail(codes::payload, std::move(why)); }

}  // namespace

item_maker::item_maker(const leg_view& leg, const spec::batch_spec& spec, spec::json_template map,
                       spec::json_template options)
    : spec_(spec), scope_(leg), names_(scope_.names()), map_(std::move(map)), options_(std::move(options)) {}

result<std::unique_ptr<item_maker>> item_maker::make(const leg_view& leg, const spec::batch_spec& spec) {
  auto map = spec::json_template::parse(spec.map);
  if (!map) return map.error();
  auto options = spec::json_template::parse(spec.options);
  if (!options) return options.error();
  std::unique_ptr<item_maker> out(new item_maker(leg, spec, std::move(*map), std::move(*options)));
  if (const auto ready = out->prepare(leg); !ready) return ready.error();
  return out;
}

result<> item_maker::prepare(const leg_view& leg) {
  auto task = spec::render_text(spec_.task, names_);
  if (!task) return task.error();
  task_ = std::move(*task);
  auto keys = item_keys::make(leg, names_);
  if (!keys) return keys.error();
  keys_.emplace(std::move(*keys));
  spare_work();
  if (spec_.rejects_file.empty()) return {};
  auto file = spec::render_text(spec_.rejects_file, names_);
  if (!file) return file.error();
  rejects_file_ = std::move(*file);
  return {};
}

// What is the same for every item is made once, and an item that is sent as it stands is not copied.
void item_maker::spare_work() {
  const auto map = nlohmann::json::parse(spec_.map, nullptr, false);
  const auto payload = map.find("payload");
  takes_whole_ = payload != map.end() && payload->is_string() &&
                 spec::only_name_in(payload->get_ref<const std::string&>()) == "item";
  const bool maps_options = map.size() > (payload == map.end() ? 0 : 1);
  if (!maps_options && options_.names().empty()) unvaried_ = options_of_set({});
}

result<std::string> item_maker::key_of(const source::item& one, std::uint64_t ordinal) {
  if (const auto done = set(one); !done) return done.error();
  return key_of_set(ordinal);
}

result<made_item> item_maker::make(const source::item& one, std::uint64_t ordinal) {
  if (const auto done = set(one); !done) return done.error();
  made_item out;
  auto key = key_of_set(ordinal);
  if (!key) return key.error();
  out.key = std::move(*key);
  if (const auto mapped = map_set(out); !mapped) return mapped.error();
  if (out.payload)
    if (const auto usable = api::check_payload(*out.payload); !usable) return usable.error();
  return out;
}

result<> item_maker::map_set(made_item& out) {
  nlohmann::json mapped;
  if (!takes_whole_ || !unvaried_) {
    auto rendered = map_.render(names_);
    if (!rendered) return rendered.error();
    mapped = std::move(*rendered);
  }
  if (takes_whole_) {
    out.payload = item_;
  } else if (const auto payload = mapped.find("payload"); payload != mapped.end()) {
    out.payload = std::make_shared<const nlohmann::json>(std::move(*payload));
  }
  auto options = unvaried_ ? *unvaried_ : options_of_set(mapped);
  if (!options) return options.error();
  out.options = std::move(*options);
  return {};
}

item_maker::options_of_items item_maker::options_of_set(const nlohmann::json& mapped) const {
  auto written = options_.render(names_);
  if (!written) return written.error();
  for (const auto& [name, value] : mapped.items())
    if (name != "payload") (*written)[name] = value;  // the map's word is nearer to the item
  auto options = api::trigger_options(*written, spec_.each ? run_tags : 0);
  if (!options) return options.error();
  return std::make_shared<const nlohmann::json>(std::move(*options));
}

result<> item_maker::set(const source::item& one) {
  if (one.reject) return *one.reject;
  item_ = one.value;
  if (!item_) {
    auto value = source::read_json(one.json);
    if (!value) return value.error();
    item_ = std::make_shared<const nlohmann::json>(std::move(*value));
  }
  scope_.set_item(*item_, one.line);
  return {};
}

result<std::string> item_maker::key_of_set(std::uint64_t ordinal) const {
  if (spec_.item_key.empty()) return keys_->of_place(ordinal);
  const auto key = spec::render_text(spec_.item_key, names_);
  if (!key) return bad_item("it has no item_key: " + key.error().message);
  if (key->empty()) return bad_item("its item_key is empty");
  return keys_->of(*key);
}

}  // namespace triggerd::job
