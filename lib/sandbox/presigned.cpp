#include "sandbox/presigned.hpp"

namespace triggerd::sandbox {

std::string object_path(const live_environment& in, std::string_view name) {
  return in.project->spec->ref + '/' + in.slug + '/' + std::string(name);
}

std::string presigned_url(const state& in, const request& asked, std::string_view method, const live_environment& of,
                          std::string_view name) {
  std::string origin = in.config.base_url;
  if (const auto host = first_header(asked.headers, "host"); host && !host->empty())
    origin =
        std::string(first_header(asked.headers, "x-forwarded-proto").value_or("http")) + "://" + std::string(*host);
  return origin + in.objects.sign(method, object_path(of, name), in.now);
}

}  // namespace triggerd::sandbox
