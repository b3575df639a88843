#include "job/batch_source.hpp"

#include "base/digest.hpp"
#include "job/codes.hpp"
#include "job/trigger_plan.hpp"
#include "source/byte_stream.hpp"
#include "source/inline_list.hpp"
#include "source/ndjson.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

using reader_result = result<std::unique_ptr<source::item_reader>>;

result<opened_items> open_inline(const spec::batch_spec& spec, const spec::name_lookup& names) {
  std::vector<std::string> texts;
  texts.reserve(spec.items.size());
  for (const std::string& item : spec.items) {
    const auto parsed = spec::json_template::parse(item);
    const auto value = parsed ? parsed->render(names) : result<nlohmann::json>(parsed.error());
    if (!value) return fail(codes::payload, "item " + std::to_string(texts.size() + 1) + ": " + value.error().message);
    texts.push_back(value->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return opened_items{source::read_list(std::move(texts)), {}};
}

result<source::csv_format> csv_of(const spec::batch_spec& spec) {
  source::csv_format how;
  how.header = spec.csv_header;
  how.delimiter = spec.csv_delimiter;
  for (const auto& [column, word] : spec.csv_types) {
    const auto type = source::column_type_of(word);
    if (!type) return fail(codes::payload, "column " + column + " has the unknown type " + word);
    how.types.emplace(column, *type);
  }
  return how;
}

reader_result open_reader(const spec::batch_spec& spec, const std::string& path, inputs& from) {
  switch (spec.format) {
    case spec::item_format::ndjson: return from.open_ndjson(path);
    case spec::item_format::json: return from.open_json(path);
    case spec::item_format::csv: {
      auto how = csv_of(spec);
      if (!how) return how.error();
      return from.open_csv(path, std::move(*how));
    }
    case spec::item_format::inline_items:
    case spec::item_format::exec: break;
  }
  return fail(codes::payload, "the items stand in no file");
}

result<opened_items> open_path(const spec::batch_spec& spec, const spec::name_lookup& names, inputs& from) {
  const auto path = spec::render_text(spec.file, names);
  if (!path) return path.error();
  const auto stamp = from.stamp(*path);
  if (!stamp) return stamp.error();
  auto reader = open_reader(spec, *path, from);
  if (!reader) return reader.error();
  return opened_items{std::move(*reader), std::to_string(stamp->size) + ':' + std::to_string(stamp->modified_ns)};
}

}  // namespace

task<result<opened_items>> open_items(const spec::batch_spec& spec, const spec::name_lookup& names, inputs& from,
                                      cancellation& cancel) {
  if (spec.format == spec::item_format::inline_items) co_return open_inline(spec, names);
  if (spec.format != spec::item_format::exec) co_return open_path(spec, names, from);
  if (!spec.exec) co_return fail(codes::payload, "there is no program to run");
  auto program = rendered(*spec.exec, names);
  if (!program) co_return program.error();
  const std::string name = "the output of " + program->argv.front();
  auto text = co_await from.run_program(std::move(*program), cancel);
  if (!text) co_return text.error();
  opened_items out;
  out.stamp = sha256_hex(*text);
  out.reader = source::read_ndjson(source::open_text(std::move(*text), name));
  co_return std::move(out);
}

}  // namespace triggerd::job
