// Packets in the object store, streams of runs, and subscriptions.
#include "api/packets.hpp"
#include "api/streams.hpp"
#include "client/following.hpp"
#include "client/packets.hpp"
#include "client/subscribing.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

reply put_packet(const caller& from, const json& args) { return send(from, api::put_packet(id_at(args, 0))); }
reply get_packet(const caller& from, const json& args) { return send(from, api::get_packet(id_at(args, 0))); }

// The address alone: from newer servers by the run, from older ones by the packet's path.
reply get_run_packet(const caller& from, const json& args) {
  const auto field = id_at(args, 1) == "payload" ? api::packet_field::payload : api::packet_field::output;
  auto by_run = api::get_run_packet(id_at(args, 0), field);
  const auto got = co_await from.by.send(std::move(by_run));
  if (got || got.error().status != 404) co_return verdict_of(got);
  auto by_path = api::get_packet(id_at(args, 2));
  const auto older = co_await from.by.send(std::move(by_path));
  co_return verdict_of(older);
}

constexpr std::array<known_call, 3> packets{{
    {"createUploadPayloadUrl", put_packet},
    {"getPayloadUrl", get_packet},
    {"getRunPacketUrl", get_run_packet},
}};

reply append_to_stream(const caller& from, const json& args) {
  const auto target = id_at(args, 1) == "parent" ? api::stream_target::parent
                      : id_at(args, 1) == "root" ? api::stream_target::root
                                                 : api::stream_target::self;
  return send(from, api::append_to_stream(id_at(args, 0), target, id_at(args, 2), id_at(args, 3)));
}

reply send_input(const caller& from, const json& args) {
  return send(from, api::send_input(id_at(args, 0), id_at(args, 1), args.at(2).dump()));
}

reply read_stream(const caller& from, const json& args) {
  auto what = api::read_stream(id_at(args, 0), id_at(args, 1), {});
  if (!what) co_return verdict{};
  api::call subscription = std::move(*what);
  const auto got = co_await client::follow(from.by, std::move(subscription), [](const auto&) { return true; });
  co_return verdict_of(got);
}

std::vector<std::string> columns_of(const json& options) {
  return listed(member_of(options, "skipColumns")).get<std::vector<std::string>>();
}

reply subscribe(const caller& from, api::run_subscription what) {
  const auto got = co_await client::subscribe(from.by, std::move(what), [](const auto&) { return true; });
  co_return verdict_of(got);
}

reply subscribe_to_run(const caller& from, const json& args) {
  return subscribe(from, api::run_subscription::of_run(id_at(args, 0), columns_of(argument(args, 1))));
}

constexpr std::array<known_call, 4> realtime{{
    {"runs.subscribeToRun", subscribe_to_run},
    {"appendToStream", append_to_stream},
    {"sendInputStream", send_input},
    {"runs.fetchStream", read_stream},
}};

}  // namespace

std::span<const known_call> packet_calls() { return packets; }
std::span<const known_call> realtime_calls() { return realtime; }

}  // namespace triggerd::conformance
