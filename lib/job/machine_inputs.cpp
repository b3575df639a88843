#include "job/machine_inputs.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "source/byte_stream.hpp"
#include "source/codes.hpp"
#include "source/json_array.hpp"
#include "source/ndjson.hpp"
#include "source/process.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace triggerd::job {

namespace {

using reader_result = result<std::unique_ptr<source::item_reader>>;

template <class Make>
reader_result over_file(const std::string& path, const Make& make) {
  auto file = source::open_file(path);
  if (!file) return file.error();
  return make(std::move(*file));
}

}  // namespace

reader_result machine_inputs::open_ndjson(const std::string& path) { return over_file(path, source::read_ndjson); }

reader_result machine_inputs::open_json(const std::string& path) { return over_file(path, source::read_json_array); }

reader_result machine_inputs::open_csv(const std::string& path, source::csv_format how) {
  return over_file(path, [&how](std::unique_ptr<source::byte_stream> file) {
    return source::read_csv(std::move(file), std::move(how));
  });
}

result<file_stamp> machine_inputs::stamp(const std::string& path) {
  struct stat facts {};
  const auto unreadable = [&path](const std::string& why) {
    return fail(source::codes::unreadable, text::printable(path) + " cannot be read: " + why);
  };
  if (::stat(path.c_str(), &facts) != 0) return unreadable(std::generic_category().message(errno));
  if (!S_ISREG(facts.st_mode)) return unreadable("it is not an ordinary file");
  file_stamp out;
  out.size = static_cast<std::uint64_t>(facts.st_size);
  out.modified_ns = std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  return out;
}

result<std::string> machine_inputs::read_file(const std::string& path, std::size_t most) {
  return source::read_text(path, most);
}

task<result<std::string>> machine_inputs::run_program(spec::exec_spec what, cancellation& cancel) {
  source::process_spec program;
  program.argv = std::move(what.argv);
  program.timeout = what.timeout;
  program.most_output = std::min<std::size_t>(what.max_size, limits::exec_output);
  auto ended = co_await source::run_process(std::move(program), timers_, clock_, cancel);
  if (!ended) co_return ended.error();
  co_return std::move(ended->out);
}

task<result<secret>> machine_inputs::read_secret(spec::value_source from, cancellation& cancel) {
  return secrets_(std::move(from), cancel);
}

}  // namespace triggerd::job
