#include "config/read_job.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::config {

namespace {

void read_items(const view& job, spec::batch_spec& out) {
  if (const node* items = job.at("items"))
    for (const auto& item : items->items) out.items.push_back(to_json(item).dump());
  const view from = job.table("items_from");
  using format = spec::item_format;
  const std::pair<std::string_view, format> files[] = {
      {"ndjson", format::ndjson}, {"csv", format::csv}, {"json", format::json}};
  for (const auto& [key, meaning] : files) {
    if (!from.at(key)) continue;
    out.format = meaning;
    from.read(key, out.file);
  }
  out.exec = read_exec(from);
  if (out.exec) out.format = format::exec;
  from.read("header", out.csv_header);
  std::string delimiter;
  from.read("delimiter", delimiter);
  if (delimiter.size() == 1) out.csv_delimiter = delimiter.front();
  from.read("types", out.csv_types);
}

}  // namespace

spec::batch_spec read_batch(const view& job) {
  spec::batch_spec out;
  job.read("task", out.task);
  read_items(job, out);
  if (const node* map = job.at("map")) {
    out.map = read_options(map);
    // A map that gives options alone still sends the item.
    if (!map->find("payload")) {
      auto filled = nlohmann::json::parse(out.map);
      filled["payload"] = "{{ item }}";
      out.map = filled.dump();
    }
  }
  job.read("item_key", out.item_key);
  out.options = read_options(job.at("options"));
  const view chunking = job.table("chunking");
  chunking.read("items", out.chunk_items);
  chunking.read_size("bytes", out.chunk_bytes);
  chunking.read("concurrent", out.concurrent);
  chunking.read("resume", out.resume);
  chunking.read("seal_within", out.seal_within);
  const view rejects = job.table("rejects");
  rejects.read("file", out.rejects_file);
  rejects.read("max", out.rejects_most);
  job.read("rate", out.pace);
  job.read_word("send", out.each, {{"batch", false}, {"each", true}});
  return out;
}

}  // namespace triggerd::config
