// The one way to return a failure: `result<T>` holds a T or an error. Exceptions are for programming errors only.
#pragma once

#include "base/error.hpp"

#include <boost/system/result.hpp>

namespace triggerd {

template <class T = void>
using result = boost::system::result<T, error>;

// Found by argument-dependent lookup from boost::system::result::value().
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

inline error fail(error_code code, std::string message, std::string peer = {}) {
  return {code, std::move(message), std::move(peer)};
}

}  // namespace triggerd
