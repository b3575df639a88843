// Where a batch's items come from, opened: a stream of items, and a stamp that tells one version of it from another.
#pragma once

#include "job/kind.hpp"
#include "spec/template.hpp"

#include <memory>
#include <string>

namespace triggerd::job {

struct opened_items {
  std::unique_ptr<source::item_reader> reader;
  std::string stamp;  // empty: it cannot change (inline items)
};
task<result<opened_items>> open_items(const spec::batch_spec& spec, const spec::name_lookup& names, inputs& from,
                                      cancellation& cancel);

}  // namespace triggerd::job
