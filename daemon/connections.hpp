// How a target of the files becomes connections over libcurl.
#pragma once

#include "spec/target_spec.hpp"
#include "transport/curl_transport.hpp"

#include <functional>
#include <memory>

namespace triggerd {

// Makes the connections of one target; they outlive neither the loop nor what uses them.
std::function<std::shared_ptr<transport::transport>(const spec::target_spec&)> connections_on(
    transport::curl_loop& loop);

}  // namespace triggerd
