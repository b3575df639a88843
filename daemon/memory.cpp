#include "memory.hpp"

#include <cstdio>
#include <memory>

#include <unistd.h>

#ifdef TRIGGERD_MIMALLOC
#include <mimalloc.h>
#else
#include <malloc.h>
#endif

// Debian's libcurl brings GnuTLS along, for protocols that are never spoken here. It asks whoever loads it whether it need
// make itself ready (GnuTLS manual, "Initialization"), which would cost half a MiB and a seventh of the start.
extern "C" int _gnutls_global_init_skip() { return 1; }

namespace triggerd::memory {

std::uint64_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"), std::fclose);
  unsigned long long all = 0;
  unsigned long long resident = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &all, &resident) != 2) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void give_back() {
#ifdef TRIGGERD_MIMALLOC
  ::mi_collect(true);
#else
  (void)::malloc_trim(0);
#endif
}

}  // namespace triggerd::memory
