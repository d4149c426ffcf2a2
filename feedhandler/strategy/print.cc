#include "feedhandler/strategy/print.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/update_names.h"
#include "feedhandler/strategy/parameters.h"

namespace fh {

namespace {

std::vector<std::string> Names(Parameters& parameters, const char* key) {
  const std::string text = parameters.Text(key, "");
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

std::string RecordNames() {
  std::string names;
  for (const std::string_view name : codecs::kRecordNames) {
    if (name.empty()) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

}  // namespace

// What is wrong, or empty.
std::string PrintStrategy::ReadFilter(Parameters& parameters, UpdateTextOptions& options,
                                      Filter& filter) {
  if (const std::vector<std::string> columns = Names(parameters, "columns"); !columns.empty()) {
    std::string unknown;
    const std::optional<uint64_t> hidden = ColumnsToHide(columns, unknown);
    if (!hidden.has_value()) {
      return absl::StrCat("columns: there is no column '", unknown,
                          "'; there are: ", UpdateColumnNames());
    }
    options.hidden_columns = *hidden;
  }
  for (const std::string& name : Names(parameters, "record")) {
    const auto* const found = std::find(std::begin(codecs::kRecordNames) + 1,
                                        std::end(codecs::kRecordNames), std::string_view(name));
    if (found == std::end(codecs::kRecordNames)) {
      return absl::StrCat("record: there is no record '", name, "'; there are: ", RecordNames());
    }
    filter.records |= uint32_t{1} << (found - std::begin(codecs::kRecordNames));
  }
  filter.symbols = Names(parameters, "symbol");
  filter.seen.resize(filter.symbols.size());
  return "";
}

bool PrintStrategy::Wants(const codecs::NormalizedUpdate& update, std::string_view symbol) {
  if (filter_.records != 0 && (update.record > 31 || (filter_.records >> update.record & 1) == 0)) {
    return false;
  }
  if (filter_.symbols.empty() || update.instrument_id == FH_ALL_INSTRUMENTS) return true;
  if (symbol.empty() && update.record == FH_RECORD_DEFINITION) {
    symbol = {update.definition.symbol,
              ::strnlen(update.definition.symbol, sizeof(update.definition.symbol))};
  }
  for (size_t i = 0; i < filter_.symbols.size(); ++i) {
    if (filter_.symbols[i] != symbol) continue;
    ++filter_.seen[i];
    return true;
  }
  filter_.unknown += update.instrument_id == FH_UNKNOWN_INSTRUMENT;
  return false;
}

std::unique_ptr<PrintStrategy> PrintStrategy::Create(Host host, std::string_view text,
                                                     std::string& error) {
  Parameters parameters(text);
  UpdateTextOptions options;
  const int format = parameters.Choice("format", {"csv", "json", "binary"}, 0);
  const std::string output = parameters.Text("output", "-");
  const int without =
      parameters.Choice("without", {"nothing", "ts_recv", "symbol", "ts_recv+symbol"}, 0);
  Filter filter;
  const std::string wrong = ReadFilter(parameters, options, filter);
  error = wrong.empty() ? parameters.Error() : wrong;
  const Form form = format == 2 ? Form::kBinary : Form::kText;
  if (error.empty() && form == Form::kBinary && (without != 0 || options.hidden_columns != 0)) {
    error = "format=binary writes updates as they are: leave out columns= and without=";
  }
  if (!error.empty()) return nullptr;
  options.format = format == 1 ? UpdateTextFormat::kJson : UpdateTextFormat::kCsv;
  options.receive_times = without != 1 && without != 3;
  options.symbol = without != 2 && without != 3;
  absl::StatusOr<OutputFile> file = OutputFile::Open(output, absl::StrCat("output=", output),
                                                     form == Form::kBinary ? kUpdateRowBytes : 0);
  if (!file.ok()) {
    error = std::string(file.status().message());
    return nullptr;
  }
  return std::unique_ptr<PrintStrategy>(
      new PrintStrategy(host, form, options, std::move(filter), *std::move(file)));
}

PrintStrategy::PrintStrategy(Host host, Form form, const UpdateTextOptions& options, Filter filter,
                             OutputFile file)
    : host_(host), options_(options), filter_(std::move(filter)), file_(std::move(file)) {
  if (form == Form::kBinary) {
    binary_.emplace(host_, &file_);
    header_lines_ = 1;
    return;
  }
  const size_t bytes = FormatUpdateHeader(options_, file_.Reserve(kMaxUpdateTextBytes));
  if (bytes == 0) return;
  file_.Commit(bytes);
  header_lines_ = 1;
}

void PrintStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  std::array<char, 32> symbol_buffer;
  for (const codecs::NormalizedUpdate& update : updates) {
    std::string_view symbol;
    if ((options_.symbol && !binary_.has_value()) || !filter_.symbols.empty()) {
      symbol = host_.Symbol(update.channel_id, update.instrument_id, symbol_buffer);
    }
    if (!Wants(update, symbol)) continue;
    if (binary_.has_value()) {
      binary_->Write(update);
      continue;
    }
    char* line = file_.Reserve(kMaxUpdateTextBytes);
    file_.Commit(FormatUpdate(update, symbol, options_, line));
  }
}

void PrintStrategy::OnIdle() {
  if (file_.has_unflushed()) file_.Flush();
}

bool PrintStrategy::OnStop(std::string& error) {
  if (binary_.has_value()) binary_->Finish();
  const absl::Status status = file_.Close();
  if (!status.ok()) error = std::string(status.message());
  return status.ok();
}

std::string PrintStrategy::Summary() {
  uint64_t updates = file_.written_lines() - std::min(file_.written_lines(), header_lines_);
  if (binary_.has_value()) updates = std::min(updates, binary_->updates());
  std::string text = absl::StrCat("updates=", updates, " written to ", file_.path());
  if (file_.lost_lines() > 0) {
    const bool reader_left = file_.error() == EPIPE;
    absl::StrAppend(&text, ", lost=", file_.lost_lines(), " (",
                    reader_left ? "its reader went away" : std::strerror(file_.error()), ")");
  }
  for (size_t i = 0; i < filter_.symbols.size(); ++i) {
    if (filter_.seen[i] == 0) absl::StrAppend(&text, ", no update of ", filter_.symbols[i]);
  }
  if (filter_.unknown > 0) {
    absl::StrAppend(&text, ", left out of instruments without a name: ", filter_.unknown);
  }
  return text;
}

}  // namespace fh
