#include "feedhandler/report/health.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codecs/json_writer.h"
#include "feedhandler/report/outcome.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

constexpr int64_t kSecondNs = 1'000'000'000;

std::string NameOf(const Channel& channel) {
  return absl::StrCat(channel.feed, " channel ", channel.id);
}

// Counters of copies may be of a shorter list before the first look.
uint64_t Since(const std::vector<uint64_t>& before, size_t index, uint64_t now) {
  return index < before.size() && before[index] < now ? now - before[index] : 0;
}

}  // namespace

void HealthWatch::Look(const PipelineCounters& counters, const std::vector<Drop>& drops,
                       int64_t now_ns) {
  Losses losses{.at_ns = now_ns};
  deaf_.assign(channels_.size(), {});
  // Subscriptions are the live lines of a thread's channels, in their order.
  size_t index = 0;
  for (const FeedCounters& thread : counters.threads) {
    size_t subscription = 0;
    for (size_t i = 0; i < thread.channels.size() && index < channels_.size(); ++i, ++index) {
      for (uint32_t line = 0; line < channels_[index]->session.lines; ++line, ++subscription) {
        deaf_[index].push_back(subscription < thread.receive_lines.size() &&
                               thread.receive_lines[subscription].deaf);
      }
    }
  }
  for (const ChannelCounters& channel : counters.channels) {
    losses.gaps.push_back(channel.session.gaps);
    losses.missing_messages.push_back(LostMessages(channel.session));
  }
  for (const Drop& drop : drops) losses.dropped.push_back(drop.count);
  now_ = counters.channels;
  drops_ = drops;
  // What was lost before the first look, since the start, counts too.
  if (before_.empty()) {
    before_.push_back({.at_ns = now_ns,
                       .gaps = std::vector<uint64_t>(losses.gaps.size()),
                       .missing_messages = std::vector<uint64_t>(losses.gaps.size()),
                       .dropped = std::vector<uint64_t>(losses.dropped.size())});
  }
  if (now_ns - before_.back().at_ns >= kSecondNs) before_.push_back(losses);
  while (before_.size() > 1 && now_ns - before_[1].at_ns >= kWindowNs) before_.pop_front();
  newest_ = std::move(losses);
}

std::vector<std::string> HealthWatch::Reasons(const SilenceWatch* silence) const {
  std::vector<std::string> reasons;
  if (before_.empty()) return reasons;
  const Losses& then = before_.front();
  for (size_t i = 0; i < now_.size() && i < channels_.size(); ++i) {
    const Channel& channel = *channels_[i];
    for (uint32_t line = 0; line < deaf_[i].size(); ++line) {
      const std::string of_line = absl::StrCat(NameOf(channel), " line ", channel.line_names[line]);
      if (deaf_[i][line]) {
        reasons.push_back(absl::StrCat(of_line, ": is without interface, link or membership"));
      }
      if (silence == nullptr || !silence->IsSilent(i, line)) continue;
      reasons.push_back(absl::StrCat(of_line, ": nothing for ",
                                     latency::FormatDuration(silence->LineAgeNs(i, line))));
    }
    if (now_[i].session.is_stuck) {
      reasons.push_back(
          absl::StrCat(NameOf(channel), ": stuck: packets come and no message can be delivered"));
    }
    const uint64_t gaps = Since(then.gaps, i, newest_.gaps[i]);
    if (gaps == 0) continue;
    const uint64_t missing = Since(then.missing_messages, i, newest_.missing_messages[i]);
    reasons.push_back(absl::StrCat(NameOf(channel), ": ", FormatCount(gaps),
                                   " gaps within the last minute, ", FormatCount(missing),
                                   " messages missing"));
  }
  for (size_t i = 0; i < drops_.size(); ++i) {
    const Drop& drop = drops_[i];
    // What is stuck was said; losses of the whole host need not be of ours.
    if (drop.scope == DropScope::kHost || drop.unit == "times") continue;
    const uint64_t count = Since(then.dropped, i, newest_.dropped[i]);
    if (count == 0) continue;
    reasons.push_back(absl::StrCat("layer ", drop.layer, drop.where.empty() ? "" : " ", drop.where,
                                   " dropped ", FormatCount(count), " ", drop.unit,
                                   " within the last minute: ", drop.fix));
  }
  return reasons;
}

std::string HealthJson(const std::vector<std::string>& reasons) {
  JsonWriter json;
  json.BeginObject().Key("status").Text(reasons.empty() ? "ok" : "unhealthy");
  json.Key("reasons").BeginArray();
  for (const std::string& reason : reasons) json.Text(reason);
  json.EndArray().EndObject();
  return std::string(json.text()) + "\n";
}

}  // namespace fh
