// The items of a batch in order, each made ready or found wanting; those that earlier fires are known to have done are
// left out. Holds one item, or as many as one question to the ledger covers; only that question is waited for.
#pragma once

#include "job/batch_item.hpp"
#include "job/memory.hpp"
#include "source/item.hpp"

#include <deque>
#include <optional>
#include <string>

namespace triggerd::job {

struct feed_item {
  std::uint64_t ordinal = 0;  // place in the source, from 0
  source::item from;
  std::optional<std::string> wrong;  // why it cannot be sent
  made_item made;                    // else
};

class item_feed {
 public:
  // `known`: the space of finished item keys to leave out; empty: none is. The maker outlives it.
  item_feed(std::unique_ptr<source::item_reader> from, item_maker& maker, memory remembered, std::string known);

  result<> skip(std::uint64_t items);
  std::optional<feed_item> take();  // of what was read; nullopt: read() more
  result<bool> read();              // false: that was all
  bool asks() const { return !known_.empty(); }
  task<result<>> ask();  // after read(), which of it earlier fires have done, when it asks at all

  std::uint64_t passed() const { return passed_; }  // items given out, left out or skipped
  std::uint64_t left_out() const { return left_out_; }

 private:
  struct seen {
    source::item from;
    std::uint64_t ordinal = 0;
    std::string key;
    bool known = false;
  };
  result<bool> read_one(std::size_t& bytes);
  feed_item ready(seen one);

  std::unique_ptr<source::item_reader> from_;
  item_maker& maker_;
  memory remembered_;
  const std::string known_;
  std::deque<seen> window_;
  std::uint64_t read_ = 0;
  std::uint64_t passed_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace triggerd::job
