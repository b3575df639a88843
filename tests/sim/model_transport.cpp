#include "sim/model_transport.hpp"

#include "base/result.hpp"
#include "base/text.hpp"
#include "transport/codes.hpp"

namespace triggerd::sim {

namespace wire = triggerd::transport;

struct model_transport::exchange {
  sandbox::request asked;
  std::string what;  // for the trace
  milliseconds patience{0};
  wakeup woken;
  std::optional<wire::outcome> out;  // set once
  void complete(wire::outcome how) {
    if (out) return;
    out = std::move(how);
    woken.set(1);
  }
};

namespace {

wire::outcome not_sent(const char* why) {
  wire::outcome out;
  out.what = wire::knowledge::not_sent;
  out.failure = fail(wire::codes::connect, why);
  return out;
}

wire::outcome ambiguous(error_code code, const char* why) {
  wire::outcome out;
  out.what = wire::knowledge::ambiguous;
  out.failure = fail(code, why);
  return out;
}

wire::outcome answered(const sandbox::reply& from) {
  wire::outcome out;
  out.what = wire::knowledge::answered;
  out.reply.status = from.status;
  out.reply.body = from.body;
  for (const auto& [name, value] : from.headers) out.reply.head.add(name, value);
  return out;
}

sandbox::request translated(const wire::request& what) {
  sandbox::request out;
  out.method = what.method;
  const auto scheme = what.url.find("://");
  const auto path = what.url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  out.target = path == std::string::npos ? "/" : what.url.substr(path);
  for (const auto& [name, value] : what.headers) out.headers.emplace_back(text::lower(name), value);
  if (what.body) out.body = *what.body;
  if (what.chunked) out.headers.emplace_back("transfer-encoding", "chunked");
  else if (what.method != "GET") out.headers.emplace_back("content-length", std::to_string(out.body.size()));
  return out;
}

// What a gateway may send again by itself when it loses a connection to the server.
bool repeatable(const sandbox::request& asked) {
  const auto path = std::string_view(asked.target).substr(0, asked.target.find('?'));
  return asked.method == "GET" || path.ends_with("/trigger") || path.ends_with("/items");
}

}  // namespace

task<wire::outcome> model_transport::perform(wire::request what) {
  if (dead_) co_return not_sent("the process is dead");
  const std::shared_ptr<exchange> one = std::make_shared<exchange>();
  one->asked = translated(what);
  one->what = target_ + ' ' + what.method + ' ' + one->asked.target;
  one->patience = what.first_byte_timeout;
  net_.passes();
  if (dead_) co_return not_sent("the process is dead");
  net_.leaves(one->asked);
  const std::uint64_t number = ++numbers_;
  ++in_flight_;
  most_in_flight_ = std::max(most_in_flight_, in_flight_);
  open_[number] = one;
  depart(one);
  net_.passes();
  co_await one->woken.wait();
  open_.erase(number);
  --in_flight_;
  wire::outcome out = std::move(*one->out);
  co_return out;
}

void model_transport::depart(const std::shared_ptr<exchange>& one) {
  if (net_.random.unit() < net_.refuses || net_.time.steady() < net_.down_until) {
    net_.trace(one->what + " refused");
    const auto soon = net_.time.steady() + milliseconds(1);
    net_.queue.arm(soon, [one] { one->complete(not_sent("connection refused")); });
    return;
  }
  const auto travels = milliseconds(1 + net_.random.below(static_cast<std::uint64_t>(net_.slowest.count())));
  net_.queue.arm(net_.time.steady() + travels, [this, one] { arrive(one); });
}

// The transport outlives the run of a seed, so that what was on its way when its process died still arrives.
void model_transport::arrive(const std::shared_ptr<exchange>& one) {
  if (net_.time.steady() < net_.down_until) return;  // its connection has broken
  if (!dead_) net_.arrives(one->asked);
  sandbox::delivery back = sandbox::deliver(net_.model, net_.faults, one->asked, net_.time.now());
  if (back.handled && repeatable(one->asked) && net_.random.unit() < net_.doubles) {
    net_.trace(one->what + " twice");
    net_.model.handle(one->asked, net_.time.now());
  }
  net_.trace(one->what + " -> " + (back.handled ? std::to_string(back.answer.status) : std::string("unseen")) +
             (back.how == sandbox::delivery::ending::whole ? "" : " lost"));
  answer(one, std::move(back));
}

void model_transport::answer(const std::shared_ptr<exchange>& one, sandbox::delivery what) {
  using ending = sandbox::delivery::ending;
  auto travels = milliseconds(1 + net_.random.below(static_cast<std::uint64_t>(net_.slowest.count()))) + what.late;
  wire::outcome out;
  switch (what.how) {
    case ending::whole: out = answered(what.answer); break;
    case ending::reset: out = ambiguous(wire::codes::broken, "the connection broke"); break;
    case ending::cut: out = ambiguous(wire::codes::broken, "the reply broke off"); break;
    case ending::stall:
      out = ambiguous(wire::codes::timeout, "no reply in time");
      travels = one->patience;
      break;
  }
  if (travels > one->patience) {
    out = ambiguous(wire::codes::timeout, "no reply in time");
    travels = one->patience;
  }
  net_.queue.arm(net_.time.steady() + travels, [this, one, out = std::move(out)] {
    if (!one->out) net_.passes();
    one->complete(out);
  });
}

void model_transport::close() { end_all(ambiguous(wire::codes::closed, "the connections were closed")); }

void model_transport::break_off() { end_all(ambiguous(wire::codes::broken, "the connection broke")); }

void model_transport::end_all(const wire::outcome& how) {
  const auto all = std::move(open_);
  open_.clear();
  for (const auto& [number, one] : all) one->complete(how);
}

}  // namespace triggerd::sim
