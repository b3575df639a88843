#include "config/forms.hpp"

#include "base/text.hpp"
#include "config/codes.hpp"
#include "spec/units.hpp"

#include <algorithm>

namespace triggerd::config {

namespace {

using kind = node::kind;

// Complains about one value; knows its name and key.
class value_check {
 public:
  value_check(std::string_view name, const node& v, const key& k, complaints& out)
      : name_(name), v_(v), k_(k), out_(out) {}

  void run() {
    switch (k_.is) {
      case form::flag: return typed(kind::boolean);
      case form::integer: return integer();
      case form::number: return number();
      case form::text_or_number: return v_.is(kind::integer) || v_.is(kind::number) ? void() : text();
      case form::scalar: return v_.is(kind::table) || v_.is(kind::array) ? wrong() : void();
      case form::instants: return instants();
      case form::moment: return moment();
      case form::duration_or_instant: return v_.is(kind::datetime) ? instant(v_) : unit();
      case form::share: return v_.is(kind::integer) ? integer() : unit();
      case form::duration:
      case form::duration_or_never:
      case form::backoff:
      case form::rate:
      case form::size:
      case form::percent: return unit();
      case form::word: return word();
      default: return text();
    }
  }

 private:
  void complain(error_code code, std::string message) { out_.error(v_.where, code, std::move(message)); }
  std::string me() const { return in_quotes(name_); }
  void wrong() { wrong_type(name_, v_, k_, out_, true); }
  void typed(kind wanted) {
    if (!v_.is(wanted)) wrong();
  }

  void in_range(double value) {
    if (value >= k_.least && value <= k_.most) return;
    const auto show = [](double d) { return std::to_string(static_cast<std::int64_t>(d)); };
    complain(codes::value, me() + " must be " +
                               (k_.most >= 9e15 ? "at least " + show(k_.least)
                                                : "between " + show(k_.least) + " and " + show(k_.most)));
  }

  void integer() {
    if (!v_.is(kind::integer)) return wrong();
    in_range(static_cast<double>(v_.integer));
  }

  void number() {
    if (v_.is(kind::integer)) return in_range(static_cast<double>(v_.integer));
    if (v_.is(kind::number)) return in_range(v_.number);
    wrong();
  }

  void text() {
    if (!v_.is(kind::string)) return wrong();
    if (!k_.allowed.empty()) return word();
    if (!k_.check) return;
    if (const auto bad = k_.check(v_.text)) complain(codes::value, me() + ": " + *bad);
  }

  void word() {
    if (!v_.is(kind::string)) return wrong();
    const auto has = [&](words list) { return std::find(list.begin(), list.end(), v_.text) != list.end(); };
    if (has(k_.allowed)) return;
    if (has(k_.allowed_later))
      return complain(codes::not_supported, me() + " = " + in_quotes(v_.text) + " is not supported yet");
    complain(codes::value,
             me() + " is " + choices({k_.allowed.begin(), k_.allowed.end()}) + ", not " + in_quotes(v_.text));
  }

  // Everything that carries its unit in a string.
  void unit() {
    if (v_.is(kind::integer) || v_.is(kind::number))
      return complain(codes::unit, me() + " is a bare number; write " + std::string(takes(k_.is)));
    if (!v_.is(kind::string)) return wrong();
    switch (k_.is) {
      case form::duration: return duration(v_.text);
      case form::duration_or_never: return v_.text == "never" ? void() : duration(v_.text);
      case form::duration_or_instant:
        if (!v_.text.empty() && text::parse_iso(v_.text)) return;
        return duration(v_.text);
      case form::rate: return told(spec::parse_rate(v_.text));
      case form::size: return size();
      case form::share: return told(spec::parse_share(v_.text));
      case form::percent:
        if (!parse_percent(v_.text))
          complain(codes::unit, me() + ": " + in_quotes(v_.text) + " is not a percentage such as \"98%\"");
        return;
      default:
        if (!parse_backoff(v_.text))
          complain(codes::unit, me() + ": " + in_quotes(v_.text) +
                                    " is not a pair of durations such as \"500ms..30s\", the shorter first");
    }
  }

  template <class T>
  void told(const result<T>& parsed) {
    if (!parsed) complain(codes::unit, me() + ": " + parsed.error().message);
  }

  void duration(std::string_view text) {
    const auto parsed = spec::parse_duration(text);
    if (!parsed) return told(parsed);
    const auto count = static_cast<double>(parsed->count());
    const auto show = [](double ms) { return '"' + text::show(milliseconds(static_cast<std::int64_t>(ms))) + '"'; };
    if (count < k_.least) complain(codes::value, me() + " must be at least " + show(k_.least));
    if (count > k_.most) complain(codes::value, me() + " must be at most " + show(k_.most));
  }

  void size() {
    const auto parsed = spec::parse_size(v_.text);
    if (!parsed) return told(parsed);
    const auto count = static_cast<double>(*parsed);
    if (count < k_.least || count > k_.most)
      complain(codes::value, me() + " must be between " + std::to_string(static_cast<std::uint64_t>(k_.least)) +
                                 "B and " + std::to_string(static_cast<std::uint64_t>(k_.most)) + "B");
  }

  void instant(const node& v) {
    if (!text::parse_iso(v.text))
      out_.error(
          v.where, codes::value,
          me() + ": " + in_quotes(v.text) + " names no instant; write date, time and zone: 2026-11-24T02:15:00Z");
  }

  void instants() {
    if (v_.is(kind::array)) {
      for (const auto& item : v_.items)
        if (item.is(kind::datetime) || item.is(kind::string)) instant(item);
        else wrong_type(name_, item, k_, out_, true);
      if (v_.items.empty()) complain(codes::value, me() + " names no instant");
      return;
    }
    if (v_.is(kind::datetime) || v_.is(kind::string)) return instant(v_);
    wrong();
  }

  void moment() {
    if (v_.is(kind::datetime)) return instant(v_);
    if (v_.is(kind::integer) || v_.is(kind::number)) return unit();
    if (!v_.is(kind::string)) return wrong();
    if (text::parse_iso(v_.text)) return;
    const auto relative = spec::parse_signed_duration(v_.text);
    if (!relative)
      complain(codes::unit,
               me() + ": " + in_quotes(v_.text) +
                   " is neither an instant such as 2026-11-24T02:15:00Z nor relative to the fire such as \"-2h\"");
    else if (relative->count() > 0 && !v_.text.starts_with('-'))
      complain(codes::value,
               me() + ": " + in_quotes(v_.text) + " lies after the fire; write " + in_quotes('-' + v_.text));
  }

  std::string_view name_;
  const node& v_;
  const key& k_;
  complaints& out_;
};

}  // namespace

void check_form(std::string_view name, const node& value, const key& k, complaints& out) {
  value_check(name, value, k, out).run();
}

std::string_view takes(form f) {
  switch (f) {
    case form::text:
    case form::word:
    case form::path:
    case form::text_map:
    case form::strings:
    case form::argv: return "a string";
    case form::flag: return "true or false";
    case form::integer: return "an integer";
    case form::number: return "a number";
    case form::duration: return "a duration such as \"90s\" or \"1h30m\"";
    case form::duration_or_never: return "a duration such as \"24h\", or \"never\"";
    case form::duration_or_instant: return "a duration such as \"90s\", or an instant";
    case form::backoff: return "two durations such as \"500ms..30s\"";
    case form::rate: return "a rate such as \"1200/min\"";
    case form::size: return "a size such as \"64KiB\"";
    case form::share: return "a share such as \"2%\", or a count";
    case form::percent: return "a percentage such as \"98%\"";
    case form::moment: return "an instant, or a time relative to the fire such as \"-2h\"";
    case form::instants: return "an instant such as 2026-11-24T02:15:00Z, or an array of them";
    case form::scalar: return "a string, a number, a boolean or a date";
    case form::text_or_number: return "a string or a number";
    case form::json: return "any value";
    case form::json_table:
    case form::table:
    case form::named: return "a table";
    case form::json_list: return "an array";
    case form::tables: return "an array of tables: [[...]]";
    case form::source: return "a table: { env = }, { file = }, { systemd = } or { exec = [] }";
    case form::name_or_source: return "a name, or one of { env = }, { file = }, { systemd = }, { exec = [] }";
    case form::text_or_source_map: return "a string, or one of { env = }, { file = }, { systemd = }, { exec = [] }";
  }
  return {};
}

void wrong_type(std::string_view name, const node& value, const key& k, complaints& out, bool part) {
  std::string wanted(takes(k.is));
  // An entry of an array or of a map is told with its own name or with the array's; the whole is of another type.
  const bool whole = name == k.name && !part;
  if (whole && (k.is == form::strings || k.is == form::argv)) wanted = "an array of strings";
  if (whole && k.is == form::text_map) wanted = "a table of strings";
  if (whole && k.is == form::text_or_source_map) wanted = "a table";
  out.error(value.where, codes::wrong_type,
            in_quotes(name) + " takes " + wanted + ", not " + std::string(config::name(value.type)));
}

std::optional<std::pair<milliseconds, milliseconds>> parse_backoff(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = spec::parse_duration(text::trim(text.substr(0, dots)));
  const auto most = spec::parse_duration(text::trim(text.substr(dots + 2)));
  if (!first || !most || *first > *most || first->count() == 0) return std::nullopt;
  return std::pair(*first, *most);
}

std::optional<double> parse_percent(std::string_view text) {
  const auto parsed = spec::parse_share(text);
  if (!parsed || parsed->percent < 0) return std::nullopt;
  return parsed->percent;
}

}  // namespace triggerd::config
