// Writes JSON text: objects, arrays, values, with commas and escapes where they belong.
//
//   JsonWriter json;
//   json.BeginObject().Key("packets").Number(5).Key("name").Text("a\"b").EndObject();
//   json.text()                                  // {"packets":5,"name":"a\"b"}
//
// The caller balances what it begins. Texts may hold any bytes: what is not printable ASCII comes
// out as \u00XX, byte for byte, so the result is valid JSON whatever a capture holds. Any thread;
// allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_JSON_WRITER_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_JSON_WRITER_H_

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace fh {

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  JsonWriter& Key(absl::string_view name) {
    Text(name);
    text_ += ':';
    return *this;
  }
  JsonWriter& Text(absl::string_view value) {
    Separate();
    text_ += '"';
    for (const char c : value) AppendEscaped(c);
    text_ += '"';
    return *this;
  }
  JsonWriter& Number(uint64_t value) { return Raw(absl::StrCat(value)); }
  JsonWriter& Signed(int64_t value) { return Raw(absl::StrCat(value)); }
  // Infinities and what is no number become null.
  JsonWriter& Real(double value) {
    return Raw(std::isfinite(value) ? absl::StrFormat("%.9g", value) : "null");
  }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  // UNIX ns as a text, since readers that keep numbers as doubles would round it; null for 0.
  JsonWriter& TimeNs(int64_t value) { return value == 0 ? Null() : Text(absl::StrCat(value)); }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& Open(char bracket) {
    Separate();
    text_ += bracket;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    text_ += bracket;
    return *this;
  }
  JsonWriter& Raw(absl::string_view value) {
    Separate();
    text_.append(value.data(), value.size());
    return *this;
  }
  // A comma, unless something was only just begun. Texts end in a quote, so the last character
  // tells.
  void Separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
  }
  void AppendEscaped(char c) {
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (c >= ' ' && c <= '~') {
      text_ += c;
    } else {
      absl::StrAppendFormat(&text_, "\\u%04x", static_cast<unsigned char>(c));
    }
  }

  std::string text_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_JSON_WRITER_H_
