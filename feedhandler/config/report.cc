#include "feedhandler/config/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fh::config_internal {

namespace {

constexpr size_t kMaxReported = 50;
constexpr int kTabWidth = 8;

}  // namespace

SourceText::SourceText(absl::string_view text) : text_(text), line_starts_{0} {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

absl::string_view SourceText::Line(size_t index) const {
  const size_t start = line_starts_[index];
  const size_t end = index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  return text_.substr(start, end - start);
}

Position SourceText::FromProtobuf(int line, int column) const {
  if (line < 0 || static_cast<size_t>(line) >= line_starts_.size()) return {};
  int tab_column = 0;
  int bytes = 0;
  for (const char c : Line(static_cast<size_t>(line))) {
    if (tab_column >= column) break;
    tab_column += c == '\t' ? kTabWidth - tab_column % kTabWidth : 1;
    ++bytes;
  }
  return {line + 1, bytes + 1};
}

Position SourceText::FindBackwards(absl::string_view word, Position before) const {
  if (before.line < 1 || word.empty()) return before;
  auto line = static_cast<size_t>(before.line) - 1;
  const size_t end = line_starts_[line] + static_cast<size_t>(before.column) - 1;
  const size_t found = text_.substr(0, end).rfind(word);
  if (found == absl::string_view::npos) return before;
  while (line_starts_[line] > found) --line;
  return {static_cast<int>(line) + 1, static_cast<int>(found - line_starts_[line]) + 1};
}

std::string Report::At(Position position) const {
  if (position.line == 0) return source_name_;
  return absl::StrCat(source_name_, ":", position.line, ":", position.column);
}

std::vector<std::string> Report::Render(std::vector<Entry> entries) const {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [position, message] : entries) {
    if (lines.size() == kMaxReported) {
      lines.push_back(absl::StrCat(source_name_, ": and ", entries.size() - kMaxReported, " more"));
      break;
    }
    lines.push_back(absl::StrCat(At(position), ": ", message));
  }
  return lines;
}

absl::Status Report::status() const {
  if (ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(Render(errors_), "\n"));
}

std::vector<std::string> Report::Warnings() const { return Render(warnings_); }

}  // namespace fh::config_internal
