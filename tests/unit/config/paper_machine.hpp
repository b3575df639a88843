// A machine made of paper: files, folders and variables in memory, and everything a load of them tells.
#pragma once

#include "config/codes.hpp"
#include "config/load.hpp"
#include "config/secrets.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace triggerd::test {

class paper_machine final : public config::environment {
 public:
  std::map<std::string, std::string> files;  // path -> text
  std::map<std::string, std::string, std::less<>> variables;

  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  result<std::string> read_file(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end())
      return fail(config::codes::file, '"' + path + "\" cannot be read: No such file or directory");
    return found->second;
  }
  result<std::vector<std::string>> list_folder(const std::string& path) const override {
    const std::string prefix = path == "/" ? path : path + '/';
    std::set<std::string> names;
    for (const auto& [file, text] : files)
      if (file.starts_with(prefix))
        names.insert(file.substr(prefix.size(), file.find('/', prefix.size()) - prefix.size()));
    if (names.empty()) return fail(config::codes::file, "no such folder");
    return std::vector<std::string>(names.begin(), names.end());
  }
  result<secret> read_secret(const spec::value_source& source) const override {
    return config::resolve(source, *this, {});
  }
};

inline std::string data_file(const std::string& name) {
  return std::string(TRIGGERD_SOURCE_DIR) + "/tests/unit/config/data/" + name;
}

inline std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// An invented key, written in two pieces: "prod" gives one of a production environment.
inline std::string key(const std::string& prefix) { return "tr_" + prefix + "_notARealKey0123456789"; }

// The variables of data/told/base.toml.
inline paper_machine with_keys() {
  paper_machine machine;
  machine.variables = {
      {"PROD", key("prod")}, {"STAGING", key("stg")},          {"PREVIEW", key("preview")},
      {"DEV", key("dev")},   {"SCOPED", key("prod_sk")},       {"PAT", key("pat")},
      {"ORG", key("oat")},   {"HOME_PAGE", "https://example"}, {"JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlIn0.c2ln"}};
  return machine;
}

// base.toml as the main file, which includes `fragment` as x.toml.
inline paper_machine shop(const std::string& fragment) {
  auto machine = with_keys();
  machine.files["/etc/triggerd/triggerd.toml"] = text_of(data_file("told/base.toml"));
  machine.files["/etc/triggerd/x.toml"] = fragment;
  return machine;
}

inline config::loaded load(const paper_machine& machine) {
  return config::load("/etc/triggerd/triggerd.toml", machine);
}

// What a person would read, without the folder.
inline std::string told(const config::loaded& all) {
  const std::string folder = "/etc/triggerd/";
  std::string out;
  for (const auto& complaint : all.complaints) {
    auto line = complaint.text();
    if (line.starts_with(folder)) line.erase(0, folder.size());
    out += line + '\n';
  }
  return out;
}

// The settings of files that must be good.
inline config::settings good(const config::loaded& all) {
  REQUIRE_MESSAGE(all.value.has_value(), told(all));
  return *all.value;
}

inline config::settings good(const std::string& fragment) { return good(load(shop(fragment))); }

template <class T>
const T& named(const std::vector<T>& all, const std::string& name) {
  for (const auto& one : all)
    if (one.name == name) return one;
  FAIL("nothing has the name " << name);
  return all.front();
}
template <class T>
const T& named(const std::vector<std::shared_ptr<const T>>& all, const std::string& name) {
  for (const auto& one : all)
    if (one->name == name) return *one;
  FAIL("nothing has the name " << name);
  return *all.front();
}

inline const spec::job_spec& named(const spec::job_list& all, const std::string& name) {
  for (const auto& one : all)
    if (one->name == name) return *one;
  FAIL("nothing has the name " << name);
  return *all.front();
}

}  // namespace triggerd::test
