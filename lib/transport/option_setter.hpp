// Sets options of a curl handle and keeps the first refusal, so that callers need not look at each.
#pragma once

#include "base/result.hpp"
#include "transport/codes.hpp"

#include <curl/curl.h>

#include <string>

namespace triggerd::transport {

class option_setter {
 public:
  explicit option_setter(CURL* easy) : easy_(easy) {}

  // The value must have exactly the type that curl documents: long, curl_off_t, a pointer or a function.
  template <class T>
  void operator()(CURLoption option, T value) {
    const CURLcode code = (curl_easy_setopt)(easy_, option, value);  // in parentheses: not the checking macro
    if (code == CURLE_OK || first_ != CURLE_OK) return;
    first_ = code;
    option_ = option;
  }

  result<> verdict() const {
    if (first_ == CURLE_OK) return {};
    const curl_easyoption* known = curl_easy_option_by_id(option_);
    return fail(codes::unusable, std::string("libcurl refuses the option ") + (known ? known->name : "?") + ": " +
                                     curl_easy_strerror(first_));
  }

 private:
  CURL* easy_;
  CURLcode first_ = CURLE_OK;
  CURLoption option_{};
};

}  // namespace triggerd::transport
