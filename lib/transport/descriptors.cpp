#include "transport/descriptors.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace triggerd::transport {

bool out_of_descriptors() {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno == EMFILE || errno == ENFILE;
  ::close(probe);
  return false;
}

}  // namespace triggerd::transport
