// Public tokens by our library, for tests that hold it to another: `token_tool sign` reads {"key", "subject", "scopes",
// "end", "one_time", "skip_columns"} from its input and prints a token, `token_tool decode` reads a token and prints
// what it says. Keys are the sandbox's invented ones. Exit codes: 0 done, 1 refused, 64 usage.
#include "api/public_tokens.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <iterator>
#include <string_view>

using namespace triggerd;
using nlohmann::json;

namespace {

constexpr int exit_refused = 1;
constexpr int exit_usage = 64;

int refused(const error& why) {
  std::cerr << why.message << '\n';
  return exit_refused;
}

int sign(const json& asked) {
  api::token_wish wish;
  wish.scopes = asked.at("scopes").get<std::vector<std::string>>();
  wish.end = asked.at("end").get<std::string>();
  if (asked.contains("one_time")) wish.one_time = asked.at("one_time").get<bool>();
  wish.skip_columns = asked.value("skip_columns", std::vector<std::string>());
  const auto now = std::chrono::time_point_cast<instant::duration>(std::chrono::system_clock::now());
  const auto token = api::sign_token(wish, {asked.at("subject")}, asked.at("key").get_ref<const std::string&>(), now);
  if (!token) return refused(token.error());
  std::cout << token->expose();
  return 0;
}

int decode(std::string_view text) {
  const auto seen = api::decode_token(text);
  if (!seen) return refused(seen.error());
  json out = {{"environment", seen->environment},
              {"scopes", seen->scopes},
              {"one_time", seen->one_time},
              {"skip_columns", seen->skip_columns}};
  if (seen->end) out["end"] = std::chrono::duration_cast<std::chrono::seconds>(seen->end->time_since_epoch()).count();
  std::cout << out << '\n';
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view command = count == 2 ? words[1] : "";
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  if (command == "sign") return sign(json::parse(input));
  if (command == "decode") return decode(input);
  std::cerr << "token_tool sign | decode\n";
  return exit_usage;
}
