// io.triggerd.Control as one table: the server serves and checks it, config/io.triggerd.Control.varlink is its text,
// triggerctl is written against it. A change here is a change of the daemon's public face: add optional fields, never
// rename or drop one.
#pragma once

#include "control/interface.hpp"

namespace triggerd::commands {

// Stands in every reply. Raised only when a reader of the old shape would misread the new one.
inline constexpr int schema_version = 1;

const control::interface& control_interface();

}  // namespace triggerd::commands
