// Text in columns for people: names to the left, figures to the right.
//
//   ColumnTable table({{"group"}, {"packets", ColumnTable::kRight}});
//   table.AddRow({"239.1.1.1:26400", "1,234"});
//   std::fputs(table.Text("  ").c_str(), stdout);
//
// Columns are as wide as their widest cell; no trailing blanks. Any thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_COLUMN_TABLE_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_COLUMN_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace fh {

class ColumnTable {
 public:
  enum Side { kLeft, kRight };
  struct Column {
    std::string header;
    Side side = kLeft;
  };

  explicit ColumnTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  bool empty() const { return rows_.empty(); }

  // Header and rows, each line behind `indent`, with a newline at its end.
  std::string Text(absl::string_view indent) const {
    std::vector<std::string> headers;
    std::vector<size_t> widths;
    for (const Column& column : columns_) {
      headers.push_back(column.header);
      widths.push_back(column.header.size());
    }
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    AppendLine(headers, widths, indent, text);
    for (const auto& row : rows_) AppendLine(row, widths, indent, text);
    return text;
  }

 private:
  void AppendLine(const std::vector<std::string>& cells, const std::vector<size_t>& widths,
                  absl::string_view indent, std::string& text) const {
    text.append(indent.data(), indent.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += "  ";
      const std::string blank(widths[i] - cells[i].size(), ' ');
      text += columns_[i].side == kRight ? blank + cells[i] : cells[i] + blank;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_COLUMN_TABLE_H_
