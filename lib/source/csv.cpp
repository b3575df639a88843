#include "source/csv.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "source/codes.hpp"
#include "source/json_check.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace triggerd::source {

namespace {

struct record {
  std::uint64_t line = 0;
  std::vector<std::string> fields;
  std::string raw;
  std::string wrong;  // why it cannot be used
};

// Splits bytes into records; knows nothing of columns.
class record_reader {
 public:
  record_reader(std::unique_ptr<byte_stream> from, char delimiter)
      : bytes_(std::move(from)), delimiter_(static_cast<unsigned char>(delimiter)) {}

  // nullopt at the end; see failure().
  std::optional<record> next() {
    while (bytes_.peek() != byte_reader::end) {
      record_ = {};
      record_.line = bytes_.line();
      size_ = 0;
      while (take_field()) {
      }
      if (bytes_.failure()) return std::nullopt;
      const bool blank = record_.wrong.empty() && record_.fields.size() == 1 && record_.raw.empty();
      if (!blank) return std::move(record_);
    }
    return std::nullopt;
  }
  const std::optional<error>& failure() const { return bytes_.failure(); }
  const std::string& name() const { return bytes_.name(); }

 private:
  // True when another field follows in this record.
  bool take_field() {
    std::string field;
    const bool closed = bytes_.peek() == '"';
    if (closed) take_quoted(field);
    for (;;) {
      const int byte = bytes_.take();
      const bool line_end = byte == '\n' || byte == byte_reader::end || (byte == '\r' && bytes_.peek() == '\n');
      if (line_end) {
        if (byte == '\r') bytes_.take();
        end_field(std::move(field));
        return false;
      }
      keep_raw(byte);
      if (byte == delimiter_) {
        end_field(std::move(field));
        return true;
      }
      if (closed) blame("text follows the closing quote of a field");
      else if (byte == '"') blame("a quote stands in the middle of a field; quote the whole field and double it");
      keep(field, byte);
    }
  }

  // From the opening quote to behind the closing one.
  void take_quoted(std::string& field) {
    keep_raw(bytes_.take());
    for (;;) {
      const int byte = bytes_.take();
      if (byte == byte_reader::end) return blame("a quoted field does not end");
      keep_raw(byte);
      if (byte != '"') {
        keep(field, byte);
      } else if (bytes_.peek() == '"') {
        keep_raw(bytes_.take());
        keep(field, '"');
      } else {
        break;
      }
    }
  }

  // A record is as large as the memory it takes: fields without a byte count too.
  void end_field(std::string field) {
    if (fits(sizeof(field))) record_.fields.push_back(std::move(field));
  }
  void keep(std::string& field, int byte) {
    if (fits(1)) field += static_cast<char>(byte);
  }
  bool fits(std::size_t more) {
    size_ += more;
    if (size_ <= limits::source_line) return true;
    blame("longer than the limit of " + std::to_string(limits::source_line) + " bytes");
    return false;
  }
  void keep_raw(int byte) {
    if (record_.raw.size() < 4'096) record_.raw += static_cast<char>(byte);
  }
  void blame(const std::string& why) {
    if (record_.wrong.empty()) record_.wrong = why;
  }

  byte_reader bytes_;
  const int delimiter_;
  record record_;
  std::size_t size_ = 0;
};

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::optional<std::string> as_number(std::string_view text, bool whole) {
  const bool begins = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
  if (!begins || !check_json(text)) return std::nullopt;
  if (whole && text.find_first_of(".eE") != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

// The JSON text of a field; nullopt when it is not of the type.
std::optional<std::string> typed(const std::string& field, column_type type) {
  if (type == column_type::string) return quoted(field);
  const std::string_view text = text::trim(field);
  if (text.empty()) return "null";
  switch (type) {
    case column_type::integer: return as_number(text, true);
    case column_type::number: return as_number(text, false);
    case column_type::boolean:
      if (text == "1" || text::lower(text) == "true") return "true";
      if (text == "0" || text::lower(text) == "false") return "false";
      return std::nullopt;
    case column_type::json:
      if (!check_json(text)) return std::nullopt;
      return std::string(text);
    case column_type::string: break;
  }
  return std::nullopt;
}

std::string_view words_of(column_type type) {
  switch (type) {
    case column_type::integer: return "an integer within 2^53";
    case column_type::number: return "a number";
    case column_type::boolean: return "true, false, 1 or 0";
    case column_type::json: return "JSON";
    case column_type::string: break;
  }
  return "text";
}

struct column {
  std::string name;
  std::string key;  // the name as JSON
  column_type type = column_type::string;
};

class csv_reader final : public item_reader {
 public:
  csv_reader(std::unique_ptr<byte_stream> from, csv_format how)
      : records_(std::move(from), how.delimiter), format_(std::move(how)) {}

  result<std::optional<item>> next() override {
    if (!failure_ && !begun_) begin();
    if (failure_) return *failure_;
    auto found = first_ ? std::exchange(first_, std::nullopt) : records_.next();
    if (!found && records_.failure()) return *records_.failure();
    if (!found) return std::optional<item>();
    return std::optional(read(*found));
  }

 private:
  // Learns the columns from the first record.
  void begin() {
    begun_ = true;
    auto top = records_.next();
    if (!top) {
      if (records_.failure()) failure_ = records_.failure();
      return;
    }
    if (format_.header && !top->wrong.empty()) return refuse("the header cannot be used: " + top->wrong);
    for (std::size_t i = 0; i < top->fields.size(); ++i) {
      const std::string name = format_.header ? std::string(text::trim(top->fields[i])) : std::to_string(i + 1);
      if (!add_column(name)) return;
    }
    for (const auto& [name, type] : format_.types)
      if (!names_.contains(name))
        return refuse("there is no column '" + text::printable(name, 80) + "', for which a type is given");
    if (!format_.header) first_ = std::move(top);
  }

  bool add_column(const std::string& name) {
    const std::string number = std::to_string(columns_.size() + 1);
    if (name.empty()) refuse("column " + number + " has no name");
    else if (!text::is_utf8(name)) refuse("the name of column " + number + " is not UTF-8");
    else if (!names_.insert(name).second) refuse("two columns are named '" + text::printable(name, 80) + "'");
    if (failure_) return false;
    const auto type = format_.types.find(name);
    columns_.push_back({name, quoted(name), type == format_.types.end() ? column_type::string : type->second});
    return true;
  }

  item read(const record& from) const {
    if (!from.wrong.empty()) return rejected(from.line, from.wrong, from.raw);
    if (from.fields.size() != columns_.size())
      return rejected(
          from.line,
          std::to_string(from.fields.size()) + " fields where " + std::to_string(columns_.size()) + " are expected",
          from.raw);
    std::string json = "{";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const column& c = columns_[i];
      if (!text::is_utf8(from.fields[i]))
        return rejected(from.line, "column '" + text::printable(c.name, 80) + "' is not UTF-8", from.raw);
      const auto value = typed(from.fields[i], c.type);
      if (!value)
        return rejected(from.line,
                        "column '" + text::printable(c.name, 80) + "' is not " + std::string(words_of(c.type)),
                        from.raw);
      if (i > 0) json += ',';
      json += c.key;
      json += ':';
      json += *value;
    }
    json += '}';
    item out;
    out.line = from.line;
    out.json = std::move(json);
    return out;
  }

  void refuse(const std::string& why) { failure_ = fail(codes::columns, records_.name() + ": " + why); }

  record_reader records_;
  const csv_format format_;
  bool begun_ = false;
  std::vector<column> columns_;
  std::set<std::string> names_;
  std::optional<record> first_;  // of a file without a header
  std::optional<error> failure_;
};

}  // namespace

std::optional<column_type> column_type_of(std::string_view word) {
  if (word == "string") return column_type::string;
  if (word == "integer") return column_type::integer;
  if (word == "number") return column_type::number;
  if (word == "boolean") return column_type::boolean;
  if (word == "json") return column_type::json;
  return std::nullopt;
}

std::unique_ptr<item_reader> read_csv(std::unique_ptr<byte_stream> from, csv_format how) {
  return std::make_unique<csv_reader>(std::move(from), std::move(how));
}

}  // namespace triggerd::source
