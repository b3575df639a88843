#include "check.hpp"

#include "config/verdict.hpp"

#include <algorithm>
#include <ostream>

namespace triggerd {

namespace {

constexpr int exit_configuration = 78;

void add_answers(config::loaded& files, std::vector<config::complaint> answers) {
  const bool refused =
      std::any_of(answers.begin(), answers.end(), [](const auto& c) { return c.how == config::severity::error; });
  for (auto& answer : answers) files.complaints.push_back(std::move(answer));
  if (refused) files.value.reset();
}

}  // namespace

int run_check(const std::string& path, const check_options& options, const config::environment& env,
              std::ostream& out) {
  auto files = config::load(path, env);
  if (files.value && options.connect) add_answers(files, options.connect(*files.value));
  out << (options.json ? config::report_json(files, path, options.deny_warnings)
                       : config::report_text(files, path, options.deny_warnings));
  return config::may_be_used(files, options.deny_warnings) ? 0 : exit_configuration;
}

}  // namespace triggerd
