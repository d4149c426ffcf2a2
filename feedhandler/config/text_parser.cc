#include "feedhandler/config/text_parser.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace fh::config_internal {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Deeper than any configuration; bounds the parser's recursion on hostile text.
constexpr int kMaxNesting = 16;
constexpr size_t kMaxQuoted = 64;

// Levenshtein's distance.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

// The candidate that `word` was probably meant to be; empty when none is near.
std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates) {
  // Compared in time that the text's author cannot blow up.
  if (word.size() > kMaxQuoted) return "";
  std::string nearest;
  size_t nearest_distance = 1 + std::max<size_t>(1, word.size() / 3);
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance >= nearest_distance) continue;
    nearest_distance = distance;
    nearest = candidate;
  }
  return nearest;
}

// What a key of this type is called in the file: the key that holds it, not the type.
std::string KeyOf(const Descriptor& type) {
  const google::protobuf::FileDescriptor* file = type.file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* parent = file->message_type(i);
    for (int k = 0; k < parent->field_count(); ++k) {
      const FieldDescriptor* field = parent->field(k);
      if (field->message_type() != &type) continue;
      return type.name() == "Thread" ? "a thread" : field->name();
    }
  }
  return "the file";
}

std::string Quoted(absl::string_view text) {
  return text.size() <= kMaxQuoted ? absl::StrCat("\"", text, "\"")
                                   : absl::StrCat("\"", text.substr(0, kMaxQuoted), "...\"");
}

// The texts between double quotes in one of protobuf's messages.
std::vector<std::string> QuotedWords(const std::string& message) {
  const std::vector<std::string> parts = absl::StrSplit(message, '"');
  std::vector<std::string> words;
  for (size_t i = 1; i < parts.size(); i += 2) words.push_back(parts[i]);
  return words;
}

class Collector : public google::protobuf::io::ErrorCollector {
 public:
  Collector(const SourceText& source, const Descriptor& root, Report& report)
      : source_(source), root_(root), report_(report) {}

  void AddError(int line, int column, const std::string& message) override {
    Add(source_.FromProtobuf(line, column), message);
  }

  // Unknown keys and values come as warnings, because the parser is told to go on after them.
  void AddWarning(int line, int column, const std::string& message) override {
    Add(source_.FromProtobuf(line, column), message);
  }

 private:
  void Add(Position position, const std::string& message) {
    const std::vector<std::string> words = QuotedWords(message);
    if (words.size() == 2 && absl::StrContains(message, "has no field named")) {
      return AddUnknownKey(position, words[0], words[1]);
    }
    if (words.size() == 2 && absl::StrContains(message, "numeration value")) {
      return AddUnknownValue(position, words[0], words[1]);
    }
    // Where a value is refused by its text, protobuf points behind it.
    const bool refused_value = words.size() == 2 && absl::StrContains(message, "Value: ");
    report_.Error(refused_value ? source_.FindBackwards(words[1], position) : position, message);
  }

  // Protobuf points behind the key.
  void AddUnknownKey(Position position, const std::string& type_name, const std::string& key) {
    position = source_.FindBackwards(key, position);
    const Descriptor* type = root_.file()->pool()->FindMessageTypeByName(type_name);
    std::string message = absl::StrCat("unknown key ", Quoted(key));
    if (type != nullptr) {
      std::vector<std::string> accepted;
      for (int i = 0; i < type->field_count(); ++i) accepted.push_back(type->field(i)->name());
      absl::StrAppend(&message, Suggestion(key, accepted), KeyOf(*type),
                      " takes: ", absl::StrJoin(accepted, ", "));
    }
    report_.Error(position, std::move(message));
  }

  void AddUnknownValue(Position position, const std::string& value, const std::string& key) {
    position = source_.FindBackwards(value, position);
    std::set<std::string> accepted;
    const google::protobuf::FileDescriptor* file = root_.file();
    for (int i = 0; i < file->message_type_count(); ++i) {
      const FieldDescriptor* field = file->message_type(i)->FindFieldByName(key);
      const EnumDescriptor* type = field != nullptr ? field->enum_type() : nullptr;
      for (int k = 0; type != nullptr && k < type->value_count(); ++k) {
        accepted.insert(type->value(k)->name());
      }
    }
    const std::vector<std::string> sorted(accepted.begin(), accepted.end());
    report_.Error(position, absl::StrCat("unknown value ", Quoted(value), " of ", key,
                                         Suggestion(value, sorted),
                                         "it can be: ", absl::StrJoin(sorted, ", ")));
  }

  const SourceText& source_;
  const Descriptor& root_;
  Report& report_;
};

}  // namespace

std::string Suggestion(absl::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(word, candidates);
  return nearest.empty() ? "; " : absl::StrCat("; did you mean \"", nearest, "\"? ");
}

bool ParseText(absl::string_view text, const SourceText& source, google::protobuf::Message& message,
               google::protobuf::TextFormat::ParseInfoTree& places, Report& report) {
  google::protobuf::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  Collector collector(source, *message.GetDescriptor(), report);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&places);
  parser.AllowUnknownField(true);
  parser.SetRecursionLimit(kMaxNesting);
  if (parser.Parse(&stream, &message) && report.ok()) return true;
  if (report.ok()) report.Error({}, "not a configuration in Protobuf text format");
  return false;
}

}  // namespace fh::config_internal
