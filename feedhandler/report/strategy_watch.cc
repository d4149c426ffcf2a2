#include "feedhandler/report/strategy_watch.h"

#include "absl/strings/str_cat.h"

namespace fh {
namespace {

std::string Describe(const StrategyCall& call) {
  switch (call.kind) {
    case StrategyCall::Kind::kUpdates:
      return absl::StrCat(
          "handling update channel ", call.channel_id, " sequence ", call.sequence,
          call.updates > 1 ? absl::StrCat(", the first of ", call.updates, " of the call") : "");
    case StrategyCall::Kind::kIdle:
      return "in OnIdle";
    case StrategyCall::Kind::kStop:
      return "in OnStop";
    case StrategyCall::Kind::kBook:
      return "in OnBook";
  }
  return "";
}

}  // namespace

std::vector<std::string> StrategyWatch::Look(
    const std::vector<std::unique_ptr<StrategyThread>>& threads, int64_t now_ns) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < threads.size(); ++i) {
    std::optional<std::string> note =
        Look(i, threads[i]->name(), threads[i]->CurrentCall(), now_ns);
    if (note.has_value()) notes.push_back(*std::move(note));
  }
  return notes;
}

std::optional<std::string> StrategyWatch::Look(size_t thread, const std::string& name,
                                               const std::optional<StrategyCall>& call,
                                               int64_t now_ns) {
  if (threads_.size() <= thread) threads_.resize(thread + 1);
  Seen& seen = threads_[thread];
  const uint64_t id = call.has_value() ? call->id : 0;
  if (id != seen.call) seen = {.call = id, .since_ns = now_ns};
  if (id == 0 || seen.told || now_ns - seen.since_ns <= kLongNs) return std::nullopt;
  seen.told = true;
  return absl::StrCat("strategy ", call->strategy, " on ", name,
                      " has been in one call for more than 1 s, ", Describe(*call));
}

}  // namespace fh
