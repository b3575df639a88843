// Where the kinds get what is not on the server: files, programs, secrets. The daemon's reads the machine; the
// simulation's makes things up.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "source/csv.hpp"
#include "source/item.hpp"
#include "spec/job_spec.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace triggerd::job {

// What tells one version of a file from another.
struct file_stamp {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const file_stamp&, const file_stamp&) = default;
};

class inputs {
 public:
  virtual ~inputs() = default;

  // Items as a stream; never the whole in memory. `path` is rendered and absolute.
  virtual result<std::unique_ptr<source::item_reader>> open_ndjson(const std::string& path) = 0;
  virtual result<std::unique_ptr<source::item_reader>> open_csv(const std::string& path, source::csv_format how) = 0;
  virtual result<std::unique_ptr<source::item_reader>> open_json(const std::string& path) = 0;
  virtual result<file_stamp> stamp(const std::string& path) = 0;
  virtual result<std::string> read_file(const std::string& path, std::size_t most) = 0;

  // The standard output of a program; argv is rendered, no shell.
  virtual task<result<std::string>> run_program(spec::exec_spec what, cancellation& cancel) = 0;
  virtual task<result<secret>> read_secret(spec::value_source from, cancellation& cancel) = 0;
};

// Where rejected items go, so that they can be mended and fed back. `path` is inside the state directory.
class reject_files {
 public:
  virtual ~reject_files() = default;
  virtual result<> append(const std::string& path, std::string_view lines) = 0;
};

}  // namespace triggerd::job
