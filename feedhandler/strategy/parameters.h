// The parameters of a strategy: key=value,key=value. The standard library only, for plugins too.
//
//   fh::Parameters parameters(text);                      // "format=json,output=updates.json"
//   const int format = parameters.Choice("format", {"csv", "json"}, 0);
//   const std::string output = parameters.Text("output", "-");
//   const uint64_t top = parameters.Number("top", 10, 1, 1000);
//   error = parameters.Error();                           // Empty: all is well.
//   if (!error.empty()) return nullptr;
//
// Every getter makes its key an accepted one, so call them all before Error(), which refuses
// unknown keys by naming those that are accepted. Spaces around keys and values do not count. A
// comma inside a value is written "\,"; any other backslash stands for itself. One thread;
// allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_PARAMETERS_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_PARAMETERS_H_

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace fh {

class Parameters {
 public:
  explicit Parameters(std::string_view text) { Parse(text); }

  // The value of `key`, `default_value` when it is not given.
  std::string Text(std::string_view key, std::string_view default_value) {
    const Entry* entry = Find(key, "TEXT");
    return entry != nullptr ? entry->value : std::string(default_value);
  }

  // A whole decimal number from `min` to `max`.
  uint64_t Number(std::string_view key, uint64_t default_value, uint64_t min, uint64_t max) {
    const std::string range = std::to_string(min) + " to " + std::to_string(max);
    const Entry* entry = Find(key, std::string("NUMBER from ").append(range));
    if (entry == nullptr) return default_value;
    uint64_t number = 0;
    const char* end = entry->value.data() + entry->value.size();
    const auto [stop, code] = std::from_chars(entry->value.data(), end, number);
    if (code != std::errc() || stop != end || number < min || number > max) {
      Fail("parameter " + entry->key + "=" + entry->value + " is not a number from " + range);
      return default_value;
    }
    return number;
  }

  // The index of the value in `choices`.
  int Choice(std::string_view key, std::initializer_list<std::string_view> choices,
             int default_index) {
    std::string listed;
    for (const std::string_view choice : choices) {
      if (!listed.empty()) listed += '|';
      listed += choice;
    }
    const Entry* entry = Find(key, listed);
    if (entry == nullptr) return default_index;
    int index = 0;
    for (const std::string_view choice : choices) {
      if (entry->value == choice) return index;
      ++index;
    }
    Fail("parameter " + entry->key + "=" + entry->value + " is not one of " + listed);
    return default_index;
  }

  // on or off.
  bool Switch(std::string_view key, bool default_value) {
    return Choice(key, {"off", "on"}, default_value ? 1 : 0) == 1;
  }

  // What is wrong, with what is accepted; empty when nothing is. After all getters.
  std::string Error() const {
    if (!error_.empty()) return error_;
    for (const Entry& entry : entries_) {
      if (!entry.known) return "unknown parameter \"" + entry.key + "\"; " + Accepted();
    }
    return "";
  }

 private:
  struct Entry {
    std::string key;
    std::string value;
    bool known = false;
  };

  static std::string_view Trim(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
  }

  void Fail(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  std::string Accepted() const {
    return accepted_.empty() ? "it takes no parameters" : "accepted are: " + accepted_;
  }

  void Parse(std::string_view text) {
    std::string item;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
        item += text[++i];
      } else if (i < text.size() && text[i] != ',') {
        item += text[i];
      } else {
        Add(Trim(item));
        item.clear();
      }
    }
  }

  void Add(std::string_view item) {
    if (item.empty()) return;
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      Fail("parameter \"" + std::string(item) + "\" has no value: write key=value,key=value");
      return;
    }
    Entry entry{std::string(Trim(item.substr(0, equals))),
                std::string(Trim(item.substr(equals + 1)))};
    for (const Entry& other : entries_) {
      if (other.key == entry.key) Fail("parameter \"" + entry.key + "\" is given twice");
    }
    entries_.push_back(std::move(entry));
  }

  const Entry* Find(std::string_view key, const std::string& form) {
    if (!accepted_.empty()) accepted_ += ", ";
    accepted_ += std::string(key) + "=" + form;
    for (Entry& entry : entries_) {
      if (entry.key == key) {
        entry.known = true;
        return &entry;
      }
    }
    return nullptr;
  }

  std::vector<Entry> entries_;
  std::string accepted_;
  std::string error_;  // The first that was found.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_PARAMETERS_H_
