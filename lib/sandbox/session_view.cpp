#include "sandbox/session_view.hpp"

#include "base/text.hpp"

namespace triggerd::sandbox {

namespace {

json date_or_null(const std::optional<instant>& at) { return at ? json(text::iso(*at)) : json(nullptr); }

}  // namespace

json shown_session(const state& in, const session& of) {
  return {{"id", in.sessions.id_of(of)},
          {"externalId", of.external.empty() ? json(nullptr) : json(of.external)},
          {"type", of.type},
          {"taskIdentifier", of.task},
          {"triggerConfig", of.trigger_config},
          {"currentRunId", of.run != 0 ? json(in.runs.id_of(of.run)) : json(nullptr)},
          {"tags", of.tags},
          {"metadata", of.metadata},
          {"closedAt", date_or_null(of.closed)},
          {"closedReason", of.closed_reason ? json(*of.closed_reason) : json(nullptr)},
          {"expiresAt", date_or_null(of.expires)},
          {"createdAt", text::iso(of.created)},
          {"updatedAt", text::iso(of.updated)}};
}

std::vector<std::string> session_resources(const state& in, const session& of) {
  std::vector<std::string> out = {"sessions:" + in.sessions.id_of(of)};
  if (!of.external.empty()) out.push_back("sessions:" + of.external);
  return out;
}

std::variant<session*, reply> open_session(state& in, const call& from, std::string_view action) {
  session* found = in.sessions.find(from.arguments[0], *from.who.where);
  if (found == nullptr) return refuse(404, "Session not found");
  if (!from.who.may(action, session_resources(in, *found))) return forbidden();
  return found;
}

}  // namespace triggerd::sandbox
