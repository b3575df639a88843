#include "store/spool.hpp"

#include "store/codes.hpp"
#include "store/signals_blocked.hpp"

#include <boost/asio/post.hpp>

namespace triggerd::store {

namespace {

template <class T>
struct spool_answer {
  result<T> value = fail(codes::closed, "the spool is closed");
  wakeup came;
};

}  // namespace

file_spool::file_spool(spool_directory files, asio::any_io_executor loop)
    : files_(std::move(files)), loop_(std::move(loop)) {}

result<std::unique_ptr<file_spool>> file_spool::open(std::string path, std::uint64_t most_bytes,
                                                     asio::any_io_executor loop) {
  auto files = spool_directory::open(std::move(path), most_bytes);
  if (!files) return files.error();
  const signals_blocked quiet;
  return std::unique_ptr<file_spool>(new file_spool(std::move(*files), std::move(loop)));
}

file_spool::~file_spool() { thread_.join(); }

template <class T>
task<result<T>> file_spool::off_the_loop(std::function<result<T>(spool_directory&)> work) {
  auto got = std::make_shared<spool_answer<T>>();
  asio::post(thread_, [this, got, work = std::move(work)]() mutable {
    got->value = work(files_);
    // What holds the waiting coroutine must die on the loop, so this thread gives its share away.
    asio::post(loop_, [got = std::move(got)] { got->came.set(1); });
  });
  co_await got->came.wait();
  co_return std::move(got->value);
}

task<result<>> file_spool::write(std::string name, std::shared_ptr<const std::string> body) {
  return off_the_loop<void>(
      [name = std::move(name), body = std::move(body)](spool_directory& files) { return files.write(name, *body); });
}

task<result<std::string>> file_spool::read(std::string name) {
  return off_the_loop<std::string>([name = std::move(name)](spool_directory& files) { return files.read(name); });
}

task<result<>> file_spool::remove(std::string name) {
  return off_the_loop<void>([name = std::move(name)](spool_directory& files) { return files.remove(name); });
}

task<result<std::size_t>> file_spool::sweep(std::vector<std::string> keep) {
  return off_the_loop<std::size_t>([keep = std::move(keep)](spool_directory& files) { return files.sweep(keep); });
}

}  // namespace triggerd::store
