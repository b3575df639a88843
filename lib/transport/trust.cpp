#include "transport/trust.hpp"

#include "transport/codes.hpp"
#include "transport/curl_library.hpp"
#include "transport/descriptors.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace triggerd::transport {
namespace {

trust_store empty_store() {
  trust_store store(X509_STORE_new(), X509_STORE_free);
  // As curl does for its own stores: an intermediate authority in the file is as good as a root.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  return store;
}

bool read_into(const trust_store& store, const std::string& pem_file) {
  const bool read = X509_STORE_load_file(store.get(), pem_file.c_str()) == 1;
  ERR_clear_error();  // a left-over would be blamed on the next TLS connection of this thread
  return read;
}

// Else a bundle that could not be opened now would be missed for ever.
error without_descriptors() {
  return fail(codes::busy,
              "no file descriptor is free to read certificate authorities; raise this process's limit of open files");
}

}  // namespace

result<trust_store> load_trust(const std::string& pem_file) {
  trust_store store = empty_store();
  if (read_into(store, pem_file)) return store;
  if (out_of_descriptors()) return without_descriptors();
  return fail(codes::unusable, pem_file + ": no certificate authority could be read; give a readable PEM file");
}

result<trust_store> load_system_trust() {
  const std::string bundle(curl_ca_file());
  trust_store store = empty_store();
  if (!bundle.empty() && read_into(store, bundle)) return store;
  if (out_of_descriptors()) return without_descriptors();
  const bool read = X509_STORE_set_default_paths(store.get()) == 1;
  ERR_clear_error();
  if (!read)
    return fail(codes::unusable, "the system's certificate authorities cannot be read; install ca-certificates");
  return store;
}

}  // namespace triggerd::transport
