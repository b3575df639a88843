#include "sandbox/run_access.hpp"

#include "sandbox/dice.hpp"

namespace triggerd::sandbox {

std::vector<std::string> resources_of(const state& in, const run& of) {
  std::vector<std::string> out = {"runs:" + in.runs.id_of(of.number), "tasks:" + of.input->task};
  for (const std::string& tag : *of.tags) out.push_back("tags:" + tag);
  if (of.batch != 0) out.push_back("batch:" + numbered_id("batch_", in.seed, of.batch));
  return out;
}

std::variant<run*, reply> readable_run(state& in, const call& from) {
  run* found = in.runs.find(from.arguments[0], *from.who.where);
  if (found == nullptr) {
    reply out = refuse(404, "Not found");
    should_retry(out, true);
    return out;
  }
  if (!from.who.may("read", resources_of(in, *found))) return forbidden();
  return found;
}

}  // namespace triggerd::sandbox
