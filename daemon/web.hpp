// What the loopback listener answers: /metrics and /healthz.
#pragma once

#include "http/message.hpp"

namespace triggerd {

struct instance;

http::handler web_answers(instance& of);

}  // namespace triggerd
