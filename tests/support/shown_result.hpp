// Lets doctest print a result<T> that was not what a check expected, whatever T is: its error in full. (Boost's own
// output operator claims every result and then fails to compile for a T that cannot be streamed.)
#pragma once

#include "base/result.hpp"

#include <doctest/doctest.h>

namespace doctest {

template <class T>
struct StringMaker<boost::system::result<T, triggerd::error>> {
  static String convert(const boost::system::result<T, triggerd::error>& shown) {
    return shown ? String("a value") : String(shown.error().describe().c_str());
  }
};

}  // namespace doctest
