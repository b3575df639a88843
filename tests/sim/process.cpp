#include "sim/process.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "source/json_array.hpp"
#include "source/ndjson.hpp"

namespace triggerd::sim {

namespace {

result<std::unique_ptr<source::byte_stream>> text_of(const std::map<std::string, std::string>& files,
                                                     const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return fail(codes::io, "there is no file " + path);
  return source::open_text(found->second, path);
}

}  // namespace

result<std::unique_ptr<source::item_reader>> made_inputs::open_ndjson(const std::string& path) {
  auto bytes = text_of(files, path);
  if (!bytes) return bytes.error();
  return source::read_ndjson(std::move(*bytes));
}

result<std::unique_ptr<source::item_reader>> made_inputs::open_csv(const std::string& path, source::csv_format how) {
  auto bytes = text_of(files, path);
  if (!bytes) return bytes.error();
  return source::read_csv(std::move(*bytes), std::move(how));
}

result<std::unique_ptr<source::item_reader>> made_inputs::open_json(const std::string& path) {
  auto bytes = text_of(files, path);
  if (!bytes) return bytes.error();
  return source::read_json_array(std::move(*bytes));
}

result<job::file_stamp> made_inputs::stamp(const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return fail(codes::io, "there is no file " + path);
  return job::file_stamp{found->second.size(), 1};
}

result<std::string> made_inputs::read_file(const std::string& path, std::size_t) {
  const auto found = files.find(path);
  if (found == files.end()) return fail(codes::io, "there is no file " + path);
  return found->second;
}

task<result<std::string>> made_inputs::run_program(spec::exec_spec what, cancellation&) {
  const error none = fail(codes::io, "there is no program " + what.argv.front());
  co_return none;
}

task<result<secret>> made_inputs::read_secret(spec::value_source from, cancellation&) {
  const auto found = secrets.find(from.name);
  const error none = fail(codes::io, "there is no secret " + from.name);
  if (found == secrets.end()) co_return none;
  secret value(found->second);
  co_return std::move(value);
}

void process::journal_log::write(log_level, std::string_view message, std::initializer_list<log_field> fields) {
  of_.said_ += message;
  for (const auto& [name, value] : fields) of_.said_.append(" ").append(value);
  of_.said_ += '\n';
  of_.around_.trace("log " + std::string(message));
}

result<> process::reject_list::append(const std::string& path, std::string_view lines) {
  files[path] += lines;
  return {};
}

process::process(surroundings& around)
    : around_(around), ledger_(around.disk, around.time, around.time), spool_(around.disk), events_(around.time) {
  listening_.emplace(events_, [this](const job::event& e) {
    said_ += e.text + '\n';
    around_.trace("event " + e.kind + ' ' + e.job + ' ' + e.fire + ' ' + e.target + ' ' + e.state + ' ' + e.text);
  });
  const auto executor = around_.time.loop().get_executor();
  target::registry_world registry{executor, around_.time, around_.time, around_.random, log_, {}, {}, {}, 64};
  registry.connect = [this](const spec::target_spec& of) -> std::shared_ptr<transport::transport> {
    auto made = std::make_shared<model_transport>(around_.net, of.name);
    mine_.push_back(made);
    around_.wires.push_back(made);
    return made;
  };
  registry.on_change = [this](std::string_view kind, const target::target& which, const std::string& text) {
    around_.trace("target " + std::string(kind) + ' ' + which.spec().name + ' ' + text);
  };
  registry.on_exchange = [](const target::exchange_seen&) {};
  targets_ = std::make_unique<target::registry>(std::move(registry));
  targets_->apply(target_inputs());
  job::engine_world engine{executor,
                           around_.time,
                           around_.time,
                           around_.random,
                           log_,
                           ledger_,
                           spool_,
                           *targets_,
                           around_.inputs,
                           rejects_,
                           events_,
                           "a key for digests, thirty-two long",
                           [](const std::string& text) { return config::decode_job(text); },
                           milliseconds(2'000)};
  engine_ = std::make_unique<job::engine>(std::move(engine));
}

process::~process() = default;

target::inputs process::target_inputs() const {
  target::inputs out;
  out.targets = around_.settings.targets;
  std::erase_if(out.targets, [this](const auto& target) { return around_.removed.contains(target->name); });
  out.limits = around_.settings.limits;
  for (const auto& credential : around_.settings.credentials) {
    out.credentials[credential.name] = credential;
    auto made = client::make_credential(secret(around_.keys.at(credential.name)));
    if (made) out.keys[credential.name] = *made;
  }
  return out;
}

task<> process::start(spec::job_list jobs) {
  const result<> recovered = co_await engine_->recover();
  if (!recovered) co_return;
  const result<> set = co_await engine_->set_jobs(std::move(jobs));
  if (!set) co_return;
  engine_->open();
}

task<> process::reload(spec::job_list jobs) {
  targets_->apply(target_inputs());
  const result<> set = co_await engine_->set_jobs(std::move(jobs));
  (void)set;  // fails only when the process has died
}

// As the daemon closes.
task<> process::stop() {
  cancellation engine_closed;
  task_group targets(around_.time.loop().get_executor());
  targets.spawn(close_targets(engine_closed));
  co_await engine_->close();
  engine_closed.request();
  co_await targets.join();
}

task<> process::close_targets(cancellation& engine_closed) {
  co_await sleep_for(around_.time, around_.time, limits::exchange_grace, engine_closed);
  co_await targets_->close();
}

void process::crash(bool in_flight_survives) {
  ledger_.crash(in_flight_survives);
  spool_.crash();
  for (const auto& wire : mine_) wire->die();
}

}  // namespace triggerd::sim
