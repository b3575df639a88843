// The runs that ended before the world starts.
#pragma once

namespace triggerd::sandbox {

struct state;

void make_past(state& in);

}  // namespace triggerd::sandbox
