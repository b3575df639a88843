#include "job/variable_sources.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/scope.hpp"
#include "source/variables.hpp"
#include "spec/selector.hpp"

namespace triggerd::job {

namespace {

using list = std::vector<source::variable>;

// Every copy that we can reach is wiped.
class held_text {
 public:
  explicit held_text(std::string text) : text_(std::move(text)) {}
  ~held_text() { wipe(text_); }
  held_text(const held_text&) = delete;
  held_text& operator=(const held_text&) = delete;
  const std::string& get() const { return text_; }

 private:
  std::string text_;
};

error at_source(const std::string& where, error e) {
  e.message.insert(0, where + ": ");
  return e;
}

std::string name_of(std::size_t number, const std::string& what) {
  return "source " + std::to_string(number) + " (" + text::printable(what, 120) + ")";
}

void take(gathered_variables& into, list from, const std::string& origin) {
  for (source::variable& one : from) {
    into[one.name] = {secret(std::move(one.value)), origin};
    wipe(one.value);
  }
}

class source_reader {
 public:
  source_reader(const kind_world& world, const leg_view& leg, cancellation& cancel)
      : world_(world), scope_(leg), cancel_(cancel) {}

  // Adds what one source gives; says how much that was.
  task<result<std::size_t>> read(const spec::variable_source& from, std::size_t number, gathered_variables& into) {
    switch (from.from) {
      case spec::variable_source::kind::dotenv:
      case spec::variable_source::kind::json: co_return read_file(from, number, into);
      case spec::variable_source::kind::exec: co_return co_await run(from, number, into);
      case spec::variable_source::kind::values: break;
    }
    co_return co_await read_values(from, number, into);
  }

 private:
  result<std::string> render(const std::string& text) const { return spec::render_text(text, scope_.names()); }

  static result<list> parse(const std::string& text, bool json, const std::string& where) {
    return json ? source::parse_flat_json(text, where) : source::parse_dotenv(text, where);
  }

  result<std::size_t> read_file(const spec::variable_source& from, std::size_t number, gathered_variables& into) {
    const auto path = render(from.file);
    if (!path) return at_source(name_of(number, from.file), path.error());
    const std::string origin = name_of(number, *path);
    auto read = world_.inputs.read_file(*path, limits::variable_file);
    if (!read) return at_source(origin, read.error());
    const held_text text(std::move(*read));
    wipe(*read);
    auto variables = parse(text.get(), from.from == spec::variable_source::kind::json, origin);
    if (!variables) return variables.error();
    const std::size_t count = variables->size();
    take(into, std::move(*variables), origin);
    return count;
  }

  task<result<std::size_t>> run(const spec::variable_source& from, std::size_t number, gathered_variables& into) {
    spec::exec_spec what = from.exec.value_or(spec::exec_spec{});
    const std::string origin = name_of(number, what.argv.empty() ? "exec" : what.argv.front());
    for (std::string& word : what.argv) {
      auto rendered = render(word);
      if (!rendered) co_return at_source(origin, rendered.error());
      word = std::move(*rendered);
    }
    auto printed = co_await world_.inputs.run_program(std::move(what), cancel_);
    if (!printed) co_return at_source(origin, printed.error());
    const held_text text(std::move(*printed));
    wipe(*printed);
    auto variables = parse(text.get(), from.exec_format == "json", origin);
    if (!variables) co_return variables.error();
    const std::size_t count = variables->size();
    take(into, std::move(*variables), origin);
    co_return count;
  }

  task<result<std::size_t>> read_values(const spec::variable_source& from, std::size_t number,
                                        gathered_variables& into) {
    const std::string origin = name_of(number, "values");
    for (const auto& [name, written] : from.values) {
      auto value = render(written);
      if (!value) co_return at_source(origin + " " + name, value.error());
      into[name] = {secret(std::move(*value)), origin};
    }
    for (const auto& [name, reference] : from.secrets) {
      spec::value_source where = reference;
      auto value = co_await world_.inputs.read_secret(std::move(where), cancel_);
      if (!value) co_return at_source(origin + " " + name, value.error());
      into[name] = {std::move(*value), origin};
    }
    co_return from.values.size() + from.secrets.size();
  }

  const kind_world& world_;
  scope scope_;
  cancellation& cancel_;
};

}  // namespace

task<result<gathered_variables>> gather_variables(const kind_world& world, const leg_view& leg, cancellation& cancel) {
  const auto& rules = std::get<spec::env_sync_spec>(leg.job.what);
  const bool strict = rules.empty == spec::env_sync_spec::empty_rule::refuse;
  gathered_variables out;
  source_reader reader(world, leg, cancel);
  std::size_t number = 0;
  std::size_t used = 0;
  for (const spec::variable_source& from : rules.sources) {
    ++number;
    if (!from.when.empty()) {
      const auto when = spec::selector::parse(from.when);
      if (!when) co_return at_source(name_of(number, "when"), when.error());
      if (!when->matches(leg.target)) continue;
    }
    ++used;
    const auto given = co_await reader.read(from, number, out);
    if (!given) co_return given.error();
    if (*given == 0 && strict)
      co_return fail(codes::guard, "source " + std::to_string(number) +
                                       " gives no variable at all, which is more likely a mistake than meant");
  }
  if (used == 0 && strict)
    co_return fail(codes::guard, "no source applies to target " + leg.target.name + "; its variables are left alone");
  co_return out;
}

}  // namespace triggerd::job
