#include "ledger_commands.hpp"

#include "base/text.hpp"
#include "directories.hpp"
#include "exit_codes.hpp"
#include "state_owner.hpp"
#include "store/codes.hpp"
#include "store/file_system.hpp"
#include "store/ledger_export.hpp"
#include "store/ledger_import.hpp"
#include "store/lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <ostream>

namespace triggerd {

namespace {

constexpr std::string_view standard = "-";

template <class T>
result<T> in_the_state_directory(const std::string& state_dir, const std::function<result<T>()>& work) {
  const auto owner = state_owner::become(state_dir);
  if (!owner) return owner.error();
  if (const auto made = make_directory(state_dir, 0700); !made) return made.error();
  if (const auto local = store::refuse_network(state_dir); !local) return local.error();
  const auto lock = store::state_lock::take(state_dir);
  if (!lock) return lock.error();
  return work();
}

std::string counted(std::uint64_t fires, std::uint64_t unfinished, std::uint64_t bodies) {
  return std::to_string(fires) + " fires, " + std::to_string(unfinished) + " of them unfinished, and " +
         std::to_string(bodies) + " bodies";
}

result<> write_export(const std::string& state_dir, int to, const clock& time, std::string& said) {
  const auto done = in_the_state_directory<store::export_summary>(
      state_dir, [&] { return store::export_ledger(state_dir, to, time); });
  if (!done) return done.error();
  said = "exported " + counted(done->fires, done->unfinished, done->bodies);
  if (done->missing > 0)
    said += "; " + std::to_string(done->missing) + " more bodies are not in the spool, and their actions will fail";
  return {};
}

// The file appears when it is whole: a backup that broke off does not replace the one before it.
result<> write_export_file(const std::string& state_dir, const std::string& file, const clock& time,
                           std::string& said) {
  const std::string beside = file + ".new";
  const store::descriptor to(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!to) return store::system_trouble(beside, "make", errno);
  result<> done = write_export(state_dir, to.get(), time, said);
  if (done && ::rename(beside.c_str(), file.c_str()) != 0) done = store::system_trouble(beside, "rename", errno);
  if (!done) {
    ::unlink(beside.c_str());
    return done;
  }
  return store::sync_directory_of(file);
}

result<> take_out(const std::string& state_dir, const std::string& file, const clock& time, std::string& said) {
  if (file != standard) return write_export_file(state_dir, file, time, said);
  if (::isatty(STDOUT_FILENO) != 0)
    return fail(codes::invalid_argument, "an export is no text for a terminal; give a file, or a pipe");
  return write_export(state_dir, STDOUT_FILENO, time, said);
}

std::string what_follows(const store::import_summary& done) {
  std::string out;
  if (done.aside) out += "; what stood here is now " + *done.aside;
  const std::string known = done.known == instant() ? "this moment" : text::iso(done.known);
  return out + ". It does not know what was done after " + known +
         ": triggerd looks up what it left unfinished before it acts, and holds jobs that replay until "
         "`triggerctl resume JOB`";
}

result<> bring_in(const std::string& state_dir, const std::string& file, const clock& time, std::string& said) {
  const store::descriptor opened(file == standard ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (file != standard && !opened) return store::system_trouble(file, "open", errno);
  const int from = file == standard ? STDIN_FILENO : opened.get();
  const auto done = in_the_state_directory<store::import_summary>(
      state_dir, [&] { return store::import_ledger(state_dir, from, time); });
  if (!done) return done.error();
  said = "imported " + counted(done->fires, done->unfinished, done->bodies) + what_follows(*done);
  return {};
}

result<> begin(const std::string& state_dir, const clock& time, std::string& said) {
  const auto done =
      in_the_state_directory<store::import_summary>(state_dir, [&] { return store::begin_ledger(state_dir, time); });
  if (!done) return done.error();
  said = "a new ledger begins" + what_follows(*done);
  return {};
}

result<> carry_out(const ledger_command& what, const std::string& state_dir, const clock& time, std::string& said) {
  switch (what.what) {
    case ledger_command::verb::take_out: return take_out(state_dir, what.file, time, said);
    case ledger_command::verb::bring_in: return bring_in(state_dir, what.file, time, said);
    case ledger_command::verb::begin: return begin(state_dir, time, said);
    case ledger_command::verb::none: break;
  }
  return {};
}

}  // namespace

int run_ledger(const ledger_command& said, const std::string& state_dir, const clock& time, std::ostream& words) {
  std::string outcome;
  const auto done = carry_out(said, state_dir, time, outcome);
  words << "triggerd: " << (done ? outcome : done.error().describe()) << '\n';
  return done ? exit_code::done : exit_code::of_start(done.error());
}

}  // namespace triggerd
