// The program's side of fh_host, for one strategy: symbols from the channels' instrument tables,
// log lines with the strategy's name.
//
//   StrategyHost host("count", [](LogSeverity severity, const std::string& line) { ... });
//   host.AddChannel(1, &codec->instruments());
//   absl::StatusOr<LoadedStrategy> strategy = LoadStrategy("count", "", host.table());
//
// Set up by the main thread before the strategy is created; afterwards any thread may call through
// the table, and nothing changes. Must stay where it is, and outlive the strategy. A look-up is
// wait free and costs an array index and a copy of 24 bytes.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "codecs/instrument_table.h"
#include "feedhandler/strategy/plugin.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

class StrategyHost {
 public:
  using LogFunction = std::function<void(LogSeverity, const std::string& line)>;

  // `log` is called from any thread.
  StrategyHost(std::string name, LogFunction log)
      : name_(std::move(name)),
        log_(std::move(log)),
        table_{sizeof(fh_host), 0, this, Symbol, Log} {}
  StrategyHost(const StrategyHost&) = delete;
  StrategyHost& operator=(const StrategyHost&) = delete;

  // `instruments` must outlive this object. A channel that is not added has no symbols.
  void AddChannel(uint16_t channel_id, const codecs::InstrumentTable* instruments) {
    if (instruments_.size() <= channel_id) instruments_.resize(channel_id + size_t{1}, nullptr);
    instruments_[channel_id] = instruments;
  }

  const fh_host& table() const { return table_; }

 private:
  static size_t Symbol(void* context, uint16_t channel_id, uint32_t instrument_id, char* out,
                       size_t bytes) {
    const auto& instruments = static_cast<const StrategyHost*>(context)->instruments_;
    codecs::Symbol symbol;
    if (channel_id < instruments.size() && instruments[channel_id] != nullptr) {
      symbol = instruments[channel_id]->Name(instrument_id);
    }
    const size_t length = symbol.view().size();
    if (bytes > 0) {
      const size_t copied = std::min(length, bytes - 1);
      std::memcpy(out, symbol.bytes.data(), copied);
      out[copied] = '\0';
    }
    return length;
  }

  static void Log(void* context, int severity, const char* text) {
    const auto& host = *static_cast<const StrategyHost*>(context);
    if (host.log_) host.log_(static_cast<LogSeverity>(severity), host.name_ + ": " + text);
  }

  std::string name_;
  LogFunction log_;
  std::vector<const codecs::InstrumentTable*> instruments_;  // Index = channel id.
  fh_host table_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_
