// Lists inside replies, row by row. For sources: it brings the whole of the JSON library.
#pragma once

#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

// Every row of the list, or the first complaint.
template <class T>
result<std::vector<T>> rows_of(const nlohmann::json& list, result<T> (*row_of)(const nlohmann::json&)) {
  std::vector<T> rows;
  rows.reserve(list.size());
  for (const auto& one : list) {
    auto row = row_of(one);
    if (!row) return row.error();
    rows.push_back(std::move(*row));
  }
  return rows;
}

// Of a list that has to be there; api.unreadable when it is not.
template <class T>
result<std::vector<T>> rows_member(const nlohmann::json& of, std::string_view name,
                                   result<T> (*row_of)(const nlohmann::json&)) {
  const auto* list = array_member(of, name);
  if (list == nullptr) return missing_member(name);
  return rows_of(*list, row_of);
}

// One object as the whole reply.
template <class T>
result<T> whole_of(const transport::response& reply, result<T> (*object_of)(const nlohmann::json&)) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return object_of(*body);
}

}  // namespace triggerd::api
