#include "conformance/exceptions.hpp"

#include <array>

namespace triggerd::conformance {

namespace {

constexpr std::array all_differences{
    differs::durations, differs::one_tag,     differs::item_words,   differs::branch,     differs::source,
    differs::no_token,  differs::no_override, differs::refused_here, differs::one_filter, differs::store};

}  // namespace

std::span<const exception> differences() { return all_differences; }

}  // namespace triggerd::conformance
