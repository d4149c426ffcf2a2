// JSON, written front to back:
//
//   JsonText json;
//   json.Open('{').Key("name").Text(feed).Key("bounds").Open('[').Number(1).Number(2).Close(']').Close('}');
//
// Commas are put where they belong. Text is any bytes: what is not UTF-8 is left to who reads it.
#ifndef FEEDHANDLER_LATENCY_PAGE_JSON_TEXT_H_
#define FEEDHANDLER_LATENCY_PAGE_JSON_TEXT_H_

#include <cmath>
#include <concepts>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace fh::latency::page {

class JsonText {
 public:
  JsonText& Open(char bracket) {
    Comma();
    text_.push_back(bracket);
    comma_ = false;
    return *this;
  }
  JsonText& Close(char bracket) {
    text_.push_back(bracket);
    comma_ = true;
    return *this;
  }
  JsonText& Key(absl::string_view name) {
    Text(name);
    text_.push_back(':');
    comma_ = false;
    return *this;
  }
  JsonText& Text(absl::string_view value) {
    Comma();
    text_.push_back('"');
    for (const char c : value) {
      if (c == '"' || c == '\\') {
        text_.push_back('\\');
        text_.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        absl::StrAppendFormat(&text_, "\\u%04x",
                              static_cast<unsigned>(static_cast<unsigned char>(c)));
      } else {
        text_.push_back(c);
      }
    }
    text_.push_back('"');
    return *this;
  }
  template <std::integral T>
  JsonText& Number(T value) {
    Comma();
    absl::StrAppend(&text_, value);
    return *this;
  }
  JsonText& Bool(bool value) {
    Comma();
    text_ += value ? "true" : "false";
    return *this;
  }
  JsonText& Number(double value) {
    if (!std::isfinite(value)) return Null();
    Comma();
    absl::StrAppend(&text_, value);
    return *this;
  }
  JsonText& Null() {
    Comma();
    text_ += "null";
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  void Comma() {
    if (comma_) text_.push_back(',');
    comma_ = true;
  }

  std::string text_;
  bool comma_ = false;
};

}  // namespace fh::latency::page

#endif  // FEEDHANDLER_LATENCY_PAGE_JSON_TEXT_H_
