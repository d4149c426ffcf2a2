#include "feedhandler/strategy/print.h"

#include <array>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/strategy/parameters.h"

namespace fh {

std::unique_ptr<PrintStrategy> PrintStrategy::Create(Host host, std::string_view text,
                                                     std::string& error) {
  Parameters parameters(text);
  UpdateTextOptions options;
  const int format = parameters.Choice("format", {"csv", "json"}, 0);
  const std::string output = parameters.Text("output", "-");
  const int without =
      parameters.Choice("without", {"nothing", "ts_recv", "symbol", "ts_recv+symbol"}, 0);
  error = parameters.Error();
  if (!error.empty()) return nullptr;
  options.format = format == 1 ? UpdateTextFormat::kJson : UpdateTextFormat::kCsv;
  options.receive_times = without != 1 && without != 3;
  options.symbol = without != 2 && without != 3;
  absl::StatusOr<OutputFile> file = OutputFile::Open(output, absl::StrCat("output=", output));
  if (!file.ok()) {
    error = std::string(file.status().message());
    return nullptr;
  }
  return std::unique_ptr<PrintStrategy>(new PrintStrategy(host, options, *std::move(file)));
}

PrintStrategy::PrintStrategy(Host host, const UpdateTextOptions& options, OutputFile file)
    : host_(host), options_(options), file_(std::move(file)) {
  const size_t bytes = FormatUpdateHeader(options_, file_.Reserve(kMaxUpdateTextBytes));
  if (bytes == 0) return;
  file_.Commit(bytes);
  header_lines_ = 1;
}

void PrintStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  std::array<char, 32> symbol_buffer;
  for (const codecs::NormalizedUpdate& update : updates) {
    std::string_view symbol;
    if (options_.symbol) {
      symbol = host_.Symbol(update.channel_id, update.instrument_id, symbol_buffer);
    }
    char* line = file_.Reserve(kMaxUpdateTextBytes);
    file_.Commit(FormatUpdate(update, symbol, options_, line));
  }
}

void PrintStrategy::OnIdle() {
  if (file_.has_unflushed()) file_.Flush();
}

bool PrintStrategy::OnStop(std::string& error) {
  const absl::Status status = file_.Close();
  if (!status.ok()) error = std::string(status.message());
  return status.ok();
}

std::string PrintStrategy::Summary() {
  const uint64_t lines = file_.written_lines();
  std::string text = absl::StrCat("updates=", lines - std::min(lines, header_lines_),
                                  " written to ", file_.path());
  if (file_.lost_lines() > 0) {
    absl::StrAppend(&text, ", lost=", file_.lost_lines(), " (", std::strerror(file_.error()), ")");
  }
  return text;
}

}  // namespace fh
