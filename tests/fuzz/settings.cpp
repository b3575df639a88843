// Configuration files: every complaint stands where it says and shows no secret, and what was read is read again.
#include "config/diff.hpp"
#include "config/load.hpp"
#include "config/verdict.hpp"
#include "fuzz/input.hpp"
#include "spec/credential_kind.hpp"

#include <nlohmann/json.hpp>

#include <map>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

constexpr char file_separator = '\x1c';  // between the main file and those of its folder
constexpr std::string_view key = "tr_prod_fUzZeDkEy0123456789abcdef";
constexpr std::string_view password = "q7#Rw2~vL9!xT4";

// Files and secrets in memory. The files after the first stand in every folder.
class fixed_environment final : public config::environment {
 public:
  fixed_environment(std::string_view all) {
    input in(reinterpret_cast<const std::uint8_t*>(all.data()), all.size());
    main_ = in.until(file_separator);
    while (!in.empty()) more_["f" + std::to_string(more_.size()) + ".toml"] = in.until(file_separator);
  }

  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "HOME") return "/h";
    return std::nullopt;
  }
  result<std::string> read_file(const std::string& path) const override {
    if (path == main_path) return std::string(main_);
    const auto found = more_.find(path.substr(path.rfind('/') + 1));
    if (found == more_.end()) return fail(codes::io, "there is no such file");
    return std::string(found->second);
  }
  result<std::vector<std::string>> list_folder(const std::string&) const override {
    std::vector<std::string> names;
    for (const auto& [name, text] : more_) names.push_back(name);
    return names;
  }
  result<secret> read_secret(const spec::value_source& source) const override {
    return secret(std::string(source.name.size() % 2 == 0 ? key : password));
  }

  std::string_view text_of(const std::string& path) const {
    if (path == main_path) return main_;
    const auto found = more_.find(path.substr(path.rfind('/') + 1));
    return found == more_.end() ? std::string_view() : found->second;
  }

  static constexpr std::string_view main_path = "/c/triggerd.toml";

 private:
  std::string_view main_;
  std::map<std::string, std::string_view> more_;
};

// Whether the place is one of the text's, or right behind it: toml++ counts the end of a file as the second column after
// its last line. Columns count characters.
bool within(const config::place& where, std::string_view text) {
  const auto lines = text::split(text, '\n');
  if (where.line > lines.size()) return false;
  return where.line == 0 || where.column <= lines[where.line - 1].size() + 2;
}

void require_sound(const config::complaint& one, const fixed_environment& env) {
  fuzz::require_sound(error(one.code, one.message));
  require(!one.where.file.empty() && within(one.where, env.text_of(one.where.file.text())),
          "a complaint stands in its file: " + one.text());
  require(one.message.find(key) == std::string::npos && one.message.find(password) == std::string::npos,
          "a complaint shows no secret");
  for (const auto word : text::split(one.message, '"'))
    require(!spec::looks_like_key(word), "a complaint shows no key that stands in a file");
}

void require_report(const config::loaded& files) {
  const auto report = nlohmann::json::parse(config::report_json(files, "f", true), nullptr, false);
  require(report.is_object() && report["complaints"].size() == files.complaints.size(), "the report is JSON");
}

void require_same_again(const config::settings& read, const config::loaded& again) {
  require(again.value && again.value->hash == read.hash && !config::compare(read, *again.value).jobs.any(),
          "files mean one thing");
  for (const auto& job : read.jobs) {
    const auto stored = config::decode_job(job->text);
    require(stored && *stored == *job, "a job is read back from what the ledger keeps");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find(key) != std::string_view::npos || text.find(password) != std::string_view::npos) return 0;
  const fixed_environment env(text);
  const std::string path(fixed_environment::main_path);
  const auto files = config::load(path, env);
  bool errors = false;
  for (const auto& one : files.complaints) {
    require_sound(one, env);
    errors = errors || one.how == config::severity::error;
  }
  require(files.value.has_value() != errors, "settings exist when no complaint is an error");
  require_report(files);
  if (files.value) require_same_again(*files.value, config::load(path, env));
  return 0;
}
