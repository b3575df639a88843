// Makes one item of a source into what is sent for it, by the job's templates.
#pragma once

#include "job/kind.hpp"
#include "job/scope.hpp"
#include "job/trigger_key.hpp"
#include "spec/template.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace triggerd::job {

struct made_item {
  std::string key;                                // 64 digits
  std::shared_ptr<const nlohmann::json> payload;  // null: none
  std::shared_ptr<const nlohmann::json> options;  // of api::trigger_options
};

class item_maker {
 public:
  // The leg's spec outlives it.
  static result<std::unique_ptr<item_maker>> make(const leg_view& leg, const spec::batch_spec& spec);
  item_maker(const item_maker&) = delete;
  item_maker& operator=(const item_maker&) = delete;

  const std::string& task_id() const { return task_; }
  const std::string& rejects_file() const { return rejects_file_; }  // empty: none is kept

  // `ordinal`: its place in the source, from 0. Errors say why the item cannot be sent.
  result<std::string> key_of(const source::item& one, std::uint64_t ordinal);
  result<made_item> make(const source::item& one, std::uint64_t ordinal);

 private:
  item_maker(const leg_view& leg, const spec::batch_spec& spec, spec::json_template map, spec::json_template options);
  result<> prepare(const leg_view& leg);
  result<> set(const source::item& one);
  result<std::string> key_of_set(std::uint64_t ordinal) const;
  void spare_work();
  result<> map_set(made_item& out);
  using options_of_items = result<std::shared_ptr<const nlohmann::json>>;
  options_of_items options_of_set(const nlohmann::json& mapped) const;

  const spec::batch_spec& spec_;
  scope scope_;
  spec::name_lookup names_;
  std::shared_ptr<const nlohmann::json> item_;  // the one at hand
  spec::json_template map_, options_;
  bool takes_whole_ = false;                  // the payload is the item as it stands
  std::optional<options_of_items> unvaried_;  // when no item has a say in them
  std::optional<item_keys> keys_;
  std::string task_;
  std::string rejects_file_;
};

}  // namespace triggerd::job
