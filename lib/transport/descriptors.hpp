// Whether the process may open no file descriptor more.
#pragma once

namespace triggerd::transport {

// Asked after a failure, for neither libcurl nor OpenSSL says why it could not open something. A guess: another may have
// been closed since.
bool out_of_descriptors();

}  // namespace triggerd::transport
