#include "sandbox/fault_file.hpp"

#include "config/checks.hpp"
#include "config/view.hpp"
#include "sandbox/checked_toml.hpp"

#include <array>

namespace triggerd::rehearsal {

namespace {

using config::key;
using config::shape;
using enum config::form;
namespace checks = config::checks;
using sv = std::string_view;
using sandbox::fault_kind;

constexpr double hour = 3'600'000;
constexpr double day = 24 * hour;
constexpr double some = 1'000'000;

// A table reads best with a row on a line.
// clang-format off
constexpr std::array method_words{sv("GET"), sv("POST"), sv("PUT"), sv("PATCH"), sv("DELETE")};
constexpr std::array what_words{sv("status"), sv("reset"),    sv("stall"), sv("slow"),
                                sv("truncate"), sv("wrong_json"), sv("delay"), sv("none")};
constexpr std::array fault_keys{
    key{.name = "name", .is = text, .about = "For the summary; draws differ by it.", .check = checks::not_empty},
    key{.name = "method", .is = word, .about = "Only these requests.", .allowed = method_words},
    key{.name = "path", .is = text, .about = "Only these, with '*', without the query: \"/api/v1/tasks/*/trigger\".", .check = checks::not_empty},
    key{.name = "environment", .is = text, .about = "Only there, with '*': \"proj_x/staging\", \"proj_x/preview/feat/checkout\".", .check = checks::not_empty},
    key{.name = "probability", .is = number, .about = "Of a request that matches.", .fallback = "1", .most = 1},
    key{.name = "skip", .is = integer, .about = "So many matching requests pass first.", .fallback = "0", .most = some},
    key{.name = "most", .is = integer, .about = "Then so many meet it at most; 0: any number.", .fallback = "0", .most = some},
    key{.name = "from", .is = duration, .about = "After the start.", .fallback = "\"0s\"", .most = day},
    key{.name = "until", .is = duration, .about = "After the start; \"0s\": no end.", .fallback = "\"0s\"", .most = day},
    key{.name = "what", .is = word, .about = "What happens; \"none\" spares the request from the rules below.", .required = true, .allowed = what_words},
    key{.name = "effect", .is = flag, .about = "Whether the request does its work before the trouble; slow, truncate and delay always let it.", .fallback = "false"},
    key{.name = "status", .is = integer, .about = "The status answered.", .fallback = "500", .least = 400, .most = 599},
    key{.name = "late", .is = duration, .about = "With delay: so much later.", .fallback = "\"0s\"", .most = hour},
    key{.name = "bytes_per_second", .is = integer, .about = "With slow.", .fallback = "64", .least = 1, .most = some},
};
constexpr shape fault{.keys = fault_keys};
constexpr std::array plan_keys{key{.name = "fault", .is = tables, .about = "Rules; the first that matches wins.", .of = &fault}};
constexpr shape plan{.keys = plan_keys};
// clang-format on

sandbox::fault_rule read_rule(const config::view& from) {
  sandbox::fault_rule out;
  from.read("name", out.name);
  from.read("method", out.method);
  from.read("path", out.path);
  from.read("environment", out.environment);
  from.read("probability", out.probability);
  from.read("skip", out.skip);
  from.read("most", out.most);
  from.read("from", out.from);
  from.read("until", out.until);
  from.read_word("what", out.what,
                 {{"none", fault_kind::none},
                  {"status", fault_kind::status},
                  {"reset", fault_kind::reset},
                  {"stall", fault_kind::stall},
                  {"slow", fault_kind::slow},
                  {"truncate", fault_kind::truncate},
                  {"wrong_json", fault_kind::wrong_json},
                  {"delay", fault_kind::delay}});
  from.read("effect", out.effect);
  from.read("status", out.status);
  from.read("late", out.late);
  from.read("bytes_per_second", out.bytes_per_second);
  return out;
}

}  // namespace

const config::shape& fault_shape() { return plan; }

result<std::vector<sandbox::fault_rule>> parse_faults(std::string_view text, const std::string& file) {
  const auto checked = checked_toml(text, file, fault_shape());
  if (!checked) return checked.error();
  std::vector<sandbox::fault_rule> out;
  if (const config::node* list = checked->find("fault"))
    for (const config::node& item : list->items) out.push_back(read_rule(config::view(item)));
  return out;
}

}  // namespace triggerd::rehearsal
