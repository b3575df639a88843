// JSON schemas (draft-07) for editors, made from the table of the format. Keys that are not built yet are left out, so
// an editor flags them as `triggerd check` does.
#pragma once

#include <string>

namespace triggerd::config {

std::string triggerd_schema();  // config/schema/triggerd.schema.json
std::string jobs_schema();      // config/schema/jobs.schema.json

}  // namespace triggerd::config
