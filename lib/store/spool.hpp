// The spool on disk, off the loop: syncing a body takes as long as the disk likes.
#pragma once

#include "store/ledger.hpp"
#include "store/spool_directory.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace triggerd::store {

// Called on the loop's thread; one thread of its own does the work, in order of the calls.
class file_spool final : public spool {
 public:
  // `path` is STATE_DIR/spool. Blocks while it lists the directory.
  static result<std::unique_ptr<file_spool>> open(std::string path, std::uint64_t most_bytes,
                                                  asio::any_io_executor loop);
  ~file_spool() override;  // joins; the coroutines that wait in it must have ended

  task<result<>> write(std::string name, std::shared_ptr<const std::string> body) override;
  task<result<std::string>> read(std::string name) override;
  task<result<>> remove(std::string name) override;
  task<result<std::size_t>> sweep(std::vector<std::string> keep) override;
  std::uint64_t bytes() const override { return files_.bytes(); }

 private:
  file_spool(spool_directory files, asio::any_io_executor loop);
  template <class T>
  task<result<T>> off_the_loop(std::function<result<T>(spool_directory&)> work);

  spool_directory files_;
  const asio::any_io_executor loop_;
  asio::thread_pool thread_{1};
};

}  // namespace triggerd::store
