// Errors and warnings of a configuration, each with its place in the text.
#ifndef FEEDHANDLER_FEEDHANDLER_CONFIG_REPORT_H_
#define FEEDHANDLER_FEEDHANDLER_CONFIG_REPORT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fh::config_internal {

// Line and column from 1, the column in bytes; line 0 = the file as a whole.
struct Position {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

// The text with its lines. Protobuf's tokenizer counts lines and columns from 0 and advances to
// multiples of 8 at tabs; editors count bytes.
class SourceText {
 public:
  explicit SourceText(absl::string_view text);

  // Line 0 of the result when protobuf knows no place (-1).
  Position FromProtobuf(int line, int column) const;

  // Where `word` stands last before `before`, in its own line or those above; `before` itself when
  // it does not.
  Position FindBackwards(absl::string_view word, Position before) const;

 private:
  absl::string_view Line(size_t index) const;

  absl::string_view text_;
  std::vector<size_t> line_starts_;
};

class Report {
 public:
  explicit Report(absl::string_view source_name) : source_name_(source_name) {}

  void Error(Position position, std::string message) {
    errors_.emplace_back(position, std::move(message));
  }
  void Warning(Position position, std::string message) {
    warnings_.emplace_back(position, std::move(message));
  }

  // "itch.textproto:12:3".
  std::string At(Position position) const;

  bool ok() const { return errors_.empty(); }

  // InvalidArgument with all errors in the order of the text, a line each.
  absl::Status status() const;
  std::vector<std::string> Warnings() const;

 private:
  using Entry = std::pair<Position, std::string>;
  std::vector<std::string> Render(std::vector<Entry> entries) const;

  std::string source_name_;
  std::vector<Entry> errors_;
  std::vector<Entry> warnings_;
};

}  // namespace fh::config_internal

#endif  // FEEDHANDLER_FEEDHANDLER_CONFIG_REPORT_H_
